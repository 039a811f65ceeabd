"""The only trace a match request leaves: that a kind was wanting somewhere, this month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection
from uuid_utils.compat import uuid7

from pathways.models import GapCount


def count_gaps(*, kinds: Iterable[str], municipality: str, on: date) -> None:
    """One more wanted each kind here this month. One statement, so that two at a time both count."""
    rows = [(uuid7(), on.replace(day=1), kind, municipality) for kind in sorted(set(kinds))]
    if not rows:
        return
    values = ", ".join(["(%s, %s, %s, %s, 1)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {GapCount._meta.db_table} AS kept (id, month, kind_id, municipality_id, count)"  # nosec B608: ours
            f" VALUES {values}"
            " ON CONFLICT (month, kind_id, municipality_id) DO UPDATE SET count = kept.count + 1",
            [value for row in rows for value in row],
        )
