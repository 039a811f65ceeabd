"""Who is about to be lost? The troubles that a case can be in, the worst first. Pure.

What makes each of them is asked of the database in `board.py`; what it is called, and which goes before which, stands here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from navigator.web.paging import PAGE, WRITTEN, Page


class Trouble(models.TextChoices):
    """In the order of the board: the first is the worst. The last is none: it goes as agreed."""

    ACUTE = "acute", _("Acute, and the service was not reached")
    SILENT = "silent", _("Silent: reminders have led to nothing")
    UNANSWERED = "unanswered", _("The service has not answered in time")
    BLOCKED = "blocked", _("The service has tried to turn the citizen away")
    GUARANTEE = "guarantee", _("A statutory deadline has passed, or soon does")
    RETURNED = "returned", _("Returned, and without a next door")
    NO_SHOW = "no_show", _("Did not come: to be reached again")
    DUAL = "dual", _("One of the two sides is missing")
    DISCHARGED = "discharged", _("Discharged this week")
    LATE = "late", _("Something is late")
    CHOICE = "choice", _("A service is to be chosen")
    TURNS_18 = "turns_18", _("Turns 18 within a year")
    CALM = "calm", _("Goes as agreed")

    @property
    def rank(self) -> int:
        return RANKS[self]


RANKS = {trouble: rank for rank, trouble in enumerate(Trouble)}
BY_RANK = tuple(Trouble)
# How each is called where there is little room: on the buttons that count them.
SHORT = {
    Trouble.ACUTE: _("Acute"),
    Trouble.SILENT: _("Silent"),
    Trouble.UNANSWERED: _("Unanswered"),
    Trouble.BLOCKED: _("Turned away"),
    Trouble.GUARANTEE: _("Deadlines"),
    Trouble.RETURNED: _("Returned"),
    Trouble.NO_SHOW: _("Did not come"),
    Trouble.DUAL: _("One side missing"),
    Trouble.DISCHARGED: _("Discharged"),
    Trouble.LATE: _("Late"),
    Trouble.CHOICE: _("To be chosen"),
    Trouble.TURNS_18: _("Soon 18"),
    Trouble.CALM: _("As agreed"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one open case stands: each of its troubles once, the worst first, with since when."""

    case: UUID
    troubles: tuple[tuple[Trouble, datetime], ...]

    @property
    def worst(self) -> Trouble:
        return self.troubles[0][0]

    @property
    def since(self) -> datetime:
        return self.troubles[0][1]

    @property
    def others(self) -> tuple[Trouble, ...]:
        """What else is wrong."""
        return tuple(trouble for trouble, _since in self.troubles[1:] if trouble is not Trouble.CALM)

    @property
    def place(self) -> tuple[int, datetime, UUID]:
        """The worst first; of the same trouble, who has been in it longest."""
        return self.worst.rank, self.since, self.case

    def has(self, trouble: Trouble) -> bool:
        """Calm is only what has no trouble at all."""
        return self.worst is trouble or trouble in self.others


def standing(case: UUID, found: Sequence[tuple[int, datetime]], *, else_calm: datetime) -> Standing:
    """From what was found on a case: ranks of troubles and since when, in any order; or calm until something is due."""
    if not found:
        return Standing(case, ((Trouble.CALM, else_calm),))
    oldest: dict[int, datetime] = {}
    for rank, since in sorted(found):
        oldest.setdefault(rank, since)
    return Standing(case, tuple((BY_RANK[rank], since) for rank, since in oldest.items()))


def counted(standings: Sequence[Standing]) -> dict[Trouble, int]:
    """How many cases are in each trouble. A case counts once under each of its own, so that the sum may be more than all."""
    found = Counter(trouble for each in standings for trouble in (each.worst, *each.others))
    return {trouble: found[trouble] for trouble in Trouble}


def on_board(standings: Iterable[Standing], trouble: Trouble | None) -> list[Standing]:
    """The rows: those in this trouble, else all that are in any."""
    rows = (each for each in standings if (each.has(trouble) if trouble else each.worst is not Trouble.CALM))
    return sorted(rows, key=lambda each: each.place)


def cut(rows: Sequence[Standing], said: str, *, size: int = PAGE) -> Page:
    """The page at the place that an address names. Rows that come or go meanwhile move nobody."""
    at, places = _place(said), [row.place for row in rows]
    if at is None:
        begin = 0
    elif said.startswith("-"):
        begin = max(0, bisect_left(places, at) - size)
    else:
        begin = bisect_right(places, at)
        begin = begin if begin < len(rows) else 0
    shown = list(rows[begin : begin + size])
    return Page(
        shown,
        earlier=f"-{_written(shown[0])}" if shown and begin else "",
        later=_written(shown[-1]) if begin + size < len(rows) else "",
    )


def _written(row: Standing) -> str:
    return f"{row.worst}.{row.since.astimezone(UTC).strftime(WRITTEN)}_{row.case}"


def _place(said: str) -> tuple[int, datetime, UUID] | None:
    code, _dot, rest = said.removeprefix("-").partition(".")
    moment, _line, case = rest.partition("_")
    try:
        return Trouble(code).rank, datetime.strptime(moment, WRITTEN).replace(tzinfo=UTC), UUID(case)
    except ValueError:
        return None
