"""One attempt at one service, and the frozen copy of what was told there."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from navigator.vault.fields import SealedTextField
from navigator.vault.models import DataKey
from pathways.enums import WhyAnother
from pathways.models import Service
from referrals.enums import Basis, Category, Evidence, Law, Side, Status, Urgency
from referrals.models.case import Case
from referrals.models.consent import Consent


class Referral(models.Model):
    """One attempt. `sides` are the tracks it is on; none for a parallel or support offer, whose arrival closes nothing."""

    opened_by = ("sender_unit", "owner_unit", "receiver_unit", "coordinator_unit", "guest")
    in_emergency = ("case", "navigator_emergency_case")
    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    sides = ArrayField(models.CharField(max_length=10, choices=Side.choices), default=list, blank=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, help_text=_("acute, primary, parallel, support or fallback, as matched"))
    other_door = models.CharField(
        max_length=12,
        choices=WhyAnother.choices,
        blank=True,
        default="",
        db_default="",
        help_text=_("Why another door than the matched ones"),
    )
    chosen_because = SealedTextField(help_text=_("The same in words"))
    sender_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    receiver_unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("None: the service has no account here"),
    )
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    guest = models.UUIDField(null=True, help_text=_("What a secure link opens with, where the service has no account"))
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ORDINARY)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    status_since = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True, help_text=_("The relay took the message; not yet delivered"))
    bounced_at = models.DateTimeField(null=True, help_text=_("The message came back"))
    appointment_at = models.DateTimeField(null=True)
    visits_cancelled = models.PositiveSmallIntegerField(default=0, help_text=_("By the service"))
    waits_until = models.DateField(null=True, help_text=_("On a waiting list: the date that was given"))
    interpreter_ordered = models.BooleanField(null=True, help_text=_("None: nobody has asked"))
    return_reason = models.CharField(max_length=40, blank=True, help_text=_("A code of the vocabulary"))
    returned_to = models.ForeignKey(
        Service, on_delete=models.PROTECT, null=True, related_name="+", help_text=_("The next door that was named")
    )
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="followed_by", help_text=_("The attempt before")
    )
    arrived_by_evidence = models.CharField(max_length=10, choices=Evidence.choices, blank=True)
    arrived_at = models.DateTimeField(null=True)
    is_protected = models.BooleanField(
        default=False, db_default=False, help_text=_("The citizen's name and address are protected; as on the person")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="referral_status_is_known"),
            models.CheckConstraint(
                condition=models.Q(other_door__in=["", *WhyAnother.values]), name="referral_other_door_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(sides__contained_by=Side.values), name="referral_sides_are_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=Status.RETURNED) | ~models.Q(return_reason=""),
                name="referral_returned_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=Status.WAITLISTED) | models.Q(waits_until__isnull=False),
                name="referral_waits_until_a_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=Status.BOOKED) | models.Q(appointment_at__isnull=False),
                name="referral_booked_at_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=[Status.ARRIVED, Status.IN_COURSE, Status.CLOSED])
                | models.Q(arrived_at__isnull=False) & ~models.Q(arrived_by_evidence=""),
                name="referral_arrived_with_evidence",
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.DRAFT)
                | models.Q(sent_at__isnull=False)
                | models.Q(status__in=[Status.CANCELLED, Status.DECEASED, Status.MOVED]),
                name="referral_beyond_draft_was_sent",
            ),
        ]
        indexes = [
            models.Index(
                fields=["receiver_unit", "status", "status_since"], name="referral_inbox"
            ),  # lists.with_others
            models.Index(
                fields=["receiver_unit", "appointment_at", "id"],
                condition=models.Q(appointment_at__isnull=False),
                name="referral_visits",
            ),  # lists.visits
            models.Index(
                fields=["sender_unit", "-status_since", "-id"],
                condition=models.Q(status=Status.ARRIVED),
                name="referral_arrived",
            ),  # lists.arrived
        ]

    def __str__(self) -> str:
        return f"Referral {self.pk}"

    @property
    def lacks_interpreter(self) -> bool:
        """A visit is agreed with somebody who needs an interpreter, and whoever agreed it had not ordered one yet."""
        return self.status == Status.BOOKED and self.interpreter_ordered is False


class Companion(models.Model):
    """Somebody who goes along to the visit, and where they meet. Agreed when both have confirmed it."""

    opened_by = ("sender_unit", "owner_unit", "receiver_unit", "coordinator_unit")
    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="companion")
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    sender_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    receiver_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    who = SealedTextField(help_text=_("Who goes along; empty while nobody is found"))
    meeting_place = SealedTextField()
    companion_confirmed_at = models.DateTimeField(null=True)
    citizen_confirmed_at = models.DateTimeField(null=True)


class Disclosure(models.Model):
    """The frozen copy of what a receiver was told, and why they may be told."""

    opened_by = ("sender_unit", "owner_unit", "receiver_unit", "coordinator_unit", "guest")
    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="disclosures")
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    sender_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    receiver_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    guest = models.UUIDField(null=True)
    content = SealedTextField(help_text=_("JSON: who, how to reach them, needs, wishes, message"))
    categories = ArrayField(models.CharField(max_length=12, choices=Category.choices), default=list)
    basis = models.CharField(max_length=20, choices=Basis.choices)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="disclosures")
    law = models.CharField(max_length=20, choices=Law.choices, blank=True)
    basis_reason = SealedTextField(help_text=_("Demanded where the basis is statutory"))
    disclosed_at = models.DateTimeField()
    disclosed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            # That the consent holds, covers this receiver and all that is told: a trigger (migration 0015).
            models.CheckConstraint(
                condition=models.Q(basis=Basis.CONSENT, consent__isnull=False, law="")
                | models.Q(basis=Basis.STATUTORY, consent__isnull=True, law__in=Law.values)
                & ~models.Q(basis_reason=b"")
                | models.Q(basis=Basis.ANONYMOUS, consent__isnull=True, law=""),
                name="disclosure_has_a_basis",
            ),
        ]

    @property
    def told(self) -> dict[str, Any]:
        """What it says, as it may be shown and passed on: once name and address are protected, it names nobody; once it was
        disposed of, it says that."""
        if self.data_key.destroyed_at:
            return {"who": {"name": str(_("Disposed of"))}}
        content: dict[str, Any] = json.loads(self.content)
        return without_identity(content) if self.referral.is_protected else content

    @property
    def frozen_who(self) -> dict[str, Any]:
        """Who it named when it was sent: to compare, never to show."""
        who: dict[str, Any] = json.loads(self.content).get("who", {})
        return who


def without_identity(content: dict[str, Any]) -> dict[str, Any]:
    """The same copy that tells of nobody: who it is, the service asks the sender."""
    return content | {"who": {"is_protected": True}, "municipality": ""}
