"""Emergency access to a case of another unit: half an hour, to read, with a reason, and leaders are told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from navigator.accounts.models import Membership, Role
from navigator.database import scope
from referrals import models
from referrals.acting import By
from referrals.actions import events, notices
from referrals.enums import Happening, Tell
from referrals.errors import Invalid, TooLate
from referrals.models.case import case_number
from referrals.models.emergency import LASTS


@transaction.atomic
def open_in_emergency(*, number: str, reason: str, by: By, now: datetime) -> models.EmergencyAccess:
    """Opens the case with exactly this number to this worker. The unit that answers for the citizen hears of it at once,
    and so do the leaders of both units and whoever oversees them. Raises Invalid where there is no such case."""
    case_id, owner = _numbered(number)
    with scope.widened_to(owner):
        case = models.Case.objects.select_related("data_key", "owner_unit", "coordinator_unit").get(pk=case_id)
        access = models.EmergencyAccess(
            unit=by.unit,
            by=by.user,
            case=case,
            number=case.short_number,
            data_key=case.data_key,
            reason=reason,
            told=sorted(_told(case, by=by)),
            opened_at=now,
            ends_at=now + LASTS,
        )
        access.save(force_insert=True)
        happened = events.record(Happening.EMERGENCY_ACCESS, case=case, by=by, now=now, note=reason)
        notices.tell(happened, to=case.owner_unit, tells=Tell.OWNER, urgent=True, now=now)
    return access


@transaction.atomic
def reveal_in_emergency(*, access: models.EmergencyAccess, because: str, by: By, now: datetime) -> models.Person:
    """Who it is, though name and address are protected: for somebody who may know, says why, and still has access. The reason
    stands in the history of the case, for the unit that answers for the citizen."""
    if not because.strip():
        raise Invalid(_("Write why you need the name or the address."))
    if access.ends_at <= now:
        raise TooLate(_("The half hour is over. If it is still urgent, open the case again with a reason."))
    with scope.emergency(access.pk):
        case = models.Case.objects.select_related("person__data_key").get(pk=access.case_id)
    with scope.widened_to(case.owner_unit_id):
        events.record(Happening.IDENTITY_SHOWN, case=case, by=by, now=now, note=because)
    return case.person.unhidden()


@transaction.atomic
def mark_emergency_as_seen(*, access: models.EmergencyAccess, by: By, now: datetime) -> None:
    """Somebody who oversees has looked at it. Twice is the same."""
    seen = models.EmergencySeen(access=access, unit=by.unit, by=by.user, seen_at=now)
    models.EmergencySeen.objects.bulk_create([seen], ignore_conflicts=True)


def _numbered(said: str) -> tuple[UUID, UUID]:
    """The case with this number and who answers for it: all that the database says of a case of others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_id, owner_unit_id FROM navigator_case_numbered(%s)", [case_number(said) or 0])
        found = cursor.fetchone()
    if found is None:
        raise Invalid(_("There is no case with this number. Ask for it once more, digit by digit."))
    return found


def _told(case: models.Case, *, by: By) -> set[UUID]:
    """Both units, for their leaders; and the auditors of both organisations, else whoever coordinates."""
    organisations = {by.unit.organisation_id, case.owner_unit.organisation_id}
    auditors = Membership.objects.filter(
        role=Role.AUDITOR, ended_at__isnull=True, unit__organisation__in=organisations
    ).values_list("unit", flat=True)
    overseers = set(auditors) or {case.coordinator_unit_id or case.owner_unit_id}
    return {by.unit.pk, case.owner_unit_id, *overseers}
