"""How one step of a referral is taken: the case locked, the table asked, the status written. Used by the actions only."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from navigator.database import scope
from referrals import grounds, links, models, workflow
from referrals.acting import By, Citizen, Guest, actors
from referrals.actions import events, follow_ups, notices
from referrals.enums import Event, Status
from referrals.errors import NotAllowed, TooLate

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def at_the_case_of(referral: models.Referral) -> Iterator[models.Case]:
    """A transaction with the case locked. The actor reached the referral in a scope of their own; the case behind it is
    the sender's, so that the scope is widened to the units on the referral for as long as the step lasts."""
    units = models.Referral.objects.values_list("sender_unit", "owner_unit", "receiver_unit", "coordinator_unit")
    with scope.widened_to(*units.get(pk=referral.pk)), transaction.atomic():
        case = locked_case(referral.case_id)
        # Another unit may have come to answer for the citizen between the two.
        with scope.widened_to(case.origin_unit_id, case.owner_unit_id, case.coordinator_unit_id):
            yield case


def on_the_whole_case(action: Callable[P, T]) -> Callable[P, T]:
    """An action in a transaction, given the case locked and all of it in scope: whoever logged it no longer sees what
    another unit has sent since, and would judge by half of it."""

    return _acting(action, also_restricted=False)


def also_when_restricted(action: Callable[P, T]) -> Callable[P, T]:
    """The same, and on a restricted case too: what the citizen has a right to, and what protects somebody (GDPR art. 18(2))."""
    return _acting(action, also_restricted=True)


def _acting(action: Callable[P, T], *, also_restricted: bool) -> Callable[P, T]:
    @functools.wraps(action)
    def acting(*args: P.args, **given: P.kwargs) -> T:
        named: models.Case = given["case"]  # type: ignore[assignment]
        with transaction.atomic():
            case = given["case"] = locked_case(named.pk, also_restricted=also_restricted)
            with scope.widened_to(case.origin_unit_id, case.owner_unit_id, case.coordinator_unit_id):
                return action(*args, **given)

    return acting


def locked_case(case_id: UUID, *, also_restricted: bool = False) -> models.Case:
    """One step at a time on one case. Without the key, so that rows that point at it can still be added. Raises TooLate where
    the case is restricted: nothing in it is changed any more.

    Locked first and read then: a lock that had to wait, taken together with the owner's row, finds no case at all when
    the owner has changed meanwhile.
    """
    models.Case.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=case_id)
    related = models.Case.objects.select_related("person", "data_key", "origin_unit", "owner_unit", "coordinator_unit")
    case = related.get(pk=case_id)
    if case.restricted_at and not also_restricted:
        raise restricted()
    return case


def restricted() -> TooLate:
    return TooLate(_("The case is restricted. Nothing in it can be changed."))


def apply(
    referral: models.Referral, event: Event, *, case: models.Case, by: By | Citizen | Guest, now: datetime, **more: Any
) -> models.Referral:
    """Locks the referral, asks the table, and writes."""
    referral = locked(referral)
    step = may(referral, event, by=by)
    if _passes_on(referral, event, by=by):
        grounds.must_hold(referral, now=now)
    return write(referral, event, to=step.to, case=case, by=by, now=now, **more)


def _passes_on(referral: models.Referral, event: Event, *, by: By | Citizen | Guest) -> bool:
    """Somebody at the service reads it first now, or is told more. Whoever meets the citizen has them before their eyes."""
    reads = referral.status == Status.SENT and event is not Event.ARRIVE and is_receiver(referral, by)
    return reads or event is Event.REPLY


def is_receiver(referral: models.Referral, by: By | Citizen | Guest | None) -> bool:
    """The service itself, not a sender who speaks for it on the telephone."""
    return isinstance(by, Guest) or (isinstance(by, By) and by.unit.pk == referral.receiver_unit_id)


def locked(referral: models.Referral) -> models.Referral:
    models.Referral.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=referral.pk)
    related = models.Referral.objects.select_related("sender_unit", "receiver_unit", "sender", "data_key", "service")
    return related.get(pk=referral.pk)


def live(referral: models.Referral) -> models.Referral:
    """Locked, and still on its way: what belongs to an attempt ends with it."""
    referral = locked(referral)
    if referral.status not in workflow.LIVE:
        raise too_late(referral)
    return referral


def too_late(referral: models.Referral) -> TooLate:
    return TooLate(
        _("That is not possible any more: the referral is now \u201c%(status)s\u201d. Somebody was faster.")
        % {"status": referral.get_status_display()}
    )


def may(referral: models.Referral, event: Event, *, by: By | Citizen | Guest) -> workflow.Step:
    step = workflow.step(referral.status, event)
    if step is None:
        raise too_late(referral)
    if not step.who & actors(referral, by):
        raise NotAllowed(_("Your unit cannot do this on this referral."))
    return step


def write(
    referral: models.Referral,
    event: Event,
    *,
    to: Status,
    case: models.Case,
    by: By | Citizen | Guest | None,
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
    if to in workflow.ENDED_WITHOUT:
        links.revoke(referral, now=now)
        if before == Status.SENT and not is_receiver(referral, by):
            _close_to_the_service(referral)
    follow_ups.follow_status(referral, event, case=case, now=now)
    follow_ups.keep_choice(case, now=now)
    happened = events.record(
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
    notices.tell_of(happened, referral, by=by, now=now)
    return referral


def _close_to_the_service(referral: models.Referral) -> None:
    """What has ended before anybody there had opened it: the database opens it to them no more (walls.py)."""
    models.Disclosure.objects.filter(referral=referral).update(receiver_unit=None, guest=None)
    models.Companion.objects.filter(referral=referral).update(receiver_unit=None)
    models.CaseEvent.objects.filter(referral=referral).update(receiver_unit=None)
