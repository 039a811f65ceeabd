"""Who owes what, by when, and what silence leads to; the statutory clocks; who is asked to answer for the citizen."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from navigator.vault.fields import SealedTextField
from navigator.vault.models import DataKey
from pathways.models import Obligation
from referrals import ladder
from referrals.enums import Basis, Law, Side, Urgency, Wait
from referrals.models.case import Case
from referrals.models.consent import Consent
from referrals.models.referral import Referral

_READ: dict[tuple[str, datetime], ladder.Rungs] = {}


class Ladder(models.Model):
    """What silence leads to, as versioned data: the newest published one is in force for waits that begin now."""

    version = models.CharField(max_length=20, primary_key=True)
    document = models.JSONField()
    published_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.version

    @classmethod
    def in_force(cls) -> Ladder:
        """The newest published ladder. Raises Ladder.DoesNotExist: load_ladder was never run."""
        return cls.objects.latest("published_at")

    @property
    def rungs(self) -> ladder.Rungs:
        """What the silence of each wait leads to. A published version never changes: it is read once a process."""
        key = (self.version, self.published_at)
        if key not in _READ:
            _READ[key] = ladder.parse(self.document)
        return _READ[key]


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def open(self) -> FollowUpQuerySet:
        return self.filter(closed_at__isnull=True)

    def due(self, now: datetime) -> FollowUpQuerySet:
        """Those whose next step of the ladder is due."""
        return self.open().filter(next_at__lte=now)


class FollowUp(models.Model):
    """Somebody owes the next step. `due_at` is when they owe it; `next_at` is when the sweep acts on their silence."""

    opened_by = ("owed_by", "sender_unit", "owner_unit", "coordinator_unit")
    in_emergency = ("case", "navigator_emergency_case")
    swept = True
    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="follow_ups")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, related_name="follow_ups")
    owed_by = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="owed_follow_ups", help_text=_("Who owes the next step")
    )
    owed_worker = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sender_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    waits_for = models.CharField(max_length=20, choices=Wait.choices)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ORDINARY)
    service_kind = models.CharField(max_length=60, blank=True, help_text=_("The ladder may differ by kind of service"))
    obligation = models.ForeignKey(
        Obligation, on_delete=models.PROTECT, null=True, related_name="+", help_text=_("The duty that is to be done")
    )
    opened_at = models.DateTimeField()
    waits_since = models.DateTimeField(help_text=_("What the ladder counts from: now, or the visit that was agreed"))
    due_at = models.DateTimeField()
    guarantee = models.ForeignKey("referrals.Guarantee", on_delete=models.PROTECT, null=True, related_name="follow_ups")
    round = models.PositiveSmallIntegerField(
        default=1, help_text=_("Which of a series: the attempt, the day of contact")
    )
    next_at = models.DateTimeField(null=True, help_text=_("When the sweep looks again; none: the ladder is climbed"))
    step = models.PositiveSmallIntegerField(default=0, help_text=_("How many steps of the ladder were taken"))
    ladder_version = models.CharField(max_length=20)
    escalated_at = models.DateTimeField(null=True, help_text=_("When the clock told the coordinator of this silence"))
    snoozed_until = models.DateTimeField(
        null=True, help_text=_("Whoever owes it has put it off: till then it is not on their list of today")
    )
    closed_at = models.DateTimeField(null=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "waits_for"],
                condition=models.Q(closed_at__isnull=True, referral__isnull=False),
                name="follow_up_open_once_a_referral",
            ),
            models.UniqueConstraint(
                fields=["case", "waits_for"],
                condition=models.Q(
                    closed_at__isnull=True, referral__isnull=True, guarantee__isnull=True, obligation__isnull=True
                ),
                name="follow_up_open_once_a_case",
            ),
            models.UniqueConstraint(
                fields=["case", "obligation"],
                condition=models.Q(closed_at__isnull=True, obligation__isnull=False),
                name="follow_up_open_once_a_duty",
            ),
            models.UniqueConstraint(
                fields=["guarantee"],
                condition=models.Q(closed_at__isnull=True),
                name="follow_up_open_once_a_guarantee",
            ),
            models.CheckConstraint(condition=models.Q(waits_for__in=Wait.values), name="follow_up_wait_is_known"),
            models.CheckConstraint(
                condition=models.Q(waits_for=Wait.OBLIGATION, obligation__isnull=False)
                | ~models.Q(waits_for=Wait.OBLIGATION) & models.Q(obligation__isnull=True),
                name="follow_up_duty_is_named",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(closed_at__isnull=True, next_at__isnull=False),
                name="follow_up_due",
            ),  # sweeps.sweep
            models.Index(
                fields=["owed_by", "due_at", "id"],
                condition=models.Q(
                    models.Q(sender_unit=models.F("owed_by"))
                    | models.Q(owner_unit=models.F("owed_by"))
                    | models.Q(coordinator_unit=models.F("owed_by")),
                    closed_at__isnull=True,
                ),
                name="follow_up_own",
            ),  # lists.own
            models.Index(
                fields=["owed_worker", "due_at", "id"],
                condition=models.Q(closed_at__isnull=True, owed_worker__isnull=False),
                name="follow_up_mine",
            ),  # lists.own, of one worker
            models.Index(
                fields=["owed_by", "due_at", "id"],
                condition=models.Q(closed_at__isnull=True, snoozed_until__isnull=False),
                name="follow_up_put_off",
            ),  # lists.own_later
            models.Index(
                fields=["owed_by", "waits_for", "due_at", "id"],
                condition=models.Q(closed_at__isnull=True),
                name="follow_up_received",
            ),  # lists.received
            models.Index(
                fields=["sender_unit", "due_at", "id"],
                condition=models.Q(~models.Q(owed_by=models.F("sender_unit")), closed_at__isnull=True),
                name="follow_up_sent",
            ),  # lists.awaited
            models.Index(
                fields=["owner_unit", "due_at", "id"],
                condition=models.Q(
                    ~models.Q(owed_by=models.F("owner_unit")),
                    ~models.Q(sender_unit=models.F("owner_unit")),
                    closed_at__isnull=True,
                ),
                name="follow_up_answered_for",
            ),  # lists.awaited
            models.Index(
                fields=["coordinator_unit", "due_at", "id"],
                condition=models.Q(closed_at__isnull=True, escalated_at__isnull=False),
                name="follow_up_escalated",
            ),  # lists.awaited
            models.Index(
                fields=["owner_unit", "case"],
                condition=models.Q(closed_at__isnull=True),
                name="follow_up_board_owner",
            ),  # board.standings
            models.Index(
                fields=["coordinator_unit", "case"],
                condition=models.Q(closed_at__isnull=True),
                name="follow_up_board_coordinator",
            ),  # board.standings
        ]

    def __str__(self) -> str:
        return f"{self.waits_for} {self.pk}"


class Guarantee(models.Model):
    """A statutory clock on one side of a case. It runs from first contact at whatever door, and no return or re-match
    resets it; only arrival, the citizen's own withdrawal or free choice of another provider stops it (rules F1, F2)."""

    opened_by = ("origin_unit", "owner_unit", "coordinator_unit")
    keeps_history = True

    class Stopped(models.TextChoices):
        ARRIVED = "arrived", _("The citizen has arrived")
        WITHDRAWN = "withdrawn", _("The citizen does not want it")
        FREE_CHOICE = "free_choice", _("The citizen has chosen another provider")
        ENDED = "ended", _("The case has ended")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="guarantees")
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    origin_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    side = models.CharField(max_length=10, choices=Side.choices)
    right = models.CharField(max_length=40, help_text=_("A code of the vocabulary"))
    days = models.PositiveSmallIntegerField(help_text=_("Calendar days"))
    started_on = models.DateField()
    due_at = models.DateTimeField(help_text=_("The end of the last day"))
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=12, choices=Stopped.choices, blank=True)
    overrun_reason = SealedTextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "side", "right"], name="guarantee_once_and_never_reset"),
            models.CheckConstraint(
                condition=models.Q(stopped_at__isnull=True, stopped_by="")
                | models.Q(stopped_at__isnull=False) & ~models.Q(stopped_by=""),
                name="guarantee_stopped_by_something",
            ),
        ]

    @property
    def last_day(self) -> date:
        """The last day on which it is kept."""
        return self.started_on + timedelta(days=self.days)

    def overrun(self, now: datetime) -> bool:
        """The deadline has passed and nobody has met the citizen."""
        return self.stopped_at is None and now >= self.due_at


class TakeOver(models.Model):
    """One unit asks another to answer for the citizen. Nothing changes until the other accepts; then the case is told to it,
    with consent or because a law allows it (for the reason that is given)."""

    opened_by = ("origin_unit", "owner_unit", "coordinator_unit", "asked_unit")
    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="take_overs")
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    origin_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    asked_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = SealedTextField()
    basis = models.CharField(max_length=20, choices=Basis.choices)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="take_overs")
    law = models.CharField(max_length=20, choices=Law.choices, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    accepted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(answered_at__isnull=True), name="take_over_asked_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answered_by__isnull=True, accepted__isnull=True)
                | models.Q(answered_at__isnull=False, answered_by__isnull=False, accepted__isnull=False),
                name="take_over_answered_at_by_and_how",
            ),
            models.CheckConstraint(
                condition=models.Q(basis=Basis.CONSENT, consent__isnull=False, law="")
                | models.Q(basis=Basis.STATUTORY, consent__isnull=True, law__in=Law.values),
                name="take_over_has_a_basis",
            ),
        ]
