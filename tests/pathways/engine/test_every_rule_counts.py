"""Take any one line out of the rules: at least one worked case is then answered otherwise, or nothing is answered."""

from collections.abc import Iterator
from typing import Any

import pytest

from pathways.engine import Decision, Facts, InvalidRuleSet, NoDoor, RuleSet, match
from tests.pathways.engine.world import (
    VIGNETTES,
    VOCABULARY,
    answer_at_kind_level,
    directory_of,
    published_rule_set,
    rules,
)

FACTS = [(Facts.from_answers(VOCABULARY, v["profile"]), tuple(v.get("absent", ()))) for v in VIGNETTES]
INFORMING = ("F1", "F2", "F3", "F4", "H1", "H2", "H3", "H4")  # they change no answer: pages and letters quote them
WRITTEN = [
    *(
        f"{letter}{n}"
        for letter, last in (("A", 8), ("B", 3), ("C", 13), ("D", 26), ("E", 10))
        for n in range(1, last + 1)
    ),
    "G",
    *INFORMING,
]


def lines_of(data: dict[str, Any]) -> Iterator[tuple[str, list[Any], int]]:
    """Every line of the rules: its place, the list that holds it, and where in that list."""
    for name, rank in data["ranks"].items():
        for n in range(len(rank["raise"])):
            yield f"ranks.{name}.raise[{n}]", rank["raise"], n
    named = [*data["choices"].values(), *(r for group in data["groups"] for r in group["rules"]), data["substitutes"]]
    for rule in named:
        for part in ("lines", "also"):
            for n in range(len(rule.get(part, []))):
                yield f"{rule['rule']}.{part}[{n}] of {len(rule['lines'])}", rule[part], n


def answer(decision: Decision) -> tuple[object, ...]:
    return answer_at_kind_level(decision), decision.kinds("fallback"), len(decision.notes)


ANSWERS = [answer(match(published_rule_set(), directory_of(absent=absent), facts)) for facts, absent in FACTS]


@pytest.mark.parametrize("n", range(len(list(lines_of(rules())))), ids=[place for place, _, _ in lines_of(rules())])
def test_without_this_line_some_case_is_answered_otherwise(n):
    data = rules()
    _, holder, at = list(lines_of(data))[n]
    del holder[at]
    try:
        poorer = RuleSet.from_data(data, VOCABULARY)
        assert any(
            answer(match(poorer, directory_of(absent=absent), facts)) != expected
            for (facts, absent), expected in zip(FACTS, ANSWERS, strict=True)
        )
    except (InvalidRuleSet, NoDoor):
        pass  # without it the rules are refused, or leave somebody without a door: it counts


def test_every_written_rule_is_in_the_data():
    numbers = published_rule_set().numbers()
    assert set(WRITTEN) <= set(numbers)
    assert set(numbers) - set(WRITTEN) == {"B", "S", "M"}  # the level table itself, and what raises a rank


def test_the_rules_that_inform_are_exactly_these():
    assert tuple(published_rule_set().texts) == INFORMING


def test_every_line_has_a_reason_in_both_languages_and_says_how_strong_it_is():
    texts = [*published_rule_set().lines.values(), *published_rule_set().texts.values()]
    assert len(texts) > 170
    for text in texts:
        assert text.strength in ("law", "guideline", "policy")
        assert text.strength != "law" or (text.as_of and text.verify)
        danish, english = text.texts["da"], text.texts["en"]
        assert danish != english
        assert danish[-1] == english[-1] == "."
        assert max(len(danish), len(english)) < 220
