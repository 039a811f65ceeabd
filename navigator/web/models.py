"""A silent engine is our worst fault: here its jobs leave a sign of life, and everybody hears when it stays away.

And what readers have told of barriers on our pages.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from uuid_utils.compat import uuid7

from navigator.database.prepared import prepared
from navigator.vault import keys

JOBS = ("sweep", "deliver")
BARRIER = "web_barrier|sealed"


class Heartbeat(models.Model):
    """When a job last finished, and what it did then."""

    name = models.CharField(max_length=20, primary_key=True)
    finished_at = models.DateTimeField()
    did = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class Barrier(models.Model):
    """What somebody told of a barrier on our pages, sealed: people write more than is asked. Nothing says who."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    told_at = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        ordering = ["told_at"]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def text(self) -> str:
        return keys.unseal_for(BARRIER, bytes(self.sealed)).decode()


def tell_barrier(text: str, *, now: datetime) -> Barrier:
    """Kept for whoever runs the pages: `manage.py barriers` reads it to them."""
    return Barrier.objects.create(told_at=now, sealed=keys.seal_for(BARRIER, text.encode()))


@transaction.atomic
def seal_barriers_anew() -> None:
    """Under the current master key, all of them: they are few. Raises keys.Unreadable where the one they need is gone."""
    for barrier in Barrier.objects.select_for_update(of=("self",)):
        barrier.sealed = keys.seal_for(BARRIER, barrier.text.encode())
        barrier.save(update_fields=["sealed"])


def beat(name: str, *, now: datetime, did: dict[str, Any]) -> None:
    """The job has finished."""
    Heartbeat.objects.update_or_create(name=name, defaults={"finished_at": now, "did": did})


def silent_jobs(*, now: datetime) -> list[str]:
    """The jobs that nobody has heard of for too long: either stops, and people wait for what never comes."""
    alive = _heard_of(since=now - settings.SILENT_AFTER)
    return [job for job in JOBS if job not in alive]


@prepared
def _heard_of(*, since: datetime) -> models.QuerySet[Heartbeat, str]:
    return Heartbeat.objects.filter(name__in=JOBS, finished_at__gt=since).values_list("name", flat=True)
