"""Fixtures → database: upsert by code, all or nothing, and loading twice changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q

from pathways.actions.catalogue_rows import Catalogue, Row, catalogue
from pathways.actions.fixture import MalformedCatalogue
from pathways.actions.rule_set import PublishingRefused, publish_rule_set
from pathways.models import (
    DeclineReason,
    Door,
    Level,
    Municipality,
    Obligation,
    ProviderOrganisation,
    Region,
    RegionMembership,
    Right,
    Service,
    ServiceArea,
    ServiceKind,
    Term,
)

AT_A_TIME = 1000  # rows in one statement


@dataclass(slots=True)
class Change:
    """How many rows a load wrote. All zero when the database already says what the fixtures say."""

    created: int = 0
    updated: int = 0
    removed: int = 0

    def __iadd__(self, other: Change) -> Change:
        self.created += other.created
        self.updated += other.updated
        self.removed += other.removed
        return self


def load_catalogue(*, folder: Path, now: datetime) -> Change:
    """Load the catalogue and publish its rule sets. Raises MalformedCatalogue, and then nothing is loaded."""
    rows = catalogue(folder)
    try:
        with transaction.atomic():
            change = _write(rows)
            for path in sorted((folder / "rule_sets").glob("*.json")):
                change += _publish(path, now=now)
    except IntegrityError as error:
        raise MalformedCatalogue(f"The database refuses the catalogue: {str(error).splitlines()[0]}") from error
    return change


def _write(rows: Catalogue) -> Change:
    change = Change()
    change += _upsert(Region, rows.regions, key=("key",))
    change += _upsert(Municipality, rows.municipalities, key=("code",))
    change += _replace(RegionMembership, rows.memberships, of="municipality_id", key=("municipality_id", "valid_from"))
    change += _upsert(Term, rows.terms, key=("list", "code"))
    change += _upsert(Level, rows.levels, key=("level",))
    for model, its_rows in (
        (Door, rows.doors),
        (Right, rows.rights),
        (Obligation, rows.obligations),
        (DeclineReason, rows.decline_reasons),
        (ServiceKind, rows.kinds),
    ):
        change += _upsert(model, its_rows, key=("code",))
    kind_rights = ServiceKind.rights.through
    change += _replace(kind_rights, rows.kind_rights, of="servicekind_id", key=("servicekind_id", "right_id"))
    change += _upsert(ProviderOrganisation, rows.organisations, key=("code",))
    said = Q(assured_date__isnull=False) | Q(revision__gt=0)
    theirs = set(Service.objects.filter(said).values_list("id", flat=True))
    # What somebody has checked or said something of is theirs: the baseline no longer overwrites it.
    change += _upsert(Service, [row for row in rows.services if row["id"] not in theirs], key=("code",))
    areas = [row for row in rows.areas if row["service_id"] not in theirs]
    change += _replace(ServiceArea, areas, of="service_id", key=("service_id", "region_id", "municipality_id"))
    return change


def _publish(path: Path, *, now: datetime) -> Change:
    name = f"rule_sets/{path.name}"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        _, is_new = publish_rule_set(version=path.stem, document=document, now=now)
    except ValueError as error:
        raise MalformedCatalogue(f"{name}: is not JSON: {error}.") from None
    except PublishingRefused as error:
        raise MalformedCatalogue(f"{name}: {error}") from error
    return Change(created=int(is_new))


def _upsert(model: type[models.Model], rows: Sequence[Row], *, key: tuple[str, ...]) -> Change:
    """Write what is new or different, and nothing else."""
    stored = _by_key(model._default_manager.all(), key)
    new, different, fields = [], [], set()
    for row in rows:
        instance = stored.get(tuple(row[name] for name in key))
        if instance is None:
            new.append(model(**row))
        elif changed := [name for name, value in row.items() if getattr(instance, name) != value]:
            for name in changed:
                setattr(instance, name, row[name])
            different.append(instance)
            fields |= set(changed)
    if different:  # first: a period that ends makes room for the one that follows
        names = [model._meta.get_field(name.removesuffix("_id")).name for name in sorted(fields)]
        model._default_manager.bulk_update(different, names, batch_size=AT_A_TIME)
    model._default_manager.bulk_create(new, batch_size=AT_A_TIME)
    return Change(created=len(new), updated=len(different))


def _replace(model: type[models.Model], rows: Sequence[Row], *, of: str, key: tuple[str, ...]) -> Change:
    """Lines that belong to a parent: as `_upsert`, and a line that the fixture no longer has is taken away."""
    wanted = {tuple(row[name] for name in key) for row in rows}
    parents = {row[of] for row in rows}
    extra = [
        line.pk
        for line_key, line in _by_key(model._default_manager.filter(**{f"{of}__in": parents}), key).items()
        if line_key not in wanted
    ]
    if extra:
        model._default_manager.filter(pk__in=extra).delete()
    change = _upsert(model, rows, key=key)
    change.removed = len(extra)
    return change


def _by_key(instances: Iterable[models.Model], key: tuple[str, ...]) -> dict[tuple[Any, ...], models.Model]:
    return {tuple(getattr(instance, name) for name in key): instance for instance in instances}
