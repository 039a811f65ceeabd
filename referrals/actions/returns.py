"""A return is no ending (rules H): it takes effect with the next door, linked and on the same clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from navigator import clock
from pathways.models import DeclineReason, Service
from referrals import models, workflow
from referrals.acting import By
from referrals.actions import consents, events, follow_ups, notices
from referrals.actions.arrival import confirm_arrival
from referrals.actions.referral import Telling, ask_question, draft_referral, send_draft, withdraw_referral
from referrals.actions.steps import apply, at_the_case_of, locked, may
from referrals.enums import Event, Happening, Urgency
from referrals.errors import Invalid
from referrals.grounds import SaidYes


@dataclass(frozen=True, slots=True)
class Return:
    """Why the service cannot help, and what that reason needs."""

    reason: str
    text: str = ""  # what is missing; the criterion that fails; what the citizen wants instead
    next_door: Service | None = None
    earliest: date | None = None
    duplicate_of: models.Referral | None = None


def return_referral(*, referral: models.Referral, why: Return, by: By, now: datetime) -> models.Referral:
    """The service cannot take the citizen on. The road goes on in the same step.

    Raises NotLegitimate for a reason that is not one (the attempt is kept, for the coordinator), and Invalid where what
    the reason needs is missing; then nothing has changed.
    """
    reason = DeclineReason.objects.filter(code=why.reason).first()
    if reason is None:
        raise Invalid(_("Choose one of the reasons."))
    if not reason.allowed:
        _log_attempt(referral, reason, by=by, now=now)
        raise NotLegitimate(reason)
    match why.reason:
        case "missing_information":
            return ask_question(referral=referral, question=why.text, by=by, now=now)
        case "already_in_course":
            return confirm_arrival(referral=referral, sides=referral.sides, by=by, now=now)
        case "citizen_declined":
            return withdraw_referral(referral=referral, wants_instead=why.text, by=by, now=now)
        case "duplicate":
            return _duplicate(referral, why, by=by, now=now)
    _check(referral, why)
    with at_the_case_of(referral) as case:
        referral = locked(referral)
        dual = case.tracks.count() > 1 and case.coordinator_unit_id is not None
        changes: dict[str, Any] = {"return_reason": why.reason, "returned_to": why.next_door}
        said = {"reason": why.reason, "earliest": why.earliest.isoformat() if why.earliest else None}
        if dual:
            # The coordinator approves it or sends it back; until then the receiver still owes the answer.
            return apply(referral, Event.ASK_RETURN, case=case, by=by, now=now, note=why.text, detail=said, **changes)
        referral = apply(referral, Event.RETURN, case=case, by=by, now=now, note=why.text, detail=said, **changes)
        _next_door(referral, case=case, now=now)
        return referral


def approve_return(
    *, referral: models.Referral, by: By, now: datetime, next_door: Service | None = None
) -> models.Referral:
    """The coordinator agrees, or names a better door: now the return takes effect."""
    with at_the_case_of(referral) as case:
        referral = locked(referral)
        may(referral, Event.RETURN, by=by)
        door = next_door or referral.returned_to
        _another_door(referral, door)
        said = {"reason": referral.return_reason}
        referral = apply(referral, Event.RETURN, case=case, by=by, now=now, detail=said, returned_to=door)
        _next_door(referral, case=case, now=now)
        return referral


def send_back(*, referral: models.Referral, because: str, by: By, now: datetime) -> models.Referral:
    """The coordinator does not agree: the service still owes the answer."""
    if not because.strip():
        raise Invalid(_("Write why the service is to answer anyway."))
    with at_the_case_of(referral) as case:
        return apply(
            referral, Event.SEND_BACK, case=case, by=by, now=now, note=because, return_reason="", returned_to=None
        )


class NotLegitimate(Invalid):
    """A reason that may not be used (rule H2). The sentence is the vocabulary's: why not, and what to do instead."""

    def __init__(self, reason: DeclineReason) -> None:
        self.reason = reason
        why = reason.why_en if get_language() == "en" else reason.why_da
        super().__init__(_("%(why)s Name the help that fits, ask the sender, or accept.") % {"why": why})


