"""A service says how long one waits there now."""

from __future__ import annotations

from datetime import date

from pathways.models import Service


def update_wait(*, service: Service, wait_days: int | None, capacity: int | None, on: date) -> Service:
    """The wait and the free places as of this day; the matching ranks by them at once. Who has checked the entry, and
    when, stays as it is."""
    service.wait_days, service.capacity, service.wait_as_of = wait_days, capacity, on
    service.save(update_fields=["wait_days", "capacity", "wait_as_of"])
    return service
