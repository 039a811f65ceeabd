"""The figures: few, each with its own definition, each counted over rows that anybody may look through.

A figure says what is counted among what, at one moment; the page, the chart, the rows and the files all ask here, so that
they can never say two things. What a unit counts is what it has a part in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models as db
from django.db.models import Count, F, Min, Q
from django.utils.translation import gettext_lazy as _

from navigator import clock
from navigator.accounts.models import Unit
from referrals import masking
from referrals.models import Measured, MeasuredCase, ToMeasure

Row = Measured | MeasuredCase
At = Callable[[datetime], Q]
MONTHS = (3, 6, 12, 24)
EFFECT_TIME = timedelta(days=14)  # from the day on which it is asked until the coordinator hears that nobody has


class Middle(db.Aggregate):
    """The median."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = db.FloatField()


@dataclass(frozen=True, slots=True)
class Figure:
    """What is counted among what, and why it is asked. `middle` is instead a column of days or doors."""

    code: str
    of: type[Row]
    name: Any
    counted_words: Any
    among_words: Any
    source: Any
    among: At
    counted: At | None = None
    middle: str = ""
    unit: Any = "%"
    mean: bool = False
    by_service: str = "service"  # the column that names the service; empty where a case has none
    by_reason: bool = False

    @property
    def columns(self) -> dict[str, str]:
        """By what it can be parted, and the column of each."""
        service = {"service": self.by_service} if self.by_service else {}
        reason = {"reason": "return_reason"} if self.by_reason else {}
        return {"month": "month", **service, **reason, "door": "door", "municipality": "municipality"}

    def asked(self, now: datetime, *, name: str = "") -> dict[str, db.Aggregate]:
        """What is asked of the database for it."""
        among = self.among(now)
        asked: dict[str, db.Aggregate] = {f"{name}among": Count("pk", filter=among)}
        if self.counted:
            asked[f"{name}counted"] = Count("pk", filter=among & self.counted(now))
        elif self.mean:
            asked[f"{name}middle"] = db.Avg(self.middle, filter=among)
        else:
            asked[f"{name}middle"] = Middle(self.middle, filter=among)
        return asked

    def value(self, found: dict[str, Any], *, name: str = "") -> Value:
        """What the database has answered."""
        among = found[f"{name}among"]
        return Value(among, found.get(f"{name}counted", among), found.get(f"{name}middle"))


@dataclass(frozen=True, slots=True)
class Value:
    """So many among so many; or the middle of as many."""

    among: int
    counted: int
    middle: float | None = None
    is_masked: bool = False

    @property
    def number(self) -> float | None:
        """What stands for it: per cent, days or doors; none where there is nothing to count, or it may not be said."""
        if self.is_masked or not self.among:
            return None
        return self.counted * 100 / self.among if self.middle is None else self.middle


