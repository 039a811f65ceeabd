"""What has happened to a service, as the database itself has kept it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from navigator.history.models import Change
from navigator.web.templatetags.shown import day, worded
from pathways.models import Municipality, ProviderOrganisation, Region, Service, ServiceArea

SHOWN = 20
# What people call the columns; what is not named here is the machine's own.
FACTS = {
    "organisation_id": _("Run by"),
    "name_da": _("Name in Danish"),
    "name_en": _("Name in English"),
    "phone": _("Telephone"),
    "email": _("E-mail"),
    "url": _("Website"),
    "address": _("Address"),
    "opening_hours_da": _("Opening hours in Danish"),
    "opening_hours_en": _("Opening hours in English"),
    "accessibility_da": _("Access for people with disabilities, in Danish"),
    "accessibility_en": _("Access for people with disabilities, in English"),
    "access": _("How to get in"),
    "fees_da": _("What it costs, in Danish"),
    "fees_en": _("What it costs, in English"),
    "minimum_age": _("From age"),
    "maximum_age": _("To age"),
    "languages": _("Languages"),
    "interpretation_services": _("Interpreter"),
    "wait_days": _("Wait in days"),
    "capacity": _("Free places"),
    "wait_as_of": _("Wait and places as of"),
    "note_da": _("Note in Danish"),
    "note_en": _("Note in English"),
    "source": _("Source"),
    "assured_date": _("Checked"),
    "closed_from": _("Closed from"),
    "reopens_on": _("Opens again on"),
    "substitute_id": _("Takes its citizens meanwhile"),
}
AREAS = _("Takes citizens from")
Operation = Change.Operation


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One change of a service: who, when, and of each fact what stood there and what came in its place."""

    at: datetime
    who: str
    facts: list[tuple[Any, str, str]]


def changes_of(service: Service) -> list[ShownChange]:
    """The latest changes, the last one first."""
    found = [*_of_itself(service), *_of_its_areas(service)]
    found.sort(key=lambda each: each[0].changed_at, reverse=True)
    users = get_user_model().objects.filter(pk__in={kept.by for kept, _facts in found if kept.by})
    names = dict(users.values_list("pk", "name"))
    return [
        ShownChange(kept.changed_at, names.get(kept.by, "") if kept.by else "", facts) for kept, facts in found[:SHOWN]
    ]


def _of_itself(service: Service) -> Iterator[tuple[Change, list[tuple[Any, str, str]]]]:
    """What came in the place of a fact is what stood there before its next change, or stands there now."""
    changes = list(Change.of(service).filter(operation=Operation.UPDATE)[:SHOWN])
    now: dict[str, Any] = {name: getattr(service, name) for name in FACTS}
    stood_in = [service.substitute_id, *((change.before or {}).get("substitute_id") for change in changes)]
    others = Service.objects.filter(pk__in=[key for key in stood_in if key]).select_related("organisation")
    places = {"substitute_id": {str(each.pk): named(each) for each in others}}
    places["organisation_id"] = dict(ProviderOrganisation.objects.values_list("code", "name"))
    columns = {field.attname: field for field in Service._meta.concrete_fields}  # a day is kept as text
    for change in changes:
        kept = (change.before or {}).items()
        before = {name: columns[name].to_python(value) for name, value in kept if name in FACTS}
        facts = [
            (FACTS[name], _as_text(value, places.get(name, {})), _as_text(now[name], places.get(name, {})))
            for name, value in before.items()
        ]
        now |= before
        if facts:
            yield change, facts


def _of_its_areas(service: Service) -> Iterator[tuple[Change, list[tuple[Any, str, str]]]]:
    """Where it took citizens from before each request that changed its lines; read from what stands there now backwards.
    The lines with which it began are no change."""
    kept = Change.objects.filter(table=ServiceArea._meta.db_table)
    gone = kept.filter(operation=Operation.DELETE, before__service_id=str(service.pk)).values_list("row", flat=True)
    lines = service.areas.values("id", "region_id", "municipality_id")
    there: dict[str, Mapping[str, Any]] = {str(line["id"]): line for line in lines}
    events = kept.filter(row__in=[*there, *gone]).order_by("-id")
    names = dict(Region.objects.values_list("key", "name")) | dict(Municipality.objects.values_list("code", "name"))
    for _key, together in groupby(events, key=_one_request):
        changes, after = list(together), _covered(there, names)
        for change in changes:
            if change.operation == Operation.INSERT:
                there.pop(change.row, None)
            else:
                there[change.row] = {**there.get(change.row, {}), **(change.before or {})}
        before = _covered(there, names)
        if before and before != after:
            yield changes[0], [(AREAS, before, after)]


def _one_request(change: Change) -> tuple[UUID | None, UUID | None, date]:
    """What an operator does by command has no request: a day is taken together."""
    return change.request, change.by, change.changed_at.date()


def _covered(lines: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]) -> str:
    codes = (line["municipality_id"] or line["region_id"] for line in lines.values())
    return ", ".join(sorted(names.get(code, code) if code else str(_("the whole country")) for code in codes))


def named(service: Service) -> str:
    """By its name in the reader's language and by who runs it."""
    return f"{worded(service, 'name')}, {service.organisation.name}"


def _as_text(value: Any, names: Mapping[str, str]) -> str:
    """As a reader says it; another service and an organisation by its name."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, date):
        return day(value)
    return "" if value is None else names.get(str(value), str(value))
