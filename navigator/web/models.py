"""A silent engine is our worst fault: here its jobs leave a sign of life, and everybody hears when it stays away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models

from navigator.database.prepared import prepared

JOBS = ("sweep", "deliver")


class Heartbeat(models.Model):
    """When a job last finished, and what it did then."""

    name = models.CharField(max_length=20, primary_key=True)
    finished_at = models.DateTimeField()
    did = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


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
