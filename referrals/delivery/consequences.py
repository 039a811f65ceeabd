"""What follows from a message that was handed over, could not be sent or came back. One transaction each.

The case is locked first, as every step on a case does it, so that a worker's step and a delivery never wait for each
other crosswise; the scope is that of the units that answer for the citizen.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from navigator.accounts.models import Unit, User
from navigator.database import scope
from referrals import models
from referrals.actions import events, follow_ups, notices
from referrals.actions.steps import locked_case
from referrals.delivery.addressing import referral_id_of, works_in
from referrals.delivery.reasons import Reason
from referrals.enums import Channel, DeliveryState, Event, Happening, Status, Tell, Told, Wait

CAN_END_FROM = {
    DeliveryState.HANDED_OVER: DeliveryState.PENDING,
    DeliveryState.FAILED: DeliveryState.PENDING,
    DeliveryState.DROPPED: DeliveryState.PENDING,
    DeliveryState.BOUNCED: DeliveryState.HANDED_OVER,
}


@contextmanager
def _at_the_case_of(delivery: models.Delivery) -> Iterator[models.Case]:
    # The owner may have changed since the message was read.
    delivery.refresh_from_db(fields=["owner_unit", "coordinator_unit"])
    with scope.scope(*delivery.units), transaction.atomic():
        yield locked_case(delivery.case_id, also_restricted=True)


def end(
    delivery: models.Delivery,
    state: DeliveryState,
    *,
    now: datetime,
    reason: str = "",
    channel: Channel | str | None = None,
) -> bool:
    """Writes how it ended. False when it has ended otherwise in the meantime."""
    return bool(
        models.Delivery.objects.filter(pk=delivery.pk, state=CAN_END_FROM[state]).update(
            state=state, reason=reason, ended_at=now, channel=delivery.channel if channel is None else channel
        )
    )


def handed_over(delivery: models.Delivery, *, channel: Channel, now: datetime) -> None:
    """The relay took it: not delivered, but not ours any more. A referral that a service is told of says so itself."""
    notice = delivery.notice
    if notice.tells != Tell.OWED_BY or not notice.event_id:
        end(delivery, DeliveryState.HANDED_OVER, channel=channel, now=now)
        return
    with _at_the_case_of(delivery):
        if end(delivery, DeliveryState.HANDED_OVER, channel=channel, now=now):
            models.Referral.objects.filter(
                events__pk=notice.event_id, events__kind=Event.SEND, receiver_unit=delivery.to_unit_id
            ).update(handed_over_at=now)


def became_a_task(
    delivery: models.Delivery,
    state: DeliveryState,
    reason: Reason,
    *,
    now: datetime,
    channel: Channel | str | None = None,
) -> bool:
    """It cannot be sent, or came back: the sender is to reach the reader in another way. False when it had ended."""
    with _at_the_case_of(delivery) as case:
        if not end(delivery, state, reason=reason, channel=channel, now=now):
            return False
        referral = _referral(delivery)
        to_receiver = referral is not None and delivery.to_unit_id == referral.receiver_unit_id
        if referral and to_receiver and referral.status == Status.SENT and delivery.notice.tells != Tell.CITIZEN:
            referral.bounced_at = now
            referral.save(update_fields=["bounced_at"])
        unit, worker = _who_reaches_out(delivery, referral, case=case)
        _owe_once(referral, case=case, unit=unit, worker=worker, now=now)
    return True


def link_became_a_task(link: models.SecureLink, *, now: datetime) -> bool:
    """A service without an account was not reached: the sender calls. False when somebody has seen the referral."""
    with scope.scope(link.sender_unit_id, link.owner_unit_id), transaction.atomic():
        referrals = models.Referral.objects.select_related("sender_unit", "sender", "service")
        referral = referrals.get(pk=link.referral_id)
        case = locked_case(referral.case_id, also_restricted=True)
        unseen = referrals.filter(pk=referral.pk, status=Status.SENT, bounced_at__isnull=True).update(bounced_at=now)
        if unseen:
            _owe_once(referral, case=case, unit=referral.sender_unit, worker=referral.sender, now=now)
    return bool(unseen)


def _referral(delivery: models.Delivery) -> models.Referral | None:
    referral_id = referral_id_of(delivery.notice)
    referrals = models.Referral.objects.select_related("sender_unit", "sender", "service")
    return referrals.filter(pk=referral_id).first() if referral_id else None


def _owe_once(
    referral: models.Referral | None, *, case: models.Case, unit: Unit, worker: User | None, now: datetime
) -> None:
    """One open task a referral is enough, however many messages fail; none where the case has ended."""
    waiting = case.follow_ups.filter(closed_at__isnull=True, waits_for=Wait.REACH_OUT, referral=referral)
    if case.closed_at or waiting.exists():
        return
    worker = worker if worker and works_in(worker, unit) else None
    follow_ups.open_wait(Wait.REACH_OUT, case=case, referral=referral, owed_by=unit, worker=worker, now=now)


def _who_reaches_out(
    delivery: models.Delivery, referral: models.Referral | None, *, case: models.Case
) -> tuple[Unit, User | None]:
    """The sender; or, where the sender is who cannot be reached, the next who answers for the citizen."""
    unit, worker = (referral.sender_unit, referral.sender) if referral else (case.owner_unit, case.owner_worker)
    if delivery.notice.tells != Tell.CITIZEN and unit.pk == delivery.to_unit_id:
        others = (other for other in (case.owner_unit, case.coordinator_unit) if other and other.pk != unit.pk)
        unit, worker = next(others, unit), None
    return unit, worker


def somebody_has_left(delivery: models.Delivery, worker: User, *, now: datetime) -> None:
    """Whoever was named does not work there any more: the unit is told instead, owes what they owed, and whoever
    coordinates hears it, once a case."""
    unit = delivery.to_unit
    with _at_the_case_of(delivery) as case:
        if case.events.filter(kind=Happening.TASK_PASSED_ON, detail__left=str(worker.pk)).exists():
            return
        case.follow_ups.filter(closed_at__isnull=True, owed_by=unit, owed_worker=worker).update(owed_worker=None)
        if case.owner_worker_id == worker.pk:
            case.owner_worker = None
            case.save(update_fields=["owner_worker"])
        happened = events.record(
            Happening.TASK_PASSED_ON, case=case, now=now, by=None, left=str(worker.pk), unit=str(unit.pk)
        )
        coordinator = case.coordinator_unit or case.owner_unit
        notices.tell(happened, to=coordinator, tells=Tell.COORDINATOR, why=Told.ASSIGNED, now=now)
