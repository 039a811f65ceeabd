"""What the API, the command line and referrals call: answers in, doors and reasons out.

`match` decides, and gives the decision with the rulebook it was made from. `answer` says it as the public contract
does, in one language; `Matched.explanation` says all of it in both, to be frozen with a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from pathways import engine
from pathways.engine import InvalidAnswers, NoDoor
from pathways.rulebook import ClosedService, Rulebook, ServiceOnDate, rulebook
from pathways.wording import why_not

__all__ = ["LANGUAGES", "InvalidAnswers", "Matched", "NoDoor", "answer", "match"]

LANGUAGES = ("da", "en")


@dataclass(frozen=True)
class Matched:
    """A decision, the facts it was made of and the rulebook it was made with."""

    rulebook: Rulebook
    facts: engine.Facts
    decision: engine.Decision

    @property
    def rule_set_version(self) -> str:
        return self.decision.version

    @property
    def directory_version(self) -> str:
        return str(self.rulebook.catalogue.version)

    @cached_property
    def undecided(self) -> tuple[str, ...]:
        """The questions whose answer could still change a primary door, most useful first."""
        return engine.undecided(self.rulebook.rule_set, self.rulebook.catalogue.directory, self.facts)

    @property
    def explanation(self) -> dict[str, Any]:
        """Everything, in both languages, as plain JSON: it can be read when rules and directory have long changed."""
        return self.explained_in(*LANGUAGES)

    def explained_in(self, *languages: str) -> dict[str, Any]:
        """The same in some languages only: what is shown while somebody types is read in one."""
        return _explanation(self, languages)

    def services(self, found: engine.Match) -> list[ServiceOnDate]:
        """What to show of the services of a match, best first."""
        return [self.rulebook.catalogue.services[entry.id] for entry in found.services]

    def closed(self, found: engine.Match) -> list[ClosedService]:
        """The services of this kind there, or of the kind that it stands in for, that are closed on this day."""
        there, here = self.rulebook.catalogue.closed, self.facts.municipality
        kinds = (found.kind, found.substitute_for) if found.substitute_for else (found.kind,)
        return [each for kind in kinds for each in there.get((kind, here), ())]


def match(answers: Any, *, on: date, rule_set_version: str | None = None, book: Rulebook | None = None) -> Matched:
    """Match one need as on this day; with the rulebook of that day where the caller has read it already.

    Raises InvalidAnswers, which names every field that cannot be read, and RuleSet.DoesNotExist when no rule set is
    published.
    """
    book = book or rulebook(on=on, rule_set_version=rule_set_version)
    facts = _facts(book, answers)
    return Matched(book, facts, engine.match(book.rule_set, book.catalogue.directory, facts))


def _facts(book: Rulebook, answers: Any) -> engine.Facts:
    """The answers, checked. A municipality that has merged is read as the one that answers for it today."""
    known = book.catalogue.municipalities
    problems: list[engine.Problem] = []
    given = answers.get("municipality") if isinstance(answers, Mapping) else None
    if isinstance(given, str) and given in known:
        answers = {**answers, "municipality": known[given]}
    elif isinstance(given, str):
        problems = [engine.Problem("municipality", f'unknown code "{given[:60]}"', tuple(sorted(set(known.values()))))]
    try:
        facts = engine.Facts.from_answers(book.catalogue.vocabulary, answers)
    except InvalidAnswers as error:
        others = [p for p in error.problems if not problems or p.field != "municipality"]
        raise InvalidAnswers([*problems, *others]) from None
    if problems:
        raise InvalidAnswers(problems)
    return facts


def answer(
    matched: Matched, *, language: str = "da", explain_all: bool = False, strengths: bool = False
) -> dict[str, Any]:
    """The contract's answer in one language. Same input, rule set, directory and day: the same, byte for byte.

    `explain_all` adds what was ruled out; `strengths` adds to each reason whether it is law, guideline or policy.
    """
    decision, book = matched.decision, matched.rulebook
    text = _Texts(book, language)
    published = book.published_at
    said = {
        "rule_set": {
            "version": decision.version,
            "published_at": published.isoformat().replace("+00:00", "Z") if published else None,
        },
        "level": decision.level,
        "side": decision.side,
        "matches": [
            {
                "role": found.role,
                "kind": found.kind,
                "services": [_service(service, language) for service in matched.services(found)],
                "substitute_for": found.substitute_for,
                "reasons": text.reasons(_why(decision, found), strengths=strengths),
                "rights": [text.right(code) for code in found.rights],
            }
            | _closed(matched.closed(found), language)
            for found in decision.matches
        ],
        "undecided": list(matched.undecided),
        "obligations": [text.obligation(obligation) for obligation in decision.obligations],
        "gaps": [
            {"kind": gap.kind, "municipality": gap.municipality, "substitute": list(gap.substitutes)}
            for gap in decision.gaps
        ],
    }
    if explain_all:
        said["not_matched"] = [text.ruled_out(kind) for kind in decision.not_matched]
    return said


def _why(decision: engine.Decision, found: engine.Match) -> Sequence[str]:
    """The lines behind a match. A primary door also shows what decided level and side, and what raised a rank."""
    if found.role != "primary":
        return found.reasons
    raised = [line for rank in decision.ranks for line in rank.raised_by]
    return list(dict.fromkeys([*found.reasons, *decision.reasons, *decision.notes, *raised]))


def _service(service: ServiceOnDate, language: str) -> dict[str, Any]:
    return {
        "id": str(service.id),
        "name": service.name_en if language == "en" else service.name_da,
        "organisation": service.organisation,
        "wait_days": service.wait_days,
        "access": list(service.access),
        "phone": service.phone or None,
        "verified": service.verified,
    }


def _closed(closed: Iterable[ClosedService], language: str) -> dict[str, Any]:
    """Why somebody's usual place is not among the services, until when, and which of them stands in for it."""
    said = [
        {
            "id": str(each.id),
            "name": each.name_en if language == "en" else each.name_da,
            "reopens_on": each.reopens_on.isoformat() if each.reopens_on else None,
            "substitute": str(each.substitute) if each.substitute else None,
        }
        for each in closed
    ]
    return {"closed": said} if said else {}


