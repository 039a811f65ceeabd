"""Every operator, every verdict once: what is not asked is never a no, and nothing said never blocks."""

import pytest

from pathways.engine import InvalidRuleSet, Verdict
from pathways.engine.conditions import Door, Scope, State, compile_condition
from tests.pathways.engine.world import VOCABULARY

SCOPE = Scope(
    vocabulary=VOCABULARY,
    numbers={"age", "level", "S", "circumstances.days_since_discharge"},
    counts={"needs": ("social.homeless", "social.debt", "social.lonely")},
    definitions={},
)
SCOPE.definitions["pregnant"] = compile_condition({"has": "circumstances.pregnant"}, "definitions.pregnant", SCOPE)
MET, NO, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN
DEBT, HOMELESS = {"has": "social.debt"}, {"has": "social.homeless"}


def verdict(condition, *, said=(), asked=(), numbers=None, open_numbers=(), side="", door=None):
    state = State(said=frozenset(said), asked=frozenset(asked), numbers=numbers or {})
    state.open |= set(open_numbers)
    state.side = side
    if door:
        kind, role = door
        state.doors[kind] = Door(VOCABULARY.kinds[kind], role, (), None)
    failure = compile_condition(condition, "when", SCOPE)(state)
    return failure.verdict if failure else MET


@pytest.mark.parametrize(
    ("condition", "given", "expected"),
    [
        (DEBT, {"said": ["social.debt"], "asked": ["social"]}, MET),
        (DEBT, {"asked": ["social"]}, NO),
        (DEBT, {"asked": ["social.debt"]}, NO),
        (DEBT, {"asked": ["social.homeless"]}, UNKNOWN),
        (DEBT, {}, UNKNOWN),
        ({"has": "circumstances.pregnant"}, {"said": ["circumstances.pregnant"]}, MET),
        ({"has": "circumstances.pregnant"}, {"asked": ["circumstances.pregnant"]}, NO),
        ({"has": "circumstances.pregnant"}, {}, UNKNOWN),
        ({"has": ["social.debt", "acute.overdose"]}, {"said": ["acute.overdose"]}, MET),
        ({"has": ["social.debt", "acute.overdose"]}, {"asked": ["acute"]}, UNKNOWN),
        ({"has": ["social.debt", "acute.overdose"]}, {"asked": ["acute", "social"]}, NO),
        ({"has": ["social.debt", "acute.overdose"]}, {"asked": ["acute", "social.debt"]}, NO),
        ({"has": "acute.*"}, {"said": ["acute.overdose"]}, MET),
        ({"has": "acute.*"}, {"asked": ["acute"]}, NO),
        ({"has": "function.reduced"}, {"said": ["function.affected"], "asked": ["function"]}, NO),
        ({"has": {"door": {"may_refer": False}}}, {"said": ["door.helpline"]}, MET),
        ({"has": {"door": {"may_refer": False}}}, {"said": ["door.gp"], "asked": ["door"]}, NO),
        ({"only": "acute.overdose"}, {"said": ["acute.overdose"], "asked": ["acute"]}, MET),
        ({"only": "acute.overdose"}, {"said": ["acute.overdose", "acute.withdrawal"], "asked": ["acute"]}, NO),
        ({"only": "acute.overdose"}, {"asked": ["acute"]}, NO),
        ({"only": "acute.overdose"}, {}, UNKNOWN),
        ({"not": DEBT}, {"said": ["social.debt"]}, NO),
        ({"not": DEBT}, {"asked": ["social"]}, MET),
        ({"not": DEBT}, {}, MET),  # nothing said never blocks
        ({"all": [DEBT, HOMELESS]}, {"said": ["social.debt", "social.homeless"]}, MET),
        ({"all": [DEBT, HOMELESS]}, {"asked": ["social.homeless"]}, NO),  # a no decides, also behind an open question
        ({"all": [DEBT, HOMELESS]}, {"said": ["social.homeless"]}, UNKNOWN),
        ({"any": [DEBT, HOMELESS]}, {"said": ["social.homeless"]}, MET),
        ({"any": [DEBT, HOMELESS]}, {"asked": ["social.debt"]}, UNKNOWN),
        ({"any": [DEBT, HOMELESS]}, {"asked": ["social"]}, NO),
        ({"at_least": {"age": 18}}, {"numbers": {"age": 18}}, MET),
        ({"at_least": {"age": 18}}, {"numbers": {"age": 17}}, NO),
        ({"at_most": {"age": 17}}, {"numbers": {"age": 18}}, NO),
        ({"equals": {"S": 4}}, {"numbers": {"S": 4}}, MET),
        ({"equals": {"S": 4}}, {"numbers": {"S": 3}}, NO),
        ({"equals": {"S": 4}}, {"numbers": {"S": 3}, "open_numbers": ["S"]}, UNKNOWN),
        ({"equals": {"S": 0}}, {"numbers": {"S": 0}, "open_numbers": ["S"]}, MET),
        ({"between": {"S": [1, 2]}}, {"numbers": {"S": 2}}, MET),
        ({"between": {"S": [1, 2]}}, {"numbers": {"S": 3}, "open_numbers": ["S"]}, NO),
        ({"at_most": {"circumstances.days_since_discharge": 7}}, {}, UNKNOWN),
        (
            {"at_most": {"circumstances.days_since_discharge": 7}},
            {"numbers": {"circumstances.days_since_discharge": 7}},
            MET,
        ),
        ({"at_least": {"needs": 2}}, {"said": ["social.debt", "social.lonely"]}, MET),
        ({"at_least": {"needs": 2}}, {"said": ["social.debt"], "asked": ["social"]}, NO),
        ({"at_least": {"needs": 2}}, {"said": ["social.debt"]}, UNKNOWN),
        ({"side": "joint"}, {"side": "joint"}, MET),
        ({"side": ["joint", "social"]}, {"side": "psychiatry"}, NO),
        ({"side": "joint"}, {"side": "social", "open_numbers": ["side"]}, UNKNOWN),
        ({"offered": {"roles": ["primary"], "access": ["self"]}}, {"door": ("gp", 1)}, MET),
        ({"offered": {"roles": ["primary"], "access": ["self"]}}, {"door": ("gp", 2)}, NO),
        ({"offered": {"roles": ["primary"], "right": "free_choice"}}, {"door": ("alcohol_treatment", 1)}, MET),
        ({"offered": {"roles": ["primary"], "right": "free_choice"}}, {"door": ("gp", 1)}, NO),
        ({"is": "pregnant"}, {"said": ["circumstances.pregnant"]}, MET),
        ({"is": "pregnant"}, {}, UNKNOWN),
    ],
)
def test_verdict(condition, given, expected):
    assert verdict(condition, **given) is expected


