"""The same thing done to several tasks: asked for in a request, done row by row by the worker process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import models as db
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from navigator.accounts.models import User
from navigator.database import scope
from navigator.vault.models import DataKey
from navigator.web.refusals import Refusal
from referrals import models
from referrals.acting import By
from referrals.actions.case import record_first_week_contact
from referrals.actions.ownership import assign, who_have_by_name
from referrals.actions.referral import TICKED_OFF, tell_citizen_done
from referrals.actions.snoozing import snooze
from referrals.enums import Bulk, RowState, Wait
from referrals.errors import Invalid, NotAllowed, TooLate

logger = logging.getLogger(__name__)

AT_MOST = 200  # tasks at once
# What is done when there was contact. An attempt that asks what came of it is noted one by one.
DONE_BY_CONTACT = (*TICKED_OFF, Wait.FIRST_WEEK)


def ask_for_bulk(
    *,
    kind: Bulk,
    follow_ups: Sequence[UUID],
    because: str = "",
    until: date | None = None,
    to: User | None = None,
    language: str = "da",
    by: By,
    now: datetime,
) -> models.BulkJob:
    """Notes what is to be done with which tasks. Nothing is published: the worker process looks for it."""
    if not follow_ups:
        raise Invalid(_("Tick at least one task."))
    if len(follow_ups) > AT_MOST:
        raise Invalid(_("Choose fewer tasks at once."))
    if kind == Bulk.SNOOZE and (until is None or not because.strip()):
        raise Invalid(_("Write why it is put off, and until when."))
    if kind == Bulk.ASSIGN and to is None:
        raise Invalid(_("Choose who is to have them."))
    mine = Q(owner_unit=by.unit) | Q(coordinator_unit=by.unit) if kind == Bulk.ASSIGN else Q(owed_by=by.unit)
    with transaction.atomic():
        known = models.FollowUp.objects.filter(mine, pk__in=follow_ups).order_by("due_at", "pk")
        # A service owes a task without seeing the case: whoever assigns one has the case.
        chosen = list(known.select_related("case") if kind == Bulk.ASSIGN else known)
        if len(chosen) != len(set(follow_ups)):
            raise NotAllowed(_("Another unit owes that."))
        key = DataKey.new()
        key.save()
        job = models.BulkJob(
            unit=by.unit, worker=by.user, kind=kind, until=until, to_worker=to, data_key=key, because=because, language=language,
            total=len(chosen), asked_at=now,
        )  # fmt: skip
        job.save(force_insert=True)
        has_now = who_have_by_name({each.case for each in chosen}, unit=by.unit) if kind == Bulk.ASSIGN else {}
        models.BulkRow.objects.bulk_create(
            models.BulkRow(job=job, unit=by.unit, follow_up=each, instead_of_id=has_now.get(each.case_id))
            for each in chosen
        )
    return job


def record_contact_made(*, follow_up: models.FollowUp, note: str, by: By, now: datetime) -> None:
    """There was contact, and this task asked for nothing more. Raises Invalid for one that asks for more than a tick."""
    if follow_up.waits_for == Wait.FIRST_WEEK:
        record_first_week_contact(follow_up=follow_up, note=note, by=by, now=now)
    elif follow_up.waits_for in DONE_BY_CONTACT:
        tell_citizen_done(follow_up=follow_up, by=by, now=now)
    else:
        raise Invalid(_("This one asks for more than a tick. Do it by itself."))


def work_off_bulk(*, now: Callable[[], datetime]) -> int:
    """Does what is asked for, a row a transaction, until nothing is left. Returns how many rows it did. Two at once do
    not meet; one that dies half-way leaves a row as it was, and whoever comes next takes it."""
    done = 0
    while _next_row(now=now()):
        done += 1
    return done


def _next_row(*, now: datetime) -> bool:
    with transaction.atomic():
        waiting = models.BulkRow.objects.filter(state=RowState.WAITING, job__ended_at__isnull=True)
        locked = waiting.select_for_update(of=("self",), skip_locked=True, no_key=True)
        row = (
            locked.select_related("job__worker", "job__unit", "job__data_key", "job__to_worker")
            .order_by("job", "pk")
            .first()
        )
        if row is None:
            return False
        with scope.scope(row.unit_id), translation.override(row.job.language):
            row.said = _done(row, now=now)
        row.state = RowState.FAILED if row.said else RowState.DONE
        row.save(update_fields=["state", "said"])
        _count(row, now=now)
    return True


def _done(row: models.BulkRow, *, now: datetime) -> str:
    """Empty when it was done; else why it was not."""
    try:
        with transaction.atomic():
            by = By(user=row.job.worker, unit=row.job.unit)
            if not by.user.memberships.filter(unit=by.unit, ended_at__isnull=True).exists():
                raise NotAllowed(_("You do not work in this unit any more."))
            follow_up = models.FollowUp.objects.select_related("referral").filter(pk=row.follow_up_id).first()
            if follow_up is None or follow_up.closed_at:
                raise TooLate(_("That has been done already."))
            _do(row, follow_up, by=by, now=now)
    except Refusal as refusal:
        return refusal.sentence
    except Exception:
        logger.exception("Row %s of a bulk job failed", row.pk)
        return _("Something went wrong. Do this one by itself.")
    return ""


def _do(row: models.BulkRow, follow_up: models.FollowUp, *, by: By, now: datetime) -> None:
    job = row.job
    if job.kind == Bulk.ASSIGN:
        assert job.to_worker is not None
        assign(case=follow_up.case, to=job.to_worker, instead_of=row.instead_of_id, by=by, now=now)
    elif job.kind == Bulk.SNOOZE:
        assert job.until is not None
        snooze(follow_up=follow_up, until=job.until, because=job.because, by=by, now=now)
    else:
        record_contact_made(follow_up=follow_up, note=job.because, by=by, now=now)


def _count(row: models.BulkRow, *, now: datetime) -> None:
    """With the row, so that both are true or neither. The last one ends the job; its reason is not kept twice."""
    models.BulkJob.objects.filter(pk=row.job_id).update(
        done=db.F("done") + int(row.state == RowState.DONE), failed=db.F("failed") + int(row.state == RowState.FAILED)
    )
    job = models.BulkJob.objects.select_for_update(of=("self",), no_key=True).get(pk=row.job_id)
    if job.done + job.failed == job.total:
        job.ended_at, job.because = now, ""
        job.save(update_fields=["ended_at", "because"])
