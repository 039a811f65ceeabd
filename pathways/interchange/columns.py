"""What a file says of a service, column by column: how each is read, written, and what is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _

from pathways.enums import LANGUAGES, LONGEST_WAIT, Access, Extent

OLDEST = 120
COUNTRY = "dk"
YES, NO = "yes", "no"
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
Area = tuple[str, str]  # an extent, and the region or municipality; empty for the country


class Unreadable(Exception):
    """A cell cannot be used. The text says what it must be: the way out."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a file may name."""

    kinds: Mapping[str, Any]  # code → what the kind says: its ages, levels, law
    organisations: Collection[str]
    regions: Collection[str]
    municipalities: Collection[str]
    today: date


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    read: Callable[[str, Known], Any]
    write: Callable[[Any], str] = field(default=lambda value: "" if value is None else str(value))
    needed: bool = False


def _text(longest: int, *, needed: bool = False) -> Callable[[str, Known], str]:
    def read(said: str, known: Known) -> str:
        if len(said) > longest or "\0" in said or (needed and not said):
            raise Unreadable(_("a text of at most %(n)s characters") % {"n": longest})
        return said

    return read


def _code(said: str, known: Known) -> str:
    if len(said) > 80 or not CODE.fullmatch(said):
        raise Unreadable(_("small letters, digits and hyphens, and the same in every file"))
    return said


def _one_of(what: str) -> Callable[[str, Known], str]:
    def read(said: str, known: Known) -> str:
        if said not in getattr(known, what):
            raise Unreadable(_("a code that the directory knows"))
        return said

    return read


def _number(largest: int) -> Callable[[str, Known], int | None]:
    def read(said: str, known: Known) -> int | None:
        if not said:
            return None
        if not (said.isascii() and said.isdecimal() and len(said) < 6 and int(said) <= largest):
            raise Unreadable(_("a whole number from 0 to %(n)s, or nothing") % {"n": largest})
        return int(said)

    return read


def _yes_or_no(said: str, known: Known) -> bool:
    if said.lower() not in (YES, NO, ""):
        raise Unreadable(_("yes or no"))
    return said.lower() == YES


def _past_day(said: str, known: Known) -> date | None:
    if not said:
        return None
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise Unreadable(_("a date like 2026-12-31")) from None
    if day > known.today:
        raise Unreadable(_("a day that has been"))
    return day


def _some_of(allowed: Iterable[str]) -> Callable[[str, Known], list[str]]:
    codes = sorted(allowed)

    def read(said: str, known: Known) -> list[str]:
        given = parts(said)
        if not set(given) <= set(codes):
            raise Unreadable(_("some of %(codes)s, with a comma between") % {"codes": ", ".join(codes)})
        return sorted(set(given))

    return read


def _email(said: str, known: Known) -> str:
    try:
        if said:
            validate_email(said)
    except ValidationError:
        raise Unreadable(_("an e-mail address, or nothing")) from None
    return _text(254)(said, known)


def _url(said: str, known: Known) -> str:
    try:
        if said:
            URLValidator(["http", "https"])(said)
    except ValidationError:
        raise Unreadable(_("a web address that begins with https://, or nothing")) from None
    return _text(200)(said, known)


def _areas(said: str, known: Known) -> list[Area]:
    found: set[Area] = set()
    for part in parts(said):
        if part == COUNTRY:
            found.add((Extent.NATIONAL.value, ""))
        elif part in known.regions:
            found.add((Extent.REGION.value, part))
        elif part in known.municipalities:
            found.add((Extent.MUNICIPALITY.value, part))
        else:
            found.clear()
            break
    if not found:
        raise Unreadable(_("dk, or codes of regions and municipalities, with a comma between"))
    return sorted(found)


def plain(text: str) -> str:
    """Space around a text and the way its lines end are the machine's."""
    return text.replace("\r\n", "\n").strip()


def same(before: Any, after: Any) -> bool:
    """Do the two say the same of a service? Codes do in any order."""
    if isinstance(before, str) and isinstance(after, str):
        return plain(before) == plain(after)
    both_lists = isinstance(before, list) and isinstance(after, list)
    return bool(set(before) == set(after) if both_lists else before == after)


def parts(said: str) -> list[str]:
    """What stands between the commas of a cell."""
    return [part.strip() for part in said.split(",") if part.strip()]


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))


def _said_area(areas: Iterable[Area]) -> str:
    return ", ".join(code or COUNTRY for _extent, code in areas)


COLUMNS = (
    Column("code", _code, needed=True),
    Column("kind", _one_of("kinds"), needed=True),
    Column("organisation", _one_of("organisations"), needed=True),
    Column("name_da", _text(160, needed=True), needed=True),
    Column("name_en", _text(160, needed=True), needed=True),
    Column("areas", _areas, _said_area, needed=True),
    Column("access", _some_of(Access.values), _listed),
    Column("minimum_age", _number(OLDEST)),
    Column("maximum_age", _number(OLDEST)),
    Column("languages", _some_of(LANGUAGES), _listed),
    Column("interpretation_services", _yes_or_no, lambda value: YES if value else NO),
    Column("phone", _text(40)),
    Column("email", _email),
    Column("url", _url),
    Column("address", _text(200)),
    Column("opening_hours_da", _text(200)),
    Column("opening_hours_en", _text(200)),
    Column("accessibility_da", _text(200)),
    Column("accessibility_en", _text(200)),
    Column("fees_da", _text(200)),
    Column("fees_en", _text(200)),
    Column("wait_days", _number(LONGEST_WAIT)),
    Column("capacity", _number(9999)),
    Column("wait_as_of", _past_day),
    Column("note_da", _text(1000)),
    Column("note_en", _text(1000)),
    Column("source", _text(200)),
    Column("assured_date", _past_day),
    Column("assurer_email", _email),
)
BY_NAME = {column.name: column for column in COLUMNS}
NEEDED = [column.name for column in COLUMNS if column.needed]


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where in the file, what stands there, and what must stand there. Row 0 is the file itself."""

    row: int
    column: str
    given: str
    must: str


@dataclass(frozen=True, slots=True)
class Row:
    """One service as the file says it. What the file has no column for is not said, and stays as it is."""

    number: int
    texts: Mapping[str, str]


def read_row(row: Row, known: Known) -> tuple[dict[str, Any], list[Mistake]]:
    """Every cell of a row as a value, and every mistake that one cell is by itself."""
    said: dict[str, Any] = {}
    mistakes = []
    for name, text in row.texts.items():
        try:
            said[name] = BY_NAME[name].read(plain(text), known)
        except Unreadable as error:
            mistakes.append(Mistake(row.number, name, text[:60], str(error)))
    return said, mistakes


def between(said: Collection[str], whole: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """What no cell is wrong in by itself, but the service as it would stand there; named is a cell that the row has."""
    least, most = whole.get("minimum_age"), whole.get("maximum_age")
    if least is not None and most is not None and least > most:
        name = "maximum_age" if "maximum_age" in said else "minimum_age"
        yield name, _("such that minimum_age is not above maximum_age")
    if whole.get("wait_days") is not None and whole.get("wait_as_of") is None:
        yield "wait_as_of", _("the day on which the wait was said")
    if bool(whole.get("assured_date")) != bool(whole.get("assurer_email")):
        name = "assurer_email" if "assurer_email" in said else "assured_date"
        yield name, _("given where assured_date and assurer_email both are, and else empty")
