"""The lists of the daily work: what a unit owes, waits for, has received and has heard.

Each is one or more disjoint querysets in the order of a moment and then the id, for `navigator.web.paging.cut`; the index
that serves it stands with the model. Every list takes the unit; row-level security is the wall behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models as db

from navigator import clock
from navigator.accounts.models import Unit, User
from navigator.web.paging import Capped
from referrals import models, workflow
from referrals.enums import Status, Told, Wait

SOON = timedelta(days=7)  # how long before its day a deadline or a question of effect becomes a task
LATER = (Wait.GUARANTEE, Wait.EFFECT)
OWN = db.Q(sender_unit=db.F("owed_by")) | db.Q(owner_unit=db.F("owed_by")) | db.Q(coordinator_unit=db.F("owed_by"))
WITH_THE_CASE = ("case__person__data_key", "referral__service", "referral__sender_unit__organisation", "obligation")
WITH_THE_COPY = ("referral__service", "referral__sender_unit__organisation", "referral__data_key")

Found = db.QuerySet[models.FollowUp]


# What the unit owes on cases that it may read. What it owes as a receiver is its inbox.


def own(*, unit: Unit, now: datetime, worker: User | None = None) -> Found:
    """All of it. What comes by itself (a visit) or is weeks away (a statutory clock, the question of effect) is no task
    yet."""
    found = (
        models.FollowUp.objects.open()
        .filter(OWN, owed_by=unit)
        .exclude(waits_for=Wait.VISIT)
        .exclude(waits_for__in=LATER, due_at__gt=now + SOON)
        .select_related(*WITH_THE_CASE, "owed_worker")
    )
    return found.filter(owed_worker=worker) if worker else found


def not_put_off(found: Found, *, now: datetime) -> Found:
    return found.filter(db.Q(snoozed_until=None) | db.Q(snoozed_until__lte=now))


def own_late(*, unit: Unit, now: datetime, worker: User | None = None) -> list[Found]:
    """What was to be done before now."""
    return [not_put_off(own(unit=unit, now=now, worker=worker), now=now).filter(due_at__lte=now)]


def own_today(*, unit: Unit, now: datetime, worker: User | None = None) -> list[Found]:
    """What is to be done before the day ends."""
    ends = clock.end_of_day(clock.day_of(now))
    return [not_put_off(own(unit=unit, now=now, worker=worker), now=now).filter(due_at__gt=now, due_at__lte=ends)]


def own_later(*, unit: Unit, now: datetime, worker: User | None = None) -> list[Found]:
    """What is to be done on another day, and what somebody has put off."""
    mine = own(unit=unit, now=now, worker=worker)
    ends = clock.end_of_day(clock.day_of(now))
    return [not_put_off(mine, now=now).filter(due_at__gt=ends), mine.filter(snoozed_until__gt=now)]


def awaited(*, unit: Unit, now: datetime, worker: User | None = None) -> list[Found]:
    """What others owe: on hand-offs that this unit sent, on those it answers for, and what the clock has told it as the
    coordinator."""
    others = (
        models.FollowUp.objects.open()
        .exclude(waits_for=Wait.VISIT)
        .exclude(waits_for__in=LATER, due_at__gt=now)
        .select_related(*WITH_THE_CASE, "owed_by__organisation")
    )
    if worker:
        others = others.filter(case__owner_worker=worker)
    not_the_senders = others.exclude(sender_unit=unit)
    return [
        others.filter(sender_unit=unit).exclude(owed_by=db.F("sender_unit")),
        others.filter(owner_unit=unit).exclude(owed_by=db.F("owner_unit")).exclude(sender_unit=db.F("owner_unit")),
        not_the_senders.filter(coordinator_unit=unit, escalated_at__isnull=False)
        .exclude(owed_by=unit)
        .exclude(owner_unit=unit),
    ]


def awaited_late(*, unit: Unit, now: datetime) -> list[Found]:
    """Where the time of others has run out: somebody should phone them."""
    return [found.filter(due_at__lte=now) for found in awaited(unit=unit, now=now)]


def first(*, number: int, **sections: Sequence[Found]) -> dict[str, list[models.FollowUp]]:
    """The first rows of some lists, in two questions: which, and then what they say. Asked as one, the rows of the whole
    table are read to find these few."""
    rows = models.FollowUp.objects.select_related(*WITH_THE_CASE, "owed_by__organisation", "owed_worker")
    return _first(sections, rows, number=number)


def _first(sections: Mapping[str, Sequence[Found]], rows: Found, *, number: int) -> dict[str, list[models.FollowUp]]:
    shares = [
        found.annotate(section=db.Value(code)).order_by("due_at", "pk").values_list("pk", "section")[:number]
        for code, parts in sections.items()
        for found in parts
    ]
    places: list[tuple[Any, str]] = list(shares[0].union(*shares[1:], all=True))
    there = rows.in_bulk([pk for pk, _section in places])
    found_in: dict[str, list[models.FollowUp]] = {code: [] for code in sections}
    for pk, section in places:
        if pk in there:
            found_in[section].append(there[pk])
    for some in found_in.values():
        some.sort(key=lambda follow_up: (follow_up.due_at, follow_up.pk))
    return {code: some[:number] for code, some in found_in.items()}


# What was sent to the unit


def received(*, unit: Unit, now: datetime) -> dict[str, list[Found]]:
    """What this unit owes on referrals that were sent to it, by what it asks of it."""
    begins, ends = clock.start_of_day(clock.day_of(now)), clock.end_of_day(clock.day_of(now))
    owed = models.FollowUp.objects.open().filter(owed_by=unit, referral__receiver_unit=unit)
    visits = owed.filter(waits_for=Wait.VISIT)
    return {
        "new": [owed.filter(waits_for=Wait.SEEN)],
        "today": [visits.filter(due_at__gte=begins, due_at__lt=ends)],
        "unconfirmed": [visits.filter(due_at__lt=begins)],
        "answer": [owed.filter(waits_for=Wait.ANSWER, referral__status=Status.SEEN)],
        "no_show": [owed.filter(waits_for=Wait.RE_ENGAGE)],
        "time": [owed.filter(waits_for=Wait.BOOKING)],
        "waiting_list": [owed.filter(waits_for=Wait.CHECK_IN)],
        "effect": [owed.filter(waits_for=Wait.EFFECT, due_at__lte=now + SOON)],
        "coming": [visits.filter(due_at__gte=ends)],
    }


def with_others(*, unit: Unit) -> list[db.QuerySet[models.Referral]]:
    """What was sent to this unit and waits for the sender or the coordinator now."""
    mine = models.Referral.objects.filter(receiver_unit=unit).select_related(
        "service", "sender_unit__organisation", "data_key"
    )
    return [mine.filter(status=status) for status in (Status.QUESTION, Status.RETURN_ASKED)]


def on_its_way(*, unit: Unit) -> list[db.QuerySet[models.Referral]]:
    """Everything that was sent to this unit and has neither arrived nor ended."""
    return [models.Referral.objects.filter(receiver_unit=unit, status__in=workflow.LIVE)]


def first_of_each(sections: dict[str, list[Found]], *, number: int) -> dict[str, list[models.FollowUp]]:
    """The first rows of each section of what was received."""
    return _first(sections, with_what_happened(models.FollowUp.objects.all()), number=number)


def with_what_happened(found: Found) -> Found:
    """Each with its referral, what happened to that last, and whether the citizen says to have come."""
    latest = models.CaseEvent.objects.filter(referral=db.OuterRef("referral")).exclude(to_status="")
    says = models.FollowUp.objects.open().filter(referral=db.OuterRef("referral"), waits_for=Wait.CITIZEN_ARRIVAL)
    return found.select_related(*WITH_THE_COPY).annotate(
        last_event=db.Subquery(latest.order_by("-recorded_at", "-pk").values("kind")[:1]),
        says_arrived=db.Exists(says),
    )


def visits(*, unit: Unit, day: date) -> list[models.Referral]:
    """The visits of one day at this unit in the order of the day, with who goes along. What was cancelled is not among
    them; who came or did not come is."""
    at = models.Referral.objects.filter(
        receiver_unit=unit,
        appointment_at__gte=clock.start_of_day(day),
        appointment_at__lt=clock.end_of_day(day),
        status__in=[Status.BOOKED, Status.NO_SHOW, *workflow.MET],
    )
    owed = models.FollowUp.objects.open().filter(owed_by=unit, waits_for=Wait.VISIT)
    return list(
        at.select_related("service", "sender_unit__organisation", "data_key", "companion__data_key")
        .prefetch_related(db.Prefetch("follow_ups", queryset=owed, to_attr="waits"))
        .order_by("appointment_at", "pk")
    )


# What has happened


def arrived(*, unit: Unit) -> db.QuerySet[models.Referral]:
    """Referrals of this unit that have ended with arrival; the newest first."""
    found = models.Referral.objects.filter(sender_unit=unit, status=Status.ARRIVED, case__restricted_at=None)
    return found.select_related("case__person__data_key", "service")


def news(*, unit: Unit, user: User) -> db.QuerySet[models.Notice]:
    """What has happened and nobody here has marked as read; the newest first."""
    return (
        models.Notice.objects.filter(to_unit=unit, read_at__isnull=True, event__isnull=False)
        .exclude(why=Told.SILENCE)
        .filter(db.Q(to_worker=None) | db.Q(to_worker=user))
        .select_related("event__referral__service", "event__by_unit__organisation", "event__data_key")
    )


# How many


def counted(unit: Unit, **lists: Sequence[db.QuerySet[Any]]) -> dict[str, int]:
    """How many rows each list has, in one question. Beyond paging.CAP it is only known that there are more."""
    one_row = Unit.objects.filter(pk=unit.pk)
    asked = {f"{name}_{n}": Capped(found) for name, parts in lists.items() for n, found in enumerate(parts)}
    found = one_row.annotate(**asked).values(*asked).get()
    return {name: sum(found[f"{name}_{n}"] for n in range(len(parts))) for name, parts in lists.items()}


def concerns_without_receipt(*, unit: Unit) -> list[db.QuerySet[models.Concern]]:
    """Where the municipality has not said that it has got what this unit notified it of."""
    return [models.Concern.objects.filter(unit=unit, receipt_at__isnull=True)]


def concerns_late(*, unit: Unit, now: datetime) -> list[db.QuerySet[models.Concern]]:
    """And where it should have: somebody should phone them."""
    return [found.filter(receipt_due_at__lte=now) for found in concerns_without_receipt(unit=unit)]


def asked_to_take_over(*, unit: Unit) -> list[db.QuerySet[models.TakeOver]]:
    """What this unit is asked to answer for. It sees the request, not yet the case."""
    asked = models.TakeOver.objects.filter(asked_unit=unit, answered_at__isnull=True)
    return [asked.select_related("owner_unit__organisation", "asked_by", "data_key")]


def in_reach(*, unit: Unit, follow_up_id: Any) -> models.FollowUp | None:
    """One task that this unit owes, or that is owed on a hand-off of its own; done or not."""
    near = db.Q(owed_by=unit) | db.Q(sender_unit=unit) | db.Q(owner_unit=unit) | db.Q(coordinator_unit=unit)
    found = models.FollowUp.objects.filter(near, pk=follow_up_id)
    return found.select_related("referral__service", "owed_by__organisation", "owed_worker").first()
