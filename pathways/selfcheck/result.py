"""The result of a self-check: the door that fits, why, and what else can help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from navigator.accounts.models import coordinator_unit
from pathways import selectors
from pathways.enums import Access
from pathways.matching import Matched
from pathways.models import Service
from pathways.rulebook import Rulebook
from pathways.selfcheck import course, words
from pathways.selfcheck.check import AGE, FIRST, MUNICIPALITY, Check
from pathways.selfcheck.doors import Door, door

GUIDANCE = "municipal_guidance"  # open to everybody, in every municipality: the door where nothing can be matched


@dataclass(frozen=True, slots=True)
class Result:
    """`primary` is one door, rarely two, and where the municipality is not known none: then it is the guidance's name
    that helps. `others` are more places of the same kind; `more` what can help beside it, the best place of each kind."""

    acute: tuple[Door, ...]
    primary: tuple[Door, ...]
    others: tuple[Door, ...]
    more: tuple[Door, ...]
    why: tuple[str, ...]
    matched: bool
    asks: Service | None = None  # who gets in touch where it is wished


def result(check: Check, *, language: str, on: date, book: Rulebook) -> Result:
    """Counted: a query for the services, one for who coordinates and one for whom to ask, however many doors."""
    found = course.matched(check, on=on, book=book)
    if found is None:
        return Result((), tuple(_guidance(check, language=language, on=on, book=book)), (), (), (), matched=False)
    of_role = _Doors(found, language=language, on=on)
    return Result(
        acute=tuple(of_role("acute")),
        primary=tuple(of_role("primary")),
        others=tuple(of_role("primary", others=True)),
        more=tuple(of_role("parallel", "support", "fallback")),
        why=tuple(why(check, found, language=language, on=on)),
        matched=True,
        asks=contact_at(check, found, on=on),
    )


def contact_at(check: Check, found: Matched, *, on: date) -> Service | None:
    """Who can be asked to get in touch: the door, where it takes those who come by themselves, else the guidance of the
    municipality. None where neither is here or the municipality is not connected; and only who seeks help for themselves
    is asked, for nobody opens a case about another in this way.
    """
    facts, directory = found.facts, found.rulebook.catalogue.directory
    if check.voice != "me" or coordinator_unit(facts.municipality, on=on) is None:
        return None
    doors = [match.services[0] for match in found.decision.matches if match.role == "primary" and match.services]
    wanted = [entry.id for entry in (*doors, *directory.find(GUIDANCE, facts.municipality, facts.age))]
    here = selectors.services_on(on).filter(pk__in=wanted, unit__isnull=False, access__contains=[Access.SELF])
    return min(here, key=lambda service: wanted.index(service.pk), default=None)


def why(check: Check, found: Matched, *, language: str, on: date) -> Iterator[str]:
    """What the citizen has said that decides the door: without it another would open. Else all that they have said."""
    book = found.rulebook
    told = {
        path: words.told(path, check, book.catalogue.vocabulary, language=language)
        for path in check.said
        if path not in FIRST
    }
    deciding = []
    for path in filter(told.get, told):
        fewer = replace(check, said={other: said for other, said in check.said.items() if other != path})
        without = course.matched(fewer, on=on, book=book)
        if without and set(without.decision.kinds("primary")) != set(found.decision.kinds("primary")):
            deciding.append(path)
    for path in deciding or told:
        yield from told[path]


class _Doors:
    """The doors of a match by their role, with what the directory says of each place."""

    def __init__(self, found: Matched, *, language: str, on: date) -> None:
        self.found, self.language, self.on = found, language, on
        ids = [entry.id for match in found.decision.matches for entry in match.services]
        self.services: dict[UUID, Service] = {row.pk: row for row in selectors.services_on(on).filter(pk__in=ids)}
        self.rights: Mapping[str, Any] = {right["code"]: right for right in found.rulebook.catalogue.words["rights"]}

    def __call__(self, *roles: str, others: bool = False) -> Iterator[Door]:
        for match in self.found.decision.matches:
            if match.role in roles:
                for entry in match.services[1:] if others else match.services[:1]:
                    yield door(
                        self.services[entry.id],
                        language=self.language,
                        on=self.on,
                        rights=[self.rights[code] for code in match.rights],
                        instead_of=match.substitute_for or "",
                        instead_of_closed=bool(self.found.closed(match)),
                    )


def _guidance(check: Check, *, language: str, on: date, book: Rulebook) -> Iterator[Door]:
    """The open guidance of the municipality, where it is known which. It has no age."""
    here = book.catalogue.municipalities.get(check.known(MUNICIPALITY) or "", "")
    entries = book.catalogue.directory.find(GUIDANCE, here, check.known(AGE) or 0)
    for service in selectors.services_on(on).filter(pk__in=[entry.id for entry in entries[:1]]):
        yield door(service, language=language, on=on)
