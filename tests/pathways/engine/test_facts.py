"""Reading the match request: what is absent was not asked, and everything unreadable is named at once."""

import dataclasses

import pytest

from pathways.engine import Facts, InvalidAnswers
from tests.pathways.engine.world import HERE, VIGNETTES, VOCABULARY

LEAST = {"municipality": HERE, "age": 22}


def read(**answers):
    return Facts.from_answers(VOCABULARY, LEAST | answers)


def test_municipality_and_age_are_enough():
    facts = read()
    assert (facts.municipality, facts.age, facts.said, facts.asked) == (HERE, 22, frozenset(), frozenset())


def test_what_is_said_and_what_is_asked():
    facts = read(
        substance={"use": "misuse", "substances": ["cannabis"]},
        social=[],
        no=["anxiety"],
        circumstances={"pregnant": False, "no_benefit": True, "days_since_discharge": 0, "interpreter": "ar"},
    )
    assert facts.said == {
        "substance.use.misuse",
        "substance.substances.cannabis",
        "circumstances.no_benefit",
    }
    assert facts.asked == {
        "substance.use",
        "substance.substances",
        "social",
        "mental.signs.anxiety",
        "circumstances.pregnant",
        "circumstances.no_benefit",
        "circumstances.days_since_discharge",
        "circumstances.interpreter",
    }
    assert facts.numbers == (("circumstances.days_since_discharge", 0),)
    assert facts.texts == (("circumstances.interpreter", "ar"),)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"age": True}, "age: must be a whole number of years, 0 to 120"),
        ({"age": 121}, "age: must be a whole number of years, 0 to 120"),
        ({"age": 22.0}, "age: must be a whole number of years, 0 to 120"),
        ({"municipality": "75"}, "municipality: must be four digits"),
        ({"municipality": 751}, "municipality: must be four digits"),
        ({"role": "nurse"}, 'role: unknown code "nurse"; allowed: citizen, relative, professional'),
        ({"function": None}, "function: unknown code of type NoneType; allowed: unaffected, affected, reduced"),
        ({"social": "homeless"}, "social: must be a list; allowed: homeless, "),
        ({"acute": ["tired"]}, 'acute: unknown code "tired"; allowed: life_danger, '),
        ({"acute": [["overdose"]]}, "acute: unknown code of type list; allowed: life_danger, "),
        ({"mental": []}, "mental: must be an object"),
        ({"mental": {"mood": "low"}}, "mental.mood: unknown field; allowed: signs, state"),
        ({"name": "Alice"}, "name: unknown field; allowed: acute, age, "),
        ({"circumstances": {"pregnant": 1}}, "circumstances.pregnant: must be true or false, or left out "),
        ({"circumstances": {"days_since_discharge": True}}, "circumstances.days_since_discharge: must be a whole "),
        ({"circumstances": {"days_since_discharge": -1}}, "circumstances.days_since_discharge: must be a whole "),
        ({"circumstances": {"wishes_side": "joint"}}, 'circumstances.wishes_side: unknown code "joint"; allowed: '),
        ({"circumstances": {"interpreter": "Ask Alice"}}, "circumstances.interpreter: must be a language tag "),
        ({"no": ["reduced"]}, 'no: unknown code "reduced"; allowed: alcohol, '),
        ({"no": "debt"}, "no: must be a list; allowed: alcohol, "),
        ({"social": ["debt"], "no": ["debt"]}, 'no: "debt" is also named in social'),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(answers, message):
    with pytest.raises(InvalidAnswers) as refused:
        read(**answers)
    (problem,) = refused.value.problems
    assert str(problem).startswith(message)


def test_every_problem_is_told_at_once():
    with pytest.raises(InvalidAnswers) as refused:
        Facts.from_answers(VOCABULARY, {"age": -1, "social": ["x"], "door": "y"})
    assert [problem.field for problem in refused.value.problems] == ["municipality", "age", "door", "social"]


@pytest.mark.parametrize("answers", [None, [], "x", 1])
def test_a_request_is_an_object(answers):
    with pytest.raises(InvalidAnswers, match=r"^\$: must be an object"):
        Facts.from_answers(VOCABULARY, answers)


def test_a_long_value_is_not_carried_back():
    with pytest.raises(InvalidAnswers) as refused:
        read(door="x" * 10_000, **{"y" * 10_000: 1})
    assert all(len(problem.field) + len(problem.message) < 200 for problem in refused.value.problems)


def test_facts_cannot_be_changed_and_hold_no_name():
    facts = Facts.from_answers(VOCABULARY, VIGNETTES[0]["profile"])
    with pytest.raises(dataclasses.FrozenInstanceError):
        facts.age = 30
    assert {field.name for field in dataclasses.fields(Facts)} == {
        "municipality",
        "age",
        "said",
        "asked",
        "numbers",
        "texts",
    }
    assert hash(facts) == hash(Facts.from_answers(VOCABULARY, VIGNETTES[0]["profile"]))
