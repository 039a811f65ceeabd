"""What the worker process makes on paper for somebody to fetch: letters, and copies of everything."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from navigator.vault.fields import SealedTextField
from navigator.vault.models import DataKey
from pathways.models import Service
from referrals.models.case import Case
from referrals.models.person import Person
from referrals.models.referral import Referral


class Paper(models.Model):
    """Asked for by a worker, made by the worker process, sealed with the person's own key, and gone when its time is over."""

    opened_by = ("unit",)
    no_history = "A copy, gone after a day; that it was fetched is kept in the access log."
    swept = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", help_text=_("Where it was asked for"))
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, default="da")
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    pdf = SealedTextField(help_text=_("The file, in base64"))

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=models.Q(made_at__isnull=True, failed_at__isnull=True),
                name="%(class)s_to_make",
            ),  # actions.make_papers
        ]

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"


class Export(Paper):
    """A copy of everything about one person in one unit's reach, asked for by the citizen. `done` is counted while it is
    made, each part at once, for the progress bar; what it says is stored with the last."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    document = SealedTextField(help_text=_("JSON, as docs/export.md says"))
    total = models.PositiveSmallIntegerField(default=0, db_default=0, help_text=_("Parts; 0: nobody has begun"))
    done = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta(Paper.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done__lte=models.F("total")), name="export_counts_each_part_once"
            ),
        ]


class Letter(Paper):
    """One page or two for the citizen or for a service."""

    class Kind(models.TextChoices):
        """Which letter; codes are the names of the templates."""

        REFERRAL = "referral", _("Referral letter")
        APPOINTMENT = "appointment", _("Letter about the visit")
        DOOR_CARD = "door_card", _("Card to take along")
        CONSENT_FORM = "consent_form", _("Consent form")
        PLAN = "plan", _("The coordinated plan")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, null=True, related_name="+", help_text=_("None: a plan is of the whole case")
    )
    referral = models.ForeignKey(
        Referral,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("A yes is asked for before there is one"),
    )

    class Meta(Paper.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["referral", "appointment", "door_card", "consent_form", "plan"]),
                name="letter_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="plan")
                | models.Q(kind="consent_form", service__isnull=False)
                | models.Q(referral__isnull=False, service__isnull=False),
                name="letter_is_of_a_referral",
            ),
        ]
