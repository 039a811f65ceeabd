"""The citizen's own way in: a link to one case, and a code that they were given besides."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from referrals.models.case import Case

MY_WAY_LASTS = timedelta(days=90)
WRONG_CODES = 5  # in a row; then the link is closed, and a new one is asked for


class PersonalLink(models.Model):
    """Opens one case for the citizen whom it is about, until it expires or is revoked. Of link and code hashes are kept."""

    opened_by = ("opens_with", "origin_unit", "owner_unit", "coordinator_unit")
    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="personal_links")
    origin_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    opens_with = models.UUIDField(unique=True)
    code_digest = models.BinaryField()
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(revoked_at__isnull=True), name="personal_link_once_a_case"
            ),
        ]

    def __str__(self) -> str:
        return f"Personal link {self.pk}"

    @property
    def units(self) -> list[UUID]:
        """The units that have the case."""
        return [unit for unit in (self.origin_unit_id, self.owner_unit_id, self.coordinator_unit_id) if unit]

    @staticmethod
    def open_at(now: datetime) -> models.Q:
        """Neither expired nor revoked, nor closed by whoever was guessing."""
        return models.Q(revoked_at=None, expires_at__gt=now, wrong_codes__lt=WRONG_CODES)

    def digest_of(self, code: str) -> bytes:
        """A code as it is kept: keyed, and bound to this link."""
        said = "".join(code.split())
        return hmac.digest(settings.INDEX_KEY, f"my-way|{self.pk}|{said}".encode(), hashlib.sha256)
