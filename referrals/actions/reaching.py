"""How the citizen may be reached, and when not."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from referrals import models
from referrals.acting import By
from referrals.actions import events
from referrals.actions.steps import locked_case
from referrals.enums import Channel, Happening


@transaction.atomic
def set_contact(
    *,
    case: models.Case,
    safe_channel: Channel,
    email: str,
    language: str,
    do_not_contact: bool,
    paused_until: datetime | None,
    by: By,
    now: datetime,
) -> None:
    """The safe way to reach the citizen, and whether reminders to them rest. Staff duties never rest."""
    case = locked_case(case.pk)
    person = case.person
    rests = paused_until is not None and paused_until != person.paused_until
    person.safe_channel, person.language = safe_channel, language
    person.do_not_contact, person.paused_until = do_not_contact, paused_until
    changed = ["safe_channel", "language", "do_not_contact", "paused_until"]
    if email or not person.is_hidden:  # what the writer was not shown is not taken away by leaving it empty
        person.email = email
        changed.append("email")
    person.save(update_fields=changed)
    events.record(
        Happening.PAUSED if rests else Happening.CONTACT_SET,
        case=case,
        now=now,
        by=by,
        safe_channel=safe_channel,
        do_not_contact=do_not_contact,
        until=paused_until.isoformat() if paused_until else None,
    )
