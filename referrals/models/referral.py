"""One attempt at one service, and the frozen copy of what was told there."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from navigator.vault.fields import SealedTextField
from navigator.vault.models import DataKey
from pathways.models import Service
from referrals.enums import Basis, Side, Status, Urgency
from referrals.models.case import Case


class Referral(models.Model):
    """One attempt. `sides` are the tracks it is on; none for a parallel or support offer, whose arrival closes nothing."""

    opened_by = ("sender_unit", "receiver_unit", "coordinator_unit")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    sides = ArrayField(models.CharField(max_length=10, choices=Side.choices), default=list, blank=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, help_text=_("acute, primary, parallel, support or fallback, as matched"))
    chosen_because = SealedTextField(help_text=_("Why another door than the matched ones was chosen"))
    sender_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    receiver_unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("None: the service has no account here"),
    )
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ORDINARY)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    status_since = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    appointment_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="referral_status_is_known"),
            models.CheckConstraint(
                condition=models.Q(sides__contained_by=Side.values), name="referral_sides_are_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.DRAFT)
                | models.Q(sent_at__isnull=False)
                | models.Q(status=Status.CANCELLED),
                name="referral_beyond_draft_was_sent",
            ),
        ]
        indexes = [
            models.Index(fields=["receiver_unit", "status", "status_since"], name="referral_inbox"),  # selectors.inbox
        ]

    def __str__(self) -> str:
        return f"Referral {self.pk}"


class Disclosure(models.Model):
    """The frozen copy of what a receiver was told, and why they may be told."""

    opened_by = ("sender_unit", "receiver_unit", "coordinator_unit")
    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="disclosures")
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    sender_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    receiver_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    content = SealedTextField(help_text=_("JSON: who, how to reach them, needs, wishes, message"))
    basis = models.CharField(max_length=20, choices=Basis.choices)
    basis_reason = SealedTextField(help_text=_("Demanded where the basis is statutory"))
    disclosed_at = models.DateTimeField()
    disclosed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(basis__in=Basis.values), name="disclosure_basis_is_known"),
            models.CheckConstraint(
                condition=~models.Q(basis=Basis.STATUTORY) | ~models.Q(basis_reason=b""),
                name="disclosure_statutory_basis_has_a_reason",
            ),
        ]
