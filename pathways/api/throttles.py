from django.core.cache import caches
from rest_framework.throttling import ScopedRateThrottle


class MatchThrottle(ScopedRateThrottle):
    """So many requests a minute from one address (`match` in the settings).

    It counts in the process's own memory (the cache `local`): no match is refused or lost because a store is
    away, and no address leaves the process. With n processes the limit is up to n times as high; that is accepted.
    """

    cache = caches["local"]
