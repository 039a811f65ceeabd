"""Somebody who has found a door alone asks to be contacted: a case that the citizen has opened."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from navigator import clock
from navigator.accounts.models import Unit
from navigator.database import scope
from referrals import models
from referrals.acting import Citizen
from referrals.actions import events, follow_ups
from referrals.actions.case import open_case
from referrals.enums import Channel, Happening, TimeOfDay, Urgency, Wait


def ask_for_contact(
    *,
    unit: Unit,
    alias: str,
    channel: Channel,
    reach: str,
    best_at: TimeOfDay,
    answers: dict[str, Any],
    language: str,
    once: UUID,
    now: datetime,
) -> None:
    """Opens a case at the unit, and its task to get in touch. `reach` is the number or address of the one safe channel.
    Asked `once`, and harmlessly again: pressed twice it is one case.

    Raises pathways' InvalidAnswers where the vocabulary has changed since the answers were given.
    """
    reached = {"email": reach} if channel == Channel.EMAIL else {"phone": reach}
    identity = {"pseudonym": alias, "safe_channel": channel, "language": language} | reached
    try:
        with scope.scope(unit.pk), transaction.atomic():
            if models.Case.objects.filter(pk=once).exists():
                return
            by = Citizen(unit)
            case = open_case(
                identity=identity,
                answers=answers,
                wishes="",
                first_contact_on=clock.day_of(now),
                by=by,
                now=now,
                draft_id=once,
            )
            events.record(Happening.CONTACT_SET, case=case, now=now, by=by, safe_channel=channel, best_at=best_at)
            follow_ups.open_wait(
                Wait.CONTACT,
                case=case,
                owed_by=case.owner_unit,
                urgency=Urgency.ACUTE if answers.get("acute") else Urgency.ORDINARY,
                now=now,
            )
    except IntegrityError:  # pressed twice at once: the other was a moment faster
        with scope.scope(unit.pk):
            models.Case.objects.get(pk=once)
