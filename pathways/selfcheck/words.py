"""What the self-check asks and in which words: fixtures/selfcheck/, read once. Pure but for that."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

from pathways.engine import Vocabulary
from pathways.selfcheck.check import AGE, MUNICIPALITY, Check

FOLDER = settings.ROOT / "fixtures" / "selfcheck"
LANGUAGES = ("da", "en")


@cache
def document(name: str) -> dict[str, Any]:
    """One of the two files: questions, doors."""
    return dict(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


@cache
def entries() -> dict[str, dict[str, Any]]:
    """Every question by its field, in the order of the file."""
    return {entry["field"]: entry for entry in document("questions")["questions"]}


@cache
def by_slug() -> dict[str, str]:
    """The field of a question by the last part of its address."""
    return {entry["slug"]: path for path, entry in entries().items()}


def slug(path: str) -> str:
    return str(entries()[path]["slug"])


def part(path: str) -> str:
    """Which part of the conversation a question belongs to."""
    return str(entries()[path]["part"])


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in the words of one reader. `groups` hold the options under their headings; most have one without."""

    path: str
    slug: str
    answer: str  # one, many, flag, age or municipality
    text: str
    hint: str
    easy: tuple[str, ...]
    picture: str
    groups: tuple[tuple[str, tuple[Option, ...]], ...]

    @property
    def options(self) -> dict[str, str]:
        return {option.code: option.text for _heading, options in self.groups for option in options}


def asked(path: str, check: Check, vocabulary: Vocabulary, *, language: str) -> Asked:
    """The question as it is put to this reader."""
    entry, say = entries()[path], _Speaker(check.voice, language)
    known = vocabulary.questions.get(path)
    return Asked(
        path=path,
        slug=entry["slug"],
        answer=path if path in (AGE, MUNICIPALITY) else known.answer if known else "flag",
        text=say(entry["ask"]),
        hint=say(entry["hint"]),
        easy=tuple(say(entry["easy"]).split("\n")),
        picture=entry["picture"],
        groups=tuple(_groups(entry, check, say)),
    )


def implied(check: Check) -> dict[str, Any]:
    """What age and answers have said of questions that are not put: whoever uses nothing has said what they use."""
    found: dict[str, Any] = {}
    age = check.known(AGE)
    for path, entry in entries().items():
        if "ages" in entry and isinstance(entry["ages"], list) and age is not None and not _within(age, entry["ages"]):
            found[path] = False
        value = check.known(path)
        if isinstance(value, str):
            found |= entry.get("implies", {}).get(value, {})
    return found


def told(path: str, check: Check, vocabulary: Vocabulary, *, language: str) -> list[str]:
    """The answer in the words it was chosen in; empty where there is nothing to tell by words of ours."""
    value, question = check.known(path), asked(path, check, vocabulary, language=language)
    if isinstance(value, list):
        return [text for code, text in question.options.items() if code in value]
    if isinstance(value, str) and value in question.options:
        return [question.options[value]]
    return [question.text] if value is True else []


def kind(code: str) -> Mapping[str, Any]:
    """What a door is called, what happens there and what it costs."""
    return dict(document("doors")["kinds"][code])


def _groups(entry: Mapping[str, Any], check: Check, say: _Speaker) -> Iterator[tuple[str, tuple[Option, ...]]]:
    texts = entry.get("answers", {})
    groups = entry.get("groups") or [{"codes": list(texts)}]
    for group in groups:
        options = [Option(code, say(texts[code])) for code in group["codes"] if _shown(entry, code, check)]
        if options:
            yield (say(group["name"]) if "name" in group else "", tuple(options))


def _shown(entry: Mapping[str, Any], code: str, check: Check) -> bool:
    """Somebody of forty is not asked about absence from school. An unknown age is asked everything."""
    ages, age = entry.get("ages", {}), check.known(AGE)
    return age is None or not isinstance(ages, dict) or code not in ages or _within(age, ages[code])


def _within(age: int, ages: list[int]) -> bool:
    return ages[0] <= age <= ages[1]


class _Speaker:
    """Says a text of the files in one language and to one reader."""

    def __init__(self, voice: str, language: str) -> None:
        self.language = language
        self.of_another = voice not in ("", "me")
        self.names: dict[str, str] = {}
        for name, text in document("questions")["voices"].get(voice, {}).get(language, {}).items():
            self.names |= {name: text, name.capitalize(): text[:1].upper() + text[1:]}

    def __call__(self, text: Mapping[str, Any]) -> str:
        said = text[self.language]
        if isinstance(said, list):
            said = said[self.of_another]
        return str(said).format(**self.names)
