"""When somebody stops working in a unit, or a unit stops: no task is left with nobody. Done by the local administrator, who
sees numbers and no case; the scope is widened to the unit for as long as the step takes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from navigator import clock
from navigator.accounts import staffing
from navigator.accounts.models import Membership, Role, Unit, User
from navigator.accounts.permissions import CASE_WORKERS
from navigator.database import scope
from referrals.acting import By
from referrals.actions.ownership import pass_on_tasks
from referrals.errors import TooLate
from referrals.handing_over import what_is_left


def end_work(*, membership: Membership, by: User, now: datetime) -> int:
    """Ends one role in one unit at once. What they owed by name there, the unit owes; says how many tasks that were."""
    with scope.scope(membership.unit_id), transaction.atomic():
        staffing.end(membership, by=by, now=now)
        return _leave_to_the_unit(membership.user, membership.unit, by=by, now=now)


def end_worker(*, memberships: list[Membership], by: User, now: datetime) -> int:
    """Ends these roles of one worker, all or none."""
    with transaction.atomic():
        return sum(end_work(membership=membership, by=by, now=now) for membership in memberships)


def move_worker(*, membership: Membership, to: Unit, role: Role, by: User, now: datetime) -> int:
    """The worker goes to another unit or role; their tasks stay where the citizens are."""
    with scope.scope(membership.unit_id), transaction.atomic():
        staffing.move(membership, to=to, role=role, by=by, now=now)
        return _leave_to_the_unit(membership.user, membership.unit, by=by, now=now)


def close_unit(*, unit: Unit, by: User, now: datetime) -> None:
    """Closes a unit with nothing left in it. Raises TooLate while something must be handed over first."""
    with scope.scope(unit.pk), transaction.atomic():
        # Whoever opens a case there at this moment is waited for, and counted.
        unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
        if unit.closed_on:
            raise TooLate(_("The unit is closed."))
        if what_is_left(unit):
            raise TooLate(_("The unit still has something to hand over. Its page says what."))
        staffing.close_unit(unit, by=by, now=now, on=clock.day_of(now))


def _leave_to_the_unit(worker: User, unit: Unit, *, by: User, now: datetime) -> int:
    """Unless they go on working with cases there in another role."""
    if worker.memberships.filter(unit=unit, ended_at=None, role__in=CASE_WORKERS).exists():
        return 0
    return pass_on_tasks(of=worker, unit=unit, to=None, by=By(user=by, unit=unit), now=now)
