"""What is told of a door: the same on its public page, in the result and on paper. Never anything about who asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import formats, translation

from pathways.enums import Access
from pathways.models import Service
from pathways.selfcheck import words

# Ways that need nobody's leave; where there is one, nobody has to be told of the others, the nearest first.
OPEN = (Access.SELF, Access.ANONYMOUS, Access.RELATIVE, Access.OUTREACH)
THROUGH_ANOTHER = (Access.GP, Access.VISITATION, Access.PROFESSIONAL, Access.EMERGENCY)


@dataclass(frozen=True, slots=True)
class Door:
    """One service, in the words of one language."""

    service: Service
    language: str
    name: str  # of the kind of help, as people say it
    does: str
    cost: str
    ways_in: tuple[str, ...]
    rights: tuple[Mapping[str, Any], ...]  # each with its sentence, its year, and whether anybody has checked it
    instead_of: str = ""  # the kind that does not exist where the citizen lives
    instead_of_closed: bool = False  # it does, and is closed for a time
    is_closed: bool = False

    @property
    def place(self) -> str:
        """What the service calls itself."""
        return self.service.name_en if self.language == "en" else self.service.name_da

    @property
    def hours(self) -> str:
        return self.service.opening_hours_en if self.language == "en" else self.service.opening_hours_da

    @property
    def note(self) -> str:
        return self.service.note_en if self.language == "en" else self.service.note_da

    @property
    def is_open(self) -> bool:
        """One may come by oneself, without being sent."""
        return any(way in OPEN for way in self.service.access)

    @property
    def is_anonymous(self) -> bool:
        return Access.ANONYMOUS in self.service.access

    @property
    def address(self) -> str:
        """Of its public page, as it stands in the code on paper."""
        return settings.PUBLIC_URL + reverse("door", args=[self.service.pk])


def door(
    service: Service,
    *,
    language: str,
    on: date,
    rights: Iterable[Mapping[str, Any]] = (),
    instead_of: str = "",
    instead_of_closed: bool = False,
) -> Door:
    """A service as it is told of on a day: what has a date counts from then."""
    kind = words.kind(service.kind_id)
    return Door(
        service=service,
        language=language,
        name=kind["name"][language],
        does=kind["does"][language],
        cost=_fees(service, language) or words.document("doors")["costs"][kind["cost"]][language],
        ways_in=tuple(_ways_in(service.access, language)),
        rights=tuple(_right(right, language=language, on=on) for right in rights),
        instead_of=words.kind(instead_of)["name"][language] if instead_of else "",
        instead_of_closed=instead_of_closed,
        is_closed=service.is_closed(on=on),
    )


def _fees(service: Service, language: str) -> str:
    """What this place itself costs, where somebody has said so."""
    return service.fees_en if language == "en" else service.fees_da


def _ways_in(access: Iterable[str], language: str) -> Iterator[str]:
    texts, given = words.document("doors")["access"], set(access)
    shown = [way for way in OPEN if way in given] or [way for way in THROUGH_ANOTHER if way in given]
    for way in shown:
        yield texts[way][language]


def _right(right: Mapping[str, Any], *, language: str, on: date) -> dict[str, Any]:
    """In plain words, with the last day where somebody asks today, and how old the rule is as we know it."""
    last = on + timedelta(days=right["days"]) if right["days"] else on
    with translation.override(language):
        day = formats.date_format(last, "j. F Y" if language == "da" else "j F Y")
    sentence = words.document("doors")["rights"][right["code"]][language].format(date=day)
    return {"sentence": sentence, "as_of": right["as_of"], "verified": right["verified"]}
