"""The controlled vocabulary: what may be asked, what may be answered, and what help is called.

The engine holds no code of its own. Everything it knows by name it reads from here or from a rule set.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

LANGUAGES = ("da", "en")
OLDEST = 120  # years; ages run from 0 to here

# The form of the public match request: which field holds which list of the vocabulary. Circumstances are added below.
FORM: Mapping[str, tuple[Literal["one", "many"], str]] = {
    "role": ("one", "roles"),
    "door": ("one", "doors"),
    "substance.use": ("one", "ladders.substance_use"),
    "substance.substances": ("many", "substances"),
    "mental.state": ("one", "ladders.mental_state"),
    "mental.signs": ("many", "mental_signs"),
    "function": ("one", "ladders.function"),
    "social": ("many", "social_needs"),
    "acute": ("many", "acute_signs"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the form, by the path of its field. `codes` maps each possible answer to its vocabulary entry."""

    path: str
    answer: Literal["one", "many", "flag", "number", "text"]
    codes: Mapping[str, Mapping[str, Any]]
    texts: Mapping[str, str]

    def atoms(self) -> tuple[str, ...]:
        """Everything that can be said in answer to it: `field.code`, or the field itself where the answer is a yes."""
        return (self.path,) if self.answer == "flag" else tuple(f"{self.path}.{code}" for code in self.codes)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of help. Ages are whole years, both ends included."""

    code: str
    min_age: int
    max_age: int
    access: frozenset[str]
    rights: tuple[str, ...]
    digital: bool

    def fits(self, age: int) -> bool:
        return self.min_age <= age <= self.max_age


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The codes in force, ready to look up."""

    questions: Mapping[str, Question]
    kinds: Mapping[str, Kind]
    sides: frozenset[str]
    levels: frozenset[int]
    obligations: frozenset[str]
    rights: frozenset[str]
    decline_reasons: frozenset[str]
    labels: Mapping[str, Mapping[str, str]]  # by code of a kind, or by atom: {"da": …, "en": …}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Vocabulary":
        """Read the vocabulary document. KeyError where a list is missing from it."""
        questions = {path: _form_question(data, path) for path in FORM}
        for entry in data["circumstances"]:
            question = _circumstance(data, entry)
            questions[question.path] = question
        labels: dict[str, Mapping[str, str]] = {
            f"{path}.{code}": _texts(e) for path, q in questions.items() for code, e in q.codes.items()
        }
        labels |= {path: question.texts for path, question in questions.items() if question.texts}
        labels |= {entry["code"]: _texts(entry) for entry in data["service_kinds"]}
        return cls(
            questions=questions,
            kinds={entry["code"]: _kind(entry) for entry in data["service_kinds"]},
            sides=frozenset(_by_code(data["sides"])),
            levels=frozenset(entry["level"] for entry in data["levels"]),
            obligations=frozenset(_by_code(data["obligations"])),
            rights=frozenset(_by_code(data["rights"])),
            decline_reasons=frozenset(_by_code(data["decline_reasons"])),
            labels=labels,
        )

    def question_of(self, atom: str) -> Question | None:
        """The question that this is an answer to, if it is one."""
        if atom in self.questions:
            return self.questions[atom]
        return self.questions.get(atom.rpartition(".")[0])


def _form_question(data: Mapping[str, Any], path: str) -> Question:
    answer, place = FORM[path]
    entries: Any = data
    for key in place.split("."):
        entries = entries[key]
    return Question(path=path, answer=answer, codes=_by_code(entries), texts={})


def _circumstance(data: Mapping[str, Any], entry: Mapping[str, Any]) -> Question:
    path = f"circumstances.{entry['code']}"
    simple: Mapping[str, Literal["flag", "number", "text"]] = {"bool": "flag", "int": "number", "str": "text"}
    if entry["type"] in simple:
        return Question(path=path, answer=simple[entry["type"]], codes={}, texts=_texts(entry))
    sides = _by_code(data["sides"])
    return Question(
        path=path, answer="one", codes={code: sides[code] for code in entry["type"].split("|")}, texts=_texts(entry)
    )


def _kind(entry: Mapping[str, Any]) -> Kind:
    youngest, eldest = entry.get("age") or (0, None)
    return Kind(
        code=entry["code"],
        min_age=youngest or 0,
        max_age=OLDEST if eldest is None else eldest,
        access=frozenset(entry.get("access", ())),
        rights=tuple(entry.get("rights") or ()),
        digital=bool(entry.get("digital", False)),
    )


def _by_code(entries: list[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {entry["code"]: entry for entry in entries}


def _texts(entry: Mapping[str, Any]) -> dict[str, str]:
    return {language: entry.get(language, "") for language in LANGUAGES}
