"""The walls as the product meets them: connections that are used again, threads beside each other, and what breaks half-way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from navigator import clock
from navigator.accounts.models import Membership
from navigator.celery import app as celery_app
from navigator.database import scope
from referrals import actions, models
from referrals.acting import By
from tests.conftest import WORKER, play_for_a_while
from tests.helpers.cases import logged, sent
from tests.helpers.pages import at
from tests.helpers.planted import session_of
from tests.helpers.world import World


def left_in_scope() -> tuple[int, str, int]:
    """Which connection this is, what is set on it, and how many cases it sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), current_setting('navigator.units', true)")
        pid, units = cursor.fetchone()
    return pid, units or "{}", models.Case.objects.count()


def break_here(request: Any, *args: Any, **kwargs: Any) -> None:
    raise RuntimeError("in the middle of a request")


def break_the_database(request: Any, *args: Any, **kwargs: Any) -> None:
    connection.cursor().execute("SELECT * FROM nowhere")


def break_with_more_open(request: Any, *args: Any, **kwargs: Any) -> None:
    units = Membership.objects.values_list("unit", flat=True)
    with scope.widened_to(*units):
        raise RuntimeError("with every unit open")


@pytest.mark.parametrize("what", [break_here, break_the_database, break_with_more_open])
def test_a_connection_used_again_after_an_error_shows_nothing(
    committed_world: World, monkeypatch: pytest.MonkeyPatch, what: Callable[..., None]
) -> None:
    """The connection persists (CONN_MAX_AGE): the next request, another's, runs on it."""
    case = logged(committed_world, name="Mikkel Opfundet")
    pid, _units, _count = left_in_scope()
    monkeypatch.setattr("referrals.lists.counts_of_start", what)
    client = at(committed_world.alice)
    with pytest.raises((RuntimeError, DatabaseError)):
        client.get("/")
    assert left_in_scope() == (pid, "{}", 0)
    monkeypatch.undo()
    assert "Mikkel" not in at(committed_world.erik).get("/").content.decode()
    assert at(committed_world.erik).get(reverse("case", args=[case.pk])).status_code == 404
    assert left_in_scope() == (pid, "{}", 0)


def test_no_request_leaves_anything_open(committed_world: World) -> None:
    referral = sent(committed_world, to=committed_world.bo.unit)
    pid, _units, _count = left_in_scope()
    client = at(committed_world.alice)
    for address, status in (
        ("/", 200),
        (reverse("case", args=[referral.case_id]), 200),
        (reverse("inbox"), 403),
        (reverse("case", args=[referral.pk]), 404),
        (reverse("draft", args=[referral.pk]), 404),
    ):
        assert client.get(address).status_code == status
        assert left_in_scope() == (pid, "{}", 0)
    assert client.post(reverse("withdraw_referral", args=[referral.pk]), {}).status_code == 422
    assert left_in_scope() == (pid, "{}", 0)


def test_requests_beside_each_other_see_their_own(committed_world: World) -> None:
    """Eight threads as in the web process, each a connection, each another's request every time."""
    people = {name: getattr(committed_world, name) for name in ("alice", "carla", "dorte", "erik")}
    names = {name: f"{name.title()}-Egen" for name in people}
    for name, by in people.items():
        logged(committed_world, by=by, name=names[name])
    sessions = {name: session_of(by.user) for name, by in people.items()}
    seen: list[tuple[str, list[str]]] = []

    def work(first: int) -> None:
        try:
            for n in range(4):
                who = list(people)[(first + n) % len(people)]
                client = Client()
                client.cookies[settings.SESSION_COOKIE_NAME] = sessions[who]
                body = client.get(reverse("my_list")).content.decode()
                seen.append((who, [name for name, word in names.items() if word in body]))
                assert left_in_scope()[1:] == ("{}", 0)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[n]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 32
    assert {(who, *found) for who, found in seen} == {(name, name) for name in people}


@pytest.mark.parametrize("task", sorted({entry["task"] for entry in celery_app.conf.beat_schedule.values()}))
def test_no_task_leaves_anything_open(committed_world: World, task: str) -> None:
    celery_app.loader.import_default_modules()
    sent(committed_world, to=committed_world.bo.unit)
    with play_for_a_while(WORKER):
        celery_app.tasks[task].apply(throw=True)
        assert left_in_scope()[1:] == ("{}", 0)


def test_a_task_that_breaks_leaves_nothing_open(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    by: By = committed_world.alice
    logged(committed_world)
    with scope.scope(by.unit.pk):
        task = models.FollowUp.objects.open().filter(owed_by=by.unit)[0]
        actions.ask_for_bulk(kind="done", follow_ups=[task.pk], by=by, now=clock.now())
    monkeypatch.setattr("referrals.actions.bulk._done", break_here)
    with play_for_a_while(WORKER):
        with pytest.raises(RuntimeError):
            celery_app.tasks["referrals.tasks.work_off_bulk"].apply(throw=True)
        assert left_in_scope()[1:] == ("{}", 0)
