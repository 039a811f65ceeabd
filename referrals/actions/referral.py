"""One attempt, from draft to arrival. `_apply` is the only writer of a referral's status."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from navigator.database import scope
from pathways.models import Service
from referrals import models, workflow
from referrals.acting import By, capacities
from referrals.actions import events, follow_ups, ownership
from referrals.actions.case import close_if_arrived
from referrals.enums import Basis, Event, Happening, Side, Status, Urgency
from referrals.errors import Invalid, NotAllowed, TooLate


@transaction.atomic
def send_referral(
    *,
    case: models.Case,
    service: Service,
    sides: list[Side],
    role: str,
    content: dict[str, Any],
    basis: Basis,
    basis_reason: str = "",
    chosen_because: str = "",
    urgency: Urgency = Urgency.ORDINARY,
    by: By,
    now: datetime,
) -> models.Referral:
    """Sends a referral to one service: the frozen copy of what is told, the follow-up with its dates, and the history,
    all in one transaction.

    Raises Invalid without a basis for telling, TooLate when the case is closed or the same service has a live referral.
    """
    if basis == Basis.STATUTORY and not basis_reason.strip():
        raise Invalid(_("Write why the law allows you to tell the service without the citizen's consent."))
    case = _locked_case(case.pk)
    if case.closed_at:
        raise TooLate(_("This case is closed. Open a new one if the citizen needs help again."))
    if case.referrals.filter(service=service, status__in=workflow.LIVE).exists():
        raise TooLate(_("There is already an open referral from this case to that service."))
    referral = models.Referral.objects.create(
        case=case,
        data_key_id=case.data_key_id,
        sides=sides,
        service=service,
        role=role,
        chosen_because=chosen_because,
        sender_unit=by.unit,
        sender=by.user,
        receiver_unit_id=service.unit_id,
        coordinator_unit_id=case.coordinator_unit_id,
        urgency=urgency,
        status_since=now,
    )
    models.Disclosure.objects.create(
        referral=referral,
        data_key_id=case.data_key_id,
        sender_unit_id=referral.sender_unit_id,
        receiver_unit_id=referral.receiver_unit_id,
        coordinator_unit_id=referral.coordinator_unit_id,
        content=json.dumps(content, ensure_ascii=False),
        basis=basis,
        basis_reason=basis_reason,
        disclosed_at=now,
        disclosed_by=by.user,
    )
    return _apply(referral, Event.SEND, case=case, by=by, now=now, sent_at=now)


def open_referral(*, referral: models.Referral, by: By, now: datetime) -> models.Referral:
    """The receiver has it on the screen. Opening it again changes nothing."""
    if referral.status != Status.SENT:
        return referral
    with _at_the_case_of(referral) as case:
        return _apply(referral, Event.OPEN, case=case, by=by, now=now)


def accept_referral(*, referral: models.Referral, by: By, now: datetime) -> models.Referral:
    """The service takes the citizen on."""
    with _at_the_case_of(referral) as case:
        return _apply(referral, Event.ACCEPT, case=case, by=by, now=now)


def book_time(*, referral: models.Referral, appointment_at: datetime, by: By, now: datetime) -> models.Referral:
    """A first visit is agreed. Raises Invalid for a time that has passed."""
    if appointment_at <= now:
        raise Invalid(_("That time has passed. Give a time that is still to come."))
    with _at_the_case_of(referral) as case:
        return _apply(
            referral,
            Event.BOOK,
            case=case,
            by=by,
            now=now,
            appointment_at=appointment_at,
            detail={"appointment_at": appointment_at.isoformat()},
        )


def cancel_referral(*, referral: models.Referral, because: str, by: By, now: datetime) -> models.Referral:
    """The sender takes it back: a mistake or a duplicate. The case stays open and asks for another choice."""
    with _at_the_case_of(referral) as case:
        return _apply(referral, Event.CANCEL, case=case, by=by, now=now, note=because)


def confirm_arrival(
    *, referral: models.Referral, sides: list[Side], by: By, now: datetime, met_at: datetime | None = None
) -> models.Referral:
    """The person has been met, on these sides. The receiver now answers for the citizen; in a dual case the coordinator
    unit goes on doing so. Other attempts on the same tracks end; the other side and the parallel offers go on.

    An integrated service serves two sides and confirms each (rule D17): the referral has arrived with the last of them.
    """
    with _at_the_case_of(referral) as case:
        referral = _locked(referral)
        _may(referral, Event.ARRIVE, by=by)
        unknown = set(sides) - set(referral.sides)
        if unknown or (referral.sides and not sides):
            raise Invalid(_("Say on which side the citizen has been met."))
        met_at = met_at or now
        tracks = list(case.tracks.all())
        for track in tracks:
            if track.side in sides and track.arrived_at is None:
                track.arrived_at, track.arrived_by = met_at, referral
                track.save(update_fields=["arrived_at", "arrived_by"])
                events.record(
                    Happening.TRACK_ARRIVED,
                    case=case,
                    referral=referral,
                    now=now,
                    occurred_at=met_at,
                    by=by,
                    side=track.side,
                )
        arrived = {track.side for track in tracks if track.arrived_at}
        if not set(referral.sides) <= arrived:
            return referral  # the other side is still to meet the person
        referral = _apply(referral, Event.ARRIVE, case=case, by=by, now=now, occurred_at=met_at)
        _end_other_attempts(case, arrived=arrived, but=referral, now=now)
        if referral.sides and len(tracks) == 1 and referral.receiver_unit:
            ownership.change_owner(case, to=referral.receiver_unit, worker=by.user, by=by, now=now)
        close_if_arrived(case, by=by, now=now)
        return referral


def _end_other_attempts(case: models.Case, *, arrived: set[str], but: models.Referral, now: datetime) -> None:
    """Attempts all of whose tracks have arrived elsewhere are over."""
    others = case.referrals.filter(status__in=workflow.LIVE).exclude(pk=but.pk).exclude(sides=[])
    for other in others.filter(sides__contained_by=sorted(arrived)):
        _write(other, Event.CANCEL, to=Status.CANCELLED, case=case, by=None, now=now, detail={"arrived": str(but.pk)})


@contextmanager
def _at_the_case_of(referral: models.Referral) -> Iterator[models.Case]:
    """A transaction with the case locked. The actor reached the referral in a scope of their own; the case behind it is
    the sender's, so that the scope is widened to the units on the referral for as long as the step lasts."""
    units = (referral.sender_unit_id, referral.receiver_unit_id, referral.coordinator_unit_id)
    with scope.widened_to(*units), transaction.atomic():
        yield _locked_case(referral.case_id)


