"""Who keeps which services true, and which of them nobody has looked at for too long."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Count, DateTimeField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from navigator.accounts.models import CoordinatorCover, Unit
from navigator.history.models import Change
from pathways.enums import Extent
from pathways.models import (
    Municipality,
    ProviderOrganisation,
    RegionMembership,
    Service,
    ServiceArea,
    ServiceKind,
)
from pathways.selectors import named

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # when what nobody has checked was checked: before all else
CHANGES_SHOWN = 20


def municipalities_of(unit: Unit, *, on: date) -> QuerySet[Any, str]:
    """Where the organisation of this unit coordinates on the day."""
    covers = CoordinatorCover.objects.filter(unit__organisation=unit.organisation_id, valid__contains=on)
    return covers.values_list("municipality", flat=True)


def kept_by(unit: Unit, *, on: date) -> Q:
    """The services that this unit's organisation keeps true: those its units receive for, those of the organisations
    that were given into its care, and those of the municipalities where it coordinates."""
    organisation = unit.organisation_id
    return (
        Q(unit__organisation=organisation)
        | Q(organisation__kept_by=organisation)
        | Q(organisation__municipality__in=municipalities_of(unit, on=on))
    )


def organisations_kept_by(unit: Unit, *, on: date) -> set[str]:
    """Those that a new service may be given to."""
    mine = Q(kept_by=unit.organisation_id) | Q(municipality__in=municipalities_of(unit, on=on))
    return set(ProviderOrganisation.objects.filter(mine).values_list("code", flat=True))


def service_kept_by(unit: Unit, service_id: UUID, *, on: date) -> Service | None:
    """One service, where this unit's organisation keeps it."""
    found = Service.objects.filter(kept_by(unit, on=on), pk=service_id)
    return found.select_related("kind", "organisation", "unit", "substitute").first()


def stale_before(on: date) -> date:
    """What was last checked before this day is stale."""
    return on - settings.SERVICE_STALE_AFTER


@dataclass(frozen=True, slots=True)
class Sought:
    """What the list is asked for; kept in its address."""

    q: str = ""
    kind: str = ""
    municipality: str = ""
    standing: str = ""  # stale, closed, or all of them
    whose: str = ""  # ours, or all of the directory

    def listed(self, unit: Unit, *, on: date) -> QuerySet[Service]:
        """The services in the order in which they were checked, those that nobody ever has first."""
        found = self._sought(unit, on=on)
        if self.standing == "stale":
            found = found.filter(stale(on))
        elif self.standing == "closed":
            found = found.filter(closes(on))
        checked = Coalesce(Cast("assured_date", DateTimeField()), Value(NEVER))
        return found.annotate(checked_at=checked)

    def counts(self, unit: Unit, *, on: date) -> dict[str, int]:
        """How many there are, how many of them are stale and how many closed, now or later; in one query."""
        found = self._sought(unit, on=on).order_by()
        return found.aggregate(
            all=Count("pk"),
            stale=Count("pk", filter=stale(on)),
            closed=Count("pk", filter=closes(on)),
        )

    def address(self, **other: str) -> str:
        """The query of the same list, asked for otherwise; it ends so that a place can follow."""
        said = {name: getattr(self, name) for name in ("q", "kind", "municipality", "standing", "whose")} | other
        given = {name: value for name, value in said.items() if value}
        return f"?{urlencode(given)}&" if given else "?"

    def _sought(self, unit: Unit, *, on: date) -> QuerySet[Service]:
        found = named(self.q, on=on)
        if self.whose != "all":
            found = found.filter(kept_by(unit, on=on))
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.municipality:
            there = Q(municipality=self.municipality) | Q(region__memberships__municipality=self.municipality)
            found = found.filter(Exists(ServiceArea.objects.filter(there, service=OuterRef("pk"))))
        return found


def stale(on: date) -> Q:
    """Nobody has checked it lately; `is_stale` asks the same of one."""
    return Q(assured_date__isnull=True) | Q(assured_date__lt=stale_before(on))


def is_stale(service: Service, *, on: date) -> bool:
    return service.assured_date is None or service.assured_date < stale_before(on)


