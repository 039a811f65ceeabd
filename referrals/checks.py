"""The nightly check that nobody is lost: counts of what must never be, unit by unit; it says no names.

Where the database can hold it, it does (migration 0004); this is for what it cannot, and for the day it did not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Exists, Func, OuterRef, QuerySet

from navigator.accounts.models import Membership, Unit
from navigator.database import scope
from navigator.web.models import beat
from referrals import models, workflow
from referrals.enums import Status, Wait

SLEPT_THROUGH = timedelta(hours=1)  # the sweep comes every few seconds
MAY_OUTLIVE = (
    Wait.TELL_CITIZEN,
    Wait.REACH_OUT,
    Wait.TELL_CUSTODY,
)  # what is still to be said after an attempt has ended


def check(*, now: datetime) -> dict[str, int]:
    """Counts what is wrong in the cases that each unit answers for, and leaves a heartbeat that says so. The worker runs
    it, in the scope of one unit at a time."""
    found: Counter[str] = Counter()
    for unit in Unit.objects.values_list("pk", flat=True):
        with scope.scope(unit):
            found.update({name: rows.count() for name, rows in _wrong(unit, now=now)})
    did = dict(sorted(found.items()))
    beat("check", now=now, did=did)
    return did


def _wrong(unit: UUID, *, now: datetime) -> Iterator[tuple[str, QuerySet[Any]]]:
    on_its_way = [Status.DRAFT, *workflow.LIVE]
    waiting = models.FollowUp.objects.open().filter(owner_unit=unit)
    side = Func(OuterRef("side"), template="ARRAY[%(expressions)s]", output_field=ArrayField(CharField(max_length=10)))
    attempts = models.Referral.objects.filter(case=OuterRef("case"), sides__contains=side, status__in=on_its_way)
    choices = waiting.filter(case=OuterRef("case"), referral=None, waits_for=Wait.CHOICE)
    tracks = models.Track.objects.filter(owner_unit=unit, case__closed_at=None, arrived_at=None)
    yield "tracks_without_a_next_step", tracks.exclude(Exists(attempts)).exclude(Exists(choices))

    answers = Membership.objects.filter(unit=unit, ended_at=None, user__is_active=True)
    cases = models.Case.objects.filter(owner_unit=unit, closed_at=None)
    yield "cases_nobody_answers_for", cases.exclude(Exists(answers))

    live = models.Referral.objects.filter(owner_unit=unit, status__in=on_its_way)
    yield "attempts_nobody_follows", live.exclude(Exists(waiting.filter(referral=OuterRef("pk"))))

    ended = waiting.filter(referral__status__in=workflow.ENDED_WITHOUT)
    yield "reminders_of_what_has_ended", ended.exclude(waits_for__in=MAY_OUTLIVE)

    yield "slept_through_by_the_sweep", waiting.filter(next_at__lt=now - SLEPT_THROUGH)

    running = models.Guarantee.objects.filter(owner_unit=unit, stopped_at=None, due_at__lte=now)
    yield "overruns_without_a_reason", running.filter(overrun_reason=b"")
