"""Nobody is left without a door: every ladder, age, role and circumstance, and what chance thinks of besides."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathways.engine import Decision, Directory, Facts, match
from tests.pathways.engine.world import (
    ELSEWHERE,
    HERE,
    VOCABULARY,
    VOCABULARY_DATA,
    directory_of,
    published_rule_set,
    service,
)

AGES = (0, 6, 7, 8, 11, 12, 14, 15, 17, 18, 25, 26, 29, 30, 35, 36, 64, 65, 69, 70, 120)
QUESTIONS = VOCABULARY.questions
CIRCUMSTANCES = [(path,) for path, question in QUESTIONS.items() if question.answer == "flag"]
CIRCUMSTANCES += [(atom,) for atom in QUESTIONS["circumstances.wishes_side"].atoms()]
ALWAYS = {"municipal_guidance", "coordinator", "emergency_112"}  # every municipality has these
KINDS = frozenset(VOCABULARY.kinds)
ORDINARY_ROLES = ("primary", "parallel", "support", "fallback")


def complaints(decision: Decision, facts: Facts) -> list[str]:
    """Everything that must hold of any answer, and does not."""
    found = []
    kinds = [match.kind for match in decision.matches]
    primary = [match for match in decision.matches if match.role == "primary"]
    if not primary or not all(match.services for match in decision.matches):
        found.append("no primary door with a real service")
    if len(set(kinds)) != len(kinds):
        found.append("a kind stands twice")
    for one in decision.matches:
        kind = VOCABULARY.kinds[one.kind]
        if not kind.fits(facts.age) or not all(service.covers(facts.age) for service in one.services):
            found.append(f"{one.kind} outside its ages")
        if kind.digital and one.role in ("acute", "primary"):
            found.append(f"{one.kind} is digital and stands as {one.role}")
        if one.role not in ("primary", "parallel") and one.rights:
            found.append(f"{one.kind} shows rights as {one.role}")
    if "coordinator" not in kinds:
        found.append("no coordinator, not even as fallback")
    roles = [match.role for match in decision.matches]
    if roles != sorted(roles, key=("acute", *ORDINARY_ROLES).index):
        found.append("not sorted by role")
    if "municipal_guidance" in decision.kinds("acute") or "coordinator" in decision.kinds("acute"):
        found.append("acute help became guidance")
    if {gap.kind for gap in decision.gaps} & set(kinds):
        found.append("what stands is called a gap")
    if {item.kind for item in decision.not_matched} & set(kinds):
        found.append("what stands is called ruled out")
    return found


@pytest.mark.parametrize("role", QUESTIONS["role"].atoms())
def test_every_ladder_age_role_and_circumstance(role):
    """Each step of both ladders and not asked, 21 ages, 3 roles, each circumstance by itself: 49,896 answers."""
    rule_set, directory = published_rule_set(), directory_of()
    ladders = [(None, *QUESTIONS[path].atoms()) for path in ("substance.use", "mental.state")]
    for use, state, age, circumstance in itertools.product(*ladders, AGES, [(), *CIRCUMSTANCES]):
        facts = Facts(HERE, age, frozenset(filter(None, (use, state, role, *circumstance))), frozenset({"role"}))
        assert not complaints(match(rule_set, directory, facts), facts), facts


def test_every_single_code_at_every_age():
    rule_set, directory = published_rule_set(), directory_of()
    atoms = [atom for question in QUESTIONS.values() for atom in question.atoms()]
    for atom, age in itertools.product(atoms, AGES):
        facts = Facts(HERE, age, frozenset({atom}))
        assert not complaints(match(rule_set, directory, facts), facts), facts


@st.composite
def profiles(draw: Any) -> Facts:
    """Any answers the form allows: each question asked or not."""
    said: set[str] = set()
    asked: set[str] = set()
    numbers: list[tuple[str, int]] = []
    for question in QUESTIONS.values():
        if question.answer == "text" or not draw(st.booleans()):
            continue
        asked.add(question.path)
        if question.answer == "number":
            numbers.append((question.path, draw(st.sampled_from([0, 7, 8, 30, 31, 400]))))
        elif question.answer == "one":
            said.add(draw(st.sampled_from(question.atoms())))
        elif question.answer == "flag":
            said |= {question.path} if draw(st.booleans()) else set()
        else:
            said |= draw(st.sets(st.sampled_from(question.atoms()), max_size=3))
    return Facts(HERE, draw(st.sampled_from(AGES)), frozenset(said), frozenset(asked), tuple(numbers))


@settings(max_examples=250, deadline=None, derandomize=True)
@given(facts=profiles(), absent=st.sets(st.sampled_from(sorted(KINDS - ALWAYS)), max_size=len(KINDS)))
def test_any_answers_in_any_municipality(facts, absent):
    """Also where nearly nothing exists; and the same question gets the same answer, to the letter."""
    rule_set, directory = published_rule_set(), directory_of(absent=absent)
    decision = match(rule_set, directory, facts)
    assert not complaints(decision, facts)
    assert repr(match(rule_set, directory, facts)) == repr(decision)
    for gap in decision.gaps:
        assert gap.kind in absent
        assert set(gap.substitutes) <= {match.kind for match in decision.matches}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(facts=profiles(), acute=st.sampled_from(QUESTIONS["acute"].atoms()))
def test_acute_help_never_stands_alone_and_takes_nothing_away(facts, acute):
    decision = match(published_rule_set(), directory_of(), Facts(HERE, facts.age, facts.said | {acute}, facts.asked))
    assert decision.kinds("primary")
    if acute != "acute.withdrawal":
        assert decision.kinds("acute")
        assert "same_day_follow_up" in {obligation.code for obligation in decision.obligations}


@settings(max_examples=100, deadline=None, derandomize=True)
@given(facts=profiles())
def test_what_lies_elsewhere_changes_nothing(facts):
    here = [service(kind) for kind in VOCABULARY.kinds]
    far = [service(kind, "far", municipalities=frozenset({ELSEWHERE})) for kind in VOCABULARY.kinds]
    alone = match(published_rule_set(), Directory(here, version="test"), facts)
    assert match(published_rule_set(), Directory([*far, *here], version="test"), facts) == alone


def test_what_the_vocabulary_says_never_decides():
    """Codes that change no door change nothing at all but the order of services."""
    shown_only = ["circumstances.in_substance_treatment", "circumstances.placed_formerly"]
    facts = Facts(HERE, 30, frozenset({"substance.use.misuse"}))
    plain = match(published_rule_set(), directory_of(), facts)
    assert match(published_rule_set(), directory_of(), Facts(HERE, 30, facts.said | frozenset(shown_only))) == plain
    assert {path.rpartition(".")[2] for path in shown_only} <= {c["code"] for c in VOCABULARY_DATA["circumstances"]}
