"""The worked cases: the whole answer at kind level, exactly."""

import pytest

from pathways.engine import Facts, match
from tests.pathways.engine.world import VIGNETTES, VOCABULARY, answer_at_kind_level, directory_of, published_rule_set


@pytest.mark.parametrize("vignette", VIGNETTES, ids=[vignette["id"] for vignette in VIGNETTES])
def test_vignette_is_answered_exactly(vignette):
    directory = directory_of(absent=vignette.get("absent", ()))
    decision = match(published_rule_set(), directory, Facts.from_answers(VOCABULARY, vignette["profile"]))
    assert answer_at_kind_level(decision) == vignette["expect"]
    expected_gaps = {gap["kind"]: gap["substitutes"] for gap in vignette.get("gaps", [])}
    assert {gap.kind: list(gap.substitutes) for gap in decision.gaps} == expected_gaps
