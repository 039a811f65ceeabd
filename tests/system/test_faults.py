"""Whatever breaks, nothing is lost and nothing is said twice: the real stack, killed, flushed, restarted and made to wait.

At least once means: a message whose relay had it when its worker was killed may come again, with the same key.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import celery as celery_library
import psycopg
import pytest
import redis
from django.db import connection

from navigator import clock
from navigator.database import scope
from navigator.embedded import processes, servers
from navigator.settings.environment import broker_url
from navigator.web.models import Heartbeat
from referrals import actions, models, outbox, sweeps
from referrals.enums import Side, Urgency
from tests.conftest import WORKER, as_owner, play_for_a_while
from tests.helpers.cases import sent
from tests.helpers.smtp import LATER, REFUSED, TAKEN, Relay, relay
from tests.helpers.stack import RedisServer, celery, kept_running, wait_for
from tests.helpers.world import World

REFERRALS = 4
RUNGS = 3  # of what is acute and not seen: the service, the sender, the coordinator
MESSAGES = REFERRALS * (1 + RUNGS)  # each referral is also told to the service when it is sent
CALLED = actions.HandOver(spoke_with="Bo")
FRIDAY = datetime.fromisoformat("2026-10-23T15:00:00+02:00")  # the hour changes on Sunday


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """A real relay; workers that are started from now on send to it."""
    with relay() as (server, url):
        monkeypatch.setenv("NAVIGATOR_EMAIL_URL", url)
        yield server


@pytest.fixture
def mail_server_here(settings: Any) -> Iterator[Relay]:
    """A real relay that this process sends to."""
    with relay() as (server, url):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = url.removeprefix("smtp://").split(":")
        yield server


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    yield server
    server.kill()


def late_and_acute(world: World, count: int = REFERRALS) -> list[models.Referral]:
    """Acute referrals of three hours ago that nobody has seen: each is to be told, and each rung of each is due. Acute,
    so that the tests say the same at night."""
    before = clock.now() - timedelta(hours=3)
    return [sent(world, to=world.bo.unit, now=before, urgency=Urgency.ACUTE, hand_over=CALLED) for _ in range(count)]


def ask(question: str, *, server: psycopg.Connection[Any] | None = None) -> Any:
    """One number, seen from above."""
    with server or as_owner() as owner:
        return owner.execute(question).fetchone()[0]  # type: ignore[arg-type,index]


def silences() -> Any:
    return ask("SELECT count(*) FROM referrals_notice WHERE why = 'silence'")


def states() -> Counter[str]:
    with as_owner() as owner:
        return Counter(row[0] for row in owner.execute("SELECT state FROM referrals_delivery"))  # type: ignore[misc]


def knock(server: RedisServer, *jobs: str) -> None:
    """What beat does, once."""
    with celery_library.Celery(broker=broker_url(server.url), set_as_current=False) as app:
        for job in jobs:
            app.send_task(f"referrals.tasks.{job}", ignore_result=True)


@contextmanager
def engine(redis_url: str, folder: Path) -> Iterator[None]:
    """A worker of two processes, and beat, each started again when it ends itself (decision 11): a worker may come back
    from a lost Redis and never work again."""
    common = {"redis_url": redis_url, "sweep_seconds": 0.5, "stalled_seconds": 30, "log": folder / "celery.log"}
    with (
        kept_running("worker", "--concurrency=2", "--loglevel=INFO", **common),
        kept_running("beat", f"--schedule={folder / 'beat'}", **common),
    ):
        yield


@contextmanager
def one_process(redis_url: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker whose only process does the work itself: kill -9 hits it in the middle."""
    with celery(
        "worker", "--pool=solo", "--loglevel=INFO", redis_url=redis_url, sweep_seconds=60, log=folder / "celery.log"
    ) as worker:
        yield worker


