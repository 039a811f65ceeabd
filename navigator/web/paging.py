"""One page of a long list: where it begins is named by a row, never by a number of rows to skip, so that the last page
costs what the first does, and a row that comes or goes meanwhile moves nobody. An address holds a moment and an id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import models as db

PAGE = 20  # as many as one looks through before one narrows the list or searches
CAP = 500  # whoever has more than this is told 'more than 500': counting on would cost what it counts
WRITTEN = "%Y%m%dT%H%M%S.%f"


@dataclass(frozen=True, slots=True)
class Place:
    """After a row, or before it."""

    at: datetime
    pk: UUID
    before: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.before else ''}{self.at.astimezone(UTC).strftime(WRITTEN)}_{self.pk}"


def place(said: str) -> Place | None:
    """The place that an address names; none where it names none."""
    moment, _, pk = said.removeprefix("-").partition("_")
    try:
        return Place(datetime.strptime(moment, WRITTEN).replace(tzinfo=UTC), UUID(pk), said.startswith("-"))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows in their order, and where the pages beside it begin; empty where there is none."""

    rows: list[Any]
    earlier: str = ""
    later: str = ""


# Rows beyond a place or from the beginning on, in the order of the list or (True) against it, as many as are asked for.
Beyond = Callable[[Place | None, bool, int], list[Any]]


def cut(*found: db.QuerySet[Any], by: str, at: Place | None, newest_first: bool = False, size: int = PAGE) -> Page:
    """The page at this place of disjoint querysets, merged in the order of a moment and then the id."""

    def beyond(at: Place | None, descending: bool, number: int) -> list[Any]:
        rows = [row for each in found for row in nearest(each, by=by, at=at, descending=descending)[:number]]
        rows.sort(key=lambda row: (getattr(row, by), row.pk), reverse=descending)
        return rows[:number]

    return page(beyond, by=by, at=at, newest_first=newest_first, size=size)


def page(beyond: Beyond, *, by: str, at: Place | None, newest_first: bool = False, size: int = PAGE) -> Page:
    """The page at this place of a list that can be read from any place on."""
    back = at is not None and at.before
    rows = beyond(at, newest_first != back, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if at is not None and ((back and not more) or not rows):
        return page(beyond, by=by, at=None, newest_first=newest_first, size=size)  # the beginning, a whole page of it
    if back:
        rows.reverse()
    first, last = ((getattr(row, by), row.pk) for row in (rows[0], rows[-1])) if rows else (None, None)
    has_earlier, has_later = (more, True) if back else (at is not None, more)
    return Page(
        rows,
        earlier=str(Place(*first, before=True)) if first and has_earlier else "",
        later=str(Place(*last)) if last and has_later else "",
    )


def nearest(found: db.QuerySet[Any], *, by: str, at: Place | None, descending: bool) -> db.QuerySet[Any]:
    """What lies beyond the place, the nearest first. The first comparison is what an index serves; the second parts rows of
    the same moment."""
    found = found.order_by(f"-{by}", "-pk") if descending else found.order_by(by, "pk")
    if at is None:
        return found
    than = "lt" if descending else "gt"
    further = db.Q((f"{by}__{than}", at.at)) | db.Q((by, at.at), (f"pk__{than}", at.pk))
    return found.filter((f"{by}__{than}e", at.at)).filter(further)


class Capped(db.Subquery):
    """How many rows there are, as far as anybody wants to know: `Capped(rows)` is never more than CAP + 1."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = db.IntegerField()

    def __init__(self, rows: db.QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values("pk")[: CAP + 1])
