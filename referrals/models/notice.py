"""The outbox: who is told what, and how far each message has come."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from referrals.delivery.reasons import Reason
from referrals.enums import Channel, DeliveryState, Tell, Told
from referrals.models.case import Case
from referrals.models.event import CaseEvent
from referrals.models.follow_up import FollowUp


class Notice(models.Model):
    """Somebody is told: once a rung of a silence, once a reader of an event, however often the sweep runs."""

    opened_by = ("to_unit", "owner_unit", "coordinator_unit")
    swept = True
    no_history = "Written once; all that changes is that it was read, and when."

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    why = models.CharField(max_length=15, choices=Told.choices)
    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, null=True, related_name="notices")
    step = models.PositiveSmallIntegerField(null=True)
    event = models.ForeignKey(CaseEvent, on_delete=models.PROTECT, null=True, related_name="notices")
    tells = models.CharField(max_length=12, choices=Tell.choices)
    to_unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Who is told; for the citizen, who is responsible for them"),
    )
    to_worker = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    urgent = models.BooleanField(default=False, help_text=_("Comes at once, never in a digest"))
    due_at = models.DateTimeField(help_text=_("When it was to be said"))
    written_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follow_up", "step"], name="notice_once_a_step"),
            models.UniqueConstraint(
                fields=["event", "to_unit", "to_worker", "tells"],
                nulls_distinct=False,
                condition=models.Q(event__isnull=False),
                name="notice_once_an_event_and_reader",
            ),
            models.CheckConstraint(
                condition=models.Q(follow_up__isnull=False, step__isnull=False) | models.Q(event__isnull=False),
                name="notice_is_about_something",
            ),
        ]
        indexes = [
            models.Index(
                fields=["to_unit", "-written_at", "-id"],
                condition=models.Q(~models.Q(why=Told.SILENCE), read_at__isnull=True, event__isnull=False),
                name="notice_news",
            ),  # lists.news
        ]


class Delivery(models.Model):
    """One message of a notice on one channel, sent at least once with the same key. A reminder of a visit is itself what
    the citizen answers by: its link opens its row."""

    opened_by = ("opens_with", "to_unit", "owner_unit", "coordinator_unit")
    swept = True
    no_history = "Says itself how often it was tried, when and how it ended; nobody decides on it."

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False, help_text=_("The idempotency key"))
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coordinator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.CharField(
        max_length=10, choices=Channel.choices, blank=True, help_text=_("Empty: as is safe when it is sent")
    )
    in_digest = models.BooleanField(default=False, db_default=False, help_text=_("The worker reads one message a day"))
    sent_with = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", help_text=_("Whose key the digest was sent with")
    )
    state = models.CharField(max_length=12, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    try_at = models.DateTimeField(help_text=_("Not before: quiet hours, the digest, or after a failed try"))
    worthless_after = models.DateTimeField(null=True, help_text=_("Too late to be sent, say after the visit"))
    opens_with = models.UUIDField(
        null=True, unique=True, help_text=_("By which the citizen answers a reminder of a visit")
    )
    tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(
        max_length=60, choices=Reason.choices, blank=True, help_text=_("Why it was dropped, failed or is tried again")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice"], name="delivery_once_a_notice"),
            models.CheckConstraint(
                condition=models.Q(state=DeliveryState.PENDING, ended_at__isnull=True)
                | ~models.Q(state=DeliveryState.PENDING) & models.Q(ended_at__isnull=False),
                name="delivery_is_pending_or_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["try_at"], condition=models.Q(state=DeliveryState.PENDING), name="delivery_pending"
            ),  # outbox.deliver
        ]

    @property
    def units(self) -> tuple[UUID, ...]:
        """Those in whose scope is read what this message needs, and nothing else."""
        return tuple(unit for unit in (self.owner_unit_id, self.coordinator_unit_id, self.to_unit_id) if unit)


class BounceReport(models.Model):
    """A message came back. Written by the webhook and the mailbox reader, acted on by the worker.

    It names nobody: the web process may not see whose delivery it was, and an id that nobody knows looks like any other.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.UUIDField(help_text=_("The idempotency key that the message carried"))
    reported_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"BounceReport {self.pk}"
