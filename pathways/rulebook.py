"""Database rows → engine values. The only file that knows both.

What is read here is kept for the process, by version: a change of the catalogue, a newly published rule set or a new
day gives a new rulebook; nothing has to be told to forget.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet, Subquery

from navigator import clock
from navigator.database.prepared import prepared
from pathways import engine
from pathways.enums import LADDERS, Access, Extent, TermList
from pathways.models import (
    Answering,
    DeclineReason,
    DirectoryVersion,
    Door,
    Level,
    Municipality,
    Obligation,
    ProviderOrganisation,
    Region,
    RegionMembership,
    Right,
    RuleSet,
    Service,
    ServiceArea,
    ServiceKind,
    Term,
)
from pathways.models.service import is_closed

DAY = timedelta(days=1)
Ending = TypeVar("Ending", Municipality, ProviderOrganisation)
DAYS_KEPT = 4  # catalogues in memory: today's, and a few that somebody asks about


_looked_up: ContextVar[dict[tuple[date, str | None], Rulebook] | None] = ContextVar("looked_up", default=None)


@dataclass(frozen=True, slots=True)
class ServiceOnDate:
    """What an answer shows of a service, as it is on one day: after a merger its organisation is the successor."""

    id: UUID
    code: str
    kind: str
    name_da: str
    name_en: str
    organisation: str
    unit_id: UUID | None
    access: tuple[str, ...]
    wait_days: int | None
    wait_as_of: date | None
    phone: str
    contactable_digitally: bool
    verified: bool
    answering: Answering | None = None  # None: too little is known


@dataclass(frozen=True, slots=True)
class ClosedService:
    """A service that takes nobody on this day, and who takes its citizens meanwhile; None: nobody was named."""

    id: UUID
    name_da: str
    name_en: str
    reopens_on: date | None
    substitute: UUID | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything but the rules, as it is on one day."""

    on: date
    version: int
    vocabulary: engine.Vocabulary
    words: Mapping[str, Any]  # the vocabulary document: labels and longer texts in both languages
    municipalities: Mapping[str, str]  # every code there ever was → the code that answers for it on the day
    municipality_names: Mapping[str, str]  # of those that there are on the day, in Danish alphabetical order
    services: Mapping[UUID, ServiceOnDate]
    closed: Mapping[tuple[str, str], tuple[ClosedService, ...]]  # by kind and municipality
    directory: engine.Directory


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules and the catalogue they are used on."""

    rule_set: engine.RuleSet
    published_at: datetime | None
    catalogue: Catalogue


def rulebook(*, on: date, rule_set_version: str | None = None) -> Rulebook:
    """The rulebook of a day: with the rule set in force now, or a version by name (also a draft).

    Raises RuleSet.DoesNotExist when there is none.
    """
    looked_up = _looked_up.get()
    if looked_up is None:
        return _look_up(on, rule_set_version)
    key = (on, rule_set_version)
    if key not in looked_up:
        looked_up[key] = _look_up(on, rule_set_version)
    return looked_up[key]


@contextmanager
def one_rulebook() -> Iterator[None]:
    """In the block each rulebook is looked up once, however many parts of a page ask. For what only reads."""
    token = _looked_up.set({})
    try:
        yield
    finally:
        _looked_up.reset(token)


def _look_up(on: date, rule_set_version: str | None) -> Rulebook:
    found = _in_force(version=rule_set_version, now=clock.now())
    if not found:
        raise RuleSet.DoesNotExist(f"No rule set {rule_set_version or 'is published'}.")
    (row,) = found
    directory = (row.directory or 0, row.directory_changed_at)  # type: ignore[attr-defined]
    catalogue = _catalogue(directory, on)
    if row.published_at is None:
        rules = engine.RuleSet.from_data(row.document, catalogue.vocabulary)
    else:
        rules = _published(row.version, row.published_at, directory)
    return Rulebook(rule_set=rules, published_at=row.published_at, catalogue=catalogue)


@prepared
def _in_force(*, version: str | None, now: datetime) -> QuerySet[RuleSet]:
    """The rule set, without what it says, and how many times the catalogue has been changed."""
    changes = DirectoryVersion.objects.all()
    known = RuleSet.objects.defer("document").annotate(
        directory=Subquery(changes.values("number")), directory_changed_at=Subquery(changes.values("changed_at"))
    )
    if version:
        return known.filter(version=version)
    return known.published().filter(published_at__lte=now).order_by("-published_at", "-version")[:1]


def check(document: Mapping[str, Any]) -> engine.RuleSet:
    """Compile a document against the vocabulary as it stands. Raises engine.InvalidRuleSet with the place."""
    return engine.RuleSet.from_data(document, engine.Vocabulary.from_data(words()))


@lru_cache(maxsize=8)
def _published(version: str, published_at: datetime, directory: tuple[int, datetime | None]) -> engine.RuleSet:
    document = RuleSet.objects.values_list("document", flat=True).get(version=version)
    return check(document)


@lru_cache(maxsize=DAYS_KEPT)
def _catalogue(version: tuple[int, datetime | None], on: date) -> Catalogue:
    document = words()
    known = list(Municipality.objects.select_related("successor"))
    answering = {m.code: _successor(m, on) for m in known}
    today = {code: m.code for code, m in answering.items() if m is not None}
    there = _directory(on, today)
    return Catalogue(
        on=on,
        version=version[0],
        vocabulary=engine.Vocabulary.from_data(document),
        words=document,
        municipalities=today,
        municipality_names={
            m.code: m.name
            for m in sorted(known, key=lambda each: danish_order(each.name))
            if m.valid_from <= on and _successor(m, on) == m
        },
        services=there.services,
        closed=there.closed,
        directory=engine.Directory(there.entries, version=str(version[0])),
    )


def danish_order(name: str) -> str:
    """A key that sorts as Danes do: Æ, Ø and Å last, and Aa as Å."""
    return name.casefold().replace("aa", "å").translate(str.maketrans("æøå", "{|}"))


@dataclass(frozen=True, slots=True)
class _DirectoryOnDate:
    entries: list[engine.ServiceEntry]
    services: dict[UUID, ServiceOnDate]
    closed: dict[tuple[str, str], tuple[ClosedService, ...]]


def _directory(on: date, today: Mapping[str, str]) -> _DirectoryOnDate:
    """The services of the day. One that stands in for a closed one also takes citizens from where that does."""
    areas = _areas(on, today)
    organisations = ProviderOrganisation.objects.select_related("successor")
    names = {o.code: (_successor(o, on) or o).name for o in organisations}
    answering = {row.pk: row for row in Answering.objects.all()}
    there = Service.objects.filter(valid_from__lte=on).exclude(valid_to__lte=on).order_by("code").values()
    rows = {row["id"]: row for row in there}
    shut = {key for key, row in rows.items() if is_closed(row["closed_from"], row["reopens_on"], on=on)}
    closed: defaultdict[tuple[str, str], tuple[ClosedService, ...]] = defaultdict(tuple)
    for key, row in rows.items():
        if key not in shut:
            continue
        instead = _stands_in(row, rows, shut)
        for municipality in areas[key]:
            closed[row["kind_id"], municipality] += (
                ClosedService(key, row["name_da"], row["name_en"], row["reopens_on"], instead),
            )
        if instead:
            areas[instead] |= areas[key]
    return _DirectoryOnDate(
        entries=[_entry(row, areas[key], answering) for key, row in rows.items() if key not in shut],
        services={key: _on_date(row, names, answering) for key, row in rows.items()},
        closed=dict(closed),
    )


def _stands_in(row: Mapping[str, Any], rows: Mapping[UUID, Mapping[str, Any]], shut: set[UUID]) -> UUID | None:
    """The substitute; where that is closed too, its own. None where nobody is left, or it gives another kind of help."""
    passed, kind = {row["id"]}, row["kind_id"]
    while row["id"] in shut:
        if row["substitute_id"] in passed or row["substitute_id"] not in rows:
            return None
        row = rows[row["substitute_id"]]
        passed.add(row["id"])
    return row["id"] if row["kind_id"] == kind else None


def _entry(
    row: Mapping[str, Any], municipalities: set[str], answering: Mapping[UUID, Answering]
) -> engine.ServiceEntry:
    return engine.ServiceEntry(
        id=row["id"],
        kind=row["kind_id"],
        municipalities=frozenset(municipalities),
        min_age=row["minimum_age"],
        max_age=row["maximum_age"],
        languages=frozenset(row["languages"]),
        wait_days=row["wait_days"],
        anonymous=Access.ANONYMOUS in row["access"],
        leaves_unanswered=row["id"] in answering and answering[row["id"]].leaves_unanswered,
    )


def _on_date(
    row: Mapping[str, Any], organisations: Mapping[str, str], answering: Mapping[UUID, Answering]
) -> ServiceOnDate:
    return ServiceOnDate(
        id=row["id"],
        code=row["code"],
        kind=row["kind_id"],
        name_da=row["name_da"],
        name_en=row["name_en"],
        organisation=organisations[row["organisation_id"]],
        unit_id=row["unit_id"],
        access=tuple(row["access"]),
        wait_days=row["wait_days"],
        wait_as_of=row["wait_as_of"],
        phone=row["phone"],
        contactable_digitally=row["contactable_digitally"],
        verified=row["assured_date"] is not None,
        answering=answering.get(row["id"]),
    )


def _areas(on: date, today: Mapping[str, str]) -> defaultdict[UUID, set[str]]:
    """The municipalities of each service. A region that has ended covers those it had on its last day."""
    members = _members(on)
    covered: defaultdict[UUID, set[str]] = defaultdict(set)
    for service, extent, region, municipality in ServiceArea.objects.order_by().values_list(
        "service_id", "extent", "region_id", "municipality_id"
    ):
        if extent == Extent.NATIONAL:
            covered[service].update(today.values())
            continue
        codes = members[region] if extent == Extent.REGION else (municipality,)
        covered[service].update(today[code] for code in codes if code in today)
    return covered


def _members(on: date) -> defaultdict[str, list[str]]:
    ended = {region.key: region.valid_to - DAY for region in Region.objects.all() if region.valid_to is not None}
    members: defaultdict[str, list[str]] = defaultdict(list)
    for row in RegionMembership.objects.all():
        at = min(on, ended.get(row.region_id, on))
        if row.valid_from <= at and (row.valid_to is None or at < row.valid_to):
            members[row.region_id].append(row.municipality_id)
    return members


def _successor(row: Ending, on: date) -> Ending | None:
    """Who answers for it on the day: itself, or what it has gone into; None when it ended without a successor."""
    while row.valid_to is not None and row.valid_to <= on:
        if row.successor is None:
            return None
        row = row.successor
    return row


def words() -> dict[str, Any]:
    """The vocabulary in the form of its document: the engine reads its codes, the answer its texts."""
    lists: dict[str, list[dict[str, Any]]] = {name.value: [] for name in TermList}
    for term in Term.objects.all():
        entry: dict[str, Any] = _worded(term)
        if term.rank is not None:
            entry["rank"] = term.rank
        if term.answer_type:
            entry["type"] = term.answer_type
        lists[term.list].append(entry)
    return {
        "ladders": {name: lists.pop(name) for name in LADDERS},
        **lists,
        "doors": [_worded(door) | {"may_refer": door.may_refer} for door in Door.objects.all()],
        "levels": [_level(level) for level in Level.objects.all()],
        "service_kinds": [_kind(kind) for kind in ServiceKind.objects.prefetch_related("rights")],
        "obligations": [_worded(o) | {"strength": o.strength, "source": o.source} for o in Obligation.objects.all()],
        "decline_reasons": [_decline_reason(reason) for reason in DeclineReason.objects.all()],
        "rights": [_right(right) for right in Right.objects.all()],
    }


def _worded(row: Any) -> dict[str, Any]:
    return {"code": row.code, "da": row.text_da, "en": row.text_en}


def _level(level: Level) -> dict[str, Any]:
    return {
        "level": level.level,
        "da": level.text_da,
        "en": level.text_en,
        "means_da": level.means_da,
        "means_en": level.means_en,
    }


def _kind(kind: ServiceKind) -> dict[str, Any]:
    return _worded(kind) | {
        "sector": kind.sector,
        "side": kind.side,
        "levels": kind.levels,
        "access": kind.access,
        "age": [kind.minimum_age, kind.maximum_age],
        "rights": [right.code for right in kind.rights.all()],
        "free_choice": kind.free_choice,
        "digital": kind.digital,
        "note_da": kind.note_da,
        "note_en": kind.note_en,
    }


def _decline_reason(reason: DeclineReason) -> dict[str, Any]:
    return _worded(reason) | {
        "allowed": reason.allowed,
        "needs_da": reason.needs_da,
        "needs_en": reason.needs_en,
        "why_da": reason.why_da,
        "why_en": reason.why_en,
    }


def _right(right: Right) -> dict[str, Any]:
    return _worded(right) | {
        "days": right.days,
        "from_da": right.counts_from_da,
        "from_en": right.counts_from_en,
        "law": right.law,
        "as_of": right.as_of,
        "verified": right.verified,
    }
