"""What the page of a question shows, and the list of what was said. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pathways.rulebook import Rulebook
from pathways.selfcheck import course, words
from pathways.selfcheck.check import UNKNOWN, UNSAID, Check
from pathways.selfcheck.words import Asked


def question(
    check: Check, asked: Asked, municipalities: Mapping[str, str], *, mistake: str, typed: str
) -> dict[str, Any]:
    """The question with what was answered before; where something is missing, with what was typed now."""
    value, put = check.said.get(asked.path), list(check.said)
    before = course.before(asked.path, check)
    if asked.answer == "municipality":
        written = municipalities.get(str(value), "")
    else:
        written = "" if value in (None, UNKNOWN, UNSAID) else str(value)
    return {
        "asked": asked,
        "number": put.index(asked.path) + 1 if asked.path in put else len(put) + 1,
        "back": words.slug(before) if before else "",
        "chosen": value if isinstance(value, list) else [value],
        "yes": value is True,
        "no": value is False,
        "said_nothing": value in (UNKNOWN, UNSAID) or value == [],
        "value": value,
        "typed": typed if mistake else written,
        "municipalities": municipalities.values() if asked.answer == "municipality" else (),
        "mistakes": [(_first_field(asked), mistake)] if mistake else [],
    }


def said(check: Check, book: Rulebook, municipalities: Mapping[str, str], *, language: str) -> list[dict[str, Any]]:
    """Each question that was put, in words, with its answer. A plain yes or no has no words of its own."""
    lines = []
    for path, value in check.said.items():
        asked = words.asked(path, check, book.catalogue.vocabulary, language=language)
        match asked.answer:
            case "municipality" if value in municipalities:
                texts = [municipalities[value]]
            case "age" if isinstance(value, int):
                texts = [str(value)]
            case "flag":
                texts = []
            case _:
                texts = words.told(path, check, book.catalogue.vocabulary, language=language)
        lines.append({"asked": asked, "texts": texts, "value": value})
    return lines


def _first_field(asked: Asked) -> str:
    """Where the error summary leads."""
    if asked.answer in ("age", "municipality"):
        return "answer"
    return "answer-yes" if asked.answer == "flag" else f"answer-{next(iter(asked.options))}"
