"""How often one may ask. What is public has a limit for each client, a secure link one of its own, and whoever is signed in
one where they could try numbers. Counted in Redis for all processes; while Redis is away each counts for itself (cache.py),
so that nobody is kept out and no door stands open.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import ngettext

from navigator.accounts.permissions import access_to
from navigator.web.refusals import Refusal, refuse

MINUTE = 60  # seconds
LEAST_IPV6 = 64  # bits that one household or office holds: the rest of the address is theirs to choose
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class TooMany(Refusal):
    """Asked too often. `retry_after` is in seconds."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        minutes = -(-retry_after // MINUTE)
        sentence = ngettext(
            "That was too often. Wait %(count)s minute and try again.",
            "That was too often. Wait %(count)s minutes and try again.",
            minutes,
        )
        super().__init__(sentence % {"count": minutes})
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many times within so many seconds, for whom `of` names; nobody named, nothing counted."""

    most: int
    within: int
    of: Callable[[HttpRequest], str | None]
    only_post: bool = False


def _client(request: HttpRequest) -> str:
    """The address that the trusted proxy in front has seen (ALLAUTH_TRUSTED_PROXY_COUNT). The cache keeps its hash only.
    All of whom no address is known are counted as one."""
    try:
        address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""
    if address.version == 6:
        return str(ipaddress.ip_network((address, LEAST_IPV6), strict=False))
    return str(address)


def _link(request: HttpRequest) -> str | None:
    """The secure link that somebody came by; the session holds what it opens with."""
    assert request.resolver_match is not None
    return request.resolver_match.kwargs.get("token") or request.session.get("guest")


def _worker(request: HttpRequest) -> str | None:
    return str(request.user.pk) if request.user.is_authenticated else None


a_client, a_link, a_worker = (partial(Limit, of=of) for of in (_client, _link, _worker))

# By URL name. What is public and not named here has the limit of everything public.
PUBLIC = (a_client(600, MINUTE),)
LIMITS: dict[str, tuple[Limit, ...]] = {
    "account_login": (a_client(60, MINUTE),),  # and allauth's own on wrong passwords
    "mfa_authenticate": (a_client(60, MINUTE),),
    "mfa_login_webauthn": (a_client(60, MINUTE),),
    "openid_connect_login": (a_client(60, MINUTE),),
    "openid_connect_callback": (a_client(60, MINUTE),),
    "link": (a_client(120, MINUTE), a_link(60, MINUTE)),
    "enter_by_link": (a_client(30, 10 * MINUTE), a_link(30, 10 * MINUTE)),
    "link_code": (a_client(20, 10 * MINUTE), a_link(3, 10 * MINUTE)),  # five codes a day close the link
    "link_enter": (a_client(30, 10 * MINUTE), a_link(15, 10 * MINUTE)),  # five wrong tries of a code close the link
    "link_answer": (a_client(60, 10 * MINUTE), a_link(30, 10 * MINUTE)),
    # Each answer of a self-check runs the match, and a school may be one client.
    "check_question": (a_client(240, MINUTE),),
    "check_result": (a_client(120, MINUTE),),
    "ask_for_contact": (a_client(60, MINUTE), a_client(10, 60 * MINUTE, only_post=True)),  # each is a case
    "door_sheet": (a_client(20, MINUTE),),  # a second of the processor each
    "accessibility": (a_client(60, MINUTE), a_client(10, 10 * MINUTE, only_post=True)),  # what is told is kept
    "my_way": (a_client(120, MINUTE),),
    "enter_my_way": (a_client(30, 10 * MINUTE),),
    "my_way_enter": (a_client(15, 10 * MINUTE),),  # five wrong codes close the link
    "my_way_step": (a_client(30, 10 * MINUTE),),
    "my_way_withdraw_consent": (a_client(30, 10 * MINUTE),),
    "reminder": (a_client(120, MINUTE),),
    "enter_reminder": (a_client(30, 10 * MINUTE),),
    "answer_reminder": (a_client(30, 10 * MINUTE),),
    "my_way_correct": (a_client(30, 10 * MINUTE),),
    "api:match": (a_client(120, MINUTE),),
    "bounces": (a_client(600, MINUTE),),
    "emergency": (a_worker(10, 60 * MINUTE, only_post=True),),
}
# Asked all the time by whoever watches over us, and answered without work.
UNLIMITED = {"livez", "readyz"}
# What a view counts itself: only it knows what was asked.
CPR_SEARCH = a_worker(30, 10 * MINUTE)


class LimitsMiddleware:
    """Counts the request before its view runs. Behind the permission table: who may not come in is not counted."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponseBase | None:
        assert request.resolver_match is not None
        name = request.resolver_match.view_name
        try:
            for limit in of(name):
                if request.method == "POST" or not limit.only_post:
                    count(request, name, limit)
        except TooMany as refusal:
            return refuse(request, refusal)
        return None


def of(name: str) -> tuple[Limit, ...]:
    """The limits of a URL."""
    if name in UNLIMITED:
        return ()
    access = access_to(name)
    assert access is not None, f"{name} is not in the permission table"
    return LIMITS.get(name, PUBLIC if access.public else ())


def count(request: HttpRequest, what: str, limit: Limit) -> None:
    """Counts one more time. Raises TooMany beyond the limit, also for those who go on asking."""
    whose = limit.of(request)
    if whose is None:
        return
    now = int(time.time())
    window, gone = divmod(now, limit.within)
    if _counted(f"{what}:{limit.of.__name__}:{whose}:{window}", limit.within) > limit.most * settings.LIMITS_TIMES:
        raise TooMany(limit.within - gone)


def _counted(key: str, within: int) -> int:
    """How often this has been counted, now included. Redis adds in one step: nobody gets through by asking at once."""
    if cache.add(key, 1, within):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # the store was emptied, or has just gone away: counted from here on
        cache.add(key, 1, within)
        return 1