def kill(worker: subprocess.Popen[bytes]) -> None:
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def test_a_worker_killed_in_mid_sweep_has_said_nothing_and_the_next_says_everything_once(
    committed_world: World, mail_server: Relay, redis_server: RedisServer, tmp_path: Path
) -> None:
    late_and_acute(committed_world)
    told_before = ask("SELECT count(*) FROM referrals_delivery")
    with one_process(redis_server.url, tmp_path) as worker, as_owner() as in_the_way:
        in_the_way.execute("LOCK TABLE referrals_delivery IN EXCLUSIVE MODE")  # notices are in, messages are not
        knock(redis_server, "sweep")
        waits = (
            "SELECT coalesce(max(pid), 0) FROM pg_locks WHERE NOT granted AND relation = 'referrals_delivery'::regclass"
        )
        wait_for(lambda: ask(waits), said="the sweep to be in the middle")
        backend = ask(waits)
        kill(worker)
        in_the_way.rollback()
    wait_for(
        lambda: not ask(f"SELECT count(*) FROM pg_stat_activity WHERE pid = {backend}"), said="its connection to end"
    )
    kept = silences()

    with engine(redis_server.url, tmp_path):
        wait_for(lambda: states()["handed_over"] == MESSAGES, said="everything to be said")

    print(
        f"kill -9 in mid-sweep: {kept} of {REFERRALS * RUNGS} notices kept by the dead sweep, then {silences()}; "
        f"{told_before} + {REFERRALS * RUNGS} messages, {len(mail_server.keys)} keys, {len(mail_server.mails)} mails"
    )
    assert (kept, silences(), states()) == (0, REFERRALS * RUNGS, {"handed_over": MESSAGES})
    assert len(mail_server.keys) == MESSAGES and set(mail_server.keys.values()) == {1}


def test_a_worker_killed_in_mid_delivery_is_replaced_and_only_its_one_message_comes_again_with_the_same_key(
    committed_world: World, mail_server: Relay, redis_server: RedisServer, tmp_path: Path
) -> None:
    late_and_acute(committed_world)
    mail_server.hold(at="data")  # the relay has it, and the worker will never hear so
    with one_process(redis_server.url, tmp_path) as worker:
        knock(redis_server, "sweep", "deliver")
        wait_for(mail_server.held.is_set, said="a message to be on its way")
        kill(worker)
    (on_its_way,) = mail_server.keys
    mail_server.go_on()

    with engine(redis_server.url, tmp_path):
        wait_for(lambda: states()["handed_over"] == MESSAGES, said="everything to be said")

    print(
        f"kill -9 in mid-delivery: {MESSAGES} messages, {len(mail_server.keys)} keys, {len(mail_server.mails)} mails, "
        f"{mail_server.keys[on_its_way]} of them with the key that was on its way"
    )
    assert states() == {"handed_over": MESSAGES}
    assert mail_server.keys == {key: 2 if key == on_its_way else 1 for key in mail_server.keys}
    assert len(mail_server.keys) == MESSAGES


def test_redis_flushed_and_restarted_loses_nothing(
    committed_world: World, mail_server: Relay, redis_server: RedisServer, tmp_path: Path
) -> None:
    late_and_acute(committed_world, 2)
    mail_server.hold(at="data")
    with engine(redis_server.url, tmp_path):
        wait_for(mail_server.held.is_set, said="a message to be on its way")
        with redis.Redis.from_url(redis_server.url) as client:
            client.flushall()
        redis_server.kill()
        late_and_acute(committed_world, REFERRALS - 2)  # nobody at work notices
        redis_server.start()
        on_their_way = set(mail_server.keys)  # one for each process of the worker, at most
        mail_server.go_on()
        wait_for(lambda: states()["handed_over"] == MESSAGES, said="everything to be said")

    print(
        f"Redis flushed and restarted: {MESSAGES} messages, {len(mail_server.keys)} keys, {len(mail_server.mails)} mails"
    )
    assert (silences(), states()) == (REFERRALS * RUNGS, {"handed_over": MESSAGES})
    assert len(mail_server.keys) == MESSAGES
    assert {key for key, times in mail_server.keys.items() if times > 1} <= on_their_way
    assert max(mail_server.keys.values()) <= 2 and len(on_their_way) <= 2


