"""Matching against the loaded catalogue, on a day."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pathways import matching, models, rulebook
from tests.factories.pathways import MunicipalityFactory, ServiceAreaFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
LAST_DAY_OF_HOVEDSTADEN, FIRST_DAY_OF_OESTDANMARK = date(2026, 12, 31), date(2027, 1, 1)
SEVERE = {"age": 40, "substance": {"use": "none"}, "mental": {"state": "severe", "signs": []}}

# One of each kind of way: acute, both sides, each age group, each substitution that the baseline makes real.
PROFILES: dict[str, dict[str, Any]] = {
    "nothing said": {"age": 40},
    "newborn": {"age": 0, "circumstances": {"child_0_7_exposed": True}},
    "child in distress": {"age": 8, "mental": {"state": "distress", "signs": []}},
    "child who uses": {"age": 11, "substance": {"use": "misuse", "substances": ["cannabis"]}},
    "young and both": {
        "age": 16,
        "substance": {"use": "dependence", "substances": ["cannabis"]},
        "mental": {"state": "moderate", "signs": []},
    },
    "fully integrated": {
        "age": 45,
        "substance": {"use": "dependence", "substances": ["opioids"]},
        "mental": {"state": "severe", "signs": ["psychosis"]},
        "social": ["homeless"],
    },
    "both serious": {
        "age": 30,
        "substance": {"use": "misuse", "substances": ["stimulants"]},
        "mental": {"state": "moderate", "signs": []},
    },
    "adapted": {
        "age": 30,
        "substance": {"use": "misuse", "substances": ["alcohol"]},
        "circumstances": {"intellectual_disability": True},
    },
    "anonymous": {
        "age": 30,
        "substance": {"use": "misuse", "substances": ["cannabis"]},
        "mental": {"state": "none"},
        "social": [],
        "circumstances": {"wants_anonymous": True},
    },
    "first psychosis": {
        "age": 22,
        "mental": {"state": "severe", "signs": ["psychosis"]},
        "circumstances": {"first_episode": True},
    },
    "homeless and severe": {"age": 50, "mental": {"state": "severe"}, "social": ["homeless"]},
    "cannot attend": {"age": 50, "mental": {"state": "severe"}, "circumstances": {"cannot_attend": True}},
    "old and severe": {"age": 80, "mental": {"state": "severe"}},
    "in prison": {"age": 35, "substance": {"use": "misuse"}, "social": ["in_prison"]},
    "suicidal child": {"age": 13, "acute": ["suicidal_thoughts"], "role": "citizen"},
    "crisis": {"age": 33, "acute": ["acute_crisis"]},
    "alcohol": {"age": 70, "substance": {"use": "dependence", "substances": ["alcohol"]}},
    "heroin": {
        "age": 45,
        "substance": {"use": "dependence", "substances": ["opioids"]},
        "circumstances": {"substitution_insufficient": True},
    },
    "in debt": {"age": 60, "social": ["debt", "economy"]},
    "oldest": {"age": 120, "social": ["lonely"]},
}


@pytest.mark.parametrize("name", PROFILES)
def test_everybody_has_a_first_door_with_a_real_service_in_every_municipality(name: str) -> None:
    age = PROFILES[name]["age"]
    for code in models.Municipality.objects.values_list("code", flat=True):
        decision = matching.match({"municipality": code, **PROFILES[name]}, on=TODAY).decision
        assert decision.kinds("primary"), (code, name)
        assert "coordinator" in {found.kind for found in decision.matches}, (code, name)
        for found in decision.matches:
            assert found.services, (code, name, found.kind)
            assert all(code in entry.municipalities and entry.covers(age) for entry in found.services)


def test_everybody_has_a_first_door_on_both_sides_of_the_merger() -> None:
    for code in models.Municipality.objects.values_list("code", flat=True):
        for day in (LAST_DAY_OF_HOVEDSTADEN, FIRST_DAY_OF_OESTDANMARK):
            matched = matching.match({"municipality": code, **SEVERE}, on=day)
            assert matched.decision.kinds("primary") == ("psychiatry_adult",), (code, day)


def psychiatry(municipality: str, day: date) -> tuple[str, str]:
    matched = matching.match({"municipality": municipality, **SEVERE}, on=day)
    (found,) = [found for found in matched.decision.matches if found.kind == "psychiatry_adult"]
    (service,) = matched.services(found)
    return service.code, service.organisation


@pytest.mark.parametrize(
    ("municipality", "code", "before"),
    [
        ("0101", "psychiatry-adult-hovedstaden", "Region Hovedstaden"),
        ("0400", "psychiatry-adult-hovedstaden", "Region Hovedstaden"),
        ("0253", "psychiatry-adult-sjaelland", "Region Sjælland"),
    ],
)
def test_the_merged_region_answers_from_its_first_day(municipality: str, code: str, before: str) -> None:
    assert psychiatry(municipality, LAST_DAY_OF_HOVEDSTADEN) == (code, before)
    assert psychiatry(municipality, FIRST_DAY_OF_OESTDANMARK) == (code, "Region Østdanmark")


def test_the_other_regions_go_on() -> None:
    for day in (LAST_DAY_OF_HOVEDSTADEN, FIRST_DAY_OF_OESTDANMARK):
        assert psychiatry("0751", day) == ("psychiatry-adult-midtjylland", "Region Midtjylland")


def test_a_service_of_the_new_region_covers_both_old_ones() -> None:
    area = ServiceAreaFactory.create(
        extent="region", municipality_id=None, region_id="oestdanmark", service__kind_id="consumption_room"
    )
    book = rulebook.rulebook(on=LAST_DAY_OF_HOVEDSTADEN)
    assert all(entry.id != area.service_id for entry in book.catalogue.directory.find("consumption_room", "0253", 40))
    book = rulebook.rulebook(on=FIRST_DAY_OF_OESTDANMARK)
    for municipality in ("0101", "0253", "0400"):
        found = book.catalogue.directory.find("consumption_room", municipality, 40)
        assert area.service_id in [entry.id for entry in found]


def test_a_service_keeps_its_municipality_through_a_merger() -> None:
    merged = MunicipalityFactory.create(code="0564", name="Nye Fanø", valid_from=date(2027, 6, 1))
    models.Municipality.objects.filter(code="0563").update(valid_to=date(2027, 6, 1), successor=merged)
    by_code = matching.match({"municipality": "0564", "age": 40}, on=date(2027, 6, 1))
    by_old_code = matching.match({"municipality": "0563", "age": 40}, on=date(2027, 6, 1))
    assert by_code.decision == by_old_code.decision
    (guidance,) = by_code.decision.matches[0].services
    assert by_code.rulebook.catalogue.services[guidance.id].code == "municipal-guidance-0563"
    assert matching.match({"municipality": "0563", "age": 40}, on=date(2027, 5, 31)).facts.municipality == "0563"


def test_what_does_not_exist_is_replaced_and_the_gap_is_named() -> None:
    matched = matching.match({"municipality": "0773", **PROFILES["both serious"]}, on=TODAY)
    said = matching.answer(matched)
    assert matched.decision.kinds("primary") == ("psychiatry_adult", "substance_treatment_outpatient")
    assert {match["substitute_for"] for match in said["matches"] if match["role"] == "primary"} == {
        "dual_diagnosis_municipal"
    }
    assert said["gaps"] == [
        {
            "kind": "dual_diagnosis_municipal",
            "municipality": "0773",
            "substitute": ["psychiatry_adult", "substance_treatment_outpatient"],
        }
    ]


def test_only_services_of_the_day_are_found() -> None:
    models.Service.objects.filter(code="shelter-0751").update(valid_to=TODAY)
    assert not rulebook.rulebook(on=TODAY).catalogue.directory.find("shelter", "0751", 40)
    models.Service.objects.filter(code="shelter-0751").update(valid_to=date(2026, 11, 23))
    assert rulebook.rulebook(on=TODAY).catalogue.directory.find("shelter", "0751", 40)


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(matching.InvalidAnswers) as caught:
        matching.match({"municipality": "9999", "age": -1, "social": ["rich"], "cpr": "x"}, on=TODAY)
    assert [problem.field for problem in caught.value.problems] == ["municipality", "cpr", "age", "social"]
    assert len(caught.value.problems[0].allowed) == 98


def test_the_rulebook_is_read_once_for_each_version_and_day() -> None:
    first = rulebook.rulebook(on=TODAY)
    with CaptureQueriesContext(connection) as queries:
        again = rulebook.rulebook(on=TODAY)
    assert len(queries) == 1  # the versions of the directory and of the rules
    assert again.catalogue is first.catalogue
    assert again.rule_set is first.rule_set
    models.Service.objects.filter(code="shelter-0751").update(wait_days=9)
    changed = rulebook.rulebook(on=TODAY)
    assert changed.catalogue is not first.catalogue
    assert changed.catalogue.version == first.catalogue.version + 1
    (shelter,) = changed.catalogue.directory.find("shelter", "0751", 40)
    assert shelter.wait_days == 9


def test_a_draft_can_be_tried_without_publishing_it() -> None:
    document = models.RuleSet.objects.get(version="2026.1").document
    models.RuleSet.objects.create(version="2026.2", document=document | {"version": "2026.2"})
    answers = {"municipality": "0751", "age": 40}
    assert matching.match(answers, on=TODAY, rule_set_version="2026.2").rule_set_version == "2026.2"
    assert matching.match(answers, on=TODAY).rule_set_version == "2026.1"


def test_the_explanation_can_be_kept_and_read_later_in_both_languages() -> None:
    matched = matching.match(
        {"municipality": "0751", "age": 30, "mental": {"signs": ["bipolar"]}, "substance": {"use": "none"}}, on=TODAY
    )
    kept = json.loads(json.dumps(matched.explanation))
    assert kept["on"] == "2026-11-22"
    assert kept["directory_version"] == matched.directory_version
    assert {rank["name"]: (rank["value"], rank["stated"]) for rank in kept["ranks"]} == {"S": (0, 0), "M": (3, None)}
    assert "mental.state" in kept["not_asked"]
    assert "substance.use" not in kept["not_asked"]
    assert kept["da"]["matches"][0]["kind"] == kept["en"]["matches"][0]["kind"]
    assert kept["da"]["obligations"][0]["text"] == "Tilbyd somatisk undersøgelse"
    assert kept["en"]["obligations"][0]["text"] == "Offer a physical examination"


def test_what_raised_a_rank_stands_among_the_reasons_of_the_first_door() -> None:
    matched = matching.match({"municipality": "0751", "age": 30, "mental": {"signs": ["psychosis"]}}, on=TODAY)
    primary = next(match for match in matching.answer(matched)["matches"] if match["role"] == "primary")
    assert "M" in [reason["rule"] for reason in primary["reasons"]]


def test_a_plan_carries_its_own_right() -> None:
    said = matching.answer(matching.match({"municipality": "0751", **PROFILES["fully integrated"]}, on=TODAY))
    plan = next(obligation for obligation in said["obligations"] if obligation["code"] == "coordination_plan")
    assert plan == {
        "code": "coordination_plan",
        "rule": "D18",
        "text": "Lav en koordinerende indsatsplan",
        "strength": "guideline",
        "rights": [
            {
                "code": "plan_meeting_6_months",
                "days": 183,
                "counts_from": "seneste møde",
                "law": "R 3.3.4",
                "as_of": "2016",
                "verified": False,
            }
        ],
    }
