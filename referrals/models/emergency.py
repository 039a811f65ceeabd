"""Emergency access: somebody reads a case of another unit, with a reason, for half an hour; and leaders hear of it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from navigator.vault.fields import SealedTextField
from navigator.vault.models import DataKey
from referrals.models.case import Case

LASTS = timedelta(minutes=30)


class EmergencyAccess(models.Model):
    """Who, which case, why, and until when. While it lasts, this row is what opens the case to the database's reads:
    navigator_emergency_case(), made by its migration, looks here."""

    opened_by = ("unit", "told")
    never_changed = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20, help_text=_("The case number, for those who may not see the case"))
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    reason = SealedTextField()
    told = ArrayField(models.UUIDField(), editable=False, help_text=_("The units whose leader or auditor is told"))
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("opened_at"), ends_at__lte=models.F("opened_at") + LASTS),
                name="emergency_lasts_half_an_hour_at_most",
            ),
        ]

    def __str__(self) -> str:
        return f"Emergency access {self.pk}"


class EmergencySeen(models.Model):
    """A leader or an auditor has looked at an emergency access."""

    opened_by = ("unit",)
    never_changed = True

    access = models.ForeignKey(EmergencyAccess, on_delete=models.PROTECT, related_name="seen_by")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["access", "unit"], name="emergency_seen_once_a_unit"),
        ]
