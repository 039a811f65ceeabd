"""A service says how long one waits there now."""

from __future__ import annotations

from datetime import date

from django.db.models import F

from pathways.models import Service


def update_wait(*, service: Service, wait_days: int | None, capacity: int | None, on: date) -> Service:
    """The wait and the free places as of this day; the matching ranks by them at once. Who has checked the entry, and
    when, stays as it is."""
    said = {"wait_days": wait_days, "capacity": capacity, "wait_as_of": on}
    Service.objects.filter(pk=service.pk).update(**said, revision=F("revision") + 1)
    for name, value in said.items():
        setattr(service, name, value)
    return service
