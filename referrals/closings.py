"""A service closes for a time: whose hand-offs it touches, and who is told."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from navigator import clock
from navigator.database import scope
from pathways.care import closes
from pathways.models import Service
from referrals import models, workflow
from referrals.actions import events, notices
from referrals.enums import Happening, Status, Tell, Urgency

logger = logging.getLogger(__name__)

SHOWN = 50  # case numbers on a page


@dataclass(frozen=True, slots=True)
class Touched:
    """The open hand-offs at a service: those that this unit may see, and how many there are at all, or None where they are
    fewer than five: a small number would tell an editor of the directory about somebody."""

    ours: list[models.Referral]
    at_least_five: int | None


def touched_by(service: Service) -> Touched:
    """Whom a change of this service touches. The walls show each their own; the number comes from the database itself."""
    here = models.Referral.objects.filter(service=service, status__in=[*workflow.LIVE, Status.DRAFT])
    with connection.cursor() as cursor:
        cursor.execute("SELECT navigator_many_hand_offs_at(%s)", [service.pk])
        (many,) = cursor.fetchone()
    return Touched(list(here.select_related("case").order_by("case__number", "pk")[:SHOWN]), many)


def tell_of_closings(*, now: datetime) -> int:
    """Tells whoever answers for a citizen with an open hand-off at a service that is to close, or is closed: once for each
    closing and each change of its dates. A service that fails is tried again at the next sweep and stops no other. Returns
    how many were told."""
    untold = Service.objects.filter(closes(clock.day_of(now)), closing_told_at=None)
    told = 0
    for service_id in list(untold.order_by("pk").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                locked = untold.filter(pk=service_id).select_for_update(of=("self",), skip_locked=True, no_key=True)
                for service in locked:
                    told += _tell_of(service, now=now)
        except Exception:
            logger.exception("Nobody was told that service %s closes", service_id)
    return told


def _tell_of(service: Service, *, now: datetime) -> int:
    """In one transaction with the mark that it was done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT referral_id, owner_unit_id FROM navigator_hand_offs_at(%s)", [service.pk])
        found: list[tuple[UUID, UUID]] = cursor.fetchall()
    for referral_id, owner in found:
        with scope.scope(owner):
            _tell_owner(referral_id, service, now=now)
    Service.objects.filter(pk=service.pk).update(closing_told_at=now)
    return len(found)


def _tell_owner(referral_id: UUID, service: Service, *, now: datetime) -> None:
    referral = models.Referral.objects.select_related("case", "owner_unit").get(pk=referral_id)
    happened = events.record(
        Happening.SERVICE_CLOSES,
        case=referral.case,
        referral=referral,
        by=None,
        now=now,
        closed_from=service.closed_from.isoformat() if service.closed_from else None,
        reopens_on=service.reopens_on.isoformat() if service.reopens_on else None,
    )
    urgent = referral.urgency == Urgency.ACUTE
    notices.tell(happened, to=referral.owner_unit, tells=Tell.OWNER, urgent=urgent, now=now)
