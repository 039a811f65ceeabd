"""What the figures count: one row for each referral that was sent and one for each case, worked out from the history.

Nothing here is ever added to by one: a row is written anew from all that has happened in its case (measuring.py), so that
what is told late or corrected comes right by itself. Codes and dates only; no name and nobody's words.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from navigator.accounts.models import Unit
from pathways.models import Service
from referrals.models.case import Case, spelled
from referrals.models.referral import Referral

WORKED_OUT = "Worked out anew from the history, which keeps itself."


class ToMeasure(models.Model):
    """Something has happened in this case: its rows are to be worked out anew. The database notes it itself, with each row
    of the history (migration 0005); one note for each, so that none is lost while another is being worked off."""

    opened_by = ("owner_unit",)
    swept = True
    no_history = "A note that is gone when it has been worked off."

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"To measure {self.pk}"


class MeasuredRow(models.Model):
    """What both kinds of row have: where the citizen turned up, and whether anything of it may be named."""

    case_number = models.BigIntegerField()
    is_protected = models.BooleanField(help_text=_("Name and address are protected: no place leaves the unit"))
    is_restricted = models.BooleanField(help_text=_("The case is locked: it counts, and its number is not shown"))
    door = models.CharField(max_length=40)
    municipality = models.CharField(max_length=4)
    month = models.DateField(help_text=_("The first day of the month in which it began"))
    began_at = models.DateTimeField(help_text=_("The referral was sent; the case was opened"))

    class Meta:
        abstract = True

    @property
    def short_number(self) -> str:
        """The number of the case as people say it; nothing where the case is locked."""
        return "" if self.is_restricted else spelled(self.case_number)


class Measured(MeasuredRow):
    """One hand-off: a referral that was sent, and how far it came."""

    opened_by = ("sender_unit", "owner_unit", "receiver_unit", "coordinator_unit")
    swept = True  # how each service answers is counted over all units, and nothing else
    no_history = WORKED_OUT

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, primary_key=True, related_name="measured")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="measured_referrals")
    sender_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    receiver_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    other_door = models.CharField(max_length=12, blank=True)
    answer_due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    days_to_answer = models.PositiveIntegerField(null=True)
    arrived_at = models.DateTimeField(null=True)
    days_to_arrival = models.PositiveIntegerField(null=True)
    over_at = models.DateTimeField(null=True, help_text=_("Ended without arrival"))
    silent_from = models.DateTimeField(
        null=True, help_text=_("If nothing more happens; none: it is over or has arrived")
    )
    returned_at = models.DateTimeField(null=True)
    return_reason = models.CharField(max_length=40, blank=True)
    refused_reasons = ArrayField(models.CharField(max_length=40), default=list)
    missed_at = models.DateTimeField(null=True, help_text=_("The last time that the citizen did not come"))
    re_engaged_at = models.DateTimeField(null=True, help_text=_("A new time, or arrival, after that"))
    effect_due_at = models.DateTimeField(null=True)
    effect_asked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [  # figures.rows, for whichever part a unit has in it
            models.Index(fields=["sender_unit", "began_at"], name="measured_by_sender"),
            models.Index(fields=["owner_unit", "began_at"], name="measured_by_owner"),
            models.Index(fields=["receiver_unit", "began_at"], name="measured_by_receiver"),
            models.Index(fields=["coordinator_unit", "began_at"], name="measured_by_coordinator"),
        ]

    def __str__(self) -> str:
        return f"Measured {self.pk}"


class MeasuredCase(MeasuredRow):
    """One case: how long help took, through how many doors, what was promised by law, and what was missing."""

    opened_by = ("origin_unit", "owner_unit", "coordinator_unit")
    swept = True
    no_history = WORKED_OUT

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="measured")
    origin_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField()
    helped_at = models.DateTimeField(null=True, help_text=_("The first arrival on a side of the case"))
    helped_by = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, related_name="+")
    days_to_help = models.PositiveIntegerField(null=True, help_text=_("From first contact, in whole days"))
    doors_to_help = models.PositiveSmallIntegerField(null=True, help_text=_("Referrals sent until then, that one too"))
    guarantee_met = models.BooleanField(help_text=_("A statutory deadline was kept"))
    guarantee_late = models.BooleanField(help_text=_("One was passed before it stopped"))
    guarantee_due_at = models.DateTimeField(null=True, help_text=_("The first of those that still run"))
    plan_meet_by = models.DateField(null=True, help_text=_("The last day for the next meeting; none: there is no plan"))
    plan_met_late = models.BooleanField(help_text=_("More than six months once lay between two meetings"))
    gaps = ArrayField(models.CharField(max_length=60), default=list, help_text=_("Kinds that are not available there"))
    unserved = ArrayField(models.CharField(max_length=60), default=list, help_text=_("Matched kinds without a service"))

    class Meta:
        indexes = [  # figures.rows
            models.Index(fields=["origin_unit", "began_at"], name="measured_case_by_origin"),
            models.Index(fields=["owner_unit", "began_at"], name="measured_case_by_owner"),
            models.Index(fields=["coordinator_unit", "began_at"], name="measured_case_by_coordin"),
        ]

    def __str__(self) -> str:
        return f"Measured case {self.pk}"
