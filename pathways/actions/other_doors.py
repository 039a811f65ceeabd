"""Another door than the rules suggest is counted, for whoever writes the rules. Nothing of a person is kept."""

from __future__ import annotations

from datetime import date

from django.db import connection
from uuid_utils.compat import uuid7

from pathways.enums import WhyAnother
from pathways.models import OtherDoorCount


def count_other_door(
    *, rule_set_version: str, matched_kind: str, chosen_kind: str, reason: WhyAnother, on: date
) -> None:
    """One more this month. One statement, so that two at a time both count."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {OtherDoorCount._meta.db_table} AS kept"  # nosec B608: ours
            " (id, month, rule_set_version, matched_kind_id, chosen_kind_id, reason, count)"
            " VALUES (%s, %s, %s, %s, %s, %s, 1)"
            " ON CONFLICT (month, rule_set_version, matched_kind_id, chosen_kind_id, reason)"
            " DO UPDATE SET count = kept.count + 1",
            [uuid7(), on.replace(day=1), rule_set_version, matched_kind, chosen_kind, reason],
        )
