"""What those who keep the directory true do with one service. Whoever has seen an older state of it is told, and changes
nothing: `revision` is the one that they have seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from navigator.accounts.models import Unit, User
from navigator.web.refusals import Invalid, TooLate
from pathways.interchange.columns import same
from pathways.models import Service


def verify_service(*, service_id: UUID, revision: int, user: User, unit: Unit, on: date) -> Service:
    """Everything that stands there is right on this day. Who has said so stands in the history of changes; shown to all is
    the mailbox of their unit, or their own where it has none."""
    with transaction.atomic():
        service = _as_seen(service_id, revision)
        return _write(service, _checked(user, unit, on=on))


def change_service(
    *, service_id: UUID, revision: int, said: Mapping[str, Any], is_right: bool, user: User, unit: Unit, on: date
) -> Service:
    """What is true of it now. A wait or free places that are new are as of this day; the entry counts as checked only where
    somebody says that all of it is right."""
    with transaction.atomic():
        service = _as_seen(service_id, revision)
        new = {name: value for name, value in said.items() if not same(getattr(service, name), value)}
        if new.keys() & {"wait_days", "capacity"}:
            new["wait_as_of"] = on
        if is_right:
            new |= _checked(user, unit, on=on)
        return _write(service, new) if new else service


def close_service(
    *, service_id: UUID, revision: int, closed_from: date, reopens_on: date | None, substitute: Service | None
) -> Service:
    """Takes nobody from a day on until it opens again; another takes its citizens meanwhile. Whoever has an open hand-off
    there is told by the next sweep, again when the dates change. Raises Invalid for a substitute of another kind."""
    if substitute is not None and (substitute.pk == service_id or substitute.is_closed(on=closed_from)):
        raise Invalid(_("Choose a service that is open meanwhile."))
    with transaction.atomic():
        service = _as_seen(service_id, revision)
        if substitute is not None and substitute.kind_id != service.kind_id:
            raise Invalid(_("Choose a service that gives the same kind of help."))
        closing = {"closed_from": closed_from, "reopens_on": reopens_on, "substitute": substitute}
        return _write(service, closing | {"closing_told_at": None})


def reopen_service(*, service_id: UUID, revision: int) -> Service:
    """It is not closed any more, or does not close after all."""
    with transaction.atomic():
        service = _as_seen(service_id, revision)
        nothing = dict.fromkeys(("closed_from", "reopens_on", "substitute", "closing_told_at"))
        return _write(service, nothing)


def _as_seen(service_id: UUID, revision: int) -> Service:
    """The service, locked. Raises TooLate where it has been changed since it was seen."""
    service = Service.objects.select_for_update(no_key=True, of=("self",)).get(pk=service_id)
    if service.revision != revision:
        raise TooLate(_("Somebody has changed this service in the meantime. Look at what it says now."))
    return service


def _write(service: Service, new: Mapping[str, Any]) -> Service:
    for name, value in new.items():
        setattr(service, name, value)
    service.revision += 1
    service.save(update_fields=[*new, "revision"])
    return service


def _checked(user: User, unit: Unit, *, on: date) -> dict[str, Any]:
    """Raises Invalid where nobody could be asked about it: neither unit nor worker has an address."""
    if not unit.email and not user.has_address:
        raise Invalid(_("Your unit has no mailbox: ask your local administrator for one."))
    return {"assured_date": on, "assurer_email": unit.email or user.email}
