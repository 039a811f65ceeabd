"""How long cases are kept: the rules as data, and what two people have decided to carry out."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from referrals.enums import Outcome, RetentionStep, Side
from referrals.models.case import Case


class RetentionRule(models.Model):
    """After how long a closed case is restricted, and after how long it is disposed of, by how it ended and on which side.
    A rule for no side is for all sides that have none of their own."""

    keeps_history = True

    class Strength(models.TextChoices):
        LAW = "law", _("The law says so")
        ARCHIVE = "archive", _("A rule of the archives")
        PRACTICE = "practice", _("Practice")
        PROPOSAL = "proposal", _("Our own proposal")

    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    side = models.CharField(max_length=10, choices=Side.choices, blank=True, help_text=_("Empty: any"))
    restrict_after = models.PositiveSmallIntegerField(help_text=_("Months after the last step on the case"))
    dispose_after = models.PositiveSmallIntegerField(null=True, help_text=_("Months likewise; none: never"))
    basis_da = models.CharField(max_length=300)
    basis_en = models.CharField(max_length=300)
    source = models.CharField(max_length=300)
    strength = models.CharField(max_length=10, choices=Strength.choices)
    confirmed_by = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("Who has confirmed it for the authority. Until then it restricts and disposes of nothing"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outcome", "side"], name="retention_rule_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="retention_outcome_is_known"),
            models.CheckConstraint(condition=models.Q(side__in=["", *Side.values]), name="retention_side_is_known"),
            models.CheckConstraint(
                condition=models.Q(dispose_after=None) | models.Q(dispose_after__gte=models.F("restrict_after")),
                name="retention_restricts_before_it_disposes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.side}".strip()

    @property
    def basis(self) -> str:
        return self.basis_en if get_language() == "en" else self.basis_da


class RetentionRound(models.Model):
    """What one person wants carried out, case by case, and what another says to it. Nothing happens before that."""

    opened_by = ("unit",)
    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=models.Q(answered_at=None), name="retention_asked_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, answered_by=None, approved=None)
                | models.Q(answered_at__isnull=False, answered_by__isnull=False, approved__isnull=False),
                name="retention_answered_at_by_and_how",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_by=None) | ~models.Q(answered_by=models.F("asked_by")),
                name="retention_takes_two",
            ),
        ]


class RetentionRow(models.Model):
    """One case of a round: which step, by which rule, and whether it was taken."""

    opened_by = ("unit",)
    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    round = models.ForeignKey(RetentionRound, on_delete=models.PROTECT, related_name="rows")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=10, choices=RetentionStep.choices)
    rule = models.ForeignKey(RetentionRule, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(help_text=_("The day of the last step on the case"))
    due_on = models.DateField()
    done_at = models.DateTimeField(
        null=True, help_text=_("None: not carried out, or not due any more when it was to be")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "case"], name="retention_row_once_a_case"),
            models.CheckConstraint(condition=models.Q(step__in=RetentionStep.values), name="retention_step_is_known"),
        ]
