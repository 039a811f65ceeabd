"""What a response shows of people is collected while it is made, and written in one insert before it leaves.

If it cannot be written, the response does not leave either: nobody sees what the log does not know of. A redirect shows
nobody. No response that shows people may be streamed: its body would be made after the log was written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.audit.models import How, Purpose
from navigator.database import scope

# A page shows fifty people: Django takes longer to write fifty rows of an INSERT than PostgreSQL to add them.
ADD = 'INSERT INTO "audit_look" SELECT * FROM jsonb_populate_recordset(NULL::"audit_look", %s)'
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
    why = {"purpose": purpose, "how": how or _how(request), "guest": guest, "emergency": emergency}
    for each in seen:
        request.looks.setdefault(each, why)  # type: ignore[attr-defined]


class LookMiddleware:
    """Behind the scope: the log is written as the unit that looks. Also when the response is an error."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.looks = {}  # type: ignore[attr-defined]
        response = self.get_response(request)
        looks: dict[Seen, dict[str, Any]] = request.looks  # type: ignore[attr-defined]
        if looks and not 300 <= response.status_code < 400:
            _write(request, looks, now=clock.now())
        return response


def _write(request: HttpRequest, looks: dict[Seen, dict[str, Any]], *, now: datetime) -> None:
    assert request.resolver_match is not None
    line = {"looked_at": now, "what": request.resolver_match.view_name}
    lines = [
        {"id": uuid7(), "case": seen.case, "person": seen.person, "referral": seen.referral}
        | line
        | _whose(request, why)
        | why
        for seen, why in looks.items()
    ]
    guest: UUID | None = next(iter(looks.values()))["guest"]
    with _as_guest(guest), connection.cursor() as cursor:
        cursor.execute(ADD, [json.dumps(lines, default=str)])


def _whose(request: HttpRequest, why: dict[str, Any]) -> dict[str, Any]:
    if why["guest"]:
        return {"roles": []}
    return {"user": request.user.pk, "unit": request.unit.pk, "roles": sorted(request.roles)}  # type: ignore[attr-defined]


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
