"""The pages of the self-check, as a browser without JavaScript has them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from navigator import clock
from navigator.accounts.models import Session as OurSession
from pathways import care
from pathways.models import GapCount
from pathways.selfcheck import answers, carried, words
from pathways.selfcheck.check import Check
from tests.helpers.pages import text

pytestmark = pytest.mark.django_db
DRINKS: dict[str, Any] = {
    "acute": [],
    "age": 34,
    "municipality": "0751",
    "social": [],
    "mental.state": "none",
    "mental.signs": [],
    "substance.use": "dependence",
    "substance.substances": ["alcohol"],
    "circumstances.pregnant": False,
    "circumstances.intellectual_disability": False,
}


@pytest.fixture
def citizen() -> Client:
    return Client(enforce_csrf_checks=False)


def has_said(client: Client, *, voice: str = "me", reading: str = "plain", **said: Any) -> None:
    client.cookies[carried.COOKIE] = carried.sealed(Check(voice, reading, said), now=clock.now())


def said(client: Client) -> Check:
    found = carried.opened(client.cookies[carried.COOKIE].value, now=clock.now())
    assert found is not None
    return found


def at(path: str) -> str:
    return reverse("check_question", args=[words.slug(path)])


def answer(client: Client, path: str, value: Any) -> Any:
    """Answers as the form would, and says where it led to."""
    if value == []:
        sent: dict[str, Any] = {"do": "none"}
    elif isinstance(value, bool):
        sent = {"reply": "yes" if value else "no"}
    else:
        sent = {"reply": "Aarhus" if path == "municipality" else value}
    response = client.post(at(path), sent)
    assert response.status_code == 302
    return response.url


def test_from_the_start_to_the_door(citizen: Client) -> None:
    response = citizen.post(reverse("check_start"), {"voice": "me"})
    assert response.url == at("acute")
    onward, asked = response.url, []
    while onward != reverse("check_result"):
        page = citizen.get(onward)
        assert page.status_code == 200
        path = words.by_slug()[onward.rstrip("/").split("/")[-1]]
        asked.append(path)
        onward = answer(citizen, path, DRINKS[path])
    assert asked[:3] == ["acute", "age", "municipality"] and set(asked) == set(DRINKS)
    shown = text(citizen.get(onward))
    assert "Hjælp til at drikke mindre" in shown
    assert "Vi har ikke tjekket det endnu." in shown
    assert "Jeg får det dårligt uden og kan ikke holde op selv" in shown and "Øl, vin eller anden alkohol" in shown


def test_the_cookie_is_the_only_place_and_is_kept_close(citizen: Client) -> None:
    response = citizen.post(reverse("check_start"), {"voice": "child"})
    cookie = response.cookies[carried.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["path"]) == (True, "Lax", 3600, "/check/")
    assert "no-store" in response["Cache-Control"] and "no-store" in citizen.get(at("acute"))["Cache-Control"]
    assert not Session.objects.exists() and not OurSession.objects.exists()
    assert "sessionid" not in citizen.cookies


def test_back_loses_nothing_and_a_changed_answer_keeps_its_place(citizen: Client) -> None:
    has_said(citizen, **DRINKS)
    page = citizen.get(at("substance.substances"))
    assert re.search(r'value="alcohol"\s+checked', page.content.decode())
    assert f'href="{at("substance.use")}"' in page.content.decode()
    assert answer(citizen, "substance.use", "misuse") == reverse("check_result")
    assert list(said(citizen).said) == list(DRINKS) and said(citizen).said == DRINKS | {"substance.use": "misuse"}


@pytest.mark.parametrize(
    ("path", "sent", "sentence"),
    [
        ("acute", {}, "Sæt kryds ved det, der passer, eller tryk på Intet af det."),
        ("acute", {"reply": "nonsense"}, "Sæt kryds ved det, der passer, eller tryk på Intet af det."),
        ("age", {"reply": "121"}, "Skriv alderen i hele år, for eksempel 34."),
        ("age", {"reply": "tolv"}, "Skriv alderen i hele år, for eksempel 34."),
        ("municipality", {"reply": "Atlantis"}, "Vælg navnet på en kommune på listen, for eksempel Aarhus."),
        ("municipality", {"reply": "Ringk"}, None),
        ("mental.state", {"reply": "fine"}, "Vælg et svar, eller tryk på Ved ikke."),
        ("circumstances.pregnant", {}, "Vælg et svar, eller tryk på Ved ikke."),
    ],
)
def test_an_answer_that_is_none_is_asked_for_again_and_changes_nothing(
    citizen: Client, path: str, sent: dict[str, str], sentence: str | None
) -> None:
    has_said(citizen, **DRINKS)
    response = citizen.post(at(path), sent)
    if sentence is None:
        assert response.status_code == 302
        return
    assert response.status_code == 422 and sentence in text(response)
    assert carried.COOKIE not in response.cookies and said(citizen).said == DRINKS


@pytest.mark.parametrize("name", ["Aarhus", "århus", "AARHUS KOMMUNE", " Aarhus "])
def test_a_municipality_is_known_by_its_name_however_it_is_written(citizen: Client, name: str) -> None:
    has_said(citizen)
    citizen.post(at("municipality"), {"reply": name})
    assert said(citizen).said == {"municipality": "0751"}


def test_every_municipality_is_known_by_what_it_calls_itself() -> None:
    there = care.municipalities(on=clock.today())
    names = {each.code: each.name for each in there}
    found = [[answers._municipality(name, names) for name in (each.name, each.authority_name)] for each in there]
    assert found == [[each.code] * 2 for each in there] and len(there) == 98


def test_not_knowing_and_not_saying_are_answers(citizen: Client) -> None:
    has_said(citizen)
    citizen.post(at("acute"), {"do": "unknown"})
    citizen.post(at("age"), {"do": "unsaid"})
    assert said(citizen).said == {"acute": "?", "age": "-"}
    assert "Du svarede: Ved ikke" in text(citizen.get(at("acute")))


def test_without_a_municipality_the_open_guidance_is_told_of_and_whom_to_ask_for(citizen: Client) -> None:
    has_said(citizen, acute=[], age=34, municipality="-")
    shown = text(citizen.get(reverse("check_result")))
    assert "Begynd hos kommunen" in shown and "socialrådgiver" in shown


def test_without_an_age_the_guidance_of_the_municipality_is_the_door(citizen: Client) -> None:
    has_said(citizen, acute=[], age="?", municipality="0751")
    shown = text(citizen.get(reverse("check_result")))
    assert "Kommunens rådgivning" in shown and "Aarhus Kommune" in shown


def test_what_is_urgent_stands_above_the_ordinary_door_and_never_alone(citizen: Client) -> None:
    has_said(citizen, **DRINKS | {"acute": ["suicidal_thoughts", "withdrawal"]})
    shown = text(citizen.get(reverse("check_result"))).split("Spring")[-1].split("Vejviser", 1)[1]
    order = [
        "Du har sagt, at det er akut",
        "Livslinien 70 201 201",
        "Hjælp nu, der hvor du bor",
        "Lægevagten",
        "Din dør",
    ]
    places = [shown.index(each) for each in [*order, "Hjælp til at drikke mindre"]]
    assert places == sorted(places)


def test_the_result_comes_only_when_all_is_asked(citizen: Client) -> None:
    has_said(citizen, acute=[], age=34, municipality="0751")
    assert citizen.get(reverse("check_result")).url == at("social")


def test_why_names_the_answers_that_decide_and_no_others(citizen: Client) -> None:
    has_said(citizen, **DRINKS | {"social": ["lonely"]})
    page = citizen.get(reverse("check_result")).content.decode()
    reasons = re.findall(r"<li>(.*?)</li>", page.split('id="why"')[1].split("</section>")[0])
    assert reasons == ["Jeg får det dårligt uden og kan ikke holde op selv", "Øl, vin eller anden alkohol"]


def test_a_young_person_is_told_who_may_know(citizen: Client) -> None:
    has_said(citizen, acute=[], age=14, municipality="0751", **{"social": [], "mental.state": "mild", "mental.signs": [],
             "substance.use": "none", "circumstances.no_benefit": False})  # fmt: skip
    shown = text(citizen.get(reverse("check_result")))
    assert "Man må gerne spørge om råd alene" in shown and "Mor og far skal sige ja" in shown


def test_another_is_spoken_of_as_another(citizen: Client) -> None:
    has_said(citizen, voice="child", acute=[], age=9, municipality="0751")
    assert "Er noget af det her svært for dit barn?" in text(citizen.get(at("social")))
    citizen.cookies["django_language"] = "en"
    assert "How does your child feel inside?" in text(citizen.get(at("mental.state")))


def test_easy_reading_is_chosen_on_any_page_and_keeps_the_answers(citizen: Client) -> None:
    has_said(citizen, acute=[], age=34, municipality="0751")
    response = citizen.post(reverse("check_reading"), {"reading": "easy", "at": "life"})
    assert response.url == at("social") and said(citizen).reading == "easy" and said(citizen).said["age"] == 34
    page = citizen.get(response.url)
    assert "selfcheck/house.svg" in page.content.decode()
    assert "Se på listen. Sæt et kryds ved det, der er svært." in text(page)
    assert citizen.post(reverse("check_reading"), {"reading": "plain", "at": "//evil.example"}).url == reverse(
        "check_start"
    )


def test_with_a_support_person_there_is_a_summary_after_each_part_and_the_last_answer_is_repeated(
    citizen: Client,
) -> None:
    has_said(citizen, reading="supported", acute=[], age=34)
    assert answer(citizen, "municipality", "0751") == reverse("check_so_far")
    shown = text(citizen.get(reverse("check_so_far")))
    assert "Hvor gammel er du? 34" in shown and "Hvilken kommune bor du i? Aarhus" in shown
    page = text(citizen.get(at("social")))
    assert "Du svarede: Aarhus" in page and "Til dig, der hjælper" in page


def test_forgotten_is_gone(citizen: Client) -> None:
    has_said(citizen, **DRINKS)
    response = citizen.post(reverse("check_forget"))
    assert response.url == reverse("check_forgotten") and response.cookies[carried.COOKIE].value == ""
    del citizen.cookies[carried.COOKIE]
    assert citizen.get(reverse("check_result")).url == reverse("check_start")


@pytest.mark.parametrize("name", ["check_so_far", "check_result"])
def test_after_an_hour_one_begins_anew(citizen: Client, name: str) -> None:
    has_said(citizen, **DRINKS)
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        assert citizen.get(reverse(name)).url == reverse("check_start")
        assert citizen.post(at("age"), {"reply": "40"}).url == reverse("check_start")


def test_answers_that_the_vocabulary_no_longer_knows_are_dropped(citizen: Client) -> None:
    has_said(citizen, **DRINKS | {"mental.state": "renamed"})
    response = citizen.get(reverse("check_result"))
    assert response.url == reverse("check_start") and response.cookies[carried.COOKIE].value == ""


def test_a_result_costs_the_same_however_many_doors_and_counts_nothing(citizen: Client) -> None:
    has_said(citizen, **DRINKS)
    citizen.get(reverse("check_result"))
    few, many = [], []
    for much, counted in (({}, few), ({"social": ["homeless", "debt", "lonely"], "mental.state": "severe"}, many)):
        has_said(citizen, **DRINKS | {"circumstances.cannot_attend": False, "function": "reduced"} | much)
        with CaptureQueriesContext(connection) as queries:
            assert citizen.get(reverse("check_result")).status_code == 200
        counted += queries.captured_queries
    assert len(few) == len(many) <= 5
    assert not GapCount.objects.exists()
