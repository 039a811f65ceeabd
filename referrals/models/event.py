"""What happened: rows are added and never changed. A correction is a new event."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from navigator.vault.fields import SealedTextField
from navigator.vault.models import DataKey
from referrals.enums import Event, Happening
from referrals.models.case import Case
from referrals.models.referral import Referral

KINDS = [*Event.choices, *Happening.choices]


class CaseEvent(models.Model):
    """One thing that happened, when it happened and when it was recorded."""

    opened_by = ("origin_unit", "owner_unit", "coordinator_unit", "sender_unit", "receiver_unit")
    in_emergency = ("case", "navigator_emergency_case")
    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, related_name="events")
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    origin_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    sender_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    receiver_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=KINDS)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", help_text=_("None: the clock"))
    by_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    detail = models.JSONField(default=dict, help_text=_("Codes, dates and ids; nothing that identifies"))
    note = SealedTextField()
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[code for code, _ in KINDS]), name="event_kind_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["case", "occurred_at"], name="event_timeline"),  # selectors.timeline
            models.Index(
                fields=["referral"], condition=models.Q(kind=Happening.REFUSED_RETURN), name="event_turned_away"
            ),  # board.standings
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def by_citizen(self) -> bool:
        """Done by the citizen, without anybody's help."""
        return self.by_id is None and self.by_unit_id is not None
