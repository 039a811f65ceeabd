"""Each day of the access log is sealed the night after: a hash over its lines in order, chained to the day before.

Whoever changes, adds or takes away a line behind our back, or a whole day, changes the hash of that day. Whoever can make
all later seals anew as well is found by the digest that was written into the system's log each night: keep that elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from navigator import clock
from navigator.audit import months
from navigator.audit.models import Look, Seal, SealCheck

logger = logging.getLogger(__name__)

DAY, MONTH = timedelta(days=1), timedelta(days=31)
SETTLED = timedelta(hours=1)  # no response takes that long: what was looked at before midnight is written by then
COLUMNS = (
    "id", "looked_at", "user", "unit", "roles", "guest", "what", "how", "purpose", "person", "case", "referral", "emergency",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verified:
    """How many days were counted again, and the first that is not as it was sealed."""

    days: int
    not_kept: int
    first_wrong: date | None
    last: Seal | None


def seal(*, now: datetime) -> list[Seal]:
    """Seals every day that has ended and is not sealed, the earliest first. Safe to repeat; two at once seal the same."""
    made = []
    last = Seal.objects.order_by("-day").first()
    day = last.day + DAY if last else _first_day()
    while day is not None and day < clock.day_of(now - SETTLED):
        before = last.digest if last else ""
        lines, digest = _counted(day, before=before)
        last = Seal(day=day, lines=lines, digest=digest, before=before, sealed_at=now)
        Seal.objects.bulk_create([last], ignore_conflicts=True)
        logger.info("Access log of %s sealed: %s lines, %s", day, lines, digest)
        made.append(last)
        day += DAY
    return made


def verify(*, since: date | None = None) -> Verified:
    """Counts every sealed day again, as far back as the log is kept, or since a day. Needs to see all lines: worker or
    owner. That each seal holds the one before is looked at for all of them."""
    kept_since, before, counted, not_kept = _kept_since(), None, 0, 0
    if kept_since and since:
        kept_since = max(kept_since, since)
    seals = list(Seal.objects.order_by("day"))
    first_line = _first_day()
    if first_line and seals and first_line < seals[0].day:
        return Verified(0, 0, first_line, seals[-1])
    for sealed in seals:
        if before is not None and sealed.day != before.day + DAY:
            return Verified(counted, not_kept, before.day + DAY, seals[-1])
        is_kept = kept_since is not None and sealed.day >= kept_since
        chained = sealed.before == (before.digest if before else "")
        if not chained or (is_kept and _counted(sealed.day, before=sealed.before) != (sealed.lines, sealed.digest)):
            return Verified(counted, not_kept, sealed.day, seals[-1])
        before, counted, not_kept = sealed, counted + is_kept, not_kept + (not is_kept)
    return Verified(counted, not_kept, None, before)


def check(*, now: datetime) -> SealCheck:
    """Counts the last month's days again, and keeps what came of it for whoever oversees. The worker does it each night;
    `manage.py verify_access_log` counts all of them."""
    found = verify(since=clock.day_of(now) - MONTH)
    if found.first_wrong:
        logger.error("The access log of %s is not as it was sealed", found.first_wrong)
    return SealCheck.objects.create(checked_at=now, days=found.days, first_wrong=found.first_wrong)


def latest(number: int = 31) -> list[Seal]:
    """The latest seals, the newest first."""
    return list(Seal.objects.order_by("-day")[:number])


def last_check() -> SealCheck | None:
    """When the days were last counted again, and what came of it."""
    return SealCheck.objects.order_by("-checked_at", "-pk").first()


def _counted(day: date, *, before: str) -> tuple[int, str]:
    """How many lines a day has, and the hash over them."""
    seal, lines = hashlib.sha256(f"{before}\n{day.isoformat()}\n".encode()), 0
    of_the_day = Look.objects.filter(looked_at__gte=clock.start_of_day(day), looked_at__lt=clock.end_of_day(day))
    with transaction.atomic():
        for line in of_the_day.order_by("looked_at", "id").values_list(*COLUMNS).iterator(chunk_size=5000):
            seal.update(json.dumps([_plain(value) for value in line], separators=(",", ":")).encode() + b"\n")
            lines += 1
    return lines, seal.hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, (str, list)) else str(value)


def _first_day() -> date | None:
    first = Look.objects.order_by("looked_at").values_list("looked_at", flat=True).first()
    return clock.day_of(first) if first else None


def _kept_since() -> date | None:
    """The first day whose month has not been dropped."""
    begun = [months.first_of(name) for name in months.names()[:1]]
    first = _first_day()
    return min([*begun, *([first] if first else [])], default=None)
