"""The worry button: a page for each door, in plain words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from referrals import worry
from referrals.worry import Action
from tests.helpers.world import World
from tests.referrals.test_views import at, text

DOORS = [door["code"] for door in json.loads(Path("fixtures/catalogue/vocabulary.json").read_text())["doors"]]


def lix(said: str) -> float:
    """Words a sentence, and the share of words with more than six letters."""
    words, sentences = re.findall(r"[\wæøåÆØÅ]+", said), len(re.findall(r"[.?!:]", said))
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / len(words)


@pytest.mark.parametrize("door", DOORS)
def test_every_door_gets_every_step_in_plain_danish(door: str) -> None:
    steps = worry.steps(door)
    assert [step.action for step in steps].count(Action.CONCERN) == 1
    assert [step.action for step in steps if step.action not in ("", Action.CONCERN)] == [
        Action.CALL_112, Action.ACUTE_NUMBERS, Action.COORDINATOR, Action.FORM,
    ]  # fmt: skip
    assert len(steps) == 7
    assert any("underrette" in step.text_da for step in steps)
    assert lix(" ".join(f"{step.heading_da} {step.text_da}" for step in steps)) <= 45
    assert all(step.text_da != step.text_en and step.heading_da != step.heading_en for step in steps)


def test_every_door_with_words_of_its_own_is_one_of_the_vocabulary() -> None:
    assert {*worry.BY_DOOR, *worry.SAME_AS} <= set(DOORS)
    assert set(worry.SAME_AS.values()) <= set(worry.BY_DOOR)


def test_a_school_thinks_of_the_child_first() -> None:
    assert worry.steps("school")[2].heading_da == "Er du bekymret for et barn?"
    assert worry.steps("jobcenter")[2].heading_da == "Tal med borgeren"


def test_the_start_page_leads_there_and_it_leads_to_the_form(world: World) -> None:
    assert 'href="/worry/"' in at(world.alice).get("/").content.decode()
    response = at(world.alice).get("/worry/")
    page = response.content.decode()
    assert "Lad samtalen om job vente." in page
    assert 'href="tel:112"' in page
    assert 'href="tel:70201201"' in page
    assert "Aarhus Koordination" in page
    assert 'class="button button-primary" href="/cases/new/"' in page
    theirs = text(at(world.bo).get("/worry/"))  # receives, and may not open cases
    assert "Spørg til det psykiske, også når borgeren er påvirket." in theirs
    assert "Ny sag" not in theirs
