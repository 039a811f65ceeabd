"""undecided(): which questions could still change a primary door.

The guarantee, exactly: a question that was not asked is listed if and only if there is an answer to it which, with
every other answer left as it is, gives other primary kinds. For a list, an answer is any selection of its codes that
were not denied. For a number it is any whole number: one on each side of every threshold in the rules stands for all.

Two questions that change the doors only together are therefore not listed, but as soon as one of them is answered the
other one is. Most useful first: by how many different sets of primary doors the answers can lead to, taking the codes
of a list one at a time; where that is equal, in the order of the form.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from .directory import Directory
from .facts import Facts, Said
from .matcher import primary_kinds
from .rule_set import RuleSet
from .vocabulary import Question


def undecided(rule_set: RuleSet, directory: Directory, facts: Facts) -> tuple[str, ...]:
    """The fields of the questions whose answer could still change a primary door, most useful first."""
    now = primary_kinds(rule_set, directory, facts)
    useful: list[tuple[int, str]] = []
    for question in rule_set.vocabulary.questions.values():
        if question.path in facts.asked:
            continue
        doors = {primary_kinds(rule_set, directory, answered) for answered in _answers(rule_set, facts, question)}
        elsewhere = len(doors - {now})
        if (
            not elsewhere
            and question.answer == "many"
            and _some_selection_changes(rule_set, directory, facts, question, now)
        ):
            elsewhere = 1
        if elsewhere:
            useful.append((-elsewhere, question.path))
    return tuple(path for _, path in sorted(useful, key=lambda entry: entry[0]))


def _answers(rule_set: RuleSet, facts: Facts, question: Question) -> Iterator[Facts]:
    """The facts with this question answered: every answer, or for a list none of it and each code alone."""
    asked = facts.asked | {question.path}
    if question.answer == "number":
        for value in sorted({n + step for n in rule_set.thresholds[question.path] for step in (-1, 0, 1)}):
            if value >= 0:
                yield replace(facts, asked=asked, numbers=(*facts.numbers, (question.path, value)))
        return
    if question.answer in ("many", "flag"):
        yield replace(facts, asked=asked)
    for atom in question.atoms():
        if atom not in facts.asked:
            yield replace(facts, asked=asked, said=facts.said | frozenset([atom]))


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
        watched = _Watched(facts.said, open_atoms, chosen, refused, [])
        if primary_kinds(rule_set, directory, replace(facts, said=watched, asked=asked)) != now:
            return True
        for n, atom in enumerate(watched.looked_at):
            branches.append(chosen | {atom})
            denied.append(refused | frozenset(watched.looked_at[:n]))
    return False


@dataclass(frozen=True, slots=True)
class _Watched:
    """Answers where the codes of one list are still open. Looking at an open code answers no, and is remembered."""

    said: Said
    open_atoms: frozenset[str]
    chosen: frozenset[str]
    refused: frozenset[str]
    looked_at: list[str]

    def __contains__(self, atom: object) -> bool:
        if atom not in self.open_atoms:
            return atom in self.said
        if atom in self.chosen:
            return True
        if atom not in self.refused and atom not in self.looked_at:
            self.looked_at.append(str(atom))
        return False

    def isdisjoint(self, atoms: Iterable[str]) -> bool:
        return not any(atom in self for atom in sorted(atoms))

    def __or__(self, more: frozenset[str]) -> "_Watched":
        return replace(self, said=self.said | more)
