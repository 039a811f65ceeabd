"""Who owes what, by when; what silence leads to; and who was told."""

from __future__ import annotations

import functools
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from referrals import ladder
from referrals.enums import Tell, Urgency, Wait
from referrals.models.case import Case
from referrals.models.referral import Referral


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

    @functools.cached_property
    def rungs(self) -> ladder.Rungs:
        """The steps of every wait and urgency."""
        return ladder.parse(self.document)


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def open(self) -> FollowUpQuerySet:
        return self.filter(closed_at__isnull=True)

    def due(self, now: datetime) -> FollowUpQuerySet:
        """Those whose next step of the ladder is due."""
        return self.open().filter(next_at__lte=now)


class FollowUp(models.Model):
    """Somebody owes the next step. `due_at` is when they owe it; `next_at` is when the sweep acts on their silence."""

    opened_by = ("owed_by", "sender_unit", "owner_unit", "coordinator_unit")
    swept = True

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
    waits_for = models.CharField(max_length=12, choices=Wait.choices)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ORDINARY)
    opened_at = models.DateTimeField()
    waits_since = models.DateTimeField(help_text=_("What the ladder counts from: now, or the visit that was agreed"))
    due_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, help_text=_("When the sweep looks again; none: the ladder is climbed"))
    step = models.PositiveSmallIntegerField(default=0, help_text=_("How many steps of the ladder were taken"))
    ladder_version = models.CharField(max_length=20)
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
                condition=models.Q(closed_at__isnull=True, referral__isnull=True),
                name="follow_up_open_once_a_case",
            ),
            models.CheckConstraint(condition=models.Q(waits_for__in=Wait.values), name="follow_up_wait_is_known"),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(closed_at__isnull=True, next_at__isnull=False),
                name="follow_up_due",
            ),  # sweeps.sweep
            models.Index(
                fields=["owed_by", "due_at"], condition=models.Q(closed_at__isnull=True), name="follow_up_owed"
            ),  # selectors.my_list
            models.Index(
                fields=["owner_unit", "due_at"],
                condition=models.Q(closed_at__isnull=True),
                name="follow_up_answered_for",
            ),  # selectors.my_list
        ]

    def __str__(self) -> str:
        return f"{self.waits_for} {self.pk}"


class Notice(models.Model):
    """Somebody was told that a step is overdue: one row a step and reader, however often the sweep runs."""

    opened_by = ("to_unit", "owner_unit", "coordinator_unit")
    swept = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="notices")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    step = models.PositiveSmallIntegerField()
    tells = models.CharField(max_length=12, choices=Tell.choices)
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(help_text=_("When the step of the ladder was due"))
    written_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follow_up", "step"], name="notice_once_a_step"),
        ]
        indexes = [
            models.Index(
                fields=["to_unit", "written_at"], condition=models.Q(read_at__isnull=True), name="notice_unread"
            ),  # selectors.my_list
        ]
