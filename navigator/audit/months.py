"""The log's partitions, one for each Danish month. The owner of the tables makes and drops them; nobody else can.

They stand in a schema of their own, which neither app nor worker may enter: the log is reached through its own table only,
and the walls stand there. A row for which no month was made lands in the partition `other`, so that a forgotten job stops
no work; it moves when its month is made.
"""

from __future__ import annotations

import logging
from datetime import date

from django.db import connection, transaction

from navigator import clock

logger = logging.getLogger(__name__)

AHEAD = 13  # months that are made ahead: more than a year without a release or the monthly job
KEPT_YEARS = 5


def make(*, today: date, ahead: int = AHEAD) -> list[str]:
    """Makes this month and those ahead of it, where they are missing. Safe to repeat. Returns the names of the new ones."""
    there, made = set(names()), []
    for months in range(ahead + 1):
        first = _plus(today.replace(day=1), months)
        if (name := _name(first)) not in there:
            _make(name, first, _plus(first, 1))
            made.append(name)
    return made


def warn(*, today: date) -> None:
    """Says in the system's log that the months run out, while there is time to make them."""
    if len([name for name in names() if first_of(name) > today]) < 2:
        logger.error("The access log has less than two months ahead: run `manage.py access_log_months` as the owner")


def names() -> list[str]:
    """The months that there are, the earliest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'audit_look'::regclass AND c.relname <> 'other' ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def first_of(name: str) -> date:
    """The first day of a month by its name, such as y2026m11."""
    return date(int(name[1:5]), int(name[6:8]), 1)


def drop(first: date, *, today: date) -> bool:
    """Drops a month that is older than the log is kept; False where there is none. Raises ValueError for a younger one."""
    if _plus(first, 12 * KEPT_YEARS + 1) > today:
        raise ValueError(f"The access log is kept for {KEPT_YEARS} years: {first:%Y-%m} is younger.")
    if _name(first) not in names():
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE access_log.{_name(first)}")
    return True


def _make(name: str, first: date, after: date) -> None:
    between = [clock.start_of_day(first).isoformat(), clock.start_of_day(after).isoformat()]
    with transaction.atomic(), connection.cursor() as cursor:
        # Detached, `other` has no trigger and no say: what belongs into the new month moves there.
        cursor.execute("ALTER TABLE audit_look DETACH PARTITION access_log.other")
        cursor.execute(
            f"CREATE TABLE access_log.{name} PARTITION OF audit_look FOR VALUES FROM ('{between[0]}') TO ('{between[1]}')"
        )
        cursor.execute(
            "WITH moved AS (DELETE FROM access_log.other WHERE looked_at >= %s AND looked_at < %s RETURNING *)"  # nosec B608
            " INSERT INTO audit_look SELECT * FROM moved",
            between,
        )
        cursor.execute("ALTER TABLE audit_look ATTACH PARTITION access_log.other DEFAULT")


def _name(first: date) -> str:
    return f"y{first:%Y}m{first:%m}"


def _plus(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
