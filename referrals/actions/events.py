"""The only writer of the history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from referrals import models
from referrals.acting import By, Citizen, Guest


def record(
    kind: str,
    *,
    case: models.Case,
    now: datetime,
    by: By | Citizen | Guest | None,
    referral: models.Referral | None = None,
    occurred_at: datetime | None = None,
    note: str = "",
    from_status: str = "",
    to_status: str = "",
    corrects: models.CaseEvent | None = None,
    **detail: Any,
) -> models.CaseEvent:
    """Adds what happened, in the transaction of what made it happen."""
    return models.CaseEvent.objects.create(
        kind=kind,
        case=case,
        referral=referral,
        data_key_id=case.data_key_id,
        **case.units,
        sender_unit_id=referral.sender_unit_id if referral else None,
        receiver_unit_id=referral.receiver_unit_id if referral else None,
        occurred_at=occurred_at or now,
        recorded_at=now,
        by=by.user if by else None,
        by_unit=by.unit if by else None,
        note=note,
        from_status=from_status,
        to_status=to_status,
        corrects=corrects,
        detail=detail,
    )
