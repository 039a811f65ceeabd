"""How each service answers, as it was counted last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction

from pathways.models import Answering


@transaction.atomic
def keep_answering(counted: Iterable[tuple[UUID, int, int, int | None]], *, on: date) -> None:
    """In the place of what was counted before: service, received, answered in time, median days. What is the same is left
    alone: each change of the catalogue is a new version of it."""
    before = {row.service_id: row for row in Answering.objects.select_for_update(of=("self",))}
    for service, received, answered, median_days in counted:
        row = before.pop(service, None)
        if row is None or (row.received, row.answered, row.median_days) != (received, answered, median_days):
            Answering.objects.update_or_create(
                service_id=service,
                defaults={
                    "received": received,
                    "answered": answered,
                    "median_days": median_days,
                    "counted_on": on,
                },
            )
    Answering.objects.filter(pk__in=before).delete()
