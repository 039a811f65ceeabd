"""What an answer tells about itself: reasons, what raised a rank, what was ruled out, rights, wishes."""

import pytest

from pathways.engine import Facts, NoDoor, Verdict, match
from tests.pathways.engine.world import HERE, VIGNETTES, VOCABULARY, directory_of, published_rule_set

CASES = {vignette["id"]: vignette for vignette in VIGNETTES}


def decide(vignette, **changes):
    profile = CASES[vignette]["profile"] | changes
    directory = directory_of(absent=CASES[vignette].get("absent", ()))
    return match(published_rule_set(), directory, Facts.from_answers(VOCABULARY, profile))


def rules_of(decision, kind):
    (found,) = [one for one in decision.matches if one.kind == kind]
    return [published_rule_set().lines[line].rule for line in found.reasons]


def ruled_out(decision, kind):
    (found,) = [one for one in decision.not_matched if one.kind == kind]
    return found


def test_each_kind_names_the_rules_behind_it():
    decision = decide("V01")
    assert rules_of(decision, "dual_diagnosis_municipal") == ["C4"]
    assert rules_of(decision, "coordinator") == ["D17", "C13"]
    assert rules_of(decide("V11"), "alcohol_treatment") == ["C6", "C6"]  # why treatment, and why this one
    assert [published_rule_set().lines[line].rule for line in decision.reasons] == ["B2"]


def test_what_raised_a_rank_is_told():
    substance, mental = decide("V31").ranks
    assert (substance.name, substance.value, substance.stated, substance.raised_by) == ("S", 0, 0, ())
    assert (mental.name, mental.value, mental.stated, mental.raised_by) == ("M", 3, 0, ("M.2",))


def test_a_wish_that_is_overruled_is_named_and_one_that_is_followed_is_not():
    (note,) = decide("V64").notes
    assert "wished to begin in substance treatment" in published_rule_set().lines[note].texts["en"]
    assert decide("V30").notes == ()


def test_a_substitute_says_what_it_stands_for_and_why():
    decision = decide("V43")
    standing = {one.kind: one.substitute_for for one in decision.matches if one.role == "primary"}
    assert standing == dict.fromkeys(["psychiatry_adult", "substance_treatment_outpatient"], "dual_diagnosis_municipal")
    assert rules_of(decision, "psychiatry_adult") == ["C4", "G"]
    assert rules_of(decision, "substance_treatment_outpatient") == ["C4", "G", "C6"]


def test_rights_stand_with_primary_and_parallel_kinds_only():
    rights = {one.kind: one.rights for one in decide("V34").matches}
    assert rights["alcohol_treatment"] == ("treatment_14_days_alcohol", "free_choice")
    assert rights["substance_treatment_day"] == ()  # as support: no clock runs


def test_an_obligation_carries_its_rights():
    rights = {obligation.code: obligation.rights for obligation in decide("V04").obligations}
    assert rights["coordination_plan"] == ("plan_meeting_6_months",)
    assert rights["guide_to_service"] == ()


def test_ruled_out_by_a_condition_that_was_denied():
    failure = ruled_out(decide("V11"), "housing_first").failure
    assert failure is not None
    assert (failure.operator, failure.operands, failure.verdict) == ("has", ("social.homeless",), Verdict.NOT_MET)


def test_ruled_out_by_a_question_not_asked_is_not_a_no():
    decision = match(published_rule_set(), directory_of(), Facts(HERE, 40))
    assert ruled_out(decision, "housing_first").verdict is Verdict.UNKNOWN
    assert ruled_out(decision, "medical_consultation").verdict is Verdict.UNKNOWN


def test_ruled_out_by_age_and_by_an_earlier_line():
    decision = decide("V03")
    assert ruled_out(decision, "easy_access_adult").instead == "C7.2"
    assert ruled_out(decide("V20"), "mastery_course").age == (18, 120)


def test_the_role_is_professional_unless_said():
    facts = Facts(HERE, 40)
    codes = [obligation.code for obligation in match(published_rule_set(), directory_of(), facts).obligations]
    assert codes[0] == "guide_to_service"
    said = Facts(HERE, 40, frozenset({"role.citizen"}), frozenset({"role"}))
    assert match(published_rule_set(), directory_of(), said).obligations == ()


def test_a_place_with_no_help_at_all_is_told_so():
    with pytest.raises(NoDoor, match="municipality 9999 at age 40"):
        match(published_rule_set(), directory_of(), Facts("9999", 40))
