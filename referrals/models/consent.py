"""What the citizen has said yes to: that one receiver is told certain things for a purpose, until a day. The legal basis of
treating data at all is another matter, and is no consent (decision 23)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from navigator.vault.fields import SealedTextField
from navigator.vault.models import DataKey
from pathways.models import Service
from referrals.consenting import LASTS_AT_MOST
from referrals.enums import Category, Custody, Form, GivenBy, Purpose
from referrals.models.case import Case
from referrals.models.person import Person


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self, now: datetime) -> ConsentQuerySet:
        """Neither run out nor withdrawn."""
        return self.filter(given_at__lte=now, expires_at__gt=now, withdrawal=None)

    def covering(self, categories: Collection[str], *, to: Service | Unit) -> ConsentQuerySet:
        """Those that let this receiver be told all of this."""
        receiver = {"to_service": to} if isinstance(to, Service) else {"to_unit": to}
        return self.filter(categories__contains=list(categories), **receiver)


class Consent(models.Model):
    """One yes, to one receiver. Never changed: that it was taken back is a fact of its own."""

    opened_by = ("origin_unit", "owner_unit", "coordinator_unit", "from_unit")
    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="consents", help_text=_("Whom the data are about")
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents")
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    origin_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    from_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", help_text=_("Who may tell"))
    to_service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, related_name="+")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    next_door = models.BooleanField(
        default=False, help_text=_("If this service cannot help, the one that it names may be told the same")
    )
    categories = ArrayField(models.CharField(max_length=12, choices=Category.choices))
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    form = models.CharField(max_length=10, choices=Form.choices)
    given_by = models.CharField(max_length=14, choices=GivenBy.choices)
    custody = models.CharField(max_length=10, choices=Custody.choices, blank=True)
    child_says = SealedTextField(help_text=_("In the child's own words, from 10 years on"))
    paper_at = SealedTextField(help_text=_("Where the paper or its scan lies; nothing is uploaded here"))
    note = SealedTextField(help_text=_("Why a spoken yes is enough; why those with custody are not told"))
    text_version = models.CharField(max_length=12, help_text=_("The words that were read or shown"))
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_service__isnull=False, to_unit__isnull=True)
                | models.Q(to_service__isnull=True, to_unit__isnull=False, next_door=False),
                name="consent_is_to_one_receiver",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("given_at"))
                & models.Q(expires_at__lte=models.F("given_at") + LASTS_AT_MOST),
                name="consent_lasts_a_year_at_most",
            ),
            models.CheckConstraint(
                condition=models.Q(categories__contained_by=Category.values, categories__len__gte=1),
                name="consent_categories_are_known",
            ),
            models.CheckConstraint(condition=models.Q(purpose__in=Purpose.values), name="consent_purpose_is_known"),
            models.CheckConstraint(condition=models.Q(form__in=Form.values), name="consent_form_is_known"),
            models.CheckConstraint(condition=models.Q(given_by__in=GivenBy.values), name="consent_giver_is_known"),
            models.CheckConstraint(
                condition=models.Q(custody__in=["", *Custody.values]), name="consent_custody_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(form=Form.PAPER) | ~models.Q(paper_at=b""), name="consent_on_paper_lies_somewhere"
            ),
        ]
        indexes = [
            models.Index(fields=["from_unit", "expires_at"], name="consent_runs_out"),  # actions.remind_of_consents
        ]

    def __str__(self) -> str:
        return f"Consent {self.pk}"

    @property
    def receiver(self) -> Service | Unit:
        """Who may be told."""
        found = self.to_service or self.to_unit
        assert found is not None
        return found

    def holds(self, now: datetime) -> bool:
        """Neither run out nor withdrawn."""
        return self.given_at <= now < self.expires_at and not hasattr(self, "withdrawal")


class ConsentWithdrawal(models.Model):
    """The citizen has taken a yes back: from now on nobody is told because of it."""

    opened_by = ("origin_unit", "owner_unit", "coordinator_unit", "from_unit")
    append_only = True

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, primary_key=True, related_name="withdrawal")
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    origin_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    from_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()
    by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("None: the citizen, without anybody's help"),
    )
    note = SealedTextField()
