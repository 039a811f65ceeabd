"""The outbox row of a notice, written in the transaction that wrote the notice: both are there, or neither is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from navigator.accounts.models import Membership, Notices
from referrals import models
from referrals.delivery import timing
from referrals.delivery.answering import token_of
from referrals.enums import Channel, Tell, Wait
from referrals.models.secure_link import opens_with


def write(notices: Sequence[models.Notice], *, now: datetime) -> None:
    """One delivery for each notice. What is read here only needs nothing: it is the notice itself.

    A citizen's channel stays open until it is sent: what was safe when it was written may not be safe then, and who
    writes it (the sweep) may not see who it is.
    """
    digests = _readers_of_digests(notices)
    models.Delivery.objects.bulk_create(
        _delivery(notice, in_digest=not notice.urgent and (notice.to_worker_id, notice.to_unit_id) in digests, now=now)
        for notice in notices
    )


def _delivery(notice: models.Notice, *, in_digest: bool, now: datetime) -> models.Delivery:
    follow_up = notice.follow_up
    about_a_visit = notice.tells == Tell.CITIZEN and follow_up is not None and follow_up.waits_for == Wait.VISIT
    delivery = models.Delivery(
        notice=notice,
        case_id=notice.case_id,
        to_unit_id=notice.to_unit_id,
        owner_unit_id=notice.owner_unit_id,
        coordinator_unit_id=notice.coordinator_unit_id,
        channel="" if notice.tells == Tell.CITIZEN else Channel.EMAIL,
        in_digest=in_digest,
        try_at=timing.next_digest(now, at=settings.DIGEST_AT, also_closed=settings.ALSO_CLOSED_ON)
        if in_digest
        else now,
        worthless_after=follow_up.waits_since if about_a_visit and follow_up else None,
    )
    if about_a_visit:
        delivery.opens_with = opens_with(token_of(delivery.pk))
    return delivery


def _readers_of_digests(notices: Sequence[models.Notice]) -> set[tuple[object, object]]:
    workers = {notice.to_worker_id for notice in notices} - {None}
    if not workers:
        return set()
    chosen = Membership.objects.filter(user__in=workers, notices=Notices.DIGEST, ended_at__isnull=True)
    return set(chosen.values_list("user_id", "unit_id"))
