"""The lists of the daily work: what a unit owes, waits for, has received and has heard.

Each is one or more disjoint querysets in the order of a moment and then the id, for `navigator.web.paging`; the index that
serves it stands with the model. Every list takes the unit; row-level security is the wall behind it. What a page asks of
them is put together once (`navigator.database.prepared`): unit and moment may be the places of what is given later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import reduce
from operator import add
from typing import Any
from uuid import UUID

from django.db import models as db

from navigator import clock
from navigator.accounts.models import Unit, User
from navigator.database.prepared import OneOf, derived, prepared
from navigator.web.paging import Capped, Page, Place, nearest, page
from referrals import models, workflow
from referrals.enums import Happening, Status, Tell, Told, Wait

SOON = timedelta(days=7)  # how long before its day a deadline or a question of effect becomes a task
LATER = (Wait.GUARANTEE, Wait.EFFECT)
FOR_COORDINATORS = (Happening.REFUSED_RETURN, Happening.NOBODY_ANSWERED)
OWN = db.Q(sender_unit=db.F("owed_by")) | db.Q(owner_unit=db.F("owed_by")) | db.Q(coordinator_unit=db.F("owed_by"))
# What a row says. Nothing else is read: rows cost by the column, and what is sealed and not shown stays where it is.
OF_A_TASK = (
    "waits_for", "waits_since", "due_at", "snoozed_until", "urgency", "sender_unit", "owner_unit", "coordinator_unit",
    "owed_by__name", "owed_by__phone", "owed_by__organisation__name", "owed_worker__name",
    "obligation__text_da", "obligation__text_en",
)  # fmt: skip
OF_ITS_REFERRAL = tuple(
    f"referral__{name}"
    for name in (
        "case", "status", "status_since", "urgency", "is_protected", "sides", "sent_at", "appointment_at", "waits_until",
        "interpreter_ordered",
        "sender_unit", "owner_unit", "receiver_unit", "coordinator_unit", "service__name_da", "service__name_en",
    )
)  # fmt: skip
OF_ITS_PERSON = tuple(
    f"case__person__{name}"
    for name in (
        "name", "pseudonym", "protected_until", "data_key__wrapped", "data_key__master_key_id", "data_key__destroyed_at"
    )
)  # fmt: skip
WITH_THE_CASE = ("case__person__data_key", "referral__service", "obligation", "owed_by__organisation", "owed_worker")
WITH_THE_COPY = ("referral__service", "referral__sender_unit__organisation", "referral__data_key")

Found = db.QuerySet[models.FollowUp]
Places = db.QuerySet[Any, tuple[UUID, str]]  # which rows, and the code of the list they stand in


# What the unit owes on cases that it may read. What it owes as a receiver is its inbox.


def own(*, unit: Unit, now: datetime, worker: User | None = None) -> Found:
    """All of it. What comes by itself (a visit) or is weeks away (a statutory clock, the question of effect) is no task
    yet."""
    found = (
        models.FollowUp.objects.open()
        .filter(OWN, owed_by=unit)
        .exclude(waits_for=Wait.VISIT)
        .exclude(waits_for__in=LATER, due_at__gt=now + SOON)
    )
    return found.filter(owed_worker=worker) if worker else found


def not_put_off(found: Found, *, now: datetime) -> Found:
    return found.filter(db.Q(snoozed_until=None) | db.Q(snoozed_until__lte=now))


def own_late(*, unit: Unit, now: datetime, worker: User | None = None) -> list[Found]:
    """What was to be done before now."""
    return [not_put_off(own(unit=unit, now=now, worker=worker), now=now).filter(due_at__lte=now)]


def own_today(*, unit: Unit, now: datetime, worker: User | None = None) -> list[Found]:
    """What is to be done before the day ends."""
    mine = not_put_off(own(unit=unit, now=now, worker=worker), now=now)
    return [mine.filter(due_at__gt=now, due_at__lte=derived(now, _ends))]


def own_later(*, unit: Unit, now: datetime, worker: User | None = None) -> list[Found]:
    """What is to be done on another day, and what somebody has put off."""
    mine = own(unit=unit, now=now, worker=worker)
    another_day = not_put_off(mine, now=now).filter(due_at__gt=derived(now, _ends))
    return [another_day, mine.filter(snoozed_until__gt=now)]


def awaited(*, unit: Unit, now: datetime, worker: User | None = None) -> list[Found]:
    """What others owe: on hand-offs that this unit sent, on those it answers for, and what the clock has told it as the
    coordinator."""
    others = models.FollowUp.objects.open().exclude(waits_for=Wait.VISIT).exclude(waits_for__in=LATER, due_at__gt=now)
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


TABS = {"late": own_late, "today": own_today, "later": own_later, "waiting": awaited}


def tab_page(tab: str, *, unit: Unit, now: datetime, worker: User | None, at: Place | None) -> Page:
    """A page of one of these lists, the longest due first."""

    def beyond(at: Place | None, descending: bool, number: int) -> list[models.FollowUp]:
        place: dict[str, Any] = {"at": at and at.at, "pk": at and at.pk}
        found = _places_of_tab(tab, descending, number, unit=unit, now=now, worker=worker, **place)
        rows = _under(found, tasks)[tab]
        return sorted(rows, key=_due, reverse=descending)[:number]

    return page(beyond, by="due_at", at=at)


def start(number: int, /, *, unit: Unit, now: datetime) -> dict[str, list[models.FollowUp]]:
    """What the unit owes and what it waits for, the first of each."""
    found = _under(_places_of_start(number, unit=unit, now=now), tasks)
    return {code: sorted(found[code], key=_due)[:number] for code in ("owed", "awaited")}


@prepared
def tasks(*, ids: Sequence[UUID]) -> Found:
    """Tasks with all that a row says of them."""
    found = models.FollowUp.objects.select_related(*WITH_THE_CASE).filter(OneOf("pk", ids))
    return found.only(*OF_A_TASK, *OF_ITS_REFERRAL, *OF_ITS_PERSON, "case__number")


@prepared
def _places_of_tab(
    tab: str, descending: bool, number: int, /, *, unit: Unit, now: datetime, worker: User | None, at: Any, pk: Any
) -> Places:
    place = Place(at, pk) if at else None
    found = TABS[tab](unit=unit, now=now, worker=worker)
    return _places({tab: found}, number=number, at=place, descending=descending)


@prepared
def _places_of_start(number: int, /, *, unit: Unit, now: datetime) -> Places:
    owed = not_put_off(own(unit=unit, now=now), now=now)
    return _places({"owed": [owed], "awaited": awaited(unit=unit, now=now)}, number=number)


def _places(
    sections: Mapping[str, Sequence[Found]], *, number: int, at: Place | None = None, descending: bool = False
) -> Places:
    """Which rows come first in each list. What they say is another question: asked as one, the rows of the whole table are
    read to find these few."""
    shares = [
        nearest(found.annotate(section=db.Value(code)), by="due_at", at=at, descending=descending).values_list(
            "pk", "section"
        )[:number]
        for code, parts in sections.items()
        for found in parts
    ]
    return shares[0].union(*shares[1:], all=True)


def _under(
    places: Sequence[tuple[UUID, str]], rows: Callable[..., list[models.FollowUp]]
) -> dict[str, list[models.FollowUp]]:
    """The rows in these places, under the code of their list."""
    there = {row.pk: row for row in rows(ids=[pk for pk, _section in places])} if places else {}
    found = defaultdict(list)
    for pk, section in places:
        if pk in there:
            found[section].append(there[pk])
    return found


def _due(follow_up: models.FollowUp) -> tuple[datetime, UUID]:
    return follow_up.due_at, follow_up.pk


def _ends(now: datetime) -> datetime:
    return clock.end_of_day(clock.day_of(now))


def _begins(now: datetime) -> datetime:
    return clock.start_of_day(clock.day_of(now))


# What was sent to the unit


def received(*, unit: Unit, now: datetime) -> dict[str, list[Found]]:
    """What this unit owes on referrals that were sent to it, by what it asks of it."""
    begins, ends = derived(now, _begins), derived(now, _ends)
    owed = models.FollowUp.objects.open().filter(owed_by=unit).alias(receiver=_of_referral("receiver_unit"))
    owed = owed.filter(receiver=unit)
    visits = owed.filter(waits_for=Wait.VISIT)
    return {
        "new": [owed.filter(waits_for=Wait.SEEN)],
        "today": [visits.filter(due_at__gte=begins, due_at__lt=ends)],
        "unconfirmed": [visits.filter(due_at__lt=begins)],
        "answer": [owed.alias(stands=_of_referral("status")).filter(waits_for=Wait.ANSWER, stands=Status.SEEN)],
        "no_show": [owed.filter(waits_for=Wait.RE_ENGAGE)],
        "time": [owed.filter(waits_for=Wait.BOOKING)],
        "waiting_list": [owed.filter(waits_for=Wait.CHECK_IN)],
        "effect": [owed.filter(waits_for=Wait.EFFECT, due_at__lte=now + SOON)],
        "coming": [visits.filter(due_at__gte=ends)],
    }


def _of_referral(column: str) -> db.Subquery:
    """What the referral of a task says, asked for row by row: as a join, the tasks of all units may be read to find the
    few of one."""
    return db.Subquery(models.Referral.objects.filter(pk=db.OuterRef("referral")).values(column))


def with_others(*, unit: Unit) -> list[db.QuerySet[models.Referral]]:
    """What was sent to this unit and waits for the sender or the coordinator now."""
    mine = models.Referral.objects.filter(receiver_unit=unit).select_related(
        "service", "sender_unit__organisation", "data_key"
    )
    return [mine.filter(status=status) for status in (Status.QUESTION, Status.RETURN_ASKED)]


def on_its_way(*, unit: Unit) -> list[db.QuerySet[models.Referral]]:
    """Everything that was sent to this unit and has neither arrived nor ended."""
    return [models.Referral.objects.filter(receiver_unit=unit, status__in=workflow.LIVE)]


def first_received(number: int, /, *, unit: Unit, now: datetime) -> dict[str, list[models.FollowUp]]:
    """The first rows of each section of what was received."""
    found = _under(_places_of_received(number, unit=unit, now=now), _received_tasks)
    return {code: sorted(some, key=_due)[:number] for code, some in found.items()}


def received_page(section: str, *, unit: Unit, now: datetime, at: Place | None) -> Page:
    """A page of one section, the longest due first."""

    def beyond(at: Place | None, descending: bool, number: int) -> list[models.FollowUp]:
        place: dict[str, Any] = {"at": at and at.at, "pk": at and at.pk}
        found = _places_of_section(section, descending, number, unit=unit, now=now, **place)
        rows = _under(found, _received_tasks)[section]
        return sorted(rows, key=_due, reverse=descending)

    return page(beyond, by="due_at", at=at)


@prepared
def _places_of_received(number: int, /, *, unit: Unit, now: datetime) -> Places:
    return _places(received(unit=unit, now=now), number=number)


@prepared
def _received_tasks(*, ids: Sequence[UUID]) -> Found:
    return with_what_happened(models.FollowUp.objects.filter(OneOf("pk", ids)))


@prepared
def _places_of_section(
    section: str, descending: bool, number: int, /, *, unit: Unit, now: datetime, at: Any, pk: Any
) -> Places:
    place = Place(at, pk) if at else None
    found = received(unit=unit, now=now)[section]
    return _places({section: found}, number=number, at=place, descending=descending)


def with_what_happened(found: Found) -> Found:
    """Each with its referral, what happened to that last, and whether the citizen says to have come."""
    latest = models.CaseEvent.objects.filter(referral=db.OuterRef("referral")).exclude(to_status="")
    says = models.FollowUp.objects.open().filter(referral=db.OuterRef("referral"), waits_for=Wait.CITIZEN_ARRIVAL)
    of_it = (
        "waits_for", "waits_since", "due_at", "urgency", "owed_by", "case", "sender_unit", "owner_unit", "coordinator_unit",
        "referral__sender_unit__name", "referral__sender_unit__organisation__name", "referral__data_key__wrapped",
        "referral__data_key__master_key_id", "referral__data_key__destroyed_at",
    )  # fmt: skip
    return (
        found.select_related(*WITH_THE_COPY)
        .only(*of_it, *OF_ITS_REFERRAL)
        .annotate(
            last_event=db.Subquery(latest.order_by("-recorded_at", "-pk").values("kind")[:1]),
            says_arrived=db.Exists(says),
        )
    )


def visits(*, unit: Unit, day: date) -> list[models.Referral]:
    """The visits of one day at this unit in the order of the day, each with who goes along, and as `wait` whether they came,
    where nobody has said so. What was cancelled is not among them; who came or did not come is."""
    found = _visits(unit=unit, day=day)
    waits = {task.referral_id: task for task in _visits_to_confirm(unit=unit, ids=[each.pk for each in found])}
    for each in found:
        each.wait = waits.get(each.pk)  # type: ignore[attr-defined]
    return found


@prepared
def _visits(*, unit: Unit, day: date) -> db.QuerySet[models.Referral]:
    at = models.Referral.objects.filter(
        receiver_unit=unit,
        appointment_at__gte=derived(day, clock.start_of_day),
        appointment_at__lt=derived(day, clock.end_of_day),
        status__in=[Status.BOOKED, Status.NO_SHOW, *workflow.MET],
    )
    found = at.select_related("service", "sender_unit__organisation", "data_key", "companion__data_key")
    return found.order_by("appointment_at", "pk")


@prepared
def _visits_to_confirm(*, unit: Unit, ids: Sequence[UUID]) -> Found:
    return models.FollowUp.objects.open().filter(OneOf("referral", ids), owed_by=unit, waits_for=Wait.VISIT)


def says_coming(referrals: Iterable[models.Referral]) -> set[UUID]:
    """Those to whose visit, as it is agreed now, the citizen has said to be coming. What was said of an earlier time counts
    no more."""
    agreed = {each.pk: each.status_since for each in referrals if each.status == Status.BOOKED}
    said = models.CaseEvent.objects.filter(referral__in=agreed, kind=Happening.CITIZEN_SAYS_COMING)
    return {key for key, at in said.values_list("referral", "recorded_at") if at >= agreed[key]}


# What has happened


@prepared
def arrived(number: int, /, *, unit: Unit) -> db.QuerySet[models.Referral]:
    """Referrals of this unit that have ended with arrival; the newest first."""
    found = models.Referral.objects.filter(sender_unit=unit, status=Status.ARRIVED, case__restricted_at=None)
    return found.select_related("case__person__data_key", "service").order_by("-status_since", "-pk")[:number]


def news(*, unit: Unit, user: User) -> db.QuerySet[models.Notice]:
    """What has happened and nobody here has marked as read."""
    return (
        models.Notice.objects.filter(to_unit=unit, read_at__isnull=True, event__isnull=False)
        .exclude(why=Told.SILENCE)
        .filter(db.Q(to_worker=None) | db.Q(to_worker=user))
        .select_related("event__referral__service", "event__by_unit__organisation", "event__data_key")
    )


def at_once(*, unit: Unit, user: User) -> db.QuerySet[models.Notice]:
    """What of it a coordinator is to act on: tries to turn a citizen away, and unanswered calls."""
    happened = db.Subquery(models.CaseEvent.objects.filter(pk=db.OuterRef("event")).values("kind"))
    theirs = news(unit=unit, user=user).filter(tells=Tell.COORDINATOR)
    return theirs.alias(happened=happened).filter(happened__in=FOR_COORDINATORS)


@prepared
def first_at_once(number: int, /, *, unit: Unit, user: User) -> db.QuerySet[models.Notice]:
    """The newest of that."""
    return at_once(unit=unit, user=user).order_by("-written_at", "-pk")[:number]


@prepared
def first_news(number: int, /, *, unit: Unit, user: User) -> db.QuerySet[models.Notice]:
    """The newest of the rest."""
    rest = news(unit=unit, user=user).exclude(event__kind__in=FOR_COORDINATORS)
    return rest.order_by("-written_at", "-pk")[:number]


# What somebody has begun, and who asks whom


def drafts(*, unit: Unit, user: User) -> db.QuerySet[models.Draft]:
    """What this worker has begun to write down here and not yet opened as a case."""
    return models.Draft.objects.filter(unit=unit, worker=user).select_related("data_key")


@prepared
def first_drafts(number: int, /, *, unit: Unit, user: User) -> db.QuerySet[models.Draft]:
    """What they wrote on last."""
    return drafts(unit=unit, user=user).order_by("-updated_at", "-pk")[:number]


def asked_to_take_over(*, unit: Unit) -> list[db.QuerySet[models.TakeOver]]:
    """What this unit is asked to answer for. It sees the request, not yet the case."""
    asked = models.TakeOver.objects.filter(asked_unit=unit, answered_at__isnull=True)
    return [asked.select_related("owner_unit__organisation", "asked_by", "data_key")]


def concerns(*, unit: Unit) -> db.QuerySet[models.Concern]:
    """What this unit has notified a municipality of."""
    return models.Concern.objects.filter(unit=unit).select_related("by", "case", "data_key", "receipt_noted_by")


def concerns_without_receipt(*, unit: Unit) -> list[db.QuerySet[models.Concern]]:
    """Where the municipality has not said that it has got it."""
    return [concerns(unit=unit).filter(receipt_at__isnull=True)]


def concerns_late(*, unit: Unit, now: datetime) -> list[db.QuerySet[models.Concern]]:
    """And where it should have: somebody should phone them."""
    return [found.filter(receipt_due_at__lte=now) for found in concerns_without_receipt(unit=unit)]


def emergencies(*, unit: Unit) -> db.QuerySet[models.EmergencyAccess]:
    """When others have read a case in an emergency, and this unit is told of it."""
    told = models.EmergencyAccess.objects.filter(told__contains=[unit.pk])
    return told.select_related("by", "unit__organisation", "data_key")


def emergencies_to_see(*, unit: Unit) -> db.QuerySet[models.EmergencyAccess]:
    """And nobody here has looked at it."""
    return emergencies(unit=unit).exclude(seen_by__unit=unit)


# How many


def counts(unit: Unit, **lists: Sequence[db.QuerySet[Any]]) -> db.QuerySet[Unit, dict[str, int]]:
    """How many rows each list has, in one row. Beyond paging.CAP it is only known that there are more."""
    asked = {name: reduce(add, map(Capped, parts)) for name, parts in lists.items()}
    return Unit.objects.filter(pk=unit.pk).annotate(**asked).values(*asked)


@prepared
def counts_of_start(receives: bool, /, *, unit: Unit, user: User, now: datetime) -> db.QuerySet[Unit, dict[str, int]]:
    """All numbers of the start page in one question; those of a receiving service only where somebody receives."""
    asked: dict[str, Any] = {
        "late": own_late(unit=unit, now=now),
        "today": own_today(unit=unit, now=now),
        "later": own_later(unit=unit, now=now),
        "awaited": awaited(unit=unit, now=now),
        "awaited_late": awaited_late(unit=unit, now=now),
        "news": [news(unit=unit, user=user)],
        "at_once": [at_once(unit=unit, user=user)],
        "drafts": [drafts(unit=unit, user=user)],
        "take_overs": asked_to_take_over(unit=unit),
        "concerns": concerns_without_receipt(unit=unit),
        "concerns_late": concerns_late(unit=unit, now=now),
        "nobodys": [rows.filter(owed_worker=None) for rows in own_late(unit=unit, now=now)],
    }
    if receives:
        sections = received(unit=unit, now=now)
        asked |= {f"in_{code}": sections[code] for code in ("new", "today", "unconfirmed", "answer")}
        asked["inbox"] = on_its_way(unit=unit)
    return counts(unit, **asked)


@prepared
def counts_of_tabs(*, unit: Unit, now: datetime, worker: User | None) -> db.QuerySet[Unit, dict[str, int]]:
    """How many follow-ups stand under each tab."""
    return counts(unit, **{name: rows(unit=unit, now=now, worker=worker) for name, rows in TABS.items()})


@prepared
def counts_of_received(*, unit: Unit, now: datetime) -> db.QuerySet[Unit, dict[str, int]]:
    """How many referrals each section of the inbox has; `others` are those that wait for somebody else."""
    return counts(unit, **received(unit=unit, now=now), others=with_others(unit=unit))


def in_reach(*, unit: Unit, follow_up_id: Any) -> models.FollowUp | None:
    """One task that this unit owes, or that is owed on a hand-off of its own; done or not."""
    near = db.Q(owed_by=unit) | db.Q(sender_unit=unit) | db.Q(owner_unit=unit) | db.Q(coordinator_unit=unit)
    found = models.FollowUp.objects.filter(near, pk=follow_up_id)
    return found.select_related("referral__service", "owed_by__organisation", "owed_worker").first()
