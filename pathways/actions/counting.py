"""How often something happened in a month, without anything about anybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, models
from uuid_utils.compat import uuid7


def count(model: type[models.Model], *, on: date, of: Sequence[dict[str, Any]]) -> None:
    """One more of each this month. One statement, so that two at a time both count. The columns of `of` and the month are
    the table's key; its last column is the count."""
    if not of:
        return
    columns = ["month", *of[0]]
    values = ", ".join([f"(%s{', %s' * len(columns)}, 1)"] * len(of))
    key = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} AS kept (id, {key}, count) VALUES {values}"  # noqa: S608 # nosec B608: ours
            f" ON CONFLICT ({key}) DO UPDATE SET count = kept.count + 1",
            [value for each in of for value in (uuid7(), on.replace(day=1), *each.values())],
        )
