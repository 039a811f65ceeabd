"""Who keeps which services true, and which of them nobody has looked at for too long."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db.models import Count, DateTimeField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from navigator.accounts.models import CoordinatorCover, Unit
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
