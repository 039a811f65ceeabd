"""A citizen who has found the door alone asks to be contacted: a case like any other, and a task until somebody has."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.accounts.models import CoordinatorCover, Unit
from navigator.database import scope
from pathways.models import Service
from pathways.selfcheck import carried
from referrals import actions, models
from referrals.enums import Channel, Reached, Wait
from tests.helpers.pages import at, text
from tests.helpers.snapshot import everything
from tests.helpers.world import World
from tests.pathways.selfcheck.test_pages import DRINKS, has_said
from tests.pathways.selfcheck.test_privacy import places

SMOKES = DRINKS | {
    "substance.use": "misuse",
    "substance.substances": ["cannabis"],
    "circumstances.wants_anonymous": False,
}
ALIAS, NUMBER = "Blåmejse", "31 41 59 26"
ASK, RESULT = "/check/contact/", "/check/result/"


def asks(**changed: Any) -> dict[str, Any]:
    said = {"alias": ALIAS, "channel": "sms", "reach": NUMBER, "best_at": "morning", "yes": "on", "once": str(uuid7())}
    return {name: value for name, value in (said | changed).items() if value is not None}


@pytest.fixture
def citizen(world: World) -> Client:
    client = Client()
    has_said(client, **SMOKES)
    return client


def the_case(unit: Unit) -> models.Case:
    with scope.scope(unit.pk):
        return models.Case.objects.select_related("person").get()


def open_waits(unit: Unit) -> set[tuple[str, Unit]]:
    with scope.scope(unit.pk):
        return {(wait.waits_for, wait.owed_by) for wait in models.FollowUp.objects.open().select_related("owed_by")}


def owed_by(unit: Unit) -> set[tuple[str, Unit]]:
    """What is owed as soon as somebody has asked: the clock of the treatment guarantee runs too."""
    return {(wait, unit) for wait in ("choice", "contact", "guarantee")}


def test_a_door_that_takes_people_as_they_come_is_asked_itself(citizen: Client, world: World) -> None:
    assert f'href="{ASK}"' in citizen.get(RESULT).content.decode()
    assert "De får de svar, du har givet her" in text(citizen.get(ASK))
    response = citizen.post(ASK, asks())
    assert response.status_code == 302 and response.cookies[carried.COOKIE].value == ""
    assert "De er blevet bedt om at kontakte dig" in text(citizen.get(response.url))

    case = the_case(world.bo.unit)
    person = case.person
    assert (case.origin_unit, case.owner_unit, case.coordinator_unit) == (
        world.bo.unit,
        world.bo.unit,
        world.dorte.unit,
    )
    assert (case.door, case.owner_worker) == ("self_check", None)
    assert (person.pseudonym, person.phone, person.safe_channel, person.language) == (ALIAS, NUMBER, "sms", "da")
    assert open_waits(world.bo.unit) == owed_by(world.bo.unit)
    page = text(at(world.bo).get(reverse("case", args=[case.pk])))
    assert (
        ALIAS in page and "Borgeren har bedt om at blive kontaktet. SMS: Formiddag" in page and "borgeren selv" in page
    )
    with scope.scope(world.alice.unit.pk):
        assert not models.Case.objects.exists() and not models.Person.objects.exists()


def test_else_the_guidance_of_the_municipality_is(citizen: Client, world: World) -> None:
    guidance = Service.objects.filter(kind="municipal_guidance", areas__municipality="0751")
    Service.objects.filter(pk__in=guidance.values("pk")).update(unit=world.dorte.unit)
    has_said(citizen, **DRINKS)
    citizen.post(ASK, asks(channel="email", reach="mejse@mail.example"))
    person = the_case(world.dorte.unit).person
    assert (person.email, person.phone, person.safe_channel) == ("mejse@mail.example", "", "email")
    assert open_waits(world.dorte.unit) == owed_by(world.dorte.unit)


def test_pressed_twice_it_is_one_case(citizen: Client, world: World) -> None:
    said = asks()
    citizen.post(ASK, said)
    before = everything()
    has_said(citizen, **SMOKES)
    assert citizen.post(ASK, said).status_code == 302
    assert everything() == before


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"alias": " "}, "Skriv et navn."),
        ({"channel": "letter"}, "Vælg et af svarene på listen."),
        ({"reach": "mig"}, "Skriv et telefonnummer, for eksempel 12 34 56 78."),
        ({"channel": "email"}, "Skriv en e-mailadresse, for eksempel mig@mail.example."),
        ({"yes": None}, "Sig ja først. Uden dit ja sender vi intet."),
    ],
)
def test_without_a_name_a_way_or_a_yes_nothing_is_kept(
    citizen: Client, world: World, changed: dict[str, Any], sentence: str
) -> None:
    before = everything()
    response = citizen.post(ASK, asks(**changed))
    assert response.status_code == 422 and sentence in text(response)
    assert everything() == before


@pytest.mark.parametrize("why", ["not connected", "for another", "not done", "no account"])
def test_where_nobody_here_can_be_asked_the_page_stays_with_telephone_and_address(
    citizen: Client, world: World, why: str
) -> None:
    match why:
        case "not connected":
            CoordinatorCover.objects.all().delete()
        case "for another":
            has_said(citizen, voice="close", **SMOKES)
        case "not done":
            has_said(citizen, acute=[], age=34, municipality="0751")
        case "no account":
            Service.objects.update(unit=None)
    before = everything()
    assert f'href="{ASK}"' not in citizen.get(RESULT).content.decode()
    assert citizen.get(ASK).url == RESULT and citizen.post(ASK, asks()).url == RESULT
    assert everything() == before


def test_the_task_lasts_until_somebody_has_spoken_with_the_citizen(citizen: Client, world: World) -> None:
    citizen.post(ASK, asks())
    case = the_case(world.bo.unit)
    for reached, left in ((Reached.NO_ANSWER, True), (Reached.RELATIVE, True), (Reached.CALL_LATER, False)):
        with scope.scope(world.bo.unit.pk):
            actions.record_call(case=case, channel=Channel.SMS, reached=reached, note="", by=world.bo, now=clock.now())
        assert (("contact", world.bo.unit) in open_waits(world.bo.unit)) is left


def test_silence_is_told_at_once_and_goes_to_the_coordinator(citizen: Client, world: World) -> None:
    citizen.post(ASK, asks())
    with scope.scope(world.bo.unit.pk):
        wait = models.FollowUp.objects.get(waits_for=Wait.CONTACT)
        ladder = models.Ladder.in_force().rungs.of(Wait.CONTACT, wait.urgency)
    assert [rung.tell for rung in ladder] == ["owed_by", "owed_by", "coordinator"]
    assert wait.next_at == wait.opened_at == wait.due_at


def test_who_asks_stands_nowhere_in_clear(committed_world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client()
    has_said(client, **SMOKES)
    words = (ALIAS, NUMBER, NUMBER.replace(" ", ""))
    before = places(*words, logged="")
    assert client.post(ASK, asks()).status_code == 302
    assert the_case(committed_world.bo.unit).person.pseudonym == ALIAS
    assert places(*words, logged=caplog.text) == before
