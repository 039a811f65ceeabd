"""Silence climbs the ladder: every rung once, whoever sweeps, however often, whatever breaks."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.db import connection, transaction

from navigator.database import scope
from navigator.web.models import Heartbeat, silent_jobs
from referrals import actions, models, sweeps
from tests.conftest import WORKER, as_owner, play_for_a_while
from tests.helpers.cases import logged, sent
from tests.helpers.world import World

WARNINGS = 5  # of the 14 days that run: at half, at four fifths and at the end, to one reader or two
MONDAY = datetime.fromisoformat("2026-11-23T10:00:00+01:00")


def notices() -> list[tuple[str, str, str]]:
    """(rung, whom it told, when it was due), seen from above."""
    with as_owner() as owner:
        return owner.execute(
            """SELECT n.tells, o.name, to_char(n.due_at AT TIME ZONE 'Europe/Copenhagen', 'Dy HH24:MI')
               FROM referrals_notice n JOIN accounts_unit u ON u.id = n.to_unit_id
               JOIN accounts_organisation o ON o.id = u.organisation_id
               JOIN referrals_followup f ON f.id = n.follow_up_id AND f.waits_for NOT IN ('guarantee', 'effect')
               ORDER BY n.due_at, n.id"""
        ).fetchall()  # type: ignore[return-value]


def sweep_as_worker(now: datetime) -> dict[str, int]:
    with play_for_a_while(WORKER):
        return sweeps.sweep(now=now)


def test_silence_tells_the_receiver_then_the_sender_then_the_coordinator(committed_world: World) -> None:
    sent(committed_world, to=committed_world.bo.unit, now=MONDAY)

    for day in range(8):
        sweep_as_worker(MONDAY + timedelta(days=day))
        sweep_as_worker(MONDAY + timedelta(days=day))

    assert notices() == [
        ("owed_by", "Aarhus Rusmiddelcenter", "Tue 10:00"),
        ("sender", "Aarhus Jobcenter", "Wed 10:00"),
        ("coordinator", "Aarhus Koordination", "Thu 10:00"),
    ]


def test_an_answer_in_time_leaves_nothing_to_say(committed_world: World) -> None:
    world = committed_world
    referral = sent(world, to=world.bo.unit, now=MONDAY)
    with scope.scope(world.bo.unit.pk):
        actions.confirm_arrival(referral=referral, sides=["substance"], by=world.bo, now=MONDAY)

    assert sweep_as_worker(MONDAY + timedelta(days=30)) == {"noticed": 0, "put_off": 0}
    assert notices() == []


def test_a_sweep_after_a_long_outage_catches_up_a_rung_at_a_time(committed_world: World) -> None:
    sent(committed_world, to=committed_world.bo.unit, now=MONDAY)

    assert sweep_as_worker(MONDAY + timedelta(days=30)) == {"noticed": 3 + WARNINGS, "put_off": 0}
    assert [rung for rung, *_ in notices()] == ["owed_by", "sender", "coordinator"]


def test_where_nobody_coordinates_the_owner_hears_it(committed_world: World) -> None:
    logged(committed_world, by=committed_world.erik, now=MONDAY, answers={"municipality": "0851", "age": 30})

    sweep_as_worker(MONDAY + timedelta(days=30))
    assert [(rung, told) for rung, told, _ in notices()] == [
        ("owed_by", "Aalborg Jobcenter"),
        ("coordinator", "Aalborg Jobcenter"),
    ]


def test_a_sweep_leaves_a_heartbeat_and_its_silence_is_heard(committed_world: World) -> None:
    assert silent_jobs(now=MONDAY) == ["sweep", "deliver"]
    sweep_as_worker(MONDAY)
    beaten = Heartbeat.objects.get(name="sweep")

    assert beaten.did == {"noticed": 0, "put_off": 0}
    assert silent_jobs(now=beaten.finished_at + timedelta(minutes=4, seconds=59)) == ["deliver"]
    assert silent_jobs(now=beaten.finished_at + timedelta(minutes=5)) == ["sweep", "deliver"]


def test_two_sweeps_at_once_say_everything_once(committed_world: World) -> None:
    world = committed_world
    case = logged(world, now=MONDAY)
    for kind in ("gp", "somatic_check", "relatives_offer", "social_worker", "withdrawal_gp", "medical_consultation"):
        sent(world, to=None, kind=kind, case=case, sides=[], now=MONDAY)
    barrier = threading.Barrier(4)
    did: list[int] = []

    def work() -> None:
        barrier.wait(10)
        did.append(sweeps.sweep(now=MONDAY + timedelta(days=30))["noticed"])
        connection.close()

    with play_for_a_while(WORKER), mock.patch.object(sweeps, "BATCH", 2):
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sum(did) == 6 * 3 + 2 + WARNINGS
    assert len(notices()) == 6 * 3 + 2


def test_one_bad_row_is_put_off_and_stops_nobody(committed_world: World) -> None:
    world = committed_world
    case = logged(world, now=MONDAY)
    bad = sent(world, to=None, kind="gp", case=case, sides=[], now=MONDAY)
    sent(world, to=None, kind="somatic_check", case=case, sides=[], now=MONDAY)
    with as_owner() as owner:
        owner.execute("UPDATE referrals_followup SET step = 99 WHERE referral_id = %s", [bad.pk])
    later = MONDAY + timedelta(days=30)

    did = sweep_as_worker(later)

    assert did == {"noticed": 3 + 2 + WARNINGS, "put_off": 1}
    with scope.scope(world.alice.unit.pk):
        assert bad.follow_ups.get().next_at == later + sweeps.AFTER_AN_ERROR


def test_a_sweep_that_dies_before_its_last_write_has_said_nothing(committed_world: World) -> None:
    sent(committed_world, to=committed_world.bo.unit, now=MONDAY)
    later = MONDAY + timedelta(days=1)

    with (
        play_for_a_while(WORKER),
        mock.patch.object(models.FollowUp.objects.__class__, "bulk_update", side_effect=SystemExit, create=True),
        pytest.raises(SystemExit),
    ):
        sweeps.sweep(now=later)
    assert notices() == []

    sweep_as_worker(later)
    assert [rung for rung, *_ in notices()] == ["owed_by"]


def test_a_step_taken_while_the_sweep_holds_its_follow_up_waits_and_does_not_deadlock(committed_world: World) -> None:
    """The sweep inserts notices that point at the case; a worker's step holds the case. Both get through."""
    world = committed_world
    referral = sent(world, to=world.bo.unit, now=MONDAY)
    claimed = threading.Event()
    said: list[int] = []

    def sweep_slowly() -> None:
        with transaction.atomic():
            late = sweeps._claim(now=MONDAY + timedelta(days=1), size=10)
            claimed.set()
            wait_until_somebody_waits_for_a_lock()
            said.append(sweeps._climb(late, now=MONDAY + timedelta(days=1)))
        connection.close()

    with play_for_a_while(WORKER):
        sweeper = threading.Thread(target=sweep_slowly)
        sweeper.start()
        assert claimed.wait(10)
    with scope.scope(world.bo.unit.pk):
        accepted = actions.accept_referral(referral=referral, by=world.bo, now=MONDAY)
    sweeper.join(10)

    assert (said, accepted.status) == ([1], "accepted")
    assert [rung for rung, *_ in notices()] == ["owed_by"]


def wait_until_somebody_waits_for_a_lock() -> None:
    """PostgreSQL's own word that a step is blocked behind the sweep."""
    with as_owner() as owner:
        for _ in range(10_000):
            if owner.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                return
            owner.execute("SELECT pg_sleep(0.001)")
    raise AssertionError("nobody waited")
