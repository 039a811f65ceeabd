"""Nothing is asked that cannot change the door, and nothing that can is left out."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pathways.engine import Facts
from pathways.selfcheck import course, words
from pathways.selfcheck.check import AGE, FIRST, MUNICIPALITY, UNKNOWN, UNSAID, VOICES, Check
from tests.pathways.engine.test_questions import answers
from tests.pathways.engine.world import HERE, VIGNETTES, VOCABULARY, VOCABULARY_DATA
from tests.pathways.selfcheck.book import TODAY, book

AGES = (0, 5, 7, 8, 11, 12, 14, 15, 17, 18, 25, 26, 30, 36, 64, 65, 70, 97)


def walk(check: Check, say: Callable[[str], Any], *, without: tuple[str, ...] = ()) -> Check:
    """A whole self-check, in which each question that is put is answered so."""
    rules = book(absent=without)
    while onward := course.next_question(check, on=TODAY, book=rules):
        check = check.answering(onward, say(onward))
    return check


def doors(facts: Facts, *, without: tuple[str, ...] = ()) -> frozenset[str]:
    rules = book(absent=without)
    decision = course.matching.engine.match(rules.rule_set, rules.catalogue.directory, facts)
    return frozenset(decision.kinds("primary"))


@st.composite
def selections(draw: st.DrawFn) -> Callable[[str], Any]:
    """Somebody who answers as chance will have it: with something, with nothing, or without saying."""

    def say(path: str) -> Any:
        if path == AGE:
            return draw(st.sampled_from(AGES))
        if path == MUNICIPALITY:
            return HERE
        if draw(st.integers(0, 9)) == 0:
            return draw(st.sampled_from((UNKNOWN, UNSAID)))
        question = VOCABULARY.questions[path]
        if question.answer == "flag":
            return draw(st.booleans())
        codes = list(words.entries()[path]["answers"])
        if question.answer == "one":
            return draw(st.sampled_from(codes))
        return sorted(draw(st.sets(st.sampled_from(codes), max_size=3)))

    return say


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    voice=st.sampled_from(VOICES),
    say=selections(),
    without=st.sampled_from([(), ("dual_diagnosis_municipal", "integrated_team"), ("substance_treatment_youth",)]),
)
def test_a_question_that_was_not_put_cannot_change_the_door_however_it_is_answered(
    voice: str, say: Callable[[str], Any], without: tuple[str, ...]
) -> None:
    check = walk(Check(voice=voice), say, without=without)
    found = course.matched(check, on=TODAY, book=book(absent=without))
    assert found is not None
    now = doors(found.facts, without=without)
    for path, question in VOCABULARY.questions.items():
        if path in check.said or path in found.facts.asked:
            continue
        for answered in answers(found.facts, question, at_most=2):
            assert doors(answered, without=without) == now, path


@settings(max_examples=25, deadline=None, derandomize=True)
@given(voice=st.sampled_from(VOICES), say=selections())
def test_each_question_could_change_the_door_when_it_was_put(voice: str, say: Callable[[str], Any]) -> None:
    check = walk(Check(voice=voice), say)
    before = Check(voice=voice)
    for path, value in check.said.items():
        if path not in FIRST:
            found = course.matched(before, on=TODAY, book=book())
            assert found is not None and path in found.undecided
        before = before.answering(path, value)


def test_an_answer_that_says_nothing_is_not_asked_for_again() -> None:
    silent = {AGE: 34, MUNICIPALITY: HERE}
    check = walk(Check(voice="me"), lambda path: silent.get(path, UNKNOWN))
    assert list(check.said)[:3] == list(FIRST)
    assert set(check.said) - set(silent) and all(check.known(path) is None for path in set(check.said) - set(silent))


def test_without_an_age_or_a_municipality_nothing_more_is_asked() -> None:
    for path in (AGE, MUNICIPALITY):
        said = {"acute": [], AGE: 34, MUNICIPALITY: HERE} | {path: UNSAID}
        check = Check(voice="me", said=said)
        assert course.next_question(check, on=TODAY, book=book()) is None


def test_most_people_are_asked_about_seven_questions() -> None:
    """The worked cases, asked as citizens: the three that everybody is asked, and what can change their door."""
    counts = [len(walk(Check(voice="me"), _of(vignette["profile"])).said) for vignette in VIGNETTES[:42]]
    assert statistics.median(counts) <= 8 and max(counts) <= 12, sorted(counts)


def _of(profile: dict[str, Any]) -> Callable[[str], Any]:
    def say(path: str) -> Any:
        section, _dot, name = path.rpartition(".")
        holder = profile.get(section, {}) if section else profile
        question = VOCABULARY.questions.get(path)
        if path == MUNICIPALITY:
            return HERE
        if question is not None and question.answer == "many":
            return holder.get(name, [])
        if question is not None and question.answer == "flag":
            return holder.get(name, False)
        return holder.get(name, UNKNOWN)

    return say


def test_whoever_uses_nothing_is_not_asked_what() -> None:
    check = Check(voice="close", said={"acute": [], AGE: 40, MUNICIPALITY: HERE, "substance.use": "none"})
    assert words.implied(check)["substance.substances"] == []
    assert "substance.substances" not in walk(check, lambda path: UNKNOWN).said


def test_what_the_age_has_answered_is_not_asked() -> None:
    old = Check(voice="me", said={"acute": [], AGE: 80, MUNICIPALITY: HERE, "substance.use": "misuse"})
    assert words.implied(old) == {"circumstances.pregnant": False, "circumstances.child_0_7_exposed": False}
    school = words.asked("social", replace(old), VOCABULARY, language="da").options
    assert "school_absence" not in school and "debt" in school


def test_all_that_can_decide_has_words_for_every_reader() -> None:
    deciding = set(_listed_anywhere())
    assert deciding <= set(words.entries())
    for path, entry in words.entries().items():
        for voice in VOICES:
            for language in words.LANGUAGES:
                asked = words.asked(path, Check(voice=voice), VOCABULARY, language=language)
                assert "{" not in "".join([asked.text, asked.hint, *asked.easy, *asked.options.values()])
        question = VOCABULARY.questions.get(path)
        if question is not None and question.answer in ("one", "many"):
            grouped = [code for group in entry.get("groups", [entry["answers"]]) for code in group.get("codes", group)]
            assert set(grouped) == set(entry["answers"]) == set(question.codes), path
    assert set(words.document("doors")["kinds"]) == {kind["code"] for kind in VOCABULARY_DATA["service_kinds"]}
    assert set(words.document("doors")["rights"]) == {right["code"] for right in VOCABULARY_DATA["rights"]}


def _listed_anywhere() -> Iterator[str]:
    """What the engine wants to know of the worked cases, at every age, at the start and when one side is known."""
    sides: tuple[dict[str, Any], ...] = (
        {},
        {"mental.state": "moderate"},
        {"mental.state": "severe", "mental.signs": ["psychosis"]},
        {"mental.state": "distress", "substance.use": "experimental"},
        {"substance.use": "dependence", "substance.substances": ["opioids"]},
        {"substance.use": "regular", "substance.substances": ["opioids"]},
        {"substance.use": "misuse", "social": [], "mental.state": "none"},
        {"substance.use": "misuse", "mental.state": "moderate"},
    )
    for age in AGES:
        for said in sides:
            found = course.matched(
                Check(voice="me", said={"acute": [], AGE: age, MUNICIPALITY: HERE, **said}), on=TODAY, book=book()
            )
            assert found is not None
            yield from found.undecided
