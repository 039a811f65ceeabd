"""The safe way to the citizen, a rest from reminders, tasks passed on, and how one is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from navigator import clock
from navigator.accounts.models import Membership, Role, User
from navigator.database import scope
from referrals import models
from tests.helpers.cases import logged, sent
from tests.helpers.world import PASSWORD, World


def desk(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_safe_channel_and_a_rest_are_noted(world: World) -> None:
    case = logged(world, name="Karla")
    until = clock.today() + timedelta(days=7)
    said = {"safe_channel": "sms", "language": "en", "paused_until": until.isoformat(), "email": ""}

    assert desk(world.alice.user).post(reverse("contact", args=[case.pk]), said).status_code == 302

    with scope.scope(world.alice.unit.pk):
        person = models.Person.objects.get()
        assert (person.safe_channel, person.language, person.do_not_contact) == ("sms", "en", False)
        assert person.paused_until == clock.end_of_day(until)
        assert case.events.filter(kind="paused").count() == 1


@pytest.mark.parametrize(
    "said",
    [
        {"safe_channel": "email", "language": "da", "email": ""},
        {"safe_channel": "pigeon", "language": "da"},
        {"safe_channel": "sms", "language": "da", "paused_until": "2020-01-01"},
        {"safe_channel": "sms", "language": "da", "paused_until": "2099-01-01"},
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(world: World, said: dict[str, str]) -> None:
    case = logged(world)

    assert desk(world.alice.user).post(reverse("contact", args=[case.pk]), said).status_code == 422

    with scope.scope(world.alice.unit.pk):
        assert models.Person.objects.get().safe_channel == "phone"
        assert not case.events.filter(kind__in=["paused", "contact_set"]).exists()


def test_another_unit_cannot_reach_the_page(world: World) -> None:
    case = logged(world)
    for user in (world.erik.user, world.bo.user):
        assert desk(user).get(reverse("contact", args=[case.pk])).status_code == 404


def test_a_leavers_tasks_go_to_a_colleague_and_both_are_told(world: World) -> None:
    ann = User.objects.create_user("ann@0751.example", PASSWORD, name="Ann Bak")
    Membership.objects.create(user=ann, unit=world.alice.unit, role=Role.FRONTLINE)
    sent(world, to=None, kind="gp", sides=[])
    page = desk(world.alice.user)

    assert "Alice Jensen" in page.get(reverse("our_unit")).content.decode()
    answer = page.post(reverse("our_unit"), {"of": world.alice.user.pk, "to": ann.pk})

    assert answer.status_code == 302
    with scope.scope(world.alice.unit.pk):
        assert set(models.FollowUp.objects.open().values_list("owed_worker__name", flat=True)) == {"Ann Bak"}
        assert models.Case.objects.get().owner_worker == ann
        told = models.Notice.objects.filter(why="assigned").values_list("to_worker__name", flat=True)
        assert set(told) == {"Alice Jensen", "Ann Bak"}


def test_tasks_go_to_the_whole_unit_where_nobody_is_named(world: World) -> None:
    logged(world)

    desk(world.alice.user).post(reverse("our_unit"), {"of": world.alice.user.pk, "to": ""})

    with scope.scope(world.alice.unit.pk):
        assert set(models.FollowUp.objects.open().values_list("owed_worker", flat=True)) == {None}


def test_tasks_are_not_passed_on_to_strangers(world: World) -> None:
    logged(world)
    answer = desk(world.alice.user).post(reverse("our_unit"), {"of": world.alice.user.pk, "to": world.erik.user.pk})

    assert answer.status_code == 422
    with scope.scope(world.alice.unit.pk):
        assert set(models.FollowUp.objects.open().values_list("owed_worker", flat=True)) == {world.alice.user.pk}


def test_a_worker_chooses_one_message_a_day(world: World) -> None:
    page = desk(world.alice.user)
    assert page.post(reverse("our_notices"), {"notices": "digest"}).status_code == 302
    assert page.post(reverse("our_notices"), {"notices": "never"}).status_code == 302

    assert Membership.objects.get(user=world.alice.user).notices == "digest"
