"""A silent engine is our worst fault: here its jobs leave a sign of life, and everybody hears when it stays away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models


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


def is_silent(name: str, *, now: datetime) -> bool:
    """True when the job has not finished for longer than settings.SILENT_AFTER."""
    return not Heartbeat.objects.filter(name=name, finished_at__gt=now - settings.SILENT_AFTER).exists()
