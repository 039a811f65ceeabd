"""Invitations to work here: the worker process makes the link in the moment it sends it, so that the database only ever
holds its hash. What was sent and then lost with the transaction opens nothing; the next try sends another."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from navigator import clock
from navigator.accounts.models import Invitation
from navigator.accounts.staffing import opens_with
from referrals.delivery import texts
from referrals.delivery.channels import Message, Refused, TryAgain
from referrals.delivery.email import Email
from referrals.delivery.timing import after_try

logger = logging.getLogger(__name__)

MOST_TRIES = 10  # then the local administrator sees that it was not sent


def send_invitations(*, now: datetime | None = None) -> int:
    """Sends what is wanted, one a transaction. Says how many left."""
    now, sent, mail = now or clock.now(), 0, Email()
    try:
        while (said := _send_next(mail, now=now)) is not None:
            sent += said
    finally:
        mail.close()
    return sent


def _send_next(mail: Email, *, now: datetime) -> bool | None:
    """None when nothing waits; else whether it was sent."""
    with transaction.atomic():
        waiting = Invitation.objects.filter(send_at__lte=now, accepted_at=None, withdrawn_at=None).order_by("pk")
        invitation = waiting.select_for_update(of=("self",), skip_locked=True, no_key=True).first()
        if invitation is None:
            return None
        token = secrets.token_urlsafe(32)
        link = f"{settings.PUBLIC_URL}{reverse('enter_by_invitation', args=[token])}"
        subject, text = texts.to_invited(link=link, days=Invitation.LASTS.days)
        invitation.tries_to_send += 1
        invitation.send_at = None
        try:
            key = f"{invitation.pk}-{invitation.tries_to_send}"
            mail.send(Message(key=key, to=invitation.email, subject=subject, text=text))
            invitation.opens_with, invitation.expires_at = opens_with(token), now + Invitation.LASTS
        except TryAgain:
            if invitation.tries_to_send < MOST_TRIES:
                invitation.send_at = now + after_try(invitation.tries_to_send)
        except Refused as error:
            logger.warning("An invitation cannot be sent: %s", error.reason)
        invitation.save(update_fields=["opens_with", "expires_at", "send_at", "tries_to_send"])
        return invitation.expires_at is not None
