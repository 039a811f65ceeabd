"""The board: every open case that a unit answers for or coordinates, those who are about to be lost first.

Almost every trouble is something that is waited for, so that one look at the unit's open follow-ups tells how each case
stands. Nobody's name, number or birth date is opened for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg, BoolOr
from django.db import models as db

from navigator.accounts.models import Unit
from navigator.database.prepared import OneOf, planned_anew
from referrals import models, workflow
from referrals.enums import Happening, Status, Wait
from referrals.lists import OF_A_TASK, OF_ITS_REFERRAL
from referrals.troubles import Standing, Trouble, standing

NEAR = timedelta(days=7)  # a statutory deadline that ends within so many days is a trouble already
NOBODY = "nobody"  # what a filter says of a case that nobody has by name
LAST_YEAR_OF_CHILDHOOD = 17  # the answers hold an age in whole years, and the board opens no birth date
AGES = {"-17": (0, 17), "18-24": (18, 24), "25-59": (25, 59), "60-": (60, 200)}
CLOCKS = ("passed", "near", "running")
# Who is with the service, and it has not said what it does.
WITH_THE_SERVICE = (Wait.SEEN, Wait.ANSWER, Wait.BOOKING)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the board is narrowed to; None is no narrowing. It stands in the address as it is."""

    service: UUID | None = None
    sender: UUID | None = None
    kind: str | None = None
    level: int | None = None
    municipality: str | None = None
    age: str | None = None
    clock: str | None = None
    worker: UUID | str | None = None

    @property
    def said(self) -> dict[str, str]:
        """As an address says it."""
        return {name: str(value) for name, value in asdict(self).items() if value is not None}


def standings(*, unit: Unit, asked: Filter, now: datetime) -> list[Standing]:
    """How each open case stands that fits the filter, in no order. The same rows are counted and shown."""
    given = {each.name: getattr(asked, each.name) for each in fields(asked)}
    nobodys = given.pop("worker") if asked.worker == NOBODY else None
    worker = given.pop("worker", None)
    shape = (given.pop("age") or "", given.pop("clock") or "", bool(nobodys))
    waited_for = _waited_for(*shape, unit=unit, now=now, worker=worker, **given)
    soon_18 = dict(_soon_18(unit=unit))
    found = []
    for case, ranks, sinces, next_at in waited_for:
        troubles = list(zip(ranks or (), sinces or (), strict=True))
        if case in soon_18:
            troubles.append((Trouble.TURNS_18.rank, soon_18[case]))
        found.append(standing(case, troubles, else_calm=next_at))
    return found


def rows(*, unit: Unit, cases: Sequence[UUID], now: datetime) -> dict[UUID, models.FollowUp]:
    """What is waited for before all else in each of these cases: a row of the board, with all that it says."""
    return {task.case_id: task for task in (_tasks(unit=unit, ids=list(cases), now=now) if cases else [])}


@planned_anew
def choices(*, unit: Unit) -> db.QuerySet[models.FollowUp, dict[str, Any]]:
    """The services, kinds, senders and municipalities that are on the board now: what there is to narrow it to."""
    of_service = ("referral__service", "referral__service__name_da", "referral__service__name_en")
    return (
        _of(unit)
        .values(*of_service, "service_kind", "sender_unit", "case__municipality")
        .annotate(sender=db.F("sender_unit__name"), organisation=db.F("sender_unit__organisation__name"))
        .distinct()
    )


def _of(unit: Unit) -> db.QuerySet[models.FollowUp]:
    """What is waited for in the open cases that this unit answers for or coordinates. Said of the case as well, which says
    the same: so that PostgreSQL begins with the unit's cases, or with its follow-ups, and not with everybody's."""
    mine = db.Q(owner_unit=unit) | db.Q(coordinator_unit=unit)
    same = db.Q(case__owner_unit=unit) | db.Q(case__coordinator_unit=unit)
    return models.FollowUp.objects.open().filter(mine, same, case__closed_at=None)


@planned_anew
def _waited_for(
    age: str,
    clock: str,
    nobodys: bool,
    /,
    *,
    unit: Unit,
    now: datetime,
    service: Any,
    sender: Any,
    kind: Any,
    level: Any,
    municipality: Any,
    worker: Any,
) -> db.QuerySet[models.FollowUp, tuple[UUID, list[int] | None, list[datetime] | None, datetime]]:
    """A row a case: the rank of each trouble and since when, none where there is none; and what comes next."""
    found = _of(unit)
    if municipality:
        found = found.filter(case__municipality=municipality)
    if worker or nobodys:
        found = found.filter(case__owner_worker=worker)
    if level:
        found = found.alias(level=_latest("level")).filter(level=level)
    if age:
        found = found.alias(age=_latest("answers__age")).filter(age__range=AGES[age])
    troubled = db.Q(rank__lt=Trouble.CALM.rank)  # most cases go as agreed, and say no more than that
    by_case = (
        found.annotate(rank=_rank(now), since=_since())
        .values_list("case_id")
        .annotate(
            ranks=ArrayAgg("rank", filter=troubled),
            sinces=ArrayAgg("since", filter=troubled),
            next_at=db.Min("due_at"),
        )
    )
    anywhere = {
        "service": ("referral__service", service),
        "sender": ("sender_unit", sender),
        "kind": ("service_kind", kind),
    }
    for name, (column, value) in anywhere.items():
        if value:
            by_case = by_case.alias(**{f"has_{name}": BoolOr(db.Q((column, value)))}).filter(**{f"has_{name}": True})
    if clock:
        by_case = by_case.alias(has_clock=BoolOr(_clock(clock, now))).filter(has_clock=True)
    return by_case.values_list("case_id", "ranks", "sinces", "next_at")


