"""Somebody goes along: who, where they meet, confirmed by both. A missing companion is a task of its own."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from referrals import models
from referrals.acting import By, Citizen
from referrals.actions import events, follow_ups
from referrals.actions.steps import at_the_case_of, live
from referrals.enums import Actor, Happening, Wait
from referrals.errors import Invalid, TooLate


def agree_companion(
    *, referral: models.Referral, who: str, meeting_place: str, by: By | Citizen, now: datetime
) -> models.Companion:
    """Writes who goes along and where they meet. Nobody found yet is written too, and is a task until somebody is. A citizen
    who asks for somebody takes nobody away who has been found."""
    with at_the_case_of(referral) as case:
        referral = live(referral)
        companion, is_new = models.Companion.objects.get_or_create(
            referral=referral,
            defaults={
                "data_key_id": referral.data_key_id,
                "sender_unit_id": referral.sender_unit_id,
                "owner_unit_id": referral.owner_unit_id,
                "receiver_unit_id": referral.receiver_unit_id,
                "coordinator_unit_id": referral.coordinator_unit_id,
            },
        )
        if isinstance(by, Citizen) and not is_new:
            raise TooLate(_("Somebody has been asked for already."))
        companion.who, companion.meeting_place = who, meeting_place
        companion.companion_confirmed_at = companion.citizen_confirmed_at = None
        companion.save(update_fields=["who", "meeting_place", "companion_confirmed_at", "citizen_confirmed_at"])
        events.record(Happening.COMPANION_AGREED, case=case, referral=referral, now=now, by=by, found=bool(who))
        follow_ups.open_once(Wait.COMPANION, Actor.SENDER, case=case, referral=referral, now=now)
        return companion


def confirm_companion(
    *, referral: models.Referral, companion: bool = False, citizen: bool = False, by: By | None, now: datetime
) -> models.Companion:
    """The companion, the citizen or both say yes. When both have, the task is over."""
    with at_the_case_of(referral) as case:
        referral = live(referral)
        agreed = models.Companion.objects.filter(referral=referral).first()
        if agreed is None:
            raise TooLate(_("Nobody has been asked to go along."))
        if not agreed.who:
            raise Invalid(_("Write who goes along first."))
        if agreed.companion_confirmed_at and agreed.citizen_confirmed_at:
            return agreed
        if companion:
            agreed.companion_confirmed_at = agreed.companion_confirmed_at or now
        if citizen:
            agreed.citizen_confirmed_at = agreed.citizen_confirmed_at or now
        agreed.save(update_fields=["companion_confirmed_at", "citizen_confirmed_at"])
        if agreed.companion_confirmed_at and agreed.citizen_confirmed_at:
            follow_ups.close(referral.follow_ups.filter(waits_for=Wait.COMPANION), now=now)
            events.record(Happening.COMPANION_CONFIRMED, case=case, referral=referral, now=now, by=by)
        return agreed
