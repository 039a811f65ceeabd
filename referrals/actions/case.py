"""A need is logged."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from navigator import clock
from navigator.accounts.models import coordinator_unit
from pathways import matching
from referrals import models
from referrals.acting import By
from referrals.actions import events, follow_ups, ownership
from referrals.actions import person as people
from referrals.enums import Happening, Outcome, Side

DUAL_FROM_LEVEL = 3  # the model: from level 3 both sides are on the case (rule D17)


@transaction.atomic
def open_case(
    *,
    identity: dict[str, str],
    answers: dict[str, Any],
    wishes: str,
    first_contact_on: date,
    by: By,
    now: datetime,
    same_person_as: models.Person | None = None,
) -> models.Case:
    """Logs what a citizen needs: person, case, tracks and the frozen match, and the task to choose a service.

    Raises pathways' InvalidAnswers for answers outside the vocabulary and errors.Invalid for a CPR number that the unit
    has already; then nothing is kept.
    """
    matched = matching.match(answers, on=clock.today())
    person = same_person_as or people.register(unit=by.unit, identity=identity)
    coordinator = coordinator_unit(answers["municipality"], on=clock.today())
    dual = matched.decision.level >= DUAL_FROM_LEVEL
    case = models.Case(
        person=person,
        data_key_id=person.data_key_id,
        origin_unit=by.unit,
        owner_unit=coordinator if dual and coordinator else by.unit,
        owner_worker=None if dual and coordinator else by.user,
        coordinator_unit=coordinator,
        door=answers.get("door", by.unit.door),
        municipality=answers["municipality"],
        first_contact_on=first_contact_on,
        wishes=wishes,
        opened_at=now,
    )
    case.save()
    case.refresh_from_db(fields=["number"])
    models.Track.objects.bulk_create(
        models.Track(
            case=case,
            origin_unit_id=case.origin_unit_id,
            owner_unit_id=case.owner_unit_id,
            coordinator_unit_id=case.coordinator_unit_id,
            side=side,
        )
        for side in _sides(matched.decision.level, matched.decision.side)
    )
    ownership.hold(person, case.owner_unit)
    if coordinator:
        ownership.hold(person, coordinator)
    events.record(Happening.CASE_OPENED, case=case, now=now, by=by, first_contact_on=first_contact_on.isoformat())
    _keep_assessment(case, matched, answers=answers, by=by, now=now)
    follow_ups.keep_choice(case, now=now)
    return case


def close_if_arrived(case: models.Case, *, by: By, now: datetime) -> None:
    """The case is over when the person has been met on every track, and not before."""
    if case.closed_at or case.tracks.filter(arrived_at__isnull=True).exists():
        return
    case.closed_at, case.outcome = now, Outcome.ARRIVED
    case.save(update_fields=["closed_at", "outcome"])
    follow_ups.close(case.follow_ups.filter(referral=None), now=now)
    events.record(Happening.CASE_CLOSED, case=case, now=now, by=by, outcome=Outcome.ARRIVED)


def _sides(level: int, side: str) -> tuple[Side, ...]:
    if level >= DUAL_FROM_LEVEL:
        return (Side.SUBSTANCE, Side.PSYCHIATRY)
    return (Side(side),)


def _keep_assessment(case: models.Case, matched: Any, *, answers: dict[str, Any], by: By, now: datetime) -> None:
    assessment = models.Assessment.objects.create(
        case=case,
        origin_unit_id=case.origin_unit_id,
        owner_unit_id=case.owner_unit_id,
        coordinator_unit_id=case.coordinator_unit_id,
        answers=answers,
        rule_set_version=matched.rule_set_version,
        directory_version=matched.directory_version,
        level=matched.decision.level,
        side=matched.decision.side,
        explanation=matched.explanation,
        assessed_at=now,
        assessed_by=by.user,
    )
    events.record(Happening.ASSESSED, case=case, now=now, by=by, assessment=str(assessment.pk), level=assessment.level)