def _latest(column: str) -> db.Subquery:
    """What the newest assessment of the case says."""
    newest = models.Assessment.objects.filter(case=db.OuterRef("case")).order_by("-assessed_at")
    if column == "answers__age":
        return db.Subquery(newest.annotate(age=db.functions.Cast("answers__age", db.IntegerField())).values("age")[:1])
    return db.Subquery(newest.values(column)[:1])


def _clock(code: str, now: datetime) -> db.Q:
    """How the statutory deadline stands."""
    runs = db.Q(waits_for=Wait.GUARANTEE)
    match code:
        case "passed":
            return runs & db.Q(due_at__lte=now)
        case "near":
            return runs & db.Q(due_at__gt=now, due_at__lte=now + NEAR)
    return runs


def _rank(now: datetime) -> db.Case:
    """What one open follow-up means: the first of these that fits. What somebody has put off with a reason means nothing
    until then, unless the clock has told the coordinator."""
    late = db.Q(due_at__lte=now)
    on_this = models.Referral.objects.filter(case=db.OuterRef("case"))
    refused = models.CaseEvent.objects.filter(referral=db.OuterRef("referral"), kind=Happening.REFUSED_RETURN)
    meant: list[tuple[Trouble, db.Q]] = [
        (Trouble.ACUTE, db.Q(waits_for=Wait.HAND_OVER)),
        (Trouble.GUARANTEE, db.Q(waits_for=Wait.GUARANTEE, due_at__lte=now + NEAR)),
        (Trouble.CALM, db.Q(waits_for__in=(Wait.GUARANTEE, Wait.VISIT))),
        (Trouble.SILENT, db.Q(escalated_at__isnull=False) | db.Q(late, next_at__isnull=True)),
        (Trouble.CALM, db.Q(snoozed_until__gt=now)),
        (Trouble.UNANSWERED, db.Q(late, waits_for__in=WITH_THE_SERVICE)),
        (Trouble.BLOCKED, db.Q(waits_for__in=WITH_THE_SERVICE) & db.Q(db.Exists(refused))),
        (Trouble.RETURNED, db.Q(waits_for=Wait.DECISION)),
        (Trouble.RETURNED, db.Q(waits_for=Wait.CHOICE) & db.Q(db.Exists(on_this.filter(status=Status.RETURNED)))),
        (Trouble.NO_SHOW, db.Q(waits_for=Wait.RE_ENGAGE)),
        (Trouble.DUAL, db.Q(waits_for=Wait.CHOICE) & _other_side_is_on_its_way(on_this)),
        (Trouble.DISCHARGED, db.Q(waits_for=Wait.FIRST_WEEK)),
        (Trouble.CHOICE, db.Q(waits_for=Wait.CHOICE)),
        (Trouble.LATE, late),
    ]
    return db.Case(
        *(db.When(fits, then=db.Value(trouble.rank)) for trouble, fits in meant),
        default=db.Value(Trouble.CALM.rank),
        output_field=db.IntegerField(),
    )


def _other_side_is_on_its_way(attempts: db.QuerySet[models.Referral]) -> db.Q:
    """A service is to be chosen on one side, and the other has met the citizen or soon will."""
    met = models.Track.objects.filter(case=db.OuterRef("case"), arrived_at__isnull=False)
    on_its_way = attempts.filter(status__in=[Status.DRAFT, *workflow.LIVE], sides__len__gte=1)
    return db.Q(db.Exists(met)) | db.Q(db.Exists(on_its_way))


def _since() -> db.Case:
    """Since when it is so: the clock has told; it was owed; or, for what is a trouble from the first moment, it began."""
    from_the_first = (Wait.HAND_OVER, Wait.RE_ENGAGE, Wait.CHOICE, Wait.DECISION)
    return db.Case(
        db.When(waits_for=Wait.GUARANTEE, then=db.F("due_at")),
        db.When(escalated_at__isnull=False, then=db.F("escalated_at")),
        db.When(waits_for__in=from_the_first, then=db.F("opened_at")),
        default=db.F("due_at"),
    )


@planned_anew
def _tasks(*, unit: Unit, ids: Sequence[UUID], now: datetime) -> db.QuerySet[models.FollowUp]:
    """The first of all that is waited for in each of these cases, with what a row says of it."""
    sides = models.Track.objects.filter(case=db.OuterRef("case")).values("case").values(n=db.Count("pk"))
    found = _of(unit).filter(OneOf("case", ids)).annotate(rank=_rank(now), since=_since(), sides=db.Subquery(sides))
    related = (
        "case__owner_unit__organisation", "case__owner_worker", "referral__service", "owed_by__organisation",
        "owed_worker", "obligation",
    )  # fmt: skip
    of_its_case = (
        "case__number", "case__person", "case__coordinator_unit", "case__owner_unit__name",
        "case__owner_unit__organisation__name", "case__owner_worker__name",
    )  # fmt: skip
    found = found.select_related(*related).only(*OF_A_TASK, *OF_ITS_REFERRAL, *of_its_case)
    return found.order_by("case", "rank", "since", "pk").distinct("case")


@planned_anew
def _soon_18(*, unit: Unit) -> db.QuerySet[models.Assessment, tuple[UUID, datetime]]:
    """Open cases of those who were 17 when they were last asked, and when that was."""
    mine = db.Q(owner_unit=unit) | db.Q(coordinator_unit=unit)
    newer = models.Assessment.objects.filter(case=db.OuterRef("case"), assessed_at__gt=db.OuterRef("assessed_at"))
    found = models.Assessment.objects.filter(mine, answers__age=LAST_YEAR_OF_CHILDHOOD, case__closed_at=None)
    return found.exclude(db.Exists(newer)).values_list("case_id", "assessed_at")
