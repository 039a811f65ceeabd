"""A reminder of a visit is answered with one press; who guesses, comes late or has another's link is told nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from navigator import clock
from navigator.audit.models import Look
from navigator.database import scope
from referrals import actions, models
from referrals.enums import Status
from referrals.models.secure_link import opens_with
from tests.helpers.cases import logged, reminded, sent
from tests.helpers.pages import at, text
from tests.helpers.snapshot import everything
from tests.helpers.world import World
from tests.referrals.test_my_way import again, shape

IN_THREE_DAYS = timedelta(days=3)


@pytest.fixture
def referral(world: World) -> models.Referral:
    return booked(world, sent(world, to=world.bo.unit, case=logged(world, name="Mikkel Opfundet")))


@pytest.fixture
def token(referral: models.Referral) -> str:
    return reminded(referral, now=clock.now())


def booked(world: World, referral: models.Referral) -> models.Referral:
    with scope.scope(world.bo.unit.pk):
        if again(referral).status == Status.SENT:
            actions.accept_referral(referral=referral, by=world.bo, now=clock.now())
        at = clock.now() + IN_THREE_DAYS
        return actions.book_time(referral=referral, appointment_at=at, by=world.bo, now=clock.now())


def follow(token: str) -> Client:
    """A browser in which somebody has pressed the link."""
    client = Client(headers={"Accept-Language": "da"})
    assert client.get(reverse("enter_reminder", args=[token])).url == reverse("reminder")
    return client


def answer(client: Client, said: str) -> Any:
    return client.post(reverse("answer_reminder"), {"answer": said})


def on_the_day(world: World, referral: models.Referral) -> str:
    day = clock.day_of(again(referral).appointment_at)  # type: ignore[arg-type]
    return text(at(world.bo).get(f"{reverse('visit_day')}?day={day.isoformat()}"))


def test_whoever_comes_says_so_with_one_press_and_the_service_sees_it(
    world: World, referral: models.Referral, token: str
) -> None:
    before = everything()
    assert token not in str(before)
    client = follow(token)
    shown = text(client.get(reverse("reminder")))
    assert "Jeg kommer" in shown and "Jeg kan ikke komme" in shown
    assert not any(each in shown for each in ("Mikkel", "Rusmiddel", str(world.bo.unit), "Sagsnummer"))
    assert everything() == before, "a mail scanner that follows the link has answered nothing"
    with scope.scope(opens_with(token)):
        assert (Look.objects.get().what, Look.objects.get().purpose) == ("reminder", "rights")
        assert models.Delivery.objects.count() == 1
        assert not models.Notice.objects.exists() and not models.FollowUp.objects.exists()
    assert "Siger ja til at komme" not in on_the_day(world, referral)

    for _twice in range(2):
        assert answer(client, "coming").url == reverse("reminder")
    assert "Du har sagt, at du kommer." in text(client.get(reverse("reminder")))
    assert "Siger ja til at komme" in on_the_day(world, referral)
    with scope.scope(world.bo.unit.pk):
        said = models.CaseEvent.objects.get(kind="citizen_coming")
    assert (said.by_id, said.by_unit_id, said.referral_id) == (None, world.alice.unit.pk, referral.pk)


def test_whoever_cannot_come_gets_another_time(world: World, referral: models.Referral, token: str) -> None:
    client = follow(token)
    answer(client, "coming")
    assert answer(client, "nonsense").url == reverse("reminder")
    assert answer(client, "cannot-come").url == reverse("reminder_answered")
    assert "De kontakter dig om en anden tid" in text(client.get(reverse("reminder_answered")))
    assert again(referral).status == Status.VISIT_CANCELLED
    with scope.scope(world.bo.unit.pk):
        owed = models.FollowUp.objects.open().filter(owed_by=world.bo.unit)
        assert [each.waits_for for each in owed] == ["booking"]
        assert models.Notice.objects.filter(to_unit=world.bo.unit, event__kind="cancel_visit").count() == 1

    booked(world, referral)
    assert "Siger ja til at komme" not in on_the_day(world, referral), "it was said of the earlier time"
    assert answer(client, "coming").status_code == 410


def test_whatever_opens_nothing_is_refused_in_the_very_same_way(
    world: World, referral: models.Referral, token: str
) -> None:
    other = booked(world, sent(world, to=world.bo.unit))
    refused = {"guessed": refusal("A" * 43), "tampered with": refusal(token[:-1] + ("A" if token[-1] != "A" else "B"))}
    with scope.scope(world.bo.unit.pk):
        refused["the number of the message"] = refusal(str(models.Delivery.objects.exclude(opens_with=None).get().pk))
    with time_machine.travel(clock.now() + IN_THREE_DAYS, tick=False):
        refused["the visit is over"] = refusal(token)
    with scope.scope(world.bo.unit.pk):
        actions.cancel_visit(referral=referral, by_service=True, because="Syg", by=world.bo, now=clock.now())
    refused["cancelled"] = refusal(token)
    booked(world, referral)
    refused["moved to another time"] = refusal(token)
    used = reminded(other, now=clock.now())
    answer(follow(used), "cannot-come")
    refused["used"] = refusal(used)

    status, pages, asked = refused["guessed"]
    assert status == 410 and all("Der er ikke noget at svare på her" in page for page in pages)
    assert len([each for each in asked if "referrals_" in each]) == 4, "two for the page, two for the answer"
    assert {why: each for why, each in refused.items() if each != refused["guessed"]} == {}
    assert (again(referral).status, again(other).status) == (Status.BOOKED, Status.VISIT_CANCELLED)


def refusal(token: str) -> tuple[int, list[str], list[str]]:
    """All that somebody who tries can see or measure. It changes nothing."""
    before = everything()
    with CaptureQueriesContext(connection) as queries:
        client = follow(token)
        page, answered = client.get(reverse("reminder")), answer(client, "cannot-come")
    assert everything() == before
    bodies = [re.sub(r'csrfmiddlewaretoken" value="\w+"', "", each.content.decode()) for each in (page, answered)]
    assert page.status_code == answered.status_code
    return page.status_code, bodies, [shape(each["sql"]) for each in queries]


def test_a_link_answers_for_its_own_visit_only(world: World, referral: models.Referral, token: str) -> None:
    other = booked(world, sent(world, to=world.bo.unit))
    answer(follow(reminded(other, now=clock.now())), "cannot-come")
    assert (again(referral).status, again(other).status) == (Status.BOOKED, Status.VISIT_CANCELLED)
    assert answer(follow(token), "coming").status_code == 302


def test_who_goes_on_guessing_is_slowed(world: World, settings: Any) -> None:
    settings.LIMITS_TIMES, settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1, 1
    client = Client(headers={"X-Forwarded-For": f"2001:db8:0:{uuid4().hex[:4]}::1"})
    with time_machine.travel(clock.now(), tick=False):
        statuses = [client.get(reverse("enter_reminder", args=[uuid4().hex])).status_code for _n in range(31)]
    assert statuses == [302] * 30 + [429]
