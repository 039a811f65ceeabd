"""What has been said about a need: the answers of the match request, checked. Never who it is about."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .vocabulary import OLDEST, Question, Vocabulary

MUNICIPALITY = re.compile(r"\d{4}", re.ASCII)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?", re.ASCII)
LONGEST_AGO = 36_500  # days


@dataclass(frozen=True, slots=True)
class Problem:
    """One field that cannot be read: where, why, and what is allowed there (empty where that is not a list)."""

    field: str
    message: str
    allowed: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" + (f"; allowed: {', '.join(self.allowed)}" if self.allowed else "")


class InvalidAnswers(ValueError):
    """The answers cannot be read. `problems` names every field at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Facts:
    """The answers as the rules read them.

    `said` holds `field.code` for every answer given and `field` for every yes. `asked` holds the field of every
    question that was answered, also with a no, and `field.code` where one code of a list was denied. What stands in
    neither was not asked, and that is not a no.
    """

    municipality: str  # four digits
    age: int  # whole years
    said: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    numbers: tuple[tuple[str, int], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_answers(cls, vocabulary: Vocabulary, answers: Mapping[str, Any]) -> "Facts":
        """Read one match request. Raises InvalidAnswers, which names each field, the reason and what is allowed."""
        reader = _Reader(vocabulary)
        reader.read(answers)
        if reader.problems:
            raise InvalidAnswers(reader.problems)
        return cls(
            municipality=answers["municipality"],
            age=answers["age"],
            said=frozenset(reader.said),
            asked=frozenset(reader.asked),
            numbers=tuple(sorted(reader.numbers.items())),
            texts=tuple(sorted(reader.texts.items())),
        )


class _Reader:
    """Walks the request beside the form and gathers every problem, so that the asker can mend them all at once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.questions = vocabulary.questions
        self.sections = {path.split(".")[0] for path in self.questions if "." in path}
        self.problems: list[Problem] = []
        self.said: set[str] = set()
        self.asked: set[str] = set()
        self.numbers: dict[str, int] = {}
        self.texts: dict[str, str] = {}

    def read(self, answers: Any) -> None:
        if not isinstance(answers, Mapping):
            self.refuse("$", "must be an object")
            return
        own = {"municipality", "age", "no"}
        self.known(answers, "", own | {path.split(".")[0] for path in self.questions})
        municipality, age = answers.get("municipality"), answers.get("age")
        if not isinstance(municipality, str) or not MUNICIPALITY.fullmatch(municipality):
            self.refuse("municipality", "must be four digits")
        if not _is_whole(age) or age not in range(OLDEST + 1):
            self.refuse("age", f"must be a whole number of years, 0 to {OLDEST}")
        for section in sorted(self.sections & answers.keys()):
            if isinstance(answers[section], Mapping):
                inside = {path.split(".")[1] for path in self.questions if path.startswith(f"{section}.")}
                self.known(answers[section], f"{section}.", inside)
            else:
                self.refuse(section, "must be an object")
        for question in self.questions.values():
            section, _, field = question.path.rpartition(".")
            holder = answers.get(section) if section else answers
            if isinstance(holder, Mapping) and field in holder:
                self.answer(question, holder[field])
        self.denials(answers.get("no", []))

    def answer(self, question: Question, value: Any) -> None:
        before = len(self.problems)
        match question.answer:
            case "one":
                self.codes(question, [value])
            case "many" if isinstance(value, list):
                self.codes(question, value)
            case "many":
                self.refuse(question.path, "must be a list", tuple(question.codes))
            case "flag" if isinstance(value, bool):
                self.said |= {question.path} if value else set()
            case "flag":
                self.refuse(question.path, "must be true or false, or left out where it was not asked")
            case "number" if _is_whole(value) and 0 <= value <= LONGEST_AGO:
                self.numbers[question.path] = value
            case "number":
                self.refuse(question.path, f"must be a whole number, 0 to {LONGEST_AGO}")
            case "text" if isinstance(value, str) and LANGUAGE.fullmatch(value):
                self.texts[question.path] = value
            case "text":
                self.refuse(question.path, "must be a language tag in small letters, such as ar or pl")
        if len(self.problems) == before:
            self.asked.add(question.path)

    def codes(self, question: Question, values: list[Any]) -> None:
        for value in values:
            if isinstance(value, str) and value in question.codes:
                self.said.add(f"{question.path}.{value}")
            else:
                self.refuse(question.path, f"unknown code {_shown(value)}", tuple(question.codes))

    def denials(self, denied: Any) -> None:
        """`no` holds codes of the lists: asked about, and not so."""
        lists = {code: q.path for q in self.questions.values() if q.answer == "many" for code in q.codes}
        if not isinstance(denied, list):
            self.refuse("no", "must be a list", tuple(lists))
            return
        for code in denied:
            if not isinstance(code, str) or code not in lists:
                self.refuse("no", f"unknown code {_shown(code)}", tuple(lists))
            elif (atom := f"{lists[code]}.{code}") in self.said:
                self.refuse("no", f"{_shown(code)} is also named in {lists[code]}")
            else:
                self.asked.add(atom)

    def known(self, given: Mapping[str, Any], prefix: str, fields: set[str]) -> None:
        for field in given:
            if field not in fields:
                self.refuse(f"{prefix}{str(field)[:60]}", "unknown field", tuple(sorted(fields)))

    def refuse(self, field: str, message: str, allowed: tuple[str, ...] = ()) -> None:
        self.problems.append(Problem(field, message, allowed))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    """What was written, cut short: an error message must not carry a page back."""
    return f'"{value[:60]}"' if isinstance(value, str) else f"of type {type(value).__name__}"
