"""Who answers for the citizen: exactly one unit at any time, changed here and nowhere else (rule H3)."""

from __future__ import annotations

from datetime import datetime

from navigator.accounts.models import Unit, User
from navigator.database import scope
from referrals import models
from referrals.acting import By
from referrals.actions import events
from referrals.enums import Happening

# Every row of a case that says who owns it, history included: policies compare columns of the same row.
ROWS_OF_A_CASE = (models.Track, models.Assessment, models.FollowUp, models.Notice, models.CaseEvent)


def change_owner(case: models.Case, *, to: Unit, worker: User | None, by: By, now: datetime) -> None:
    """From now on `to` answers for the citizen. The case is locked by the caller, in whose transaction this happens."""
    if case.owner_unit_id == to.pk:
        return
    before = case.owner_unit_id
    case.owner_unit, case.owner_worker = to, worker
    case.save(update_fields=["owner_unit", "owner_worker"])
    for model in ROWS_OF_A_CASE:
        model._default_manager.filter(case=case).update(owner_unit=to)
    hold(case.person, to)
    events.record(Happening.OWNER_CHANGED, case=case, now=now, by=by, before=str(before), after=str(to.pk))


def hold(person: models.Person, unit: Unit) -> None:
    """The unit holds a case of this person: it may read who it is, and finds them by their keys."""
    if unit.pk in person.held_by:
        return
    person.held_by = [*person.held_by, unit.pk]
    person.save(update_fields=["held_by"])
    keys = [
        models.PersonKey(person=person, unit=unit, kind=key.kind, digest=key.digest)
        for key in person.keys.filter(unit=person.unit_id)
    ]
    with scope.widened_to(unit.pk):
        # The unit may know the CPR number from a record of its own: then that one is found.
        models.PersonKey.objects.bulk_create(keys, ignore_conflicts=True)