@pytest.mark.skipif("navigator-test-" not in os.environ["OWNER_DATABASE_URL"], reason="needs a PostgreSQL of its own")
def test_postgresql_crashed_and_restarted_loses_nothing(
    committed_world: World, mail_server: Relay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a server of this test's own, filled with a copy of what the other one holds."""
    late_and_acute(committed_world)
    name = str(connection.settings_dict["NAME"])
    with servers.throwaway() as own:
        copy_database(name, to=own)
        monkeypatch.setenv("WORKER_DATABASE_URL", own.database_url("navigator_worker"))

        def there(question: str) -> Any:
            return ask(question, server=psycopg.connect(own.database_url("postgres")))

        mail_server.hold(at="data")
        with mock.patch.dict(connection.settings_dict, NAME="navigator"), engine(own.redis_url, tmp_path):
            wait_for(mail_server.held.is_set, said="a message to be on its way")
            postmaster = int((own.folder / "postgres" / "postmaster.pid").read_text().split()[0])
            processes.end(postmaster, with_signal=signal.SIGQUIT, patience=30)  # 'immediate': as after a power cut
            assert own.ensure() == ["PostgreSQL"]
            on_their_way = set(mail_server.keys)  # one for each process of the worker, at most
            mail_server.go_on()
            handed_over = "SELECT count(*) FROM referrals_delivery WHERE state = 'handed_over'"
            wait_for(lambda: there(handed_over) == MESSAGES, said="everything to be said")
        silences = there("SELECT count(*) FROM referrals_notice WHERE why = 'silence'")
        pending = there("SELECT count(*) FROM referrals_delivery WHERE state <> 'handed_over'")

    print(
        f"PostgreSQL crashed and restarted: {silences} notices, {MESSAGES} messages, {len(mail_server.keys)} keys, "
        f"{len(mail_server.mails)} mails"
    )
    assert (silences, pending, len(mail_server.keys)) == (REFERRALS * RUNGS, 0, MESSAGES)
    assert {key for key, times in mail_server.keys.items() if times > 1} <= on_their_way
    assert max(mail_server.keys.values()) <= 2 and len(on_their_way) <= 2


def copy_database(name: str, *, to: servers.Servers) -> None:
    """The tests' database as it is committed now, walls and all."""
    here = os.environ["OWNER_DATABASE_URL"].replace("/navigator?", f"/{name}?")
    programs = servers.postgres_programs()
    psql = [programs / "psql", "--quiet", "--no-psqlrc", "--output=/dev/null", to.database_url("postgres")]
    with subprocess.Popen([programs / "pg_dump", "--format=plain", here], stdout=subprocess.PIPE) as dump:
        subprocess.run(psql, stdin=dump.stdout, check=True)
    assert dump.returncode == 0


def in_threads(count: int, work: Callable[[], None]) -> None:
    """At the same moment, each with a connection of its own, as the worker."""
    barrier = threading.Barrier(count)

    def run() -> None:
        barrier.wait(10)
        try:
            work()
        finally:
            connection.close()

    with play_for_a_while(WORKER):
        threads = [threading.Thread(target=run) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def test_sweepers_and_deliverers_at_once_say_everything_once(committed_world: World, mail_server_here: Relay) -> None:
    late_and_acute(committed_world)
    now, did = clock.now(), Counter[str]()

    def work() -> None:
        did.update(sweeps.sweep(now=now))
        did.update(outbox.deliver(now=now))

    in_threads(4, work)
    in_threads(1, work)  # whoever came too early for the last rows

    print(f"four sweepers and deliverers at once: {dict(did)}, {len(mail_server_here.keys)} keys")
    assert (did["noticed"], did["handed_over"]) == (REFERRALS * RUNGS, MESSAGES)
    assert did["try_again"] == did["failed"] == did["put_off"] == 0
    assert len(mail_server_here.keys) == MESSAGES and set(mail_server_here.keys.values()) == {1}


def deliver(now: datetime) -> dict[str, int]:
    with play_for_a_while(WORKER):
        return {what: count for what, count in outbox.deliver(now=now).items() if count}


def test_a_relay_that_delays_and_refuses_leaves_nothing_unsaid(committed_world: World, mail_server_here: Relay) -> None:
    world = committed_world
    referrals = late_and_acute(world)
    now = clock.now()
    with play_for_a_while(WORKER):
        sweeps.sweep(now=now)
    refused, delayed = world.bo.unit.email, world.alice.unit.email
    mail_server_here.answer = lambda address: {refused: REFUSED, delayed: LATER}.get(address, TAKEN)

    first = deliver(now)
    mail_server_here.answer = lambda address: TAKEN
    second = deliver(now + timedelta(seconds=10))

    open_tasks = ask("SELECT count(*) FROM referrals_followup WHERE waits_for = 'reach_out' AND closed_at IS NULL")
    print(f"a relay that delays and refuses: {first}, then {second}; {open_tasks} tasks")
    assert first == {"failed": REFERRALS * 2, "try_again": REFERRALS, "handed_over": REFERRALS}
    assert second == {"handed_over": REFERRALS}
    assert open_tasks == REFERRALS
    assert states() == {"failed": REFERRALS * 2, "handed_over": REFERRALS * 2}
    with scope.scope(world.alice.unit.pk):
        assert {each.bounced_at for each in models.Referral.objects.all()} == {now}
    assert set(mail_server_here.keys.values()) == {1} and len(referrals) == REFERRALS


def test_a_relay_that_hangs_keeps_nobody_waiting_and_is_left_in_time(
    committed_world: World, mail_server_here: Relay, settings: Any
) -> None:
    """While a message hangs, the citizen arrives: the step takes nobody's lock. Then the time-out ends the pass."""
    world = committed_world
    referral, *_others = late_and_acute(world)
    settings.EMAIL_TIMEOUT = 3
    now, did = clock.now(), dict[str, int]()
    mail_server_here.hold(at="mail")

    def hang() -> None:
        did.update(outbox.deliver(now=now))
        connection.close()

    with play_for_a_while(WORKER):
        deliverer = threading.Thread(target=hang)
        deliverer.start()
        wait_for(mail_server_here.held.is_set, said="the relay to hang")
    with scope.scope(world.bo.unit.pk):
        actions.confirm_arrival(referral=referral, sides=[Side.SUBSTANCE], by=world.bo, now=clock.now())
    arrived_while_it_hung = deliverer.is_alive()
    deliverer.join()
    mail_server_here.go_on()
    settings.EMAIL_TIMEOUT = 10
    later = deliver(now + timedelta(minutes=1))

    print(f"a relay that hangs: {did}, then {later}")
    assert arrived_while_it_hung
    assert {what: count for what, count in did.items() if count} == {"try_again": 1}
    assert Heartbeat.objects.get(name="deliver").did["stuck"] == 0
    assert later["handed_over"] == REFERRALS + 1  # the sender hears of the arrival
    assert states() == {"handed_over": REFERRALS + 1}
    assert set(mail_server_here.keys.values()) == {1}


def test_the_clock_jumps_over_a_weekend_and_over_the_change_of_the_hour(
    committed_world: World, mail_server_here: Relay
) -> None:
    """Sent on a Friday, the service is reminded on Monday at the same hour, the sender on Tuesday; a clock that is put
    back, or jumps over everything, says nothing twice and leaves nothing out."""
    world = committed_world
    with scope.scope(world.bo.unit.pk):
        referral = sent(world, to=world.bo.unit, now=FRIDAY)
    said = []

    def look(moment: str) -> int:
        now, before = datetime.fromisoformat(moment), len(mail_server_here.mails)
        with play_for_a_while(WORKER):
            sweeps.sweep(now=now)
            outbox.deliver(now=now)
        said.append((moment, len(mail_server_here.mails) - before))
        return said[-1][1]

    assert look("2026-10-23T15:00:00+02:00") == 1  # the referral itself
    assert look("2026-10-25T02:30:00+02:00") == 0
    assert look("2026-10-25T02:30:00+01:00") == 0  # the same half hour again
    assert look("2026-10-26T14:59:59+01:00") == 0
    assert look("2026-10-26T15:00:00+01:00") == 1  # 72 hours and one more after
    assert look("2026-10-24T12:00:00+02:00") == 0  # the clock was put back
    assert look("2026-10-28T15:00:00+01:00") == 2  # over two rungs: the sender, the coordinator
    assert look("2026-10-28T15:00:00+01:00") == 0

    print(f"the clock jumps: {said}")
    assert mail_server_here.readers() == sorted(
        [world.bo.unit.email] * 2 + [world.alice.unit.email, world.dorte.unit.email]
    )
    assert set(mail_server_here.keys.values()) == {1}
    assert referral.sent_at == FRIDAY
