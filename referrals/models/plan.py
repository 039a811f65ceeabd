"""The coordinated plan (koordinerende indsatsplan): what is to be done, by whom and by when, as the citizen wants it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit
from navigator.vault.fields import SealedTextField
from navigator.vault.models import DataKey
from referrals.enums import Form, Lane, Left
from referrals.models.case import Case


class Plan(models.Model):
    """One plan of a case, begun with the citizen's yes. It outlives the hand-off: the course goes on after arrival."""

    opened_by = ("origin_unit", "owner_unit", "coordinator_unit")
    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plans")
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    origin_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField()
    agreed = models.CharField(max_length=10, choices=Form.choices, help_text=_("How the citizen said yes to a plan"))
    priorities = SealedTextField(help_text=_("What matters to the citizen, in their own words"))
    met_on = models.DateField(null=True, help_text=_("The last meeting that was held"))
    next_meeting_on = models.DateField(null=True)
    approved_at = models.DateTimeField(null=True, help_text=_("None: not yet, or it has changed since"))
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(ended_at__isnull=True), name="plan_one_at_a_time"
            ),
            models.CheckConstraint(condition=models.Q(agreed__in=Form.values), name="plan_agreed_is_known"),
        ]

    def __str__(self) -> str:
        return f"Plan {self.pk}"


class PartOfPlan(models.Model):
    """A row of a plan. What is taken out of it stays to be read in its history."""

    opened_by = ("origin_unit", "owner_unit", "coordinator_unit")
    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    origin_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    left_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"


class Party(PartOfPlan):
    """Who takes part, in words: many of them have no account here."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="parties")
    who = SealedTextField(help_text=_("Name and function"))
    phone = SealedTextField()


class Effort(PartOfPlan):
    """One thing that somebody does until a day, in one of the four lanes."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="efforts")
    lane = models.CharField(max_length=10, choices=Lane.choices)
    what = SealedTextField()
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="efforts", help_text=_("Who does it"))
    by_on = models.DateField()
    left_as = models.CharField(max_length=10, choices=Left.choices, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(lane__in=Lane.values), name="effort_lane_is_known"),
            models.CheckConstraint(
                condition=models.Q(left_at__isnull=True, left_as="")
                | models.Q(left_at__isnull=False, left_as__in=Left.values),
                name="effort_left_as_something",
            ),
        ]
