"""Each month a leader looks at some lines of the log, drawn by lot: the same ones however often the page is opened, and
none that anybody could choose."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import models as db
from django.db import transaction
from django.db.models.functions import MD5, Cast, Concat

from navigator import clock
from navigator.accounts.models import Unit, User
from navigator.audit.models import Look, LookCheck, Purpose, Verdict
from navigator.vault.models import DataKey

SIZE = 20  # lines a month and unit
MONTHS = 12  # that can still be looked at


def months(*, today: date) -> list[date]:
    """The months that have ended, by their first days, the latest first: a sample is drawn when no line can join it."""
    first, found = today.replace(day=1), []
    for _ in range(MONTHS):
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(first)
    return found


def of_month(unit: Unit, first: date) -> list[Look]:
    """The sample, in the order of time. Drawn by a hash over id and month: ids are random. What those who oversee have
    looked at themselves is not in it."""
    drawn = MD5(Concat(Cast("id", db.TextField()), db.Value(f"{first:%Y-%m}")))
    looks = (
        Look.objects.filter(unit=unit.pk, looked_at__gte=clock.start_of_day(first), looked_at__lt=_end(first))
        .exclude(purpose=Purpose.OVERSEE)
        .order_by(drawn)[:SIZE]
    )
    return sorted(looks, key=lambda look: (look.looked_at, look.pk))


def checks(units: Iterable[Unit], *, first: date) -> dict[UUID, LookCheck]:
    """What was said of each look of a month: the latest."""
    said = LookCheck.objects.filter(unit__in=list(units), month=first).select_related("by", "data_key")
    return {check.look: check for check in said.order_by("checked_at", "pk")}


@transaction.atomic
def check(look: Look, *, unit: Unit, first: date, verdict: Verdict, note: str, by: User, now: datetime) -> LookCheck:
    """Somebody who leads the unit says whether the look is right."""
    key = DataKey.new()
    key.save()
    said = LookCheck(
        look=look.pk, unit=unit, month=first, verdict=verdict, data_key=key, note=note, by=by, checked_at=now
    )
    said.save(force_insert=True)
    return said


def _end(first: date) -> datetime:
    return clock.start_of_day((first + timedelta(days=31)).replace(day=1))
