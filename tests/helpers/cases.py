"""Cases as far along as a test needs them, made by the actions themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from navigator import clock
from navigator.accounts.models import Unit
from navigator.database import scope
from pathways.models import Service
from referrals import actions, models, sweeps
from referrals.acting import By
from referrals.delivery.answering import token_of
from referrals.delivery.writing import write
from referrals.enums import Custody, GivenBy, Side, Tell, Urgency, Wait
from referrals.ladder import Rung
from tests.helpers.world import AARHUS, World

CANNABIS = {
    "municipality": AARHUS,
    "age": 30,
    "door": "jobcenter",
    "substance": {"use": "misuse", "substances": ["cannabis"]},
    "mental": {"state": "none", "signs": []},
}
DUAL = CANNABIS | {"mental": {"state": "moderate", "signs": ["anxiety"]}}
YES = actions.Yes()  # an adult says yes, spoken
SAD = {"municipality": AARHUS, "age": 40, "mental": {"state": "severe", "signs": ["low_mood"]}}


def logged(
    world: World,
    *,
    answers: dict[str, Any] = CANNABIS,
    by: By | None = None,
    now: datetime | None = None,
    first_contact_on: date | None = None,
    **identity: str,
) -> models.Case:
    """A case that Alice has logged."""
    by, now = by or world.alice, now or clock.now()
    with scope.scope(by.unit.pk):
        return actions.open_case(
            identity=identity,
            answers=answers,
            wishes="",
            first_contact_on=first_contact_on or clock.today(),
            by=by,
            now=now,
        )


def reminded(referral: models.Referral, *, now: datetime) -> str:
    """The citizen is reminded of the visit that is agreed, as the sweep does it. Returns the token of the reminder."""
    with scope.scope(referral.sender_unit_id, referral.receiver_unit_id):
        visit = models.FollowUp.objects.open().get(referral=referral, waits_for=Wait.VISIT)
        notice = sweeps._notice(visit, Rung(0, "morning", Tell.CITIZEN), now=now)
        notice.save(force_insert=True)
        write([notice], now=now)
        return token_of(notice.deliveries.get().pk)


def sent(
    world: World,
    *,
    to: Unit | None,
    case: models.Case | None = None,
    kind: str = "substance_treatment_outpatient",
    sides: list[Side] | None = None,
    now: datetime | None = None,
    urgency: Urgency = Urgency.ORDINARY,
    hand_over: actions.HandOver | None = None,
    covers_next_door: bool = False,
    interpreter: str = "",
) -> models.Referral:
    """A referral that Alice has sent; by default on the case's own track."""
    case = case or logged(world, now=now)
    told = {"message": "Ring gerne."} | ({"interpreter": interpreter} if interpreter else {})
    with scope.scope(world.alice.unit.pk):
        if sides is None:
            sides = [Side(case.tracks.get().side)]
        return actions.send_referral(
            case=case,
            service=service(kind, to),
            sides=sides,
            role="primary",
            telling=actions.Telling(told, said_yes(case, next_door=covers_next_door)),
            urgency=urgency,
            hand_over=hand_over,
            by=world.alice,
            now=now or clock.now(),
        )


def said_yes(case: models.Case, *, next_door: bool = False) -> actions.Yes:
    """What is said at this age, for whoever writes about something else."""
    young = case.assessments.latest("assessed_at").answers["age"] < 15
    by = GivenBy.CUSTODY_SOLE if young else GivenBy.CITIZEN
    return actions.Yes(given_by=by, custody=Custody.INFORMED, child_says="Det er fint.", next_door=next_door)


def service(kind: str, unit: Unit | None) -> Service:
    """A service of this kind that this unit answers for; without a unit, one that has no account here."""
    return Service.objects.filter(kind=kind, unit=unit).order_by("code")[0]
