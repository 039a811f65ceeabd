"""Rule data that cannot be used is refused, and the message begins with the place."""

import pytest

from pathways.engine import InvalidRuleSet, RuleSet
from tests.pathways.engine.world import VOCABULARY, published_rule_set, rules


def first_rule(data):
    return data["groups"][1]["rules"][0]


def first_line(data):
    return first_rule(data)["lines"][0]


def rename(key, other):
    return lambda data: data.__setitem__(other, data.pop(key))


MALFORMED = [
    (lambda d: d.pop("ranks"), '$: "ranks" is missing'),
    (lambda d: d.update(colour="red"), '$: unknown field "colour"; allowed: version, '),
    (lambda d: d.update(version=" "), "version: must be a text, and not empty"),
    (lambda d: d["defaults"].update(role="nurse"), 'defaults.role[0]: unknown code "nurse"; allowed: citizen, '),
    (lambda d: d["defaults"].update(social="debt"), "defaults.social: must be a question with one answer"),
    (lambda d: d["ranking"].update(language="social"), 'ranking.language: "social" cannot be ranked by; allowed: '),
    (lambda d: d["ranks"]["S"].update(ladder="door"), 'ranks.S.ladder: "door" is not a question with ranks'),
    (
        lambda d: d["ranks"]["S"]["raise"][0].update(to=9),
        "ranks.S.raise[0].to: must be a rank of the ladder; allowed: 0",
    ),
    (lambda d: d["counts"]["social_needs"].update(of="door"), 'counts.social_needs.of: unknown list "door"; allowed: '),
    (
        lambda d: d["counts"]["social_needs"].update({"except": ["xyz"]}),
        'counts.social_needs.except[0]: unknown code "xyz"; allowed: ',
    ),
    (
        lambda d: d["definitions"].update(adult={"at_least": {"ages": 18}}),
        'definitions.adult.at_least.ages: unknown number "ages"',
    ),
    (lambda d: d["definitions"].update(adult={"is": "minor"}), 'definitions.adult.is: unknown definition "minor"'),
    (lambda d: d["families"].update(psychiatry_by_age=["xyz"]), 'families.psychiatry_by_age[0]: unknown code "xyz"; '),
    (
        lambda d: d["choices"]["substance_treatment"]["lines"].pop(),
        "choices.substance_treatment.lines: the last line must apply to everybody",
    ),
    (lambda d: d["groups"][1].update(mode="some"), 'groups[1].mode: unknown mode "some"; allowed: first, all'),
    (lambda d: d["groups"].reverse(), "groups[0]: the first group decides level and side"),
    (lambda d: d["groups"].pop(2), "groups: nobody may be left without a door"),
    (
        lambda d: d["groups"][2]["rules"][-1]["lines"].pop(),
        "groups[2].rules: the last line must apply to everybody, so it has no condition",
    ),
    (
        lambda d: d["groups"][2]["rules"][-1]["lines"][-1]["offer"].update(primary=["easy_access_adult"]),
        "groups[2].rules[11].lines[9]: the last line must apply to everybody, but it leaves out age 0",
    ),
    (lambda d: first_rule(d).update(rule="A2"), 'groups[1].rules[1].rule: "A2" stands twice'),
    (
        lambda d: first_rule(d).update(strength="custom"),
        'groups[1].rules[0].strength: unknown strength "custom"; allowed: law, ',
    ),
    (lambda d: first_rule(d).update(strength="law"), "groups[1].rules[0]: law must say as_of which year it is stated"),
    (lambda d: first_rule(d).pop("source"), 'groups[1].rules[0]: "source" is missing'),
    (
        lambda d: first_rule(d).update(also=[]),
        "groups[1].rules[0].also: only comes along where the first line is taken",
    ),
    (lambda d: first_rule(d).update(lines={}), "groups[1].rules[0].lines: must be a list"),
    (lambda d: first_line(d).pop("reason_en"), 'groups[1].rules[0].lines[0]: "reason_en" is missing'),
    (
        lambda d: first_line(d).update(reason_da=""),
        "groups[1].rules[0].lines[0].reason_da: must be a text, and not empty",
    ),
    (
        lambda d: first_line(d).update(when={"all": [{"has": "social.xyz"}]}),
        'groups[1].rules[0].lines[0].when.all[0].has: unknown code "xyz" in social; allowed: homeless, ',
    ),
    (
        lambda d: first_line(d).update(offer={"main": ["gp"]}),
        'groups[1].rules[0].lines[0].offer: unknown role "main"; ',
    ),
    (
        lambda d: first_line(d).update(offer={"door": ["gp"]}),
        'groups[1].rules[0].lines[0].offer: unknown role "door"; ',
    ),
    (
        lambda d: first_line(d).update(offer={"acute": ["xyz"]}),
        'groups[1].rules[0].lines[0].offer.acute[0]: unknown kind "xyz"',
    ),
    (
        lambda d: first_line(d).update(offer={"acute": [["gp"]]}),
        "groups[1].rules[0].lines[0].offer.acute[0]: must be the code of a kind",
    ),
    (
        lambda d: first_line(d).update(offer={"primary": ["digital_self_help"]}),
        'groups[1].rules[0].lines[0].offer.primary[0]: "digital_self_help" is digital and can never be the door itself',
    ),
    (
        lambda d: first_line(d).update(oblige=["xyz"]),
        'groups[1].rules[0].lines[0].oblige[0]: unknown code "xyz"; allowed: ',
    ),
    (
        lambda d: first_line(d).update(rights=["xyz"]),
        'groups[1].rules[0].lines[0].rights[0]: unknown code "xyz"; allowed: ',
    ),
    (lambda d: first_line(d).update(level=5), "groups[1].rules[0].lines[0].level: unknown level; allowed: 1, 2, 3, 4"),
    (lambda d: first_line(d).update(side="left"), 'groups[1].rules[0].lines[0].side: unknown side "left"; allowed: '),
    (
        lambda d: d["substitutes"]["lines"][0].update({"for": ["xyz"]}),
        'substitutes.lines[0].for[0]: unknown code "xyz"; ',
    ),
    (lambda d: d["substitutes"]["lines"][0].pop("by"), "substitutes.lines[0].by: must be a list"),
    (
        lambda d: d["substitutes"]["lines"][9].update(roles=["x"]),
        'substitutes.lines[9].roles[0]: unknown code "x"; allowed: ',
    ),
    (lambda d: d["texts"][5].update(decline_reasons=["x"]), 'texts[5].decline_reasons[0]: unknown code "x"; allowed: '),
    (lambda d: d["texts"][0].pop("verify"), "texts[0]: law must say as_of which year it is stated"),
]


@pytest.mark.parametrize(("spoil", "message"), MALFORMED, ids=[message.split(":")[0] for _, message in MALFORMED])
def test_malformed_rules_are_refused_with_the_place(spoil, message):
    data = rules()
    spoil(data)
    with pytest.raises(InvalidRuleSet) as refused:
        RuleSet.from_data(data, VOCABULARY)
    assert str(refused.value).startswith(message)


def test_the_message_names_what_is_allowed_by_family_and_choice_too():
    data = rules()
    first_line(data).update(offer={"acute": ["xyz"]})
    with pytest.raises(InvalidRuleSet, match=r"emergency_by_age.*substance_treatment"):
        RuleSet.from_data(data, VOCABULARY)


@pytest.mark.parametrize("data", [None, [], "x"])
def test_a_rule_set_is_an_object(data):
    with pytest.raises(InvalidRuleSet, match=r"^\$: must be an object"):
        RuleSet.from_data(data, VOCABULARY)


def test_decline_reasons_follow_the_vocabulary():
    texts = published_rule_set().texts
    assert set(texts["H1"].decline_reasons) | set(texts["H2"].decline_reasons) == VOCABULARY.decline_reasons
