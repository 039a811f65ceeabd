"""The desk: what is done to several tasks at once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from navigator.vault.fields import SealedTextField
from navigator.vault.models import DataKey
from referrals.enums import Bulk, RowState
from referrals.models.follow_up import FollowUp


class BulkJob(models.Model):
    """Several tasks that one worker has chosen, and what is to be done with each. The worker process does them one by
    one; `done` and `failed` are counted in the transaction of each row, so that the progress bar tells the truth."""

    opened_by = ("unit",)
    swept = True
    no_history = "Says itself who asked and how far it is; what it does to each task is kept there."

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Bulk.choices)
    until = models.DateField(null=True, help_text=_("Put off until this day"))
    to_worker = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text=_("Who is to have the cases")
    )
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")
    because = SealedTextField(help_text=_("Wiped when the job has ended: it is kept in the history of each case"))
    language = models.CharField(max_length=2, default="da")
    total = models.PositiveSmallIntegerField()
    done = models.PositiveSmallIntegerField(default=0)
    failed = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=Bulk.values), name="bulk_kind_is_known"),
            models.CheckConstraint(
                condition=models.Q(kind=Bulk.ASSIGN, to_worker__isnull=False)
                | ~models.Q(kind=Bulk.ASSIGN) & models.Q(to_worker__isnull=True),
                name="bulk_says_to_whom",
            ),
            models.CheckConstraint(
                condition=models.Q(done__lte=models.F("total") - models.F("failed")), name="bulk_counts_each_row_once"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(ended_at__isnull=True), name="bulk_to_do"),  # bulk.work
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class BulkRow(models.Model):
    """One task of such a job. Done once: whoever does it holds the row, and a row that is done is left alone."""

    opened_by = ("unit",)
    swept = True
    no_history = "Says itself what became of it; what it does to the task is kept there."

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    job = models.ForeignKey(BulkJob, on_delete=models.PROTECT, related_name="rows")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="+")
    instead_of = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("Who had the case when it was asked for"),
    )
    state = models.CharField(max_length=10, choices=RowState.choices, default=RowState.WAITING)
    said = models.CharField(max_length=300, blank=True, help_text=_("Why it was not done; names nobody"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "follow_up"], name="bulk_row_once_a_task"),
            models.CheckConstraint(condition=models.Q(state__in=RowState.values), name="bulk_row_state_is_known"),
        ]
