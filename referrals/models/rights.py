"""What the citizen has a right to: that mistakes are corrected with a trace."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit
from navigator.vault.models import DataKey
from referrals.models.case import Case
from referrals.models.event import CaseEvent
from referrals.models.person import IdentifyingField
from referrals.models.referral import Referral


class Correction(models.Model):
    """One fact that was wrong, and what is right: on the case, and once more beside each copy that told the wrong one."""

    opened_by = ("origin_unit", "owner_unit", "coordinator_unit", "receiver_unit", "guest")
    append_only = True

    class Fact(models.TextChoices):
        """What can be corrected of a person; codes are the fields of Person."""

        NAME = "name", _("Name")
        PSEUDONYM = "pseudonym", _("Pseudonym")
        CPR = "cpr", _("CPR number")
        BIRTH_DATE = "birth_date", _("Date of birth")
        PHONE = "phone", _("Telephone")
        ADDRESS = "address", _("Address")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="corrections")
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, related_name="corrections", help_text=_("Whose copy told it")
    )
    event = models.ForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="corrections")
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    origin_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    receiver_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    guest = models.UUIDField(null=True)
    fact = models.CharField(max_length=20, choices=Fact.choices)
    before = IdentifyingField()
    after = IdentifyingField()
    corrected_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fact__in=["name", "pseudonym", "cpr", "birth_date", "phone", "address"]),
                name="correction_fact_is_known",
            ),
        ]

    is_revealed = False  # in the citizen's own copy of everything

    @property
    def is_hidden(self) -> bool:
        """Whoever reads the copy does not reach the person: the referral says it too."""
        if self.is_revealed:
            return False
        return self.referral.is_protected if self.referral else self.case.person.is_hidden