class _Texts:
    """The words of a rulebook in one language."""

    def __init__(self, book: Rulebook, language: str) -> None:
        self.book, self.language = book, language
        self.lines = book.rule_set.lines
        self.rights = {right["code"]: right for right in book.catalogue.words["rights"]}
        self.obligations = {obligation["code"]: obligation for obligation in book.catalogue.words["obligations"]}

    def reasons(self, line_ids: Iterable[str], *, strengths: bool) -> list[dict[str, Any]]:
        return [
            {"rule": line.rule, "text": line.texts[self.language], "source": line.source}
            | ({"strength": line.strength} if strengths else {})
            for line in (self.lines[line_id] for line_id in line_ids)
        ]

    def right(self, code: str) -> dict[str, Any]:
        right = self.rights[code]
        return {
            "code": code,
            "days": right["days"],
            "counts_from": right[f"from_{self.language}"],
            "law": right["law"],
            "as_of": right["as_of"],
            "verified": right["verified"],
        }

    def obligation(self, obligation: engine.Obligation) -> dict[str, Any]:
        words = self.obligations[obligation.code]
        said = {
            "code": obligation.code,
            "rule": self.lines[obligation.reasons[0]].rule,
            "text": words[self.language],
            "strength": words["strength"],
        }
        if obligation.rights:
            said["rights"] = [self.right(code) for code in obligation.rights]
        return said

    def ruled_out(self, ruled_out: engine.NotMatched) -> dict[str, Any]:
        """A kind that was considered, the rule that did it, and the first condition that failed."""
        return {
            "kind": ruled_out.kind,
            "rule": self.lines[ruled_out.line].rule,
            "verdict": ruled_out.verdict.value,
            "text": why_not(ruled_out, self.book, self.language),
        }


def _explanation(matched: Matched, languages: Iterable[str]) -> dict[str, Any]:
    decision, catalogue = matched.decision, matched.rulebook.catalogue
    return {
        "on": catalogue.on.isoformat(),
        "directory_version": matched.directory_version,
        "ranks": [
            {"name": rank.name, "value": rank.value, "stated": rank.stated, "raised_by": list(rank.raised_by)}
            for rank in decision.ranks
        ],
        "not_asked": [path for path in catalogue.vocabulary.questions if path not in matched.facts.asked],
        **{language: answer(matched, language=language, explain_all=True, strengths=True) for language in languages},
    }
