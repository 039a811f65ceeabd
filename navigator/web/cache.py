"""Counts that all web processes share, in Redis; when Redis is away each process counts for itself.

Limits are what is counted: with n processes a guesser then has n times as many tries, and nobody is kept out, and
nobody waits, because a store is away. Redis is asked again after a short while.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from typing import Any, ClassVar

from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

ASK_AGAIN_AFTER = 10  # seconds
KEPT_HERE = 100_000  # counts in a process's own memory: a crowd of addresses must not push out who is counted
log = logging.getLogger(__name__)


def unreadable(key: str, prefix: str, version: int) -> str:
    """Whose count it is cannot be read in Redis: an address is kept as a keyed hash, and for as long as it counts."""
    return f"{prefix}:{hmac.digest(settings.SECRET_KEY.encode(), key.encode(), hashlib.sha256).hex()[:40]}"


class SharedOrLocal(BaseCache):
    """Django's Redis cache, and its local memory in the stead of what Redis does not answer."""

    away_until: ClassVar[float] = 0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.shared = RedisCache(server, dict(params))
        here = {key: each for key, each in params.items() if key != "OPTIONS"} | {"max_entries": KEPT_HERE}
        self.local = LocMemCache("instead-of-redis", here)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        return self._ask("add", key, value, timeout, version)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        return self._ask("set", key, value, timeout, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        return self._ask("touch", key, timeout, version)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> Any:
        return self._ask("incr", key, delta, version)

    def delete(self, key: Any, version: int | None = None) -> Any:
        return self._ask("delete", key, version)

    def clear(self) -> None:
        """Only what is our own: the worker's messages lie in the same Redis, where counts end by themselves."""
        self.local.clear()

    def _ask(self, what: str, *given: Any) -> Any:
        if time.monotonic() >= SharedOrLocal.away_until:
            try:
                return getattr(self.shared, what)(*given)
            except RedisError as error:
                log.warning("Redis is away (%s): limits are counted by each process", type(error).__name__)
                SharedOrLocal.away_until = time.monotonic() + ASK_AGAIN_AFTER
        return getattr(self.local, what)(*given)
