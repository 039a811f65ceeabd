"""My way: the citizen's own page, behind a personal link and a code, and what can be said there."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from navigator import clock
from navigator.audit.models import Look
from navigator.database import scope
from referrals import actions, models
from referrals.enums import Status
from referrals.errors import TooLate
from referrals.models.secure_link import opens_with
from referrals.templatetags.handoff import done_by
from referrals.views.my_way import SAID
from tests.helpers.cases import logged, sent
from tests.helpers.pages import at, text
from tests.helpers.snapshot import everything, tables_with
from tests.helpers.world import World
from tests.referrals.test_races import NOW, at_once


@pytest.fixture
def case(world: World) -> models.Case:
    return logged(world, name="Mikkel Opfundet")


@pytest.fixture
def keys(world: World, case: models.Case) -> tuple[str, str]:
    """The link and the code, as a worker gets them: once."""
    with scope.scope(world.alice.unit.pk):
        return actions.make_personal_link(case=case, by=world.alice, now=clock.now())


def enter(token: str, code: str) -> tuple[Client, Any]:
    client = Client(headers={"Accept-Language": "da"})
    assert client.get(reverse("enter_my_way", args=[token])).url == reverse("my_way")
    return client, client.post(reverse("my_way_enter"), {"code": code})


def booked(world: World, case: models.Case) -> models.Referral:
    referral = sent(world, to=world.bo.unit, case=case)
    with scope.scope(world.bo.unit.pk):
        actions.open_referral(referral=referral, by=world.bo, now=clock.now())
        actions.accept_referral(referral=referral, by=world.bo, now=clock.now())
        at = clock.now() + timedelta(days=3)
        return actions.book_time(referral=referral, appointment_at=at, by=world.bo, now=clock.now())


def again(referral: models.Referral) -> models.Referral:
    with scope.scope(referral.sender_unit_id):
        return models.Referral.objects.get(pk=referral.pk)


def test_the_worker_gets_both_once_and_only_hashes_are_kept(world: World, case: models.Case) -> None:
    page = at(world.alice).post(reverse("personal_link", args=[case.pk]))
    shown = text(page)
    with scope.scope(world.alice.unit.pk):
        (link,) = models.PersonalLink.objects.all()
    token = shown.split("/my-way/")[1].split("/")[0]
    assert not tables_with(token) and tables_with(str(link.pk)) and "no-store" in page["Cache-Control"]
    assert link.expires_at - link.made_at == timedelta(days=90)
    assert at(world.erik).post(reverse("personal_link", args=[case.pk])).status_code == 404


def test_the_page_shows_the_way_and_who_has_looked(world: World, case: models.Case, keys: tuple[str, str]) -> None:
    referral = booked(world, case)
    at(world.bo).get(reverse("referral", args=[referral.pk]))
    for _twice in range(2):
        at(world.alice).get(reverse("case", args=[case.pk]))
    client, response = enter(*keys)
    assert response.url == reverse("my_way")
    shown = text(client.get(reverse("my_way")))
    for each in (
        case.short_number,
        "Tid aftalt",
        "Jeg kan ikke komme: find en anden tid",
        "Jeg kommer",
        f"I dag: {world.bo.unit} (Modtagende tilbud), for at tage imod dig",
        f"I dag: {world.alice.unit} (Frontlinje), for at hjælpe dig videre",
        "får de ikke mere at vide",
    ):
        assert shown.casefold().count(each.casefold()) == 1, each
    assert world.alice.user.name not in shown and world.bo.user.name not in shown
    with scope.scope(world.alice.unit.pk):
        link = models.PersonalLink.objects.get()
    with scope.scope(link.opens_with):
        look = Look.objects.get()
    assert (look.case, look.what, look.purpose) == (case.pk, "my_way", "rights")


def test_whatever_does_not_fit_is_refused_in_the_very_same_way(
    world: World, case: models.Case, keys: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """The same status, page, line in the log and questions of the database, so that nobody learns what there is."""
    (token, code), another = keys, logged(world, name="Karla")
    with scope.scope(world.alice.unit.pk):
        anothers_token, anothers_code = actions.make_personal_link(case=another, by=world.alice, now=clock.now())
    said = {
        "guessed": ("A" * 43, code),
        "tampered with": (token[:-1] + ("A" if token[-1] != "A" else "B"), code),
        "in small letters": (token.lower(), code),
        "the code is wrong": (token, wrong(code)),
        "of another person": (token, anothers_code),
        "another person's": (anothers_token, code),
    }
    refused = {why: refusal(*given, caplog) for why, given in said.items()}
    with time_machine.travel(clock.now() + timedelta(days=90), tick=False):
        refused["expired"] = refusal(token, code, caplog)
    for _n in range(5):
        enter(anothers_token, wrong(anothers_code))
    refused["closed by guessing"] = refusal(anothers_token, anothers_code, caplog)
    with scope.scope(world.alice.unit.pk):
        actions.make_personal_link(case=case, by=world.alice, now=clock.now())
    refused["revoked"] = refusal(token, code, caplog)

    status, page, told, asked = refused["guessed"]
    assert status == 422 and "Koden passer ikke" in page and told == ["A personal link was refused"]
    assert len([each for each in asked if "personallink" in each]) == 2
    assert {why: each for why, each in refused.items() if each != refused["guessed"]} == {}


def refusal(token: str, code: str, caplog: pytest.LogCaptureFixture) -> tuple[int, str, list[str], list[str]]:
    """All that somebody who tries can see or measure, and what is counted of it."""
    caplog.clear()
    with CaptureQueriesContext(connection) as queries, caplog.at_level("INFO", "referrals.actions.my_way"):
        client, response = enter(token, code)
        page = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", response.content.decode()).replace(code, "")
        assert "Skriv koden" in text(client.get(reverse("my_way")))
    told = [line.getMessage() for line in caplog.records if line.name == "referrals.actions.my_way"]
    assert token not in caplog.text and code not in caplog.text
    return response.status_code, page, told, [shape(each["sql"]) for each in queries]


def shape(sql: str) -> str:
    """A question without its values."""
    return re.sub(r"'[^']*'|\b\d+\b|s\d+_x\d+", "?", sql)


def wrong(code: str) -> str:
    return "00000000" if code != "00000000" else "11111111"


def test_five_wrong_codes_in_a_row_close_the_link_for_whoever_is_in_it_too(keys: tuple[str, str]) -> None:
    token, code = keys
    for _n in range(4):
        assert enter(token, wrong(code))[1].status_code == 422
    inside, response = enter(token, code)
    assert response.status_code == 302, "four wrong ones, and the right one: counted from the beginning"
    for _n in range(5):
        assert enter(token, wrong(code))[1].status_code == 422
    assert enter(token, code)[1].status_code == 422
    assert "Skriv koden" in text(inside.get(reverse("my_way")))


def test_a_field_that_was_left_empty_is_no_wrong_code(keys: tuple[str, str]) -> None:
    token, code = keys
    for _n in range(6):
        response = enter(token, " ")[1]
        assert (response.status_code, response.context["mistakes"]) == (422, [("id_code", "Skriv koden.")])
    assert enter(token, code)[1].status_code == 302


def test_who_tries_many_codes_at_once_has_five(committed_world: World) -> None:
    with scope.scope(committed_world.alice.unit.pk):
        case = logged(committed_world, now=NOW)
        token, code = actions.make_personal_link(case=case, by=committed_world.alice, now=NOW)

    def guess(*, by: object, now: datetime) -> None:
        assert not actions.let_citizen_in(key=opens_with(token), code=wrong(code), now=now)

    key: Any = SimpleNamespace(unit=SimpleNamespace(pk=opens_with(token)))
    assert at_once([(key, guess, {})] * 8) == ["done"] * 8
    with scope.scope(committed_world.alice.unit.pk):
        assert models.PersonalLink.objects.get().wrong_codes == 5
    with scope.scope(opens_with(token)):
        assert not actions.let_citizen_in(key=opens_with(token), code=code, now=NOW)


def test_a_session_that_was_known_before_is_not_let_in(keys: tuple[str, str]) -> None:
    token, code = keys
    client, other = Client(), Client()
    client.get(reverse("enter_my_way", args=[token]))
    other.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(reverse("my_way_enter"), {"code": code})
    assert "Skriv koden" not in text(client.get(reverse("my_way")))
    assert "Skriv koden" in text(other.get(reverse("my_way")))


@pytest.mark.parametrize("tried", ["tokens", "codes"])
def test_who_goes_on_guessing_is_slowed(tried: str, world: World, settings: Any) -> None:
    """Whatever is asked for: a client has thirty links and fifteen codes in ten minutes, and others are not kept waiting."""
    settings.LIMITS_TIMES, settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1, 1
    one, another = (Client(headers={"X-Forwarded-For": f"2001:db8:0:{uuid4().hex[:4]}::1"}) for _ in range(2))

    def guess(client: Client) -> int:
        if tried == "tokens":
            return client.get(reverse("enter_my_way", args=[uuid4().hex])).status_code
        return client.post(reverse("my_way_enter"), {"code": uuid4().hex[:8]}).status_code

    most, refused = (30, 302) if tried == "tokens" else (15, 422)
    with time_machine.travel(NOW, tick=False):
        assert [guess(one) for _n in range(most + 1)] == [refused] * most + [429]
        assert guess(another) == refused


def test_what_the_citizen_says_moves_the_referral(world: World, case: models.Case, keys: tuple[str, str]) -> None:
    referral = booked(world, case)
    client, _response = enter(*keys)

    def say(step: str) -> None:
        assert client.post(reverse("my_way_step", args=[referral.pk, step])).url == reverse("my_way")

    def owed() -> set[str]:
        with scope.scope(world.alice.unit.pk):
            return set(models.FollowUp.objects.open().filter(referral=referral).values_list("waits_for", flat=True))

    say("arrived")
    assert "citizen_arrival" in owed()
    say("companion")
    assert "companion" in owed()
    with scope.scope(world.alice.unit.pk):
        actions.agree_companion(referral=referral, who="Mette Holm", meeting_place="", by=world.alice, now=clock.now())
    assert str(SAID["companion"]) not in client.get(reverse("my_way")).content.decode()
    say("companion")  # pressed on a page that was open since before: who was found stays
    with scope.scope(world.alice.unit.pk):
        assert models.Companion.objects.get(referral=referral).who == "Mette Holm"
        assert models.CaseEvent.objects.filter(referral=referral, kind="companion_agreed").count() == 2
    say("cannot-come")
    assert again(referral).status == Status.VISIT_CANCELLED and "booking" in owed()
    assert client.post(reverse("my_way_correct"), {"note": " "}).status_code == 422
    assert client.post(reverse("my_way_correct"), {"note": "Jeg bor i Viby."}).url == reverse("my_way")
    with scope.scope(world.alice.unit.pk):
        asked = models.CaseEvent.objects.get(kind="right_asked")
        assert (asked.note, asked.detail["right"], asked.by) == ("Jeg bor i Viby.", "correction", None)
        assert models.Notice.objects.filter(event=asked, to_unit=world.alice.unit).exists()
    say("changed-my-mind")
    assert again(referral).status == Status.WITHDRAWN
    with scope.scope(world.alice.unit.pk):
        last = models.CaseEvent.objects.filter(referral=referral, kind="withdraw").get()
    assert (last.by, last.by_unit) == (None, world.alice.unit)


def test_what_the_citizen_wrote_too_slowly_is_shown_once_more(
    world: World, case: models.Case, keys: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _response = enter(*keys)
    said, before = {"note": "Jeg bor i Viby."}, everything()
    monkeypatch.setattr(actions, "ask_right", refuses)
    page = client.post(reverse("my_way_correct"), said)
    assert (page.status_code, page.context["mistakes"], page.context["form"].data["note"]) == (
        422, [("", "Nogen var hurtigere.")], "Jeg bor i Viby.",
    )  # fmt: skip
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        page = client.post(reverse("my_way_correct"), said)
    assert [(each.name, each.text) for each in page.context["typed"]] == [("note", "Jeg bor i Viby.")]
    assert "Skriv koden" in text(page) and page.content.decode().count("Jeg bor i Viby.") == 1
    assert everything() == before


def refuses(**_said: object) -> None:
    raise TooLate("Nogen var hurtigere.")


def test_a_yes_is_taken_back_alone(world: World, case: models.Case, keys: tuple[str, str]) -> None:
    referral = sent(world, to=world.bo.unit, case=case)
    client, _response = enter(*keys)
    shown = text(client.get(reverse("my_way")))
    assert f"Næste: {world.bo.unit} skal læse det, der er sendt, senest" in shown
    assert "kan de ikke læse mere om dig, og de går ikke i gang" in shown, "what it leads to is said before"
    with scope.scope(world.alice.unit.pk):
        consent = models.Consent.objects.get()
    client.post(reverse("my_way_withdraw_consent", args=[consent.pk]))
    with scope.scope(world.alice.unit.pk):
        assert models.ConsentWithdrawal.objects.get().by is None
        said = models.CaseEvent.objects.get(kind="consent_withdrawn")
        assert done_by(said) == "borgeren selv"
        assert models.Notice.objects.filter(event=said, to_unit=world.alice.unit).exists()
    assert again(referral).status == Status.WITHDRAWN


def test_nobody_reaches_the_case_of_another_or_without_the_code(
    world: World, case: models.Case, keys: tuple[str, str]
) -> None:
    own, other = booked(world, case), booked(world, logged(world, name="Karla"))
    with scope.scope(world.alice.unit.pk):
        consent = models.Consent.objects.get(case=other.case_id)
    client, _response = enter(*keys)
    not_let_in = Client()
    not_let_in.get(reverse("enter_my_way", args=[keys[0]]))
    before = everything()
    assert client.post(reverse("my_way_step", args=[other.pk, "changed-my-mind"])).status_code == 404
    assert client.post(reverse("my_way_withdraw_consent", args=[consent.pk])).status_code == 404
    assert "Skriv koden" in text(not_let_in.post(reverse("my_way_step", args=[own.pk, "changed-my-mind"])))
    assert everything() == before
    client.post(reverse("my_way_leave"))
    assert "Skriv koden" in text(client.get(reverse("my_way")))
