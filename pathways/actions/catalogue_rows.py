"""The catalogue's fixtures → rows for the tables. Pure: reads files, checks every line, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5
from zlib import crc32

from pathways.actions.fixture import Entry, MalformedCatalogue, read
from pathways.enums import LADDERS, LANGUAGES, Access, Extent, Sector, Strength, TermList

Row = dict[str, Any]

# A service's id follows from its code: it is the same on every machine and after every load.
SERVICE_IDS = uuid5(NAMESPACE_DNS, "services.navigator.example")
ANSWER_TYPES = ("bool", "int", "str", "substance|psychiatry")
LEVELS = (1, 2, 3, 4)


@dataclass(slots=True)
class Catalogue:
    """All rows of the catalogue, table by table, in the order they must be written."""

    regions: list[Row] = field(default_factory=list)
    municipalities: list[Row] = field(default_factory=list)
    memberships: list[Row] = field(default_factory=list)
    terms: list[Row] = field(default_factory=list)
    doors: list[Row] = field(default_factory=list)
    levels: list[Row] = field(default_factory=list)
    rights: list[Row] = field(default_factory=list)
    obligations: list[Row] = field(default_factory=list)
    decline_reasons: list[Row] = field(default_factory=list)
    kinds: list[Row] = field(default_factory=list)
    kind_rights: list[Row] = field(default_factory=list)
    organisations: list[Row] = field(default_factory=list)
    services: list[Row] = field(default_factory=list)
    areas: list[Row] = field(default_factory=list)


def catalogue(folder: Path) -> Catalogue:
    """Everything in the folder but the rule sets. Raises MalformedCatalogue at the first mistake."""
    rows = Catalogue()
    _regions(read(folder, "regions.json"), rows)
    _municipalities(read(folder, "municipalities.json"), rows)
    _vocabulary(read(folder, "vocabulary.json"), rows)
    _Directory(read(folder, "directory.json"), rows).expand()
    return rows


def _regions(file: Entry, rows: Catalogue) -> None:
    keys = _codes(file, "regions", "key")
    for entry in file.entries("regions"):
        rows.regions.append(
            {
                "key": entry.text("key", longest=40),
                "code": _or_none(entry, "code"),
                "iso_3166_2": _or_none(entry, "iso_3166_2"),
                "name": entry.text("name", longest=80),
                **_validity(entry),
                "successor_id": entry.one_of_or_none("successor", keys),
            }
        )
        entry.done()
    file.done()


def _municipalities(file: Entry, rows: Catalogue) -> None:
    codes = _codes(file, "municipalities", "code")
    regions = {row["key"] for row in rows.regions}
    for entry in file.entries("municipalities"):
        code = entry.text("code", longest=4)
        if not (len(code) == 4 and code.isdecimal()):
            raise entry.wrong("code", "four digits")
        rows.municipalities.append(
            {
                "code": code,
                "name": entry.text("name", longest=80),
                "authority_name": entry.text("authority_name", longest=80),
                **_validity(entry),
                "successor_id": entry.one_of_or_none("successor", codes),
            }
        )
        for membership in entry.entries("regions"):
            region = membership.one_of("region", regions)
            rows.memberships.append({"municipality_id": code, "region_id": region, **_validity(membership)})
            membership.done()
        entry.done()
    file.done()


def _vocabulary(file: Entry, rows: Catalogue) -> None:
    ladders = file.entry("ladders")
    for name in TermList:
        source = ladders if name in LADDERS else file
        _codes(source, name, "code")
        for position, entry in enumerate(source.entries(name)):
            answers = name == TermList.CIRCUMSTANCES
            rows.terms.append(
                {
                    "list": str(name),
                    **_worded(entry, position),
                    "rank": _required(entry, "rank") if name in LADDERS else None,
                    "answer_type": entry.one_of("type", ANSWER_TYPES) if answers else "",
                }
            )
            entry.done()
    ladders.done()
    sides = {row["code"] for row in rows.terms if row["list"] == TermList.SIDES}
    for position, entry in enumerate(file.entries("doors")):
        rows.doors.append({**_worded(entry, position), "may_refer": entry.flag("may_refer")})
        entry.done()
    for entry in file.entries("levels"):
        rows.levels.append(
            {"level": _required(entry, "level"), **_texts(entry), **_pair(entry, "means"), "source": _source(entry)}
        )
        entry.done()
    for position, entry in enumerate(file.entries("rights")):
        rows.rights.append(
            {
                **_worded(entry, position),
                "days": entry.whole("days"),
                "counts_from_da": entry.text("from_da", longest=200),
                "counts_from_en": entry.text("from_en", longest=200),
                "law": entry.text("law", longest=200),
                "as_of": entry.text("as_of", longest=4),
                "verified": not entry.flag("verify"),
            }
        )
        entry.done()
    for position, entry in enumerate(file.entries("obligations")):
        strength = entry.one_of("strength", Strength.values)
        rows.obligations.append({**_worded(entry, position), "strength": strength, "source": _source(entry)})
        entry.done()
    for position, entry in enumerate(file.entries("decline_reasons")):
        rows.decline_reasons.append(
            {
                **_worded(entry, position),
                "allowed": entry.flag("allowed"),
                **_pair(entry, "needs", needed=False),
                **_pair(entry, "why", needed=False),
                "source": _source(entry),
            }
        )
        entry.done()
    rights = _codes(file, "rights", "code")
    for position, entry in enumerate(file.entries("service_kinds")):
        minimum, maximum = entry.pair("age")
        kind = _worded(entry, position) | {
            "sector": entry.one_of("sector", Sector.values),
            "side": entry.one_of("side", sides),
            "levels": entry.some_of("levels", LEVELS),
            "access": entry.some_of("access", Access.values),
            "minimum_age": minimum,
            "maximum_age": maximum,
            "law": entry.text("law", default="", longest=200),
            "law_as_of": entry.text("law_as_of", default="", longest=4),
            "guarantee_days": entry.whole("guarantee_days"),
            "free_choice": entry.flag("free_choice"),
            "digital": entry.flag("digital"),
            **_pair(entry, "note", needed=False),
            "source": _source(entry),
        }
        rows.kinds.append(kind)
        for right in entry.some_of("rights", rights, default=[]):
            rows.kind_rights.append({"servicekind_id": kind["code"], "right_id": right})
        entry.done()
    for unique in ("doors", "levels", "obligations", "decline_reasons", "service_kinds"):
        _codes(file, unique, "level" if unique == "levels" else "code")
    file.read.add("notes")
    file.done()


class _Directory:
    """Expands the templates of the directory: a line for every area that it names."""

    def __init__(self, file: Entry, rows: Catalogue) -> None:
        self.file, self.rows = file, rows
        self.as_of = file.day("as_of")
        self.valid_from = file.day("valid_from")
        self.source = file.text("source", longest=200)
        self.kinds = {row["code"]: row for row in rows.kinds}
        self.municipalities = {row["code"]: row for row in rows.municipalities}
        self.regions = {row["key"]: row for row in rows.regions}
        self.region_of = {m["municipality_id"]: m["region_id"] for m in rows.memberships if self._holds(m)}
        places = file.entry("places")
        self.places = {name: places.some_of(name, self.municipalities) for name in places.value}
        self.languages_in = file.entry("languages_in")
        self.defaults = file.entry("defaults")
        self.seen: set[str] = set()

    def expand(self) -> None:
        for entry in self.file.entries("organisations"):
            self._organisations(entry)
        organisations = {row["code"] for row in self.rows.organisations}
        for entry in self.file.entries("services"):
            self._services(entry, organisations)
        self.defaults.done()
        self.languages_in.done()
        self.file.done()

    def _holds(self, row: Row) -> bool:
        return row["valid_from"] <= self.as_of and (row["valid_to"] is None or self.as_of < row["valid_to"])

    def _areas(self, entry: Entry, per: str, *, also_later: bool = False) -> list[str]:
        """The codes of the areas that a line is expanded to; an organisation is also made for the successors to come."""
        if per == Extent.NATIONAL:
            return [""]
        known = self.municipalities if per == Extent.MUNICIPALITY else self.regions
        areas = self._named(entry, "in", known) if entry.has("in") else list(known)
        left_out = self._named(entry, "not_in", known) if entry.has("not_in") else []
        return [a for a in areas if a not in left_out and (also_later or self._holds(known[a]))]

    def _named(self, entry: Entry, key: str, known: dict[str, Row]) -> list[str]:
        """A list of codes, or the name of one."""
        if isinstance(entry.value[key], list):
            return entry.some_of(key, known)
        return self.places[entry.one_of(key, self.places)]

    def _organisations(self, entry: Entry) -> None:
        per = entry.one_of("per", Extent.values)
        code, name = entry.text("code", longest=60), entry.text("name", longest=120)
        sector = entry.one_of("sector", Sector.values)
        is_region, is_municipality = per == Extent.REGION, per == Extent.MUNICIPALITY
        known = self.regions if is_region else self.municipalities
        for area in self._areas(entry, per, also_later=True):
            at = known[area] if area else {"name": "", "valid_from": self.valid_from, "valid_to": None}
            successor = at.get("successor_id")
            self.rows.organisations.append(
                {
                    "code": code.format(area=area),
                    "name": name.format(area_name=at["name"], authority=at.get("authority_name", at["name"])),
                    "sector": sector,
                    "municipality_id": area if is_municipality else None,
                    "region_id": area if is_region else None,
                    "valid_from": at["valid_from"],
                    "valid_to": at["valid_to"],
                    "successor_id": code.format(area=successor) if successor else None,
                }
            )
        for key in ("in", "not_in"):
            entry.read.add(key)
        entry.done()

    def _services(self, entry: Entry, organisations: set[str]) -> None:
        per = entry.one_of("per", Extent.values)
        kind = self.kinds[entry.one_of("kind", self.kinds)]
        defaults = self.defaults.entry(per)
        for area in self._areas(entry, per):
            row = self._service(entry, defaults, kind, per, area, organisations)
            if row["code"] in self.seen:
                raise MalformedCatalogue(
                    f"{entry}: the code '{row['code']}' stands twice; each service needs one of its own."
                )
            self.seen.add(row["code"])
            self.rows.services.append(row)
            self.rows.areas.append(
                {
                    "service_id": row["id"],
                    "extent": per,
                    "region_id": area if per == Extent.REGION else None,
                    "municipality_id": area if per == Extent.MUNICIPALITY else None,
                }
            )
        for key in ("in", "not_in", "phones", "languages"):
            entry.read.add(key)
        entry.done()
        defaults.done()

    def _service(self, entry: Entry, defaults: Entry, kind: Row, per: str, area: str, organisations: set[str]) -> Row:
        code = entry.text("code", longest=80) if per == Extent.NATIONAL else f"{kind['code'].replace('_', '-')}-{area}"
        organisation = self._organisation(entry, per, area, organisations)
        minimum, maximum = _narrower(entry, kind)
        texts = {
            name: entry.text(name, default=defaults.text(name, default=""))
            for name in (
                *("opening_hours_da", "opening_hours_en", "accessibility_da", "accessibility_en"),
                *("note_da", "note_en"),
            )
        }
        return {
            "id": uuid5(SERVICE_IDS, code),
            "code": code,
            "kind_id": kind["code"],
            "organisation_id": organisation,
            "name_da": entry.text("name_da", default=kind["text_da"], longest=160),
            "name_en": entry.text("name_en", default=kind["text_en"], longest=160),
            "minimum_age": minimum,
            "maximum_age": maximum,
            "access": entry.some_of("access", Access.values, default=kind["access"]),
            "levels": kind["levels"],
            "languages": self._languages(entry, area),
            "interpretation_services": _flag(entry, defaults, "interpretation_services"),
            "digital": kind["digital"],
            "contactable_digitally": _flag(entry, defaults, "contactable_digitally"),
            "wait_days": _spread(entry, "wait_days", code),
            "wait_as_of": self.as_of if entry.has("wait_days") else None,
            "capacity": _spread(entry, "capacity", code),
            "legal_basis": kind["law"],
            "legal_basis_as_of": kind["law_as_of"],
            "phone": self._phone(entry, area),
            **self._demo_contact(entry, kind, organisation),
            **texts,
            "source": self.source,
            "valid_from": self.valid_from,
            "valid_to": None,
        }

    def _organisation(self, entry: Entry, per: str, area: str, organisations: set[str]) -> str:
        if per == Extent.NATIONAL:
            return entry.one_of("organisation", organisations)
        prefix = entry.text("organisation", default="kommune" if per == Extent.MUNICIPALITY else "region")
        code = f"{prefix}-{self.region_of[area] if prefix == 'region' and per == Extent.MUNICIPALITY else area}"
        if code not in organisations:
            raise entry.wrong("organisation", f"such that '{code}' stands under organisations")
        return code

    def _languages(self, entry: Entry, area: str) -> list[str]:
        if entry.has("languages"):
            return entry.some_of("languages", LANGUAGES)
        for place in self.languages_in.value:
            languages = self.languages_in.some_of(place, LANGUAGES)
            if area in self.places.get(place, ()):
                return languages
        return self.defaults.some_of("languages", LANGUAGES)

    def _phone(self, entry: Entry, area: str) -> str:
        phones = entry.entry("phones") if entry.has("phones") else None
        return entry.text("phone", default="", longest=40) or (
            phones.text(area, default="", longest=40) if phones else ""
        )

    def _demo_contact(self, entry: Entry, kind: Row, organisation: str) -> Row:
        """Invented addresses under `.example`, which can never exist; none where a real number is all there is."""
        if entry.has("phone") or not entry.flag("contact", default=True):
            return {"email": "", "url": ""}
        slug = kind["code"].replace("_", "-")
        return {"email": f"{slug}@{organisation}.example", "url": f"https://{organisation}.example/{slug}"}


def _codes(file: Entry, name: str, key: str) -> set[Any]:
    """The codes of a list, each of which may stand once."""
    codes: set[Any] = set()
    for entry in file.entries(name):
        code = entry.value.get(key)
        if not isinstance(code, str | int) or code in codes:
            raise entry.wrong(key, "a code that stands once in the list")
        codes.add(code)
    return codes


def _validity(entry: Entry) -> Row:
    valid_from, valid_to = entry.day("valid_from"), entry.day_or_none("valid_to")
    if valid_to is not None and valid_to <= valid_from:
        raise entry.wrong("valid_to", f"later than valid_from, {valid_from}, or null")
    return {"valid_from": valid_from, "valid_to": valid_to}


def _worded(entry: Entry, position: int) -> Row:
    return {"code": entry.text("code", longest=60), **_texts(entry), "position": position}


def _texts(entry: Entry) -> Row:
    return {"text_da": entry.text("da", longest=200), "text_en": entry.text("en", longest=200)}


def _pair(entry: Entry, name: str, *, needed: bool = True) -> Row:
    """A longer text in both languages, or in neither."""
    da, en = f"{name}_da", f"{name}_en"
    entry.read |= {da, en}
    if not needed and not entry.has(da) and not entry.has(en):
        return {da: "", en: ""}
    return {da: entry.text(da), en: entry.text(en)}


def _source(entry: Entry) -> str:
    entry.read.add("source")
    return entry.text("source", longest=200) if entry.has("source") else ""


def _or_none(entry: Entry, key: str) -> str | None:
    entry.read.add(key)
    return entry.text(key, longest=6) if entry.has(key) else None


def _required(entry: Entry, key: str) -> int:
    value = entry.whole(key)
    if value is None:
        raise entry.wrong(key, "a whole number, 0 or more")
    return value


def _flag(entry: Entry, defaults: Entry, key: str) -> bool:
    return entry.flag(key, default=defaults.flag(key))


def _narrower(entry: Entry, kind: Row) -> tuple[int | None, int | None]:
    """A service may take fewer ages than its kind, never more."""
    minimum = entry.whole("minimum_age", default=kind["minimum_age"])
    maximum = entry.whole("maximum_age", default=kind["maximum_age"])
    if (minimum or 0) < (kind["minimum_age"] or 0):
        raise entry.wrong("minimum_age", f"{kind['minimum_age']} or more, as for the kind")
    if kind["maximum_age"] is not None and (maximum is None or maximum > kind["maximum_age"]):
        raise entry.wrong("maximum_age", f"{kind['maximum_age']} or less, as for the kind")
    return minimum, maximum


def _spread(entry: Entry, key: str, code: str) -> int | None:
    """A fixed number out of the range, different from service to service."""
    low, high = entry.pair(key)
    if low is None or high is None:
        return None
    return low + crc32(code.encode()) % (high - low + 1)
