"""That somebody has notified a municipality of concern for a child (barnets lov §§ 133-135): a flow of its own, without
consent, beside every referral. What was written there stands there: we keep that it was sent, and wait for the receipt."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from navigator.vault.fields import SealedTextField
from navigator.vault.models import DataKey
from referrals.models.case import Case
from referrals.working_days import add_working_days

RECEIPT_WITHIN = 6  # working days (formerly § 155 b of lov om social service; how barnets lov words it needs a lawyer)


class Concern(models.Model):
    """One notification. Only the unit that made it knows: neither whoever answers for the case nor a receiver."""

    opened_by = ("unit",)
    keeps_history = True

    class About(models.TextChoices):
        CITIZEN = "citizen", _("The citizen, who is under 18")
        AT_HOME = "at_home", _("A child in the citizen's home")
        UNBORN = "unborn", _("A child who is not born yet")
        ANOTHER = "another", _("Another child")

    class Channel(models.TextChoices):
        """The municipality's own ways. Nothing is sent from here."""

        ONLINE = "online", _("The municipality's own form on the internet")
        PHONE = "phone", _("Telephone")
        SECURE_MAIL = "secure_mail", _("Secure mail")
        LETTER = "letter", _("Letter")
        IN_PERSON = "in_person", _("In person")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    about = models.CharField(max_length=10, choices=About.choices)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    municipality = models.CharField(max_length=4, help_text=_("Which municipality was notified"))
    to_whom = SealedTextField(help_text=_("Who received it, as far as it is known"))
    note = SealedTextField(help_text=_("What helps to find it again; not the notification itself"))
    sent_at = models.DateTimeField()
    receipt_due_at = models.DateTimeField()
    receipt_at = models.DateTimeField(null=True)
    receipt_noted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(about__in=["citizen", "at_home", "unborn", "another"]), name="concern_about_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=["online", "phone", "secure_mail", "letter", "in_person"]),
                name="concern_channel_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(receipt_at__isnull=True, receipt_noted_by__isnull=True)
                | models.Q(receipt_at__gte=models.F("sent_at"), receipt_noted_by__isnull=False),
                name="concern_receipt_at_and_by",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "receipt_due_at"],
                condition=models.Q(receipt_at__isnull=True),
                name="concern_without_receipt",
            ),  # lists.concerns
        ]

    def __str__(self) -> str:
        return f"Concern {self.pk}"


def receipt_due(sent_at: datetime) -> datetime:
    """When the municipality is to have said that it has got it."""
    return add_working_days(sent_at, RECEIPT_WITHIN, also_closed=settings.ALSO_CLOSED_ON)