def test_a_failure_says_where_it_is_and_what_it_looked_for():
    condition = compile_condition({"all": [{"at_least": {"age": 18}}, DEBT]}, "rules[3].when", SCOPE)
    failure = condition(State(said=frozenset(), asked=frozenset(), numbers={"age": 20}))
    assert (failure.where, failure.operator, failure.operands, failure.verdict) == (
        "rules[3].when.all[1].has",
        "has",
        ("social.debt",),
        UNKNOWN,
    )


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("debt", "when: a condition is an object with one operator; allowed: all, any, "),
        ({}, "when: a condition is an object with one operator; allowed: all, any, "),
        ({"or": []}, 'when: unknown operator "or"; allowed: all, any, '),
        ({"all": []}, "when.all: must be a list of conditions, and not empty"),
        (
            {"all": [DEBT, {"any": [{"has": "social.xyz"}]}]},
            'when.all[1].any[0].has: unknown code "xyz" in social; allowed: homeless, ',
        ),
        ({"has": "weather.rain"}, 'when.has: unknown question in "weather.rain"; allowed: role, '),
        ({"has": "homeless"}, 'when.has: unknown question in "homeless"; allowed: role, '),
        ({"has": "circumstances.days_since_discharge"}, 'when.has: unknown question in "circumstances.days_since'),
        ({"has": []}, "when.has: must not be empty"),
        ({"has": 3}, "when.has: must be a list of strings"),
        ({"has": {"door": {"may_refer": 7}}}, "when.has: no code of the vocabulary has these properties"),
        ({"has": {"window": {"may_refer": False}}}, 'when.has: unknown question "window"; allowed: role, '),
        ({"only": "function.reduced"}, "when.only: must name a code of a list"),
        ({"at_least": 3}, 'when.at_least: must be an object such as {"age": 18}'),
        ({"at_least": {"X": 3}}, 'when.at_least.X: unknown number "X"; allowed: S, age, '),
        ({"at_least": {"S": "3"}}, "when.at_least.S: must be a whole number"),
        ({"at_least": {"S": True}}, "when.at_least.S: must be a whole number"),
        ({"between": {"S": 3}}, "when.between.S: must be two whole numbers"),
        ({"between": {"S": [3, 1]}}, "when.between.S: the first number must not be the greater"),
        ({"at_most": {"needs": 2}}, "when.at_most.needs: a count can only be asked for by at_least, from 1"),
        ({"side": "left"}, 'when.side: unknown side "left"; allowed: joint, '),
        ({"offered": {"roles": ["primary"]}}, "when.offered: must hold roles, and access or right"),
        (
            {"offered": {"roles": ["main"], "access": ["self"]}},
            'when.offered.roles: unknown role "main"; allowed: acute, ',
        ),
        ({"offered": {"roles": ["primary"], "access": ["key"]}}, 'when.offered.access: unknown code "key"; allowed: '),
        ({"offered": {"roles": ["primary"], "right": "key"}}, 'when.offered.right: unknown code "key"; allowed: '),
        ({"is": "old"}, 'when.is: unknown definition "old"; allowed: pregnant'),
    ],
)
def test_a_malformed_condition_is_refused_with_its_place(condition, message):
    with pytest.raises(InvalidRuleSet) as refused:
        compile_condition(condition, "when", SCOPE)
    assert str(refused.value).startswith(message)
