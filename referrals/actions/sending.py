"""One press sends to one service or to several: all of them or none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from navigator import clock
from pathways.actions import count_other_door
from pathways.enums import WhyAnother
from pathways.models import Service
from referrals import models
from referrals.acting import By
from referrals.actions.companion import agree_companion
from referrals.actions.referral import HandOver, Telling, cancel_referral, send_referral
from referrals.actions.steps import on_the_whole_case
from referrals.enums import Urgency
from referrals.errors import Invalid


@dataclass(frozen=True, slots=True)
class Sending:
    """What goes to one service: as matched, or another door with the reason why."""

    service: Service
    sides: Sequence[str]
    role: str
    hand_over: HandOver | None = None
    why_another: str = ""  # a code of WhyAnother; empty for a door that was matched
    because: str = ""

    def check(self) -> None:
        """Raises Invalid where another door has no reason, or 'something else' no words."""
        if self.why_another == WhyAnother.OTHER and not self.because.strip():
            raise Invalid(_("Write why you choose this door."))
        if self.why_another and self.role not in ("primary", "support"):
            raise Invalid(_("Another door is the door itself, or help beside it."))
        if self.why_another and (self.role == "primary") != bool(self.sides):
            raise Invalid(_("Choose the side on which this is the door."))


@dataclass(frozen=True, slots=True)
class Company:
    """The citizen wants somebody to go along. Nobody found yet is said by an empty `who`."""

    who: str = ""
    meeting_place: str = ""


@on_the_whole_case
def send_referrals(
    *,
    case: models.Case,
    sendings: Sequence[Sending],
    telling: Telling,
    urgency: Urgency,
    company: Company | None,
    instead_of: Collection[UUID] = (),
    by: By,
    now: datetime,
) -> list[models.Referral]:
    """Sends to every service at once, in one transaction: if one of them cannot be sent, none is. What it is `instead_of` is
    taken back then, and not before: nobody lets go of the citizen until somebody else has been asked."""
    if not sendings:
        raise Invalid(_("Choose at least one service."))
    sent = []
    for sending in sendings:
        sending.check()
        referral = send_referral(
            case=case,
            service=sending.service,
            sides=sending.sides,
            role=sending.role,
            telling=telling,
            other_door=sending.why_another,
            chosen_because=sending.because,
            urgency=urgency,
            hand_over=sending.hand_over,
            by=by,
            now=now,
        )
        if company is not None:
            agree_companion(referral=referral, who=company.who, meeting_place=company.meeting_place, by=by, now=now)
        if sending.why_another:
            _count(case, sending, now=now)
        sent.append(referral)
    instead = _("Sent instead to %(services)s.") % {"services": ", ".join(str(each.service) for each in sent)}
    for before in case.referrals.filter(pk__in=instead_of):
        cancel_referral(referral=before, because=instead, by=by, now=now)
    return sent


def _count(case: models.Case, sending: Sending, *, now: datetime) -> None:
    """For the editors of the rules: which door the rules had, which was chosen and why."""
    assessment = case.assessments.latest("assessed_at")
    matches = assessment.explanation["da"]["matches"]
    suggested = next((match for match in matches if match["role"] == "primary"), matches[0])
    count_other_door(
        rule_set_version=assessment.rule_set_version,
        matched_kind=suggested["kind"],
        chosen_kind=sending.service.kind_id,
        reason=WhyAnother(sending.why_another),
        on=clock.day_of(now),
    )
