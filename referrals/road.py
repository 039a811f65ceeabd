"""The road of one referral, from sent to arrived, as a line of stations. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from referrals import workflow
from referrals.enums import Status

STATIONS: dict[Status, Any] = {
    Status.SENT: _("Sent"),
    Status.SEEN: _("Seen"),
    Status.ACCEPTED: _("Taken on"),
    Status.BOOKED: _("Time agreed"),
    Status.ARRIVED: _("Arrived"),
}
ORDER = tuple(STATIONS)
# Where a referral stands that is beside the road; for the rest, what happened says how far it came.
STANDS_AT: dict[Status, Status] = {
    Status.QUESTION: Status.SEEN,
    Status.WAITLISTED: Status.ACCEPTED,
    Status.VISIT_CANCELLED: Status.ACCEPTED,
    Status.NO_SHOW: Status.BOOKED,
    Status.IN_COURSE: Status.ARRIVED,
    Status.CLOSED: Status.ARRIVED,
}


@dataclass(frozen=True, slots=True)
class Station:
    """One station: passed, where it stands now, or ahead; and when it was reached last."""

    title: Any
    state: str  # "done", "current" or "ahead"
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Road:
    """The stations, and in words what the line cannot say; empty on the straight road."""

    stations: tuple[Station, ...]
    beside: Any


def road(status: str, history: Iterable[tuple[str, datetime]]) -> Road:
    """Where a referral with this status stands. `history`: every status it was given and when, the oldest first."""
    status = Status(status)
    reached: dict[Status, datetime] = {}
    furthest = -1
    for given, at in history:
        station = STANDS_AT.get(Status(given), Status(given))
        if station in STATIONS:
            reached[station] = at
            furthest = ORDER.index(station)
    over = status in workflow.ENDED_WITHOUT
    here = STANDS_AT.get(status, status)
    now = ORDER.index(here) if here in STATIONS else furthest
    return Road(
        tuple(
            Station(title, _state(number, now=now, over=over), reached.get(station) if number <= now else None)
            for number, (station, title) in enumerate(STATIONS.items())
        ),
        "" if status in STATIONS else status.label,
    )


def _state(number: int, *, now: int, over: bool) -> str:
    if number == now and not over:
        return "current"
    return "done" if number <= now else "ahead"
