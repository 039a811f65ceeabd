"""How names are compared when somebody searches: case, accents and the spelling of å do not part them. Pure."""

from __future__ import annotations

import re
import unicodedata

LETTERS = (3, 4, 5)  # by how many first letters a part of a name is found (decision 13)
DANISH = str.maketrans({"ä": "æ", "ö": "ø", "ü": "y"})
KEPT = "æøå"
PART = re.compile(r"[^\W_]+")


def parts(name: str) -> list[str]:
    """The parts of a name as they are compared: 'Anne-Marie Maansson' is anne, marie, månsson."""
    text = unicodedata.normalize("NFKC", name).casefold().replace("aa", "å").translate(DANISH)
    return PART.findall("".join(letter if letter in KEPT else _bare(letter) for letter in text))


def starts(name: str) -> set[str]:
    """What a name is found by: how each part begins; a part of one or two letters whole."""
    return {part[:n] for part in parts(name) for n in LETTERS if len(part) >= n} | {
        part for part in parts(name) if len(part) < LETTERS[0]
    }


def sought(said: str) -> list[str]:
    """The beginnings that a name must have to be what somebody typed; the longest that are kept."""
    return [part[: LETTERS[-1]] for part in parts(said)]


def fits(name: str, said: str) -> bool:
    """Whether every part of what was typed begins a part of the name. A part of one or two letters is a whole one."""
    there = parts(name)
    return all(
        any(part.startswith(typed) if len(typed) >= LETTERS[0] else part == typed for part in there)
        for typed in parts(said)
    )


def _bare(letter: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", letter) if not unicodedata.combining(each))