def _log_attempt(referral: models.Referral, reason: DeclineReason, *, by: By, now: datetime) -> None:
    """Every attempt reaches the coordinator, in a transaction of its own: the refusal must not roll it back."""
    with at_the_case_of(referral) as case:
        may(locked(referral), Event.RETURN, by=by)
        happened = events.record(
            Happening.REFUSED_RETURN, case=case, referral=referral, now=now, by=by, reason=reason.code
        )
        notices.tell_of(happened, referral, by=by, now=now)


def _check(referral: models.Referral, why: Return) -> None:
    if why.next_door is None:
        raise Invalid(_("Name the next door: whoever returns a citizen says where they can go instead."))
    _another_door(referral, why.next_door)
    if why.reason == "capacity" and why.earliest is None:
        raise Invalid(_("Give the earliest date on which there is room."))
    if why.reason == "outside_target_group" and not why.text.strip():
        raise Invalid(_("Write which criterion the citizen does not meet."))


def _another_door(referral: models.Referral, door: Service | None) -> None:
    if door is None or door.pk == referral.service_id:
        raise Invalid(_("Name another door than the one that returns the citizen."))


def _duplicate(referral: models.Referral, why: Return, *, by: By, now: datetime) -> models.Referral:
    other = why.duplicate_of
    if other is None or other.pk == referral.pk or other.case_id != referral.case_id:
        raise Invalid(_("Say which other referral it is a duplicate of."))
    with at_the_case_of(referral) as case:
        if locked(other).status not in (*workflow.LIVE, *workflow.MET):
            raise Invalid(_("That referral has ended: nobody would be left with the citizen."))
        return apply(
            referral,
            Event.RETURN,
            case=case,
            by=by,
            now=now,
            return_reason=why.reason,
            detail={"reason": why.reason, "other": str(other.pk)},
        )


def _next_door(returned: models.Referral, *, case: models.Case, now: datetime) -> None:
    """The next attempt, in the same step and on the same clock. Sent where the citizen has agreed to that; else a draft,
    and asking the citizen is a task of the sender's today."""
    assert returned.returned_to is not None
    before = returned.disclosures.select_related("data_key", "consent__withdrawal", "referral").latest("disclosed_at")
    sender = By(user=returned.sender, unit=returned.sender_unit)
    sides, role = _in_its_place(returned, case=case)
    draft = draft_referral(
        case=case, service=returned.returned_to, sides=sides, role=role, urgency=returned.urgency,
        follows=returned, by=sender, now=now,
    )  # fmt: skip
    is_open = not returned.returned_to.is_closed(on=clock.day_of(now))
    may_go_on = is_open and consents.covers_next_door(before.consent, before.categories, now=now)
    if may_go_on and returned.urgency != Urgency.ACUTE:
        telling = Telling(before.told, SaidYes(before.consent))
        send_draft(draft, case=case, telling=telling, by=None, now=now)
    else:
        follow_ups.follow_status(draft, Event.SEND, case=case, now=now)
        follow_ups.keep_choice(case, now=now)


def _in_its_place(returned: models.Referral, *, case: models.Case) -> tuple[list[str], str]:
    """The sides and the role of the next attempt. Somebody who only shows the way treats nobody: that attempt is on no
    side, and finding a door for the citizen is a task of the owner's as long as it lasts."""
    assert returned.returned_to is not None
    matches = case.assessments.latest("assessed_at").explanation["da"]["matches"]
    if (returned.returned_to.kind_id, "fallback") in {(match["kind"], match["role"]) for match in matches}:
        return [], "fallback"
    met = set(case.tracks.filter(arrived_at__isnull=False).values_list("side", flat=True))
    return [side for side in returned.sides if side not in met], returned.role
