"""The directory out of a file and into one: first shown, then saved as shown or not at all. Nothing is ever deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from navigator.accounts.models import Unit
from navigator.web.refusals import Invalid, TooLate
from navigator.web.spreadsheet import BOM
from pathways import care
from pathways.actions.catalogue import AT_A_TIME
from pathways.actions.catalogue_rows import SERVICE_IDS
from pathways.enums import Extent
from pathways.interchange import csv_file, hsds
from pathways.interchange.columns import BY_NAME, Area, Known
from pathways.interchange.plan import Care, Plan, Planned, Stored, plan
from pathways.models import (
    Municipality,
    ProviderOrganisation,
    Region,
    Service,
    ServiceArea,
    ServiceKind,
)
from pathways.selectors import services_on

CSV, JSON = "csv", "json"
MODEL = {"kind": "kind_id", "organisation": "organisation_id"}


def export_directory(*, form: str, unit: Unit | None, on: date) -> Iterator[str]:
    """The services of a day, in the order of their codes: those that this unit's organisation keeps true, all of them for
    an operator."""
    mine = care.kept_by(unit, on=on) if unit else Q()
    services = services_on(on).filter(mine).order_by("code").select_related("organisation")
    found = _with_areas(services)
    if form == CSV:
        return csv_file.written(_texts(each, areas) for each, areas in found)
    return hsds.written(
        (each.pk, _texts(each, areas), each.organisation.name, each.is_closed(on=on)) for each, areas in found
    )


def plan_import(*, text: str, unit: Unit | None, on: date, to_be_saved: bool = False) -> Plan:
    """What a file would do, and every mistake in it. Nothing is written; `to_be_saved` locks the services that it names."""
    text = text.removeprefix(BOM)
    is_json = text.lstrip().startswith(("[", "{"))
    rows, mistakes = hsds.read(text) if is_json else csv_file.read(text)
    mine = care.kept_by(unit, on=on) if unit else Q()
    codes = [row.texts["code"].strip() for row in rows if "\0" not in row.texts["code"]]
    found = plan(
        rows,
        mistakes,
        stored=_stored(codes, mine, lock=to_be_saved),
        known=_known(on),
        care=_care(unit, on=on) if unit else None,
        ours=services_on(on).filter(mine).values_list("code", flat=True),
    )
    return replace(found, mistakes=hsds.in_its_words(found.mistakes)) if is_json else found


def import_directory(*, text: str, digest: str, unit: Unit | None, on: date) -> Plan:
    """Saves what was shown, all of it or nothing. Raises TooLate where it would now do something else than was shown, and
    Invalid where it cannot be saved."""
    try:
        with transaction.atomic():
            found = plan_import(text=text, unit=unit, on=on, to_be_saved=True)
            if found.digest != digest:
                raise TooLate(_not_as_shown())
            if not found.can_be_saved:
                raise Invalid(_("There is nothing to save, or something must be corrected first."))
            _add(found.new, on=on)
            _change(found.changed)
    except IntegrityError as error:
        raise TooLate(_not_as_shown()) from error
    return found


def _not_as_shown() -> str:
    return _("The directory or the file has changed since this was shown. Nothing is saved: look once more.")


def _add(new: list[Planned], *, on: date) -> None:
    kinds = ServiceKind.objects.in_bulk()
    services, areas = [], []
    for planned in new:
        said = {MODEL.get(name, name): value for name, value in planned.values.items() if name != "areas"}
        kind = kinds[said["kind_id"]]
        service = Service(
            id=uuid5(SERVICE_IDS, planned.code),
            **said,
            levels=kind.levels,
            digital=kind.digital,
            legal_basis=kind.law,
            legal_basis_as_of=kind.law_as_of,
            valid_from=on,
            revision=1,
        )
        services.append(service)
        areas += _lines(service.pk, planned.values["areas"])
    Service.objects.bulk_create(services, batch_size=AT_A_TIME)
    ServiceArea.objects.bulk_create(areas, batch_size=AT_A_TIME)


def _change(changed: list[Planned]) -> None:
    """A thousand in one statement: what stands there is read (and locked) already."""
    moved = {planned.id: planned.values["areas"] for planned in changed if planned.id and "areas" in planned.values}
    for begin in range(0, len(changed), AT_A_TIME):
        some = changed[begin : begin + AT_A_TIME]
        there = Service.objects.in_bulk([planned.id for planned in some])
        fields = {"revision"}
        for planned in some:
            service = there[planned.id]
            said = {MODEL.get(name, name): value for name, value in planned.values.items() if name != "areas"}
            for name, value in said.items():
                setattr(service, name, value)
                fields.add(name.removesuffix("_id"))
            service.revision += 1
        Service.objects.bulk_update(there.values(), sorted(fields))
    ServiceArea.objects.filter(service__in=moved).delete()
    lines = [line for key, areas in moved.items() for line in _lines(key, areas)]
    ServiceArea.objects.bulk_create(lines, batch_size=AT_A_TIME)


def _lines(service: UUID, areas: list[Area]) -> list[ServiceArea]:
    return [
        ServiceArea(
            service_id=service,
            extent=extent,
            region_id=code if extent == Extent.REGION else None,
            municipality_id=code if extent == Extent.MUNICIPALITY else None,
        )
        for extent, code in areas
    ]


def _stored(codes: list[str], mine: Q, *, lock: bool) -> dict[str, Stored]:
    """The services of these codes as a file says them; three queries a thousand."""
    found = {}
    for begin in range(0, len(codes), AT_A_TIME):
        named = Service.objects.filter(code__in=codes[begin : begin + AT_A_TIME]).order_by("pk")
        rows = list(named.select_for_update(no_key=True, of=("self",)) if lock else named)
        ours = set(named.filter(mine).values_list("pk", flat=True)) if mine else {row.pk for row in rows}
        areas = _areas([row.pk for row in rows])
        for row in rows:
            found[row.code] = Stored(row.pk, _values(row, areas[row.pk]), row.pk in ours)
    return found


def _with_areas(services: Any) -> Iterator[tuple[Service, list[Area]]]:
    """Each service with where it takes citizens from, a thousand at a time."""
    some: list[Service] = []
    for service in services.iterator(chunk_size=AT_A_TIME):
        some.append(service)
        if len(some) == AT_A_TIME:
            yield from _paired(some)
            some = []
    yield from _paired(some)


def _paired(services: list[Service]) -> Iterator[tuple[Service, list[Area]]]:
    areas = _areas([service.pk for service in services])
    for service in services:
        yield service, areas[service.pk]


def _areas(services: Collection[UUID]) -> defaultdict[UUID, list[Area]]:
    found: defaultdict[UUID, list[Area]] = defaultdict(list)
    lines = ServiceArea.objects.filter(service__in=services).order_by("service", "extent", "region", "municipality")
    for service, extent, region, municipality in lines.values_list(
        "service_id", "extent", "region_id", "municipality_id"
    ):
        found[service].append((extent, region or municipality or ""))
    return found


def _values(service: Service, areas: list[Area]) -> dict[str, Any]:
    return {name: areas if name == "areas" else getattr(service, MODEL.get(name, name)) for name in BY_NAME}


def _texts(service: Service, areas: list[Area]) -> dict[str, str]:
    return {name: BY_NAME[name].write(value) for name, value in _values(service, areas).items()}


def _known(on: date) -> Known:
    return Known(
        kinds=ServiceKind.objects.in_bulk(),
        organisations=set(ProviderOrganisation.objects.values_list("code", flat=True)),
        regions=set(Region.objects.values_list("key", flat=True)),
        municipalities=set(Municipality.objects.values_list("code", flat=True)),
        today=on,
    )


def _care(unit: Unit, *, on: date) -> Care:
    given = ProviderOrganisation.objects.filter(kept_by=unit.organisation_id)
    return Care(
        organisations=care.organisations_kept_by(unit, on=on),
        given=set(given.values_list("code", flat=True)),
        municipalities=set(care.municipalities_of(unit, on=on)),
    )