def closes(on: date) -> Q:
    """Closed on the day or later; `Service.closes` asks the same of one."""
    return Q(closed_from__isnull=False) & (Q(reopens_on__isnull=True) | Q(reopens_on__gt=on))


def ours_among(services: Collection[Service], unit: Unit, *, on: date) -> set[UUID]:
    """Which of these services we keep true."""
    found = Service.objects.filter(kept_by(unit, on=on), pk__in=[service.pk for service in services])
    return set(found.values_list("pk", flat=True))


def kinds() -> list[ServiceKind]:
    return list(ServiceKind.objects.order_by("position"))


def municipalities(*, on: date) -> list[Municipality]:
    there = Municipality.objects.filter(valid_from__lte=on).exclude(valid_to__lte=on)
    return list(there.order_by("name"))


def possible_substitutes(service: Service, *, on: date) -> QuerySet[Service]:
    """Those that give the same kind of help and are open on the day; for a service of municipalities, those of the same
    regions and those that take from there."""
    open_then = named("", on=on).exclude(closes(on), closed_from__lte=on)
    same = open_then.filter(kind=service.kind_id).exclude(pk=service.pk)
    areas = list(service.areas.all())
    if all(area.extent == Extent.MUNICIPALITY for area in areas):
        here = [area.municipality_id for area in areas]
        regions = RegionMembership.objects.filter(municipality__in=here).values("region")
        near = Q(extent=Extent.NATIONAL) | Q(region__in=regions) | Q(municipality__memberships__region__in=regions)
        same = same.filter(Exists(ServiceArea.objects.filter(near, service=OuterRef("pk"))))
    return same.order_by("organisation__name", "code")


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One change of a service: who, when, and of each fact what stood there and what came in its place."""

    at: datetime
    who: str
    facts: list[tuple[Any, str, str]]


# What people call the columns; what is not named here is the machine's own.
FACTS = {
    "name_da": _("Name in Danish"),
    "name_en": _("Name in English"),
    "phone": _("Telephone"),
    "email": _("E-mail"),
    "url": _("Website"),
    "address": _("Address"),
    "opening_hours_da": _("Opening hours in Danish"),
    "opening_hours_en": _("Opening hours in English"),
    "accessibility_da": _("Getting in with a disability, in Danish"),
    "accessibility_en": _("Getting in with a disability, in English"),
    "access": _("How one gets in"),
    "fees_da": _("What it costs, in Danish"),
    "fees_en": _("What it costs, in English"),
    "minimum_age": _("From age"),
    "maximum_age": _("To age"),
    "languages": _("Languages"),
    "interpretation_services": _("Interpreter"),
    "wait_days": _("Wait in days"),
    "capacity": _("Free places"),
    "note_da": _("Note in Danish"),
    "note_en": _("Note in English"),
    "assured_date": _("Checked"),
    "closed_from": _("Closed from"),
    "reopens_on": _("Opens again on"),
    "substitute_id": _("Takes its citizens meanwhile"),
}


def changes_of(service: Service) -> list[ShownChange]:
    """What has happened to it, the latest first, as the database itself has kept it. What came in the place of a fact is
    what stood there before its next change, or stands there now."""
    kept = list(Change.of(service).filter(operation=Change.Operation.UPDATE)[:CHANGES_SHOWN])
    names = dict(
        get_user_model().objects.filter(pk__in={each.by for each in kept if each.by}).values_list("pk", "name")
    )
    now: dict[str, Any] = {name: getattr(service, name) for name in FACTS}
    stood_in = [service.substitute_id, *((change.before or {}).get("substitute_id") for change in kept)]
    found = Service.objects.filter(pk__in=[key for key in stood_in if key]).select_related("organisation")
    places = {str(each.pk): str(each) for each in found}
    shown = []
    for change in kept:
        before = {name: value for name, value in (change.before or {}).items() if name in FACTS}
        facts = [(FACTS[name], _as_text(value, places), _as_text(now[name], places)) for name, value in before.items()]
        now |= before
        if facts:
            shown.append(ShownChange(change.changed_at, names.get(change.by, "") if change.by else "", facts))
    return shown


def _as_text(value: Any, places: Mapping[str, str]) -> str:
    """As a reader says it; another service by its name."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return "" if value is None else places.get(str(value), str(value))
