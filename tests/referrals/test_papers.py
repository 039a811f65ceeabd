"""No papers come in: the case says where they go, and that they went."""

from __future__ import annotations

from datetime import timedelta

import pytest

from navigator import clock
from navigator.accounts.models import Unit
from navigator.database import scope
from referrals import models
from referrals.enums import Happening
from tests.helpers.cases import logged, sent
from tests.helpers.pages import at, text
from tests.helpers.snapshot import everything
from tests.helpers.world import World

POST = "sikkerpost@rusmiddel.aarhus.example"


def test_the_case_says_where_papers_go_and_that_they_went(world: World) -> None:
    Unit.objects.filter(pk=world.bo.unit.pk).update(secure_channel=POST)
    case = logged(world, name="Mikkel Opfundet")
    sent(world, to=world.bo.unit, case=case)
    alice, at_case = at(world.alice), f"/cases/{case.pk}/"
    page = text(alice.get(at_case))
    assert f"Aarhus Rusmiddelcenter, Modtagelsen {POST}" in page
    assert "Aarhus Jobcenter, Modtagelsen adressen til sikker post mangler: ring til dem" in page

    yesterday = clock.today() - timedelta(days=1)
    said = {"paper": "discharge", "sent_on": yesterday.isoformat(), "where_to": POST}
    assert alice.post(f"{at_case}papers/", said).status_code == 302
    with scope.scope(world.alice.unit.pk):
        event = models.CaseEvent.objects.get(kind=Happening.PAPERS_SENT)
    assert (event.detail, event.note, clock.day_of(event.occurred_at), event.by) == (
        {"paper": "discharge"}, POST, yesterday, world.alice.user,
    )  # fmt: skip
    page = text(alice.get(at_case))
    assert "Papirer er sendt med sikker post: Et udskrivningsbrev" in page


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"where_to": ""}, "Skriv, hvor det er sendt hen."),
        ({"paper": ""}, "Angiv, hvad der er sendt."),
        ({"sent_on": "2031-01-01"}, "Angiv en dag inden for det sidste år, senest i dag."),
        ({"sent_on": "2001-01-01"}, "Angiv en dag inden for det sidste år, senest i dag."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_noted(world: World, said: dict[str, str], sentence: str) -> None:
    case = logged(world)
    before = everything()
    whole = {"paper": "plan", "sent_on": clock.today().isoformat(), "where_to": POST}
    answer = at(world.alice).post(f"/cases/{case.pk}/papers/", whole | said)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert everything() == before


def test_who_does_not_have_the_case_notes_nothing(world: World) -> None:
    case = logged(world)
    before = everything()
    said = {"paper": "plan", "sent_on": clock.today().isoformat(), "where_to": POST}
    assert at(world.erik).post(f"/cases/{case.pk}/papers/", said).status_code == 404
    assert everything() == before
