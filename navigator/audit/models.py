"""Who looked: one row for each person that a response has shown. Ids only, so that the log outlives what it tells of. And
the seal of each day of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from navigator.vault.fields import SealedTextField
from navigator.vault.models import DataKey


class How(models.TextChoices):
    """In what the person was shown, or by what found."""

    PAGE = "page", _("Page")
    FRAGMENT = "fragment", _("Part of a page")
    API = "api", _("Another system")
    EXPORT = "export", _("Export")
    SEARCH = "search", _("Search")
    CPR_SEARCH = "cpr_search", _("Search by CPR number")
    REVEAL = "reveal", _("Shown in full, on request")


class Purpose(models.TextChoices):
    """What the look was for."""

    HELP = "help", _("To help the citizen on their way")
    RECEIVE = "receive", _("To receive a referral")
    FIND = "find", _("To find a case")
    EMERGENCY = "emergency", _("An emergency, in a case of another unit")
    IDENTIFY = "identify", _("To be sure who the citizen is")
    JOURNAL = "journal", _("To write it in a case system of one's own")
    RIGHTS = "rights", _("The citizen has asked for it")
    OVERSEE = "oversee", _("To make sure that nobody looks without reason")


class Look(models.Model):
    """Somebody was shown somebody. Added to and never changed; a month is a partition, and only the owner drops one.

    `case` is there wherever anything was shown; `person` where the page knows who it is and not only a copy that was sent.
    A search that found nobody has neither.
    """

    opened_by = ("unit", "guest")
    never_changed = True
    swept = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    looked_at = models.DateTimeField()
    user = models.UUIDField(null=True)
    unit = models.UUIDField(null=True)
    roles = ArrayField(models.CharField(max_length=20), default=list)
    guest = models.UUIDField(null=True, help_text=_("What a secure link opens with, where the service has no account"))
    what = models.CharField(max_length=60, help_text=_("The page, by its name in accounts/permissions.py"))
    how = models.CharField(max_length=10, choices=How.choices)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    person = models.UUIDField(null=True)
    case = models.UUIDField(null=True)
    referral = models.UUIDField(null=True)
    emergency = models.UUIDField(null=True, help_text=_("The emergency access that let somebody in"))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(how__in=How.values), name="look_how_is_known"),
            models.CheckConstraint(condition=models.Q(purpose__in=Purpose.values), name="look_purpose_is_known"),
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, unit__isnull=False, guest__isnull=True)
                | models.Q(user__isnull=True, unit__isnull=True, guest__isnull=False),
                name="look_is_of_a_worker_or_a_guest",
            ),
            models.CheckConstraint(
                condition=models.Q(purpose="emergency", emergency__isnull=False)
                | (~models.Q(purpose="emergency") & models.Q(emergency__isnull=True)),
                name="look_in_an_emergency_names_it",
            ),
        ]
        indexes = [
            models.Index(fields=["looked_at", "id"], name="look_in_order"),  # seals
            models.Index(fields=["case", "looked_at"], name="look_by_case"),  # who has seen one citizen
            models.Index(fields=["unit", "looked_at"], name="look_by_unit"),  # what one unit has looked at
        ]

    def __str__(self) -> str:
        return f"Look {self.pk}"


class Seal(models.Model):
    """One day of the log, counted the night after, with the digest of the day before in it. Never changed."""

    never_changed = True

    day = models.DateField(primary_key=True)
    lines = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    before = models.CharField(max_length=64, blank=True, help_text=_("The digest of the day before"))
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Seal of {self.day}"


class SealCheck(models.Model):
    """The sealed days were counted again, and whether each was as it was sealed. Never changed."""

    never_changed = True

    checked_at = models.DateTimeField()
    days = models.PositiveIntegerField(help_text=_("How many days were counted again"))
    first_wrong = models.DateField(null=True, help_text=_("The first day that is not as it was sealed"))

    def __str__(self) -> str:
        return f"Seals counted at {self.checked_at}"


class Verdict(models.TextChoices):
    """What a leader says of a look in the sample."""

    RIGHT = "right", _("Looks right")
    FOLLOW_UP = "follow_up", _("Must be followed up")


class LookCheck(models.Model):
    """A leader has looked at one line of the month's sample. A second thought is a second row; the latest holds."""

    opened_by = ("unit",)
    never_changed = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    look = models.UUIDField(help_text=_("The line of the log"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text=_("The first day of the month that the sample is of"))
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    note = SealedTextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(verdict__in=Verdict.values), name="look_check_verdict_is_known"),
        ]
        indexes = [models.Index(fields=["unit", "month", "look"], name="look_check_of_month")]  # samples.checked

    def __str__(self) -> str:
        return f"Check of look {self.look}"
