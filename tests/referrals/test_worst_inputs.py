"""What people type and paste at their worst: every answer names the place and the way out, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from referrals import models
from tests.helpers.cases import logged
from tests.helpers.pages import at, text
from tests.helpers.world import World
from tests.referrals.test_searching import found
from tests.referrals.test_views import NEW, read, typed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"wishes": "æ" * 2001}, "Borgerens egne ønsker og mål: Skriv højst 2000 tegn. Du har skrevet 2001."),
        ({"name": "n" * 201}, "Navn: Skriv højst 200 tegn. Du har skrevet 201."),
        ({"age": "-1"}, "Alder: Skriv et tal, der ikke er under 0."),
        ({"age": "9" * 99}, "Alder: Skriv et tal, der ikke er over 120."),
        ({"birth_date": "31-02-1990"}, "Skriv en dato, der findes, for eksempel 24-12-2026."),
        ({"substance_use": "noget"}, "Hvor meget bruger borgeren?: Vælg et af svarene på listen."),
        ({"name": "nul\x00"}, "Navn: Der er et tegn i det, som ikke kan gemmes. Skriv det igen."),
    ],
)
def test_what_cannot_be_kept_is_said_by_its_name_and_stays_on_the_page(
    world: World, wrong: dict[str, Any], says: str
) -> None:
    page = at(world.alice).post(NEW, typed(**wrong))
    assert (page.status_code, says in text(page)) == (422, True)
    assert "Helst om formiddagen" in text(page) or "wishes" in wrong
    assert read(world.alice, models.Case) == []


def test_nothing_is_cut_off_in_silence_by_the_browser(world: World) -> None:
    page = at(world.alice).post(NEW, typed(wishes="æ" * 2001)).content.decode()
    assert ("maxlength" in page, "æ" * 2001 in page) == (False, True)


def test_a_name_of_scripts_emojis_and_right_to_left_is_a_name(world: World) -> None:
    name = "<script>alert(1)</script> \u202eבדיקה\u202c 👩‍👩‍👧‍👦"
    alice = at(world.alice)
    saved = alice.post(NEW, typed(name=name))
    assert saved.status_code == 302
    page = alice.get(saved["Location"]).content.decode()
    assert ("<script>alert(1)" in page, "&lt;script&gt;alert(1)&lt;/script&gt;" in page) == (False, True)


def test_a_whole_page_pasted_into_the_search_asks_no_more_than_a_name(world: World) -> None:
    logged(world, name="Mikkel Månsson")
    with CaptureQueriesContext(connection) as asked:
        assert found(world, " ".join(f"Ord{n}" for n in range(1000))) == []
    assert max(len(query["sql"]) for query in asked) < 10_000
