"""Protected name and address (CPR-lov § 28): from when on they are hidden, and when they are shown after all."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from navigator.accounts.models import Unit
from navigator.database import scope
from referrals import models
from referrals.acting import By, Citizen
from referrals.actions import events
from referrals.actions.calls import must_read
from referrals.actions.person import index
from referrals.actions.steps import also_when_restricted, on_the_whole_case
from referrals.enums import Happening
from referrals.errors import Invalid, TooLate


@also_when_restricted
def protect(*, case: models.Case, until: date, because: str, by: By | Citizen, now: datetime) -> None:
    """From now on nobody is shown who it is: not in lists, copies that were sent, notes or a search. Also renews it."""
    must_read(case, by=by)
    _set(case.person, until, now=now)
    events.record(Happening.PROTECTED, case=case, now=now, by=by, note=because, until=until.isoformat())


@on_the_whole_case
def lift_protection(*, case: models.Case, because: str, by: By, now: datetime) -> None:
    """The protection is over, as a named human knows. That the day has passed is not enough."""
    must_read(case, by=by)
    if not because.strip():
        raise Invalid(_("Write how you know that the protection has ended."))
    if not case.person.is_protected:
        raise TooLate(_("Name and address are not protected."))
    _set(case.person, None, now=now)
    events.record(Happening.PROTECTION_LIFTED, case=case, now=now, by=by, note=because)


@also_when_restricted
def reveal(*, case: models.Case, because: str, by: By, now: datetime) -> models.Person:
    """Who it is, for somebody who may know and says why. The reason stands in the history of the case."""
    must_read(case, by=by)
    if not because.strip():
        raise Invalid(_("Write why you need the name or the address."))
    events.record(Happening.IDENTITY_SHOWN, case=case, now=now, by=by, note=because)
    return case.person.unhidden()


def _set(person: models.Person, until: date | None, *, now: datetime) -> None:
    """The person, all that was sent about them in any case, what is counted of them, and how each unit finds them."""
    with scope.widened_to(*person.held_by):
        person.protected_until = until
        person.save(update_fields=["protected_until"])
        models.Referral.objects.filter(case__person=person).update(is_protected=person.is_protected)
        models.ToMeasure.objects.bulk_create(  # the history, which is noted by itself, says it of one case
            models.ToMeasure(case_id=case, owner_unit_id=owner, noted_at=now)
            for case, owner in person.cases.values_list("pk", "owner_unit")
        )
        for unit in Unit.objects.filter(pk__in=person.held_by):
            index(person, unit=unit)
