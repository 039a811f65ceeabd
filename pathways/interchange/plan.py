"""What an import would do: every mistake with its place, what is new, what would change field by field, what stays as it is,
and what the file does not name. Pure: it is compared, and nothing is written."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from pathways.enums import Extent
from pathways.interchange.columns import BY_NAME, Area, Known, Mistake, Row, between, read_row, same


@dataclass(frozen=True, slots=True)
class Care:
    """What whoever imports keeps true: organisations, of which some were given into their care, and municipalities."""

    organisations: Collection[str]
    given: Collection[str]
    municipalities: Collection[str]

    def may_cover(self, organisation: str, areas: Iterable[Area]) -> bool:
        """May a service of this organisation take citizens from there? Where the care comes from coordinating a municipality,
        it ends at that municipality's border."""
        return organisation in self.given or all(
            extent == Extent.MUNICIPALITY and code in self.municipalities for extent, code in areas
        )


@dataclass(frozen=True, slots=True)
class Stored:
    """A service as it stands in the directory, in the columns of a file."""

    id: UUID
    values: Mapping[str, Any]
    ours: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """One service that is new or would change: what would be written, and each fact with what stood there."""

    row: int
    code: str
    values: Mapping[str, Any]
    facts: tuple[tuple[str, str, str], ...]
    id: UUID | None = None


@dataclass(frozen=True)
class Plan:
    mistakes: list[Mistake]
    new: list[Planned] = field(default_factory=list)
    changed: list[Planned] = field(default_factory=list)
    unchanged: int = 0
    missing: list[str] = field(default_factory=list)

    @property
    def can_be_saved(self) -> bool:
        return not self.mistakes and bool(self.new or self.changed)

    @cached_property
    def digest(self) -> str:
        """What was shown, in short: what is saved must have the same."""
        said = [[planned.code, *planned.facts] for planned in (*self.new, *self.changed)]
        return sha256(json.dumps([len(self.new), said], ensure_ascii=False).encode()).hexdigest()


def plan(
    rows: Iterable[Row],
    mistakes: Iterable[Mistake],
    *,
    stored: Mapping[str, Stored],
    known: Known,
    care: Care | None,
    ours: Collection[str],
) -> Plan:
    """Compares a file with what is stored under its codes. `care` is None for an operator, who may do all; `ours` are the
    codes of all the services that the file could have named."""
    found = Plan(list(mistakes))
    unchanged, seen = 0, set[str]()
    for row in rows:
        said, wrong = read_row(row, known)
        if said.get("code") in seen:
            wrong.append(Mistake(row.number, "code", said["code"], _("there once: another row has it too")))
        seen.add(said.get("code", ""))
        if wrong:
            found.mistakes.extend(wrong)
            continue
        old = stored.get(said["code"])
        before = old.values if old else {}
        said |= _day_of_news(said, before, known)
        new = {name: value for name, value in said.items() if old is None or not same(before[name], value)}
        whole = {**before, **said}
        refused = [*between(said, whole), *_ruled_out(whole, new, old=old, known=known, care=care)]
        wrong = [Mistake(row.number, name, row.texts.get(name, "")[:60], must) for name, must in refused]
        found.mistakes.extend(wrong)
        if wrong:
            continue
        if not new:
            unchanged += 1
        elif old is None:
            found.new.append(Planned(row.number, said["code"], said, _facts(before, new)))
        else:
            found.changed.append(Planned(row.number, said["code"], new, _facts(before, new), old.id))
    missing = sorted(set(ours) - seen)
    return Plan(found.mistakes, found.new, found.changed, unchanged, missing)


def _day_of_news(said: Mapping[str, Any], before: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """A wait and free places that are new, and come without their day, are as of this one."""
    news = (name for name in ("wait_days", "capacity") if name in said and not same(before.get(name), said[name]))
    return {"wait_as_of": known.today} if any(news) and "wait_as_of" not in said else {}


def _ruled_out(
    whole: Mapping[str, Any], new: Mapping[str, Any], *, old: Stored | None, known: Known, care: Care | None
) -> Iterable[tuple[str, str]]:
    """What may not be said of this service, or not by them."""
    if old is not None and "kind" in new:
        yield "kind", _("the kind that it has: another kind of help is a new service")
    if old is None or new.keys() & {"minimum_age", "maximum_age"}:
        yield from _wider_than(known.kinds[whole["kind"]], whole)
    if care is None:
        return
    if old is not None and not old.ours:
        yield "code", _("one of your own services: you do not keep this one")
    if "organisation" in new and whole["organisation"] not in care.organisations:
        yield "organisation", _("an organisation whose services you keep")
    elif "areas" in new and not care.may_cover(whole["organisation"], whole["areas"]):
        yield "areas", _("municipalities that you coordinate")


def _wider_than(kind: Any, whole: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """A service may take fewer ages than its kind, never more."""
    least, most = whole.get("minimum_age"), whole.get("maximum_age")
    if (least or 0) < (kind.minimum_age or 0):
        yield "minimum_age", _("%(n)s or more, as for the kind") % {"n": kind.minimum_age}
    if kind.maximum_age is not None and (most is None or most > kind.maximum_age):
        yield "maximum_age", _("%(n)s or less, as for the kind") % {"n": kind.maximum_age}


def _facts(before: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (name, BY_NAME[name].write(before[name]) if before else "", BY_NAME[name].write(value))
        for name, value in new.items()
    )