def _locked_case(case_id: UUID) -> models.Case:
    """One step at a time on one case. Without the key, so that rows that point at it can still be added."""
    cases = models.Case.objects.select_for_update(of=("self",), no_key=True)
    return cases.select_related("person", "data_key", "origin_unit", "owner_unit", "coordinator_unit").get(pk=case_id)


def _apply(
    referral: models.Referral, event: Event, *, case: models.Case, by: By, now: datetime, **more: Any
) -> models.Referral:
    """Locks the referral, asks the table, and writes."""
    referral = _locked(referral)
    step = _may(referral, event, by=by)
    return _write(referral, event, to=step.to, case=case, by=by, now=now, **more)


def _locked(referral: models.Referral) -> models.Referral:
    referrals = models.Referral.objects.select_for_update(of=("self",), no_key=True)
    return referrals.select_related("sender_unit", "receiver_unit", "sender", "data_key").get(pk=referral.pk)


def _may(referral: models.Referral, event: Event, *, by: By) -> workflow.Step:
    step = workflow.step(referral.status, event)
    if step is None:
        raise TooLate(
            _("That is not possible any more: the referral is now \u201c%(status)s\u201d. Somebody was faster.")
            % {"status": referral.get_status_display()}
        )
    if not step.who & capacities(referral, by.unit):
        raise NotAllowed(_("Your unit cannot do this on this referral."))
    return step


def _write(
    referral: models.Referral,
    event: Event,
    *,
    to: Status,
    case: models.Case,
    by: By | None,
    now: datetime,
    occurred_at: datetime | None = None,
    note: str = "",
    detail: dict[str, Any] | None = None,
    **changes: Any,
) -> models.Referral:
    """The only writer of a referral's status: change, what is owed next, and history, in the caller's transaction."""
    before = referral.status
    changes |= {"status": to, "status_since": now}
    for field, value in changes.items():
        setattr(referral, field, value)
    referral.save(update_fields=changes)
    follow_ups.follow_status(referral, case=case, now=now)
    follow_ups.keep_choice(case, now=now)
    events.record(
        event,
        case=case,
        referral=referral,
        now=now,
        by=by,
        occurred_at=occurred_at,
        note=note,
        from_status=before,
        to_status=to,
        **(detail or {}),
    )
    return referral
