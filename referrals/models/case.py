"""The need: one case, its tracks and its assessments."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from stdnum.iso7064 import mod_11_10
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from navigator.vault.fields import SealedTextField
from navigator.vault.models import DataKey
from referrals.enums import Outcome, Side
from referrals.models.person import Person

CASE_NUMBERS = "referrals_case_number"  # a sequence, made by the first migration


class NextCaseNumber(models.Func):
    template = f"nextval('{CASE_NUMBERS}')"
    output_field = models.BigIntegerField()


class Case(models.Model):
    """What one person needs. Open until every track has arrived, or a named human has decided otherwise."""

    opened_by = ("origin_unit", "owner_unit", "coordinator_unit")
    in_emergency = ("id", "navigator_emergency_case")
    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, db_default=NextCaseNumber(), editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases")
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    origin_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="owned_cases", help_text=_("Who is responsible for the citizen")
    )
    owner_worker = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    door = models.CharField(max_length=40, help_text=_("Where the person turned up; a code of the vocabulary"))
    municipality = models.CharField(max_length=4)
    first_contact_on = models.DateField(help_text=_("The day that every guarantee counts from, at whatever door"))
    wishes = SealedTextField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    restricted_at = models.DateTimeField(
        null=True,
        help_text=_("Locked: nothing in it is changed; a closed case is in no ordinary list or search either"),
    )
    disposed_at = models.DateTimeField(null=True, help_text=_("The person's key is destroyed: no text can be read"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(disposed_at=None) | models.Q(closed_at__isnull=False),
                name="case_is_closed_before_it_is_disposed_of",
            ),
            models.CheckConstraint(
                condition=models.Q(disposed_at=None) | models.Q(restricted_at__isnull=False),
                name="case_is_restricted_before_it_is_disposed_of",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, outcome="")
                | models.Q(closed_at__isnull=False, outcome__in=Outcome.values),
                name="case_is_open_or_has_an_outcome",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner_unit", "opened_at"],
                condition=models.Q(closed_at__isnull=True),
                name="case_open_by_owner",
            ),  # selectors.my_cases
            models.Index(
                fields=["coordinator_unit"],
                condition=models.Q(closed_at__isnull=True),
                name="case_open_by_coordinator",
            ),  # board.standings
            models.Index(
                fields=["owner_unit", "closed_at"],
                condition=models.Q(closed_at__isnull=False, disposed_at__isnull=True),
                name="case_kept_by_owner",
            ),  # keeping.due
        ]

    def __str__(self) -> str:
        return self.short_number

    @property
    def short_number(self) -> str:
        """The number to say on the telephone: six digits or more and a check digit (ISO 7064 mod 11,10)."""
        return spelled(self.number)

    @property
    def is_restricted_and_open(self) -> bool:
        """Open, and restricted because the citizen has asked for it (GDPR art. 18): until it is lifted."""
        return self.restricted_at is not None and self.closed_at is None

    @property
    def units(self) -> dict[str, UUID | None]:
        """The units that may read it, as each row about it carries them: the walls compare columns of the same row."""
        return {f"{name}_id": getattr(self, f"{name}_id") for name in self.opened_by}


def spelled(number: int) -> str:
    """A case number with its check digit."""
    digits = f"{number:06d}"
    return f"{digits}-{mod_11_10.calc_check_digit(digits)}"


def case_number(said: str) -> int | None:
    """The number behind what somebody typed or heard; None when the check digit does not fit."""
    digits = "".join(ch for ch in said if ch.isdigit())
    return int(digits[:-1]) if len(digits) >= 7 and mod_11_10.is_valid(digits) else None


class Track(models.Model):
    """One side of a case. Two at level 3 and 4. It has arrived when somebody there has met the person."""

    opened_by = ("origin_unit", "owner_unit", "coordinator_unit")
    in_emergency = ("case", "navigator_emergency_case")
    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tracks")
    origin_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    side = models.CharField(max_length=10, choices=Side.choices)
    arrived_at = models.DateTimeField(null=True)
    arrived_by = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "side"], name="track_once_a_side"),
            models.CheckConstraint(condition=models.Q(side__in=Side.values), name="track_side_is_known"),
            models.CheckConstraint(
                condition=models.Q(arrived_at__isnull=True, arrived_by__isnull=True)
                | models.Q(arrived_at__isnull=False, arrived_by__isnull=False),
                name="track_arrived_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_side_display())


class Assessment(models.Model):
    """What was answered and what the rules made of it then, so that it can be explained years later."""

    opened_by = ("origin_unit", "owner_unit", "coordinator_unit")
    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assessments")
    origin_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    answers = models.JSONField(help_text=_("Codes of the vocabulary only; no name, no free text"))
    rule_set_version = models.CharField(max_length=20)
    directory_version = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=10)
    explanation = models.JSONField(help_text=_("The whole answer of the match, frozen, in both languages"))
    assessed_at = models.DateTimeField()
    assessed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text=_("None: the citizen, in a self-check")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=4), name="assessment_level_1_to_4"),
        ]
        indexes = [
            models.Index(
                fields=["owner_unit"], condition=models.Q(answers__age=17), name="assessment_soon_18_owner"
            ),  # board.standings
            models.Index(
                fields=["coordinator_unit"], condition=models.Q(answers__age=17), name="assessment_soon_18_coordinator"
            ),  # board.standings
        ]
