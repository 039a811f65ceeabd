"""What a worker owes the citizen by law, guideline or policy, as tasks that somebody ticks off."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pathways.models import Obligation
from referrals import models
from referrals.acting import By, Citizen
from referrals.actions import events, follow_ups
from referrals.actions.steps import locked_case
from referrals.enums import Happening, Urgency, Wait
from referrals.errors import TooLate

TODAY = frozenset({"same_day_follow_up"})  # the duties that are due before the day is over


def owe(case: models.Case, *, codes: Collection[str], by: By | Citizen, now: datetime) -> None:
    """From now on whoever logged the need owes these duties."""
    for obligation in Obligation.objects.filter(code__in=codes).order_by("code"):
        follow_ups.open_wait(
            Wait.OBLIGATION,
            case=case,
            obligation=obligation,
            urgency=Urgency.ACUTE if obligation.code in TODAY else Urgency.ORDINARY,
            owed_by=by.unit,
            worker=by.user,
            now=now,
        )


@transaction.atomic
def record_duty_done(*, follow_up: models.FollowUp, note: str, by: By, now: datetime) -> None:
    """The duty is done, and the case says so."""
    case = locked_case(follow_up.case_id)
    asked = models.FollowUp.objects.open().filter(pk=follow_up.pk, waits_for=Wait.OBLIGATION, owed_by=by.unit)
    if not asked.update(closed_at=now, next_at=None):
        raise TooLate(_("That has been done already."))
    duty = Obligation.objects.get(pk=follow_up.obligation_id)
    said = {"code": duty.code, "da": duty.text_da, "en": duty.text_en}
    events.record(Happening.NOTED, case=case, now=now, by=by, note=note, obligation=said)
