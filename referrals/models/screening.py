"""What a screening said: which instrument, its score and its day. No questionnaire is kept."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from navigator.vault.fields import SealedTextField
from navigator.vault.models import DataKey
from referrals.models.case import Case


class Screening(models.Model):
    """One screening. A mistake is mended by another one."""

    opened_by = ("origin_unit", "owner_unit", "coordinator_unit")
    append_only = True

    class About(models.TextChoices):
        """The ladder of the vocabulary that it is about."""

        SUBSTANCE = "substance_use", _("Substance use")
        MENTAL = "mental_state", _("Mental difficulty")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="screenings")
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    origin_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    about = models.CharField(max_length=20, choices=About.choices)
    instrument = models.CharField(max_length=20, help_text=_("A code of instruments.py, or other"))
    called = SealedTextField(help_text=_("The name of another instrument"))
    version = SealedTextField()
    score = SealedTextField()
    text = SealedTextField(help_text=_("What the professional makes of it"))
    step = models.CharField(
        max_length=20, blank=True, help_text=_("The step of the ladder that the professional holds")
    )
    made_on = models.DateField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(about__in=["substance_use", "mental_state"]), name="screening_about_is_known"
            ),
        ]
