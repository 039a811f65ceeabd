"""A search by CPR number leaves a record: who, when, and what was found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from referrals import models
from referrals.acting import By


def note_cpr_search(*, found: Iterable[UUID], by: By, now: datetime) -> models.CprSearch:
    """Kept also where nothing was found: whoever tries numbers can be seen to."""
    return models.CprSearch.objects.create(unit=by.unit, by=by.user, searched_at=now, found=sorted(found))