FOR_ALL = Q()
FIGURES: dict[str, Figure] = {
    figure.code: figure
    for figure in (
        Figure(
            "arrived-14", Measured, _("Arrived within 14 days"),
            _("hand-offs where the citizen had arrived at the latest 14 days after they were sent"),
            _("all hand-offs sent at least 14 days ago, also those taken back or returned"),
            _("Proposal for a ten-year plan for psychiatry, 2022: nobody is let go before other help has begun"),
            among=lambda now: Q(began_at__lte=now - timedelta(days=14)),
            counted=lambda now: Q(days_to_arrival__lte=14),
        ),
        Figure(
            "arrived-30", Measured, _("Arrived within 30 days"),
            _("hand-offs where the citizen had arrived at the latest 30 days after they were sent"),
            _("all hand-offs sent at least 30 days ago, also those taken back or returned"),
            _("Proposal for a ten-year plan for psychiatry, 2022: the right to assessment within 30 days"),
            among=lambda now: Q(began_at__lte=now - timedelta(days=30)),
            counted=lambda now: Q(days_to_arrival__lte=30),
        ),
        Figure(
            "days-to-help", MeasuredCase, _("From first contact to arrival"),
            _("the median number of days from first contact, at whatever door, until the citizen first arrived"),
            _("cases where the citizen has arrived on a side of the case"),
            _("Proposal for a ten-year plan for psychiatry, 2022: time from first contact to help"),
            among=lambda now: Q(days_to_help__isnull=False),
            middle="days_to_help", unit=_("days"), by_service="helped_by",
        ),
        Figure(
            "answered", Measured, _("Answered in time"),
            _("hand-offs that the service answered within 5 working days, an acute one within 2 hours: yes, no, or a question"),
            _("hand-offs that are answered, or whose time to answer has passed while they were open"),
            _("Our own proposal: the reminders have told everybody by then"),
            among=lambda now: Q(answered_at__isnull=False)
            | Q(answer_due_at__lte=now) & (Q(over_at__isnull=True) | Q(over_at__gte=F("answer_due_at"))),
            counted=lambda now: Q(answered_at__lte=F("answer_due_at")),
        ),
        Figure(
            "silent", Measured, _("Silent now"),
            _("hand-offs on which nothing has happened for 5 working days, nor since the visit or the wait that was agreed"),
            _("hand-offs that are on their way now"),
            _("Proposal for a ten-year plan for psychiatry, 2022: open hand-offs that nobody confirms"),
            among=lambda now: Q(arrived_at__isnull=True, over_at__isnull=True),
            counted=lambda now: Q(silent_from__lte=now),
        ),
        Figure(
            "guarantee", MeasuredCase, _("Statutory deadlines kept"),
            _("cases where every deadline that was decided was kept"),
            _("cases with a deadline by law that was kept or passed, and none that still runs in time"),
            _("The rights that each match shows, counted from first contact"),
            among=lambda now: Q(guarantee_late=True) | Q(guarantee_due_at__lte=now)
            | Q(guarantee_met=True, guarantee_due_at__isnull=True),
            counted=lambda now: Q(guarantee_late=False, guarantee_met=True, guarantee_due_at__isnull=True),
            by_service="",
        ),
        Figure(
            "returned", Measured, _("Returned"),
            _("hand-offs that the service has returned, with a reason and the next door"),
            _("all hand-offs sent"),
            _("Proposal for a ten-year plan for psychiatry, 2022: share of referrals that are returned, with the reason"),
            among=lambda now: FOR_ALL,
            counted=lambda now: Q(returned_at__isnull=False),
            by_reason=True,
        ),
        Figure(
            "doors-to-help", MeasuredCase, _("Doors before help"),
            _("the average number of hand-offs up to the one where the citizen first arrived, that one too"),
            _("cases where the citizen has arrived on a side of the case"),
            _("Proposal for a ten-year plan for psychiatry, 2022: about three places are met before help"),
            among=lambda now: Q(doors_to_help__isnull=False),
            middle="doors_to_help", mean=True, unit=_("doors"), by_service="helped_by",
        ),
        Figure(
            "re-engaged", Measured, _("Reached again after a no-show"),
            _("hand-offs where a new time was agreed, or the citizen came, since the last no-show"),
            _("hand-offs where the citizen did not come to a visit"),
            _("Policy: somebody who does not come is not lost, but looked for"),
            among=lambda now: Q(missed_at__isnull=False),
            counted=lambda now: Q(re_engaged_at__isnull=False),
        ),
        Figure(
            "plans", MeasuredCase, _("Plans with a meeting within six months"),
            _("cases where no more than six months lay between two meetings about the plan, nor since the last"),
            _("cases with a coordinated plan"),
            _("Municipal guideline, 2016: at most six months between two meetings"),
            among=lambda now: Q(plan_meet_by__isnull=False),
            counted=lambda now: Q(plan_met_late=False, plan_meet_by__gte=clock.day_of(now)),
            by_service="",
        ),
        Figure(
            "effect", Measured, _("Asked whether it helps"),
            _("hand-offs where somebody has asked the citizen since the arrival"),
            _("hand-offs where the citizen arrived on a side of the case at least 8 weeks ago"),
            _("Proposal for a ten-year plan for psychiatry, 2022: follow-up on those whom it does not help"),
            among=lambda now: Q(effect_due_at__lte=now - EFFECT_TIME),
            counted=lambda now: Q(effect_asked_at__isnull=False),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows: all that is left empty is not asked about."""

    since: date | None = None  # the first day of a month
    month: date | None = None
    service: UUID | None = None
    door: str = ""
    municipality: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One part of a figure, by the key of what it was parted by."""

    key: Any
    value: Value
    name: str = ""


def as_of(*, now: datetime) -> datetime:
    """How far the rows follow what has happened: to this moment, or to the first note that is not worked off."""
    return min(now, ToMeasure.objects.aggregate(at=Min("noted_at"))["at"] or now)


def rows(figure: Figure, *, unit: Unit, chosen: Chosen) -> db.QuerySet[Any]:
    """Every row that a unit has a part in, as far as it was chosen."""
    found = ours(figure.of, unit=unit)
    if chosen.since:
        found = found.filter(began_at__gte=clock.start_of_day(chosen.since))
    if chosen.month:
        found = found.filter(month=chosen.month)
    if chosen.service and figure.by_service:
        found = found.filter(**{figure.by_service: chosen.service})
    if chosen.reason and figure.by_reason:
        found = found.filter(return_reason=chosen.reason)
    places = {"door": chosen.door, "municipality": chosen.municipality}
    return found.filter(**{name: code for name, code in places.items() if code})


def ours(model: type[Row], *, unit: Unit) -> db.QuerySet[Any]:
    """What the unit has sent, received, answers for or coordinates."""
    part = Q()
    for column in model.opened_by:
        part |= Q(**{column: unit})
    return model._default_manager.filter(part)


def all_of(*, unit: Unit, chosen: Chosen, now: datetime) -> list[tuple[Figure, Value]]:
    """Every figure, in two questions."""
    found: dict[str, Any] = {}
    shown = [each for each in FIGURES.values() if each.by_service or not chosen.service]
    for model in (Measured, MeasuredCase):
        figures = [each for each in shown if each.of is model]
        asked = {name: what for each in figures for name, what in each.asked(now, name=_name(each)).items()}
        found |= rows(figures[0], unit=unit, chosen=replace(chosen, reason="")).aggregate(**asked)
    return [(each, each.value(found, name=_name(each))) for each in shown]


def whole(figure: Figure, *, unit: Unit, chosen: Chosen, now: datetime) -> Value:
    """One figure, not parted."""
    return figure.value(rows(figure, unit=unit, chosen=chosen).aggregate(**figure.asked(now)))


def parted(figure: Figure, by: str, *, unit: Unit, chosen: Chosen, now: datetime) -> list[Line]:
    """One figure by month, service, reason, door or municipality; parts with nothing to count are left out."""
    column = figure.columns[by]
    found = rows(figure, unit=unit, chosen=chosen).values(column).annotate(**figure.asked(now)).order_by(column)
    return [Line(each[column], figure.value(each)) for each in found if each["among"]]


def among(figure: Figure, *, unit: Unit, chosen: Chosen, now: datetime) -> db.QuerySet[Any]:
    """The rows that the figure is about, each with whether it is counted."""
    found = rows(figure, unit=unit, chosen=chosen).filter(figure.among(now))
    counted = figure.counted(now) if figure.counted else Q(pk__isnull=False)
    return found.annotate(is_counted=db.ExpressionWrapper(counted, output_field=db.BooleanField()))


def for_others(lines: Sequence[Line]) -> tuple[list[Line], bool]:
    """The same lines as they may leave the unit, and whether their sum may not be said either."""
    hidden, total = masking.masked([(line.value.counted, line.value.among) for line in lines])
    return [
        replace(line, value=replace(line.value, is_masked=True)) if n in hidden else line
        for n, line in enumerate(lines)
    ], total


def alone_for_others(value: Value) -> Value:
    """A figure that is not parted, as it may leave the unit."""
    return replace(value, is_masked=masking.masked([(value.counted, value.among)])[1])


def choices(*, unit: Unit) -> dict[str, set[Any]]:
    """Services, doors and municipalities that there is something to choose of."""
    names = ("service", "door", "municipality")
    found = list(ours(Measured, unit=unit).values_list(*names).distinct())
    return {name: {each[n] for each in found} for n, name in enumerate(names)}


def _name(figure: Figure) -> str:
    return f"{figure.code.replace('-', '_')}_"
