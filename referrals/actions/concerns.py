"""Somebody has notified a municipality of concern for a child. We do not transmit it: we keep that it was sent, and wait for
the receipt. No consent is asked for, and no referral knows of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from navigator.vault.models import DataKey
from referrals import models
from referrals.acting import By
from referrals.errors import Invalid, TooLate
from referrals.models.concern import receipt_due


@transaction.atomic
def record_concern(
    *,
    case: models.Case | None,
    about: str,
    channel: str,
    municipality: str,
    sent_at: datetime,
    to_whom: str,
    note: str,
    by: By,
    now: datetime,
) -> models.Concern:
    """It was sent, by the municipality's own way. The clock of the receipt runs from then."""
    if sent_at > now:
        raise Invalid(_("It cannot have been sent in the future."))
    return models.Concern.objects.create(
        unit=by.unit,
        by=by.user,
        case=case,
        data_key=case.data_key if case else _new_key(),
        about=about,
        channel=channel,
        municipality=municipality,
        to_whom=to_whom,
        note=note,
        sent_at=sent_at,
        receipt_due_at=receipt_due(sent_at),
    )


@transaction.atomic
def record_receipt(*, concern: models.Concern, by: By, now: datetime) -> None:
    """The municipality has said that it has got it. Raises TooLate when that is known already."""
    waiting = models.Concern.objects.filter(pk=concern.pk, unit=by.unit, receipt_at=None)
    if not waiting.update(receipt_at=now, receipt_noted_by=by.user):
        raise TooLate(_("That has been done already."))


def _new_key() -> DataKey:
    key = DataKey.new()
    key.save()
    return key
