"""undecided(): which questions could still change a primary door.

The guarantee, exactly: a question that was not asked is listed if and only if there is an answer to it which, with
every other answer left as it is, gives other primary kinds. For a list, an answer is any selection of its codes that
were not denied. For a number it is any whole number: one on each side of every threshold in the rules stands for all.

Two questions that change the doors only together are therefore not listed, but as soon as one of them is answered the
other one is. Most useful first: by how many different sets of primary doors the answers can lead to, taking the codes
of a list one at a time; where that is equal, in the order of the form.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .directory import Directory
from .facts import Facts
from .matcher import primary_kinds
from .rule_set import RuleSet
from .vocabulary import Question


def undecided(rule_set: RuleSet, directory: Directory, facts: Facts) -> tuple[str, ...]:
    """The fields of the questions whose answer could still change a primary door, most useful first."""
    said, asked = _Noting(facts.said), _Noting(facts.asked)
    now = primary_kinds(rule_set, directory, replace(facts, said=said, asked=asked))
    useful: list[tuple[int, str]] = []
    for question in rule_set.vocabulary.questions.values():
        if question.path in facts.asked or not _is_looked_at(question, said.looked_for | asked.looked_for):
            continue
        elsewhere = len(_doors(rule_set, directory, facts, question) - {now})
        if (
            not elsewhere
            and question.answer == "many"
            and _some_selection_changes(rule_set, directory, facts, question, now)
        ):
            elsewhere = 1
        if elsewhere:
            useful.append((-elsewhere, question.path))
    return tuple(path for _, path in sorted(useful, key=lambda entry: entry[0]))


class _Noting(frozenset[str]):
    """Answers that note what a match looks for among them."""

    looked_for: set[str]

    def __new__(cls, answers: Iterable[str], looked_for: set[str] | None = None) -> "_Noting":
        made = super().__new__(cls, answers)
        made.looked_for = set() if looked_for is None else looked_for
        return made

    def __contains__(self, answer: object) -> bool:
        self.looked_for.add(str(answer))
        return super().__contains__(answer)

    def isdisjoint(self, answers: Iterable[object]) -> bool:
        return not any(answer in self for answer in answers)

    def issuperset(self, answers: Iterable[object]) -> bool:
        return all(answer in self for answer in answers)

    def __or__(self, more: Iterable[str]) -> "_Noting":  # type: ignore[override]
        return _Noting(super().__or__(frozenset(more)), self.looked_for)


def _is_looked_at(question: Question, looked_for: set[str]) -> bool:
    """A match that looked for no answer to a question comes out the same, whatever is answered. Numbers are not watched."""
    return question.answer == "number" or not looked_for.isdisjoint((question.path, *question.atoms()))


def _doors(rule_set: RuleSet, directory: Directory, facts: Facts, question: Question) -> set[tuple[str, ...]]:
    """Where the answers to this question lead: every answer, or for a list none of it and each code alone."""
    asked = facts.asked | {question.path}

    def doors(**answered: Any) -> tuple[str, ...]:
        return primary_kinds(rule_set, directory, replace(facts, asked=asked, **answered))

    if question.answer == "number":
        values = sorted({n + step for n in rule_set.thresholds[question.path] for step in (-1, 0, 1)})
        return {doors(numbers=(*facts.numbers, (question.path, value))) for value in values if value >= 0}
    codes, found = [atom for atom in question.atoms() if atom not in facts.asked], set[tuple[str, ...]]()
    if question.answer in ("many", "flag"):
        nothing = _Noting(facts.said)
        found.add(doors(said=nothing))
        codes = [atom for atom in codes if atom in nothing.looked_for]  # any other leads where nothing leads
    return found | {doors(said=facts.said | frozenset([atom])) for atom in codes}


def _some_selection_changes(
    rule_set: RuleSet, directory: Directory, facts: Facts, question: Question, now: tuple[str, ...]
) -> bool:
    """Whether any selection of the list's codes gives other doors, all of them counted but few of them tried.

    The match is run on a list nobody has filled in. Each time it looks at a code that is still open, both answers are
    followed, one run each: codes that no rule looks at, as things stand, cost nothing.
    """
    open_atoms = frozenset(question.atoms()) - facts.asked
    asked = facts.asked | {question.path}
    branches: list[frozenset[str]] = [frozenset()]  # what is chosen; each with what is denied beside it
    denied: list[frozenset[str]] = [frozenset()]
    while branches:
        chosen, refused = branches.pop(), denied.pop()
        said = _Noting(facts.said | chosen)
        if primary_kinds(rule_set, directory, replace(facts, said=said, asked=asked)) != now:
            return True
        looked_at = sorted(open_atoms & said.looked_for - chosen - refused)
        for n, atom in enumerate(looked_at):
            branches.append(chosen | {atom})
            denied.append(refused | frozenset(looked_at[:n]))
    return False
