"""A need is logged, matched anew when life goes on, and closed only by arrival or by a named human with a reason."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.accounts.models import Unit, coordinator_unit
from navigator.database import scope
from pathways import matching
from referrals import models, workflow
from referrals.acting import By, Citizen, Guest
from referrals.actions import draft, events, follow_ups, guarantees, notices, ownership, plans, protection, retention
from referrals.actions import duties as owed
from referrals.actions import person as people
from referrals.actions.contact import must_have_called, must_have_tried
from referrals.actions.steps import also_when_restricted, locked_case, on_the_whole_case, restricted, write
from referrals.enums import Event, Happening, Outcome, Side, Status, Tell, Wait
from referrals.errors import Invalid, NotAllowed, TooLate

DUAL_FROM_LEVEL = 3  # the model: from level 3 both sides are on the case (rule D17)
FIRST_WEEK = (1, 3, 7)  # days after discharge on which there is to be contact (rule A8)

# How an ending of the case ends the attempts that still live.
ENDS_BY = {
    Outcome.SELF_RESOLVED: (Event.WITHDRAW, Status.WITHDRAWN),
    Outcome.WITHDRAWN: (Event.WITHDRAW, Status.WITHDRAWN),
    Outcome.LOST_CONTACT: (Event.LOSE, Status.LOST_CONTACT),
    Outcome.MOVED: (Event.MOVE, Status.MOVED),
    Outcome.DECEASED: (Event.DIE, Status.DECEASED),
}


@transaction.atomic
def open_case(
    *,
    identity: dict[str, str],
    answers: dict[str, Any],
    wishes: str,
    first_contact_on: date,
    by: By | Citizen,
    now: datetime,
    same_person_as: models.Person | None = None,
    protected_until: date | None = None,
    duties: Collection[str] = (),
    draft_id: UUID | None = None,
) -> models.Case:
    """Logs what a citizen needs: person, case, tracks, clocks and the frozen match, and the task to choose a service.

    `duties` are those of the match that somebody here takes on as tasks. A draft that it is opened from is gone with it;
    opened twice from one draft it is one case.

    Raises pathways' InvalidAnswers for answers outside the vocabulary and errors.Invalid for a CPR number that the unit
    has already; then nothing is kept.
    """
    if draft_id and (opened := draft.opened_from(draft_id, by=by, now=now)):
        return opened
    today = clock.day_of(now)
    matched = matching.match(answers, on=today)
    person = same_person_as or people.register(unit=by.unit, identity=identity)
    coordinator = coordinator_unit(answers["municipality"], on=today)
    case = models.Case(
        id=draft_id or uuid7(),
        person=person,
        data_key_id=person.data_key_id,
        origin_unit=by.unit,
        owner_unit=by.unit,
        owner_worker=by.user,
        coordinator_unit=coordinator,
        door=answers.get("door", by.unit.door),
        municipality=answers["municipality"],
        first_contact_on=first_contact_on,
        wishes=wishes,
        opened_at=now,
    )
    case.save()
    case.refresh_from_db(fields=["number"])
    if coordinator:
        ownership.hold(person, coordinator)
    events.record(Happening.CASE_OPENED, case=case, now=now, by=by, first_contact_on=first_contact_on.isoformat())
    _keep_match(case, matched, answers=answers, by=by, now=now)
    if protected_until:
        protection.protect(case=case, until=protected_until, because="", by=by, now=now)
    days_since = answers.get("circumstances", {}).get("days_since_discharge")
    if days_since is not None and days_since <= max(FIRST_WEEK):
        owe_first_week_contact(case, discharged_on=today - timedelta(days=days_since), after=days_since - 1, now=now)
    follow_ups.keep_choice(case, now=now)
    owed.owe(case, codes={duty.code for duty in matched.decision.obligations} & set(duties), by=by, now=now)
    return case


@on_the_whole_case
def reassess(*, case: models.Case, answers: dict[str, Any], by: By, now: datetime) -> models.Assessment:
    """A new match of the same need. Clocks that run are not reset; a side that is new to the case becomes a track."""
    if case.closed_at:
        raise TooLate(_("This case is closed. Open a new one if the citizen needs help again."))
    matched = matching.match(answers, on=clock.day_of(now))
    with scope.widened_to(case.coordinator_unit_id):  # who may answer for it from now on
        assessment = _keep_match(case, matched, answers=answers, by=by, now=now)
        follow_ups.keep_choice(case, now=now)
    return assessment


def owe_first_week_contact(case: models.Case, *, discharged_on: date, after: int, now: datetime) -> None:
    """The next contact of the first week after discharge; none when the last of them has been."""
    for number, day in enumerate(FIRST_WEEK, start=1):
        if day > after:
            on = clock.end_of_day(discharged_on + timedelta(days=day - 1))
            follow_ups.open_wait(
                Wait.FIRST_WEEK,
                case=case,
                owed_by=case.owner_unit,
                worker=case.owner_worker,
                since=on,
                now=now,
                round=number,
            )
            return


@transaction.atomic
def record_first_week_contact(*, follow_up: models.FollowUp, note: str, by: By, now: datetime) -> None:
    """There was contact; the next of days 1, 3 and 7 is owed."""
    case = locked_case(follow_up.case_id)
    asked = models.FollowUp.objects.open().filter(pk=follow_up.pk, waits_for=Wait.FIRST_WEEK)
    if not asked.update(closed_at=now, next_at=None):
        raise TooLate(_("That has been done already."))
    events.record(Happening.NOTED, case=case, now=now, by=by, note=note, first_week=FIRST_WEEK[follow_up.round - 1])
    day = FIRST_WEEK[follow_up.round - 1]
    discharged_on = clock.day_of(follow_up.waits_since) - timedelta(days=day)
    owe_first_week_contact(case, discharged_on=discharged_on, after=day, now=now)


@on_the_whole_case
def close_case(*, case: models.Case, outcome: Outcome, because: str, by: By, now: datetime) -> None:
    """A named human decides that the need is over without arrival, and says why. Only a coordinator may decide that
    contact is lost; arrival closes a case by itself."""
    if outcome == Outcome.ARRIVED or outcome not in ENDS_BY:
        raise Invalid(_("A case ends with arrival by itself. Choose how it has ended otherwise."))
    if not because.strip():
        raise Invalid(_("Write why the case is closed."))
    if by.unit.pk not in (case.owner_unit_id, case.coordinator_unit_id):
        raise NotAllowed(_("Only whoever is responsible for the citizen, or the coordinator, can close the case."))
    if outcome == Outcome.LOST_CONTACT and by.unit.pk != case.coordinator_unit_id:
        raise NotAllowed(_("Only a coordinator can decide that contact is lost."))
    if case.closed_at:
        raise TooLate(_("This case is closed already."))
    if outcome == Outcome.LOST_CONTACT:
        on_their_way = list(case.referrals.filter(status__in=workflow.LIVE).exclude(sides=[]))
        for referral in on_their_way:
            must_have_tried(referral)
        if not on_their_way:
            must_have_called(case)
    close_case_as(outcome, case, by=by, now=now, note=because)


def close_case_as(outcome: Outcome, case: models.Case, *, by: By | Guest, now: datetime, note: str = "") -> None:
    """Writes the end. After arrival the parallel offers go on; after any other end nothing does."""
    case.closed_at, case.outcome = now, outcome
    case.save(update_fields=["closed_at", "outcome"])
    if outcome != Outcome.ARRIVED:
        _end_attempts(case, ENDS_BY[outcome], by=by, now=now, note=note)
        case.plans.filter(ended_at__isnull=True).update(ended_at=now)
        follow_ups.close(case.follow_ups.all(), now=now)
    stopped = models.Guarantee.Stopped
    guarantees.stop(case, because=stopped.WITHDRAWN if outcome == Outcome.WITHDRAWN else stopped.ENDED, now=now)
    # A plan goes on with the course that has begun.
    follow_ups.close(case.follow_ups.filter(referral=None).exclude(waits_for__in=plans.WAITS), now=now)
    # Who was asked to answer for the citizen need not answer any more.
    case.take_overs.filter(answered_at=None).update(answered_at=now, answered_by=F("asked_by"), accepted=False)
    events.record(Happening.CASE_CLOSED, case=case, now=now, by=by, note=note, outcome=outcome)


def _end_attempts(
    case: models.Case, ending: tuple[Event, Status], *, by: By | Guest, now: datetime, note: str = ""
) -> None:
    """Every attempt that is not over ends as the case does where the table allows it; a draft is cancelled."""
    event, status = ending
    ended = (*workflow.ENDED_WITHOUT, Status.CLOSED)
    arrived = () if event is Event.DIE else (Status.ARRIVED, Status.IN_COURSE)
    for referral in case.referrals.exclude(status__in=[*ended, *arrived]):
        if workflow.step(referral.status, event):
            write(referral, event, to=status, case=case, by=by, now=now, note=note)
        else:
            write(referral, Event.CANCEL, to=Status.CANCELLED, case=case, by=by, now=now, note=note)


def reopen_case(case: models.Case, *, by: By, now: datetime) -> None:
    """The arrival that closed it was a mistake, or has not helped."""
    case.closed_at, case.outcome = None, ""
    case.save(update_fields=["closed_at", "outcome"])
    events.record(Happening.CASE_REOPENED, case=case, now=now, by=by)


@on_the_whole_case
def record_move(*, case: models.Case, municipality: str, by: By, now: datetime) -> None:
    """The citizen has moved: another municipality answers, the need is matched there, and both sides hear it."""
    if case.municipality == municipality:
        raise Invalid(_("The citizen lives there already."))
    new = coordinator_unit(municipality, on=clock.day_of(now))
    with scope.widened_to(case.owner_unit_id, new.pk if new else None):  # who may answer for it from now on
        _move(case, municipality, new, by=by, now=now)


def _move(case: models.Case, municipality: str, new: Unit | None, *, by: By, now: datetime) -> None:
    before, old = case.municipality, case.coordinator_unit
    case.municipality = municipality
    case.save(update_fields=["municipality"])
    if new != old:
        ownership.change_coordinator(case, to=new)
        if old and case.owner_unit_id == old.pk and new:
            ownership.change_owner(case, to=new, worker=None, by=by, now=now)
        if old:
            theirs = case.follow_ups.open().filter(owed_by=old, waits_for__in=[Wait.DECISION, *plans.WAITS])
            theirs.update(owed_by=new or case.owner_unit, owed_worker=None)
    happened = events.record(Happening.CITIZEN_MOVED, case=case, now=now, by=by, before=before, after=municipality)
    latest = case.assessments.latest("assessed_at")
    reassess(case=case, answers={**latest.answers, "municipality": municipality}, by=by, now=now)
    _tell_everybody(happened, case, also=old, now=now)


@on_the_whole_case
def record_18th_birthday(*, case: models.Case, by: By, now: datetime) -> None:
    """The citizen has turned 18: the doors of adults open, those of children close, and both sides hear it."""
    latest = case.assessments.latest("assessed_at")
    if latest.answers["age"] >= 18:
        raise Invalid(_("The citizen is an adult already."))
    happened = events.record(Happening.CITIZEN_TURNED_18, case=case, now=now, by=by)
    reassess(case=case, answers={**latest.answers, "age": 18}, by=by, now=now)
    _tell_everybody(happened, case, now=now)


@also_when_restricted
def record_death(*, case: models.Case, by: By, now: datetime) -> None:
    """The citizen has died: everything stops at once, in every case of theirs, nobody writes to the home any more, and the
    cases are locked."""
    if case.restricted_at and case.closed_at:
        raise restricted()
    if case.events.filter(kind=Happening.CITIZEN_DIED).exists():
        raise TooLate(_("That has been recorded already."))
    happened = events.record(Happening.CITIZEN_DIED, case=case, now=now, by=by)
    case.person.do_not_contact = True
    case.person.save(update_fields=["do_not_contact"])
    _tell_everybody(happened, case, now=now)
    # After arrival too: the visit that is agreed elsewhere, and the question whether it helps.
    _end_attempts(case, ENDS_BY[Outcome.DECEASED], by=by, now=now)
    follow_ups.close(case.follow_ups.all(), now=now)
    case.plans.filter(ended_at__isnull=True).update(ended_at=now)
    if not case.closed_at:
        close_case_as(Outcome.DECEASED, case, by=by, now=now)
    retention.lock(case, by=by, now=now)
    known = models.CaseEvent.objects.filter(kind=Happening.CITIZEN_DIED).values("case")
    theirs = case.person.cases.exclude(restricted_at__isnull=False, closed_at__isnull=False)
    for other in theirs.exclude(pk__in=known).order_by("pk"):
        record_death(case=other, by=by, now=now)


def _tell_everybody(happened: models.CaseEvent, case: models.Case, *, now: datetime, also: Any = None) -> None:
    """Whoever answers for the citizen, who coordinates, and every service that a live referral is with."""
    live = case.referrals.filter(status__in=workflow.LIVE).exclude(receiver_unit=None).select_related("receiver_unit")
    readers = {case.owner_unit, case.coordinator_unit, also, *(referral.receiver_unit for referral in live)} - {None}
    for unit in sorted(readers, key=lambda unit: str(unit.pk)):
        notices.tell(happened, to=unit, tells=Tell.OWNER if unit == case.owner_unit else Tell.OWED_BY, now=now)


def _keep_match(
    case: models.Case, matched: matching.Matched, *, answers: dict[str, Any], by: By | Citizen, now: datetime
) -> models.Assessment:
    """Freezes the match, and lets tracks, owner and clocks follow from it."""
    explanation = matched.explanation
    assessment = models.Assessment.objects.create(
        case=case,
        **case.units,
        answers=answers,
        rule_set_version=matched.rule_set_version,
        directory_version=matched.directory_version,
        level=matched.decision.level,
        side=matched.decision.side,
        explanation=explanation,
        assessed_at=now,
        assessed_by=by.user,
    )
    events.record(Happening.ASSESSED, case=case, now=now, by=by, assessment=str(assessment.pk), level=assessment.level)
    was_dual = case.tracks.count() > 1
    _keep_tracks(case, _sides(matched.decision.level, matched.decision.side))
    # Once, when it becomes a dual case: whoever takes it over later keeps it through every new match.
    if matched.decision.level >= DUAL_FROM_LEVEL and not was_dual and case.coordinator_unit:
        ownership.change_owner(case, to=case.coordinator_unit, worker=None, by=by, now=now)
    sides = list(case.tracks.filter(arrived_at__isnull=True).values_list("side", flat=True))
    words = matched.rulebook.catalogue.words
    for right, served in guarantees.of_first_contact(explanation, words=words, tracks=sides):
        guarantees.start(case, rights=[right], sides=served, on=case.first_contact_on, now=now)
    return assessment


def _keep_tracks(case: models.Case, sides: Collection[Side]) -> None:
    """Adds the sides that are new. A side that the case has had is never taken from it."""
    models.Track.objects.bulk_create(
        [
            models.Track(
                case=case,
                **case.units,
                side=side,
            )
            for side in sides
        ],
        ignore_conflicts=True,
    )


def _sides(level: int, side: str) -> tuple[Side, ...]:
    if level >= DUAL_FROM_LEVEL:
        return (Side.SUBSTANCE, Side.PSYCHIATRY)
    return (Side(side),)
