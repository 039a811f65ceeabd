"""What a response shows of people is collected while it is made, and written in one insert before it leaves.

If it cannot be written, the response does not leave either: nobody sees what the log does not know of. A redirect shows
nobody. No response that shows people may be streamed: its body would be made after the log was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from navigator import clock
from navigator.audit.models import How, Look, Purpose
from navigator.database import scope

GetResponse = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Seen:
    """Whom a response shows, by ids."""

    case: UUID | None = None
    person: UUID | None = None
    referral: UUID | None = None


def saw(
    request: HttpRequest,
    seen: Iterable[Seen],
    *,
    purpose: Purpose = Purpose.HELP,
    how: How | None = None,
    guest: UUID | None = None,
    emergency: UUID | None = None,
) -> None:
    """Notes whom this response will show; each once, however often the page names them."""
    for each in seen:
        request.looks.setdefault(  # type: ignore[attr-defined]
            each,
            Look(
                case=each.case,
                person=each.person,
                referral=each.referral,
                purpose=purpose,
                how=how or _how(request),
                guest=guest,
                emergency=emergency,
            ),
        )


class LookMiddleware:
    """Behind the scope: the log is written as the unit that looks. Also when the response is an error."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.looks = {}  # type: ignore[attr-defined]
        response = self.get_response(request)
        looks: list[Look] = list(request.looks.values())  # type: ignore[attr-defined]
        if looks and not 300 <= response.status_code < 400:
            _write(request, looks, now=clock.now())
        return response


def _write(request: HttpRequest, looks: list[Look], *, now: datetime) -> None:
    assert request.resolver_match is not None
    for look in looks:
        look.looked_at, look.what = now, request.resolver_match.view_name
        if look.guest is None:
            look.user, look.unit = request.user.pk, request.unit.pk  # type: ignore[attr-defined]
            look.roles = sorted(request.roles)  # type: ignore[attr-defined]
    with _as_guest(looks[0].guest):
        Look.objects.bulk_create(looks)


@contextmanager
def _as_guest(guest: UUID | None) -> Iterator[None]:
    """A guest has no unit: the lines are opened by what the link opens with."""
    if guest is None:
        yield
        return
    with scope.scope(guest):
        yield


def _how(request: HttpRequest) -> How:
    assert request.resolver_match is not None
    if request.resolver_match.namespaces:
        return How.API
    htmx = request.htmx  # type: ignore[attr-defined]
    return How.FRAGMENT if htmx and not htmx.boosted and not htmx.history_restore_request else How.PAGE
