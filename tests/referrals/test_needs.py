"""The conversation: which words come first at which door, and that nothing can be left out of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.utils import translation

from referrals import needs
from referrals.forms import NeedsForm

WORDS = json.loads(Path("fixtures/catalogue/vocabulary.json").read_text())
DOORS = [door["code"] for door in WORDS["doors"]]


@pytest.mark.parametrize(
    ("door", "first"),
    [
        ("jobcenter", ["acute", "work", "money", "substance"]),
        ("school", ["acute", "work", "mental", "family"]),
        ("gp", ["acute", "mental", "body", "substance"]),
        ("shelter", ["acute", "home", "substance", "mental"]),
        ("", ["acute", "substance", "mental", "home"]),
    ],
)
def test_each_door_begins_with_what_is_spoken_of_there(door: str, first: list[str]) -> None:
    groups = needs.conversation(door)
    assert [group.code for group in groups][:4] == first
    assert [group.code for group in groups if not group.folded] == first[:2]


@pytest.mark.parametrize("door", DOORS)
def test_every_door_asks_everything(door: str) -> None:
    groups = {group.code for group in needs.conversation(door)}
    asked = needs.questions(WORDS, door=door)
    assert groups == {"acute", *needs.HEADINGS}
    assert {question.group for question in asked} == groups
    assert {question.name for question in asked} == {question.name for question in needs.questions(WORDS)}


def test_a_school_reads_school_words_first_and_a_jobcentre_job_words() -> None:
    def read(door: str) -> tuple[str, list[str]]:
        with translation.override("da"):
            group = needs.conversation(door)[1]
            (question,) = (q for q in needs.questions(WORDS, door=door) if q.name == "social_work")
            return str(group.heading), [code for code, _texts in question.options]

    assert read("jobcenter") == ("Job og skole", ["unemployed", "job_at_risk", "school_absence", "learning_only"])
    assert read("school") == ("Skole og job", ["school_absence", "learning_only", "job_at_risk", "unemployed"])


def test_every_door_that_is_named_is_one_of_the_vocabulary() -> None:
    assert {*needs.SPOKEN_OF_FIRST, *needs.SCHOOL_DOORS} <= set(DOORS)


@pytest.mark.parametrize("ladder", ["substance_use", "mental_state", "function"])
def test_each_step_of_a_ladder_has_an_example_in_both_languages(ladder: str) -> None:
    steps = [step["code"] for step in WORDS["ladders"][ladder]]
    assert list(needs.EXAMPLES[ladder]) == steps
    for example in needs.EXAMPLES[ladder].values():
        with translation.override("da"):
            danish = str(example)
        with translation.override("en"):
            assert str(example) != danish


def test_the_summary_says_what_was_answered_and_leaves_out_what_was_not() -> None:
    with translation.override("da"):
        form = NeedsForm(
            {"substance_use": "misuse", "acute": ["nothing"], "pregnant": "no", "social_work": ["unemployed"]},
            words=WORDS,
            door="jobcenter",
        )
        assert form.is_valid()
        assert [(str(heading), [(at, str(q), said) for at, q, said in lines]) for heading, lines in form.answered] == [
            ("Er det akut?", [("id_acute", "Akutte tegn lige nu", "Spurgt: intet af dette")]),
            ("Job og skole", [("id_social_work", "Arbejde, uddannelse og skole", "Uden for arbejde og uddannelse")]),
            ("Rusmidler", [("id_substance_use", "Hvor meget bruger borgeren?", "Problematisk brug")]),
            ("Familien", [("id_pregnant", "Gravid", "Nej")]),
        ]
        assert form.answered_count == 4
        assert form.open_groups == {"acute", "work", "substance", "family"}
