"""What somebody pressed on a question's page, read: an answer, or a sentence that says what is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from pathways.engine.vocabulary import OLDEST
from pathways.selfcheck.check import UNKNOWN, UNSAID
from pathways.selfcheck.words import Asked

# The buttons under a question. 'on' sends what was chosen; the others are answers by themselves.
ON, NONE = "on", "none"
SAID = {"unknown": UNKNOWN, "unsaid": UNSAID}


class Missing(Exception):
    """What was sent answers nothing. The sentence is for the reader, in their language."""


def read(question: Asked, sent: QueryDict, *, municipalities: Mapping[str, str]) -> Any:
    """The answer as the match request writes it, or one that says nothing. Raises Missing."""
    button, given = sent.get("do", ON), [each.strip() for each in sent.getlist("reply")]
    if button in SAID:
        return SAID[button]
    match question.answer:
        case "many":
            return _many(question, given, none=button == NONE)
        case "one" if given and given[0] in question.options:
            return given[0]
        case "flag" if given and given[0] in ("yes", "no"):
            return given[0] == "yes"
        case "age":
            return _age(given[0] if given else "")
        case "municipality":
            return _municipality(given[0] if given else "", municipalities)
    raise Missing(_("Choose an answer, or press Don’t know."))


def _many(question: Asked, given: list[str], *, none: bool) -> list[str]:
    chosen = [code for code in question.options if code in given]
    if not chosen and not none:
        raise Missing(_("Tick what fits, or press None of these."))
    return [] if none else chosen


def _age(given: str) -> int:
    if not (given.isascii() and given.isdecimal() and len(given) <= 3 and int(given) <= OLDEST):
        raise Missing(_("Write the age in whole years, for example 34."))
    return int(given)


def _municipality(given: str, municipalities: Mapping[str, str]) -> str:
    """By its whole name, as the place or as its authority, or by how the name begins where only one begins so."""
    names = {code: _plain(name) for code, name in municipalities.items()}
    wanted = _plain(given)
    found = [code for code, name in names.items() if wanted in (name, f"{name}s")]
    found = found or [code for code, name in names.items() if len(wanted) > 1 and name.startswith(wanted)]
    if len(found) != 1:
        raise Missing(_("Choose the name of a municipality on the list, for example Aarhus."))
    return found[0]


def _plain(name: str) -> str:
    """Aarhus, ÅRHUS and Århus Kommune are one."""
    place = name.casefold().replace("aa", "å").replace(" regionskommune", "").replace(" kommune", "")
    return " ".join(place.split())
