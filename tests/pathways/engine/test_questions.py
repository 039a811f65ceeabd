"""undecided() lists a question exactly when some answer to it alone gives other primary doors."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given, settings

from pathways.engine import Facts, Question, match, undecided
from tests.pathways.engine.test_no_wrong_door import profiles
from tests.pathways.engine.world import HERE, VIGNETTES, VOCABULARY, directory_of, published_rule_set

QUESTIONS = VOCABULARY.questions
DAYS = (0, 3, 7, 8, 20, 30, 31, 400)


def doors(facts: Facts) -> frozenset[str]:
    return frozenset(match(published_rule_set(), directory_of(), facts).kinds("primary"))


def listed(facts: Facts) -> tuple[str, ...]:
    return undecided(published_rule_set(), directory_of(), facts)


def answers(facts: Facts, question: Question, *, at_most: int) -> Iterator[Facts]:
    """Every answer to one question, written out the slow way; of a list, every selection up to a size."""
    asked = facts.asked | {question.path}
    if question.answer == "number":
        for days in DAYS:
            yield replace(facts, asked=asked, numbers=(*facts.numbers, (question.path, days)))
        return
    open_atoms = [atom for atom in question.atoms() if atom not in facts.asked]
    sizes = {"one": (1,), "flag": (0, 1), "many": range(at_most + 1), "text": (0,)}[question.answer]
    for size in sizes:
        for chosen in itertools.combinations(open_atoms, size):
            yield replace(facts, asked=asked, said=facts.said | frozenset(chosen))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(facts=profiles())
def test_what_is_not_listed_cannot_change_a_door_and_what_is_listed_can(facts):
    now, open_questions = doors(facts), listed(facts)
    assert not set(open_questions) & facts.asked
    for path, question in QUESTIONS.items():
        if path in facts.asked:
            continue
        changes = any(doors(answered) != now for answered in answers(facts, question, at_most=2))
        assert changes == (path in open_questions), path


def test_every_selection_of_a_list_is_thought_of():
    """Serious on both sides: one social need changes nothing, two together do."""
    said = frozenset({"substance.use.misuse", "mental.state.moderate", "function.unaffected"})
    asked = frozenset(
        {"substance.use", "mental.state", "function", "social.homeless", "social.somatic", "social.in_prison"}
    )
    facts = Facts(HERE, 40, said, asked)
    assert all(doors(one) == doors(facts) for one in answers(facts, QUESTIONS["social"], at_most=1))
    assert "social" in listed(facts)


def test_a_code_denied_is_not_asked_again():
    homeless_only = frozenset(QUESTIONS["social"].atoms()) - {"social.homeless"}
    facts = Facts(HERE, 40, frozenset({"mental.state.severe"}), frozenset({"mental.state"}) | homeless_only)
    assert "social" in listed(facts)
    assert "social" not in listed(replace(facts, asked=facts.asked | {"social.homeless"}))


def test_most_useful_first():
    assert listed(Facts(HERE, 40))[:2] == ("social", "mental.state")


def test_nothing_is_open_when_all_is_answered():
    for vignette in VIGNETTES[:42]:
        facts = Facts.from_answers(VOCABULARY, vignette["profile"])
        everything = frozenset(QUESTIONS)
        assert listed(replace(facts, asked=everything)) == ()


def test_what_decides_no_door_is_never_listed():
    facts = Facts(HERE, 40)
    never = {"door", *(f"circumstances.{c}" for c in ("interpreter", "in_substance_treatment", "placed_formerly"))}
    assert not never & set(listed(facts))


def test_few_matches_are_made():
    """A live page asks this at every answer. Counted generously: the bench measures, this only catches an explosion."""
    began = time.process_time()
    for vignette in VIGNETTES:
        profile = {key: vignette["profile"][key] for key in ("municipality", "age", "role")}
        listed(Facts.from_answers(VOCABULARY, profile | {"mental": vignette["profile"].get("mental", {})}))
    assert (time.process_time() - began) / len(VIGNETTES) < 0.5
