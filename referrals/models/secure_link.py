"""How a service without an account answers: a link to one referral, and a code that reaches it another way."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit
from referrals.models.referral import Referral

LASTS = timedelta(days=14)
CODE_LASTS = timedelta(minutes=15)
TRIES = 5  # of one code; then the link is closed and the sender is told
CODES_A_DAY = 5


def opens_with(token: str) -> UUID:
    """The hash of a link's token, as the scope that it opens. The token itself (256 random bits) is never stored."""
    return UUID(bytes=hashlib.sha256(token.encode()).digest()[:16])


class SecureLink(models.Model):
    """Opens one referral, for answering it, until it expires, is used up or is revoked."""

    opened_by = ("opens_with", "sender_unit", "owner_unit", "coordinator_unit")
    swept = True
    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="secure_links")
    sender_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    email = models.EmailField(help_text=_("The service's, from the directory"))
    code_to = models.CharField(max_length=254, help_text=_("Its registered telephone, else its second address"))
    wanted_at = models.DateTimeField()
    tries_to_send = models.PositiveSmallIntegerField(default=0)
    send_at = models.DateTimeField(null=True, help_text=_("When the worker is to send it; none: sent or given up"))
    opens_with = models.UUIDField(null=True, unique=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    code_wanted_at = models.DateTimeField(null=True, help_text=_("When the worker is to send a code"))
    code_digest = models.BinaryField(null=True)
    code_expires_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    codes_sent = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=models.Q(revoked_at__isnull=True), name="secure_link_once_a_referral"
            ),
        ]
        indexes = [
            models.Index(
                fields=["send_at"], condition=models.Q(send_at__isnull=False), name="secure_link_to_send"
            ),  # links.send_what_is_wanted
            models.Index(
                fields=["code_wanted_at"], condition=models.Q(code_wanted_at__isnull=False), name="secure_link_code"
            ),  # links.send_what_is_wanted
        ]

    def is_open(self, now: datetime) -> bool:
        """Sent, not expired and not revoked."""
        return self.revoked_at is None and self.expires_at is not None and now < self.expires_at

    def digest_of(self, code: str) -> bytes:
        """A code as it is kept: keyed, and bound to this link."""
        return hmac.digest(settings.INDEX_KEY, f"code|{self.pk}|{code.strip()}".encode(), hashlib.sha256)
