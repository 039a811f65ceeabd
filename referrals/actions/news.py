"""What was told is read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models as db

from navigator.accounts.models import Unit, User
from referrals import models
from referrals.enums import Told


def mark_as_read(*, unit: Unit, user: User, now: datetime, only: UUID | None = None, up_to: str = "") -> int:
    """Marks one piece of news, or all up to one (ids are in the order of time), as read by this unit. Twice changes
    nothing. What a silence has said stays until the silence is over. Returns how many were marked."""
    unread = models.Notice.objects.filter(to_unit=unit, read_at__isnull=True, event__isnull=False)
    unread = unread.exclude(why=Told.SILENCE).filter(db.Q(to_worker=None) | db.Q(to_worker=user))
    try:
        unread = unread.filter(pk=only) if only else unread.filter(pk__lte=UUID(up_to))
    except ValueError:
        return 0
    return unread.update(read_at=now)
