"""The whole engine for real: PostgreSQL, Redis, a worker and beat, with a ladder in seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from navigator import clock
from navigator.database import scope
from navigator.web.models import Heartbeat
from referrals import actions, models
from referrals.enums import Side, Wait
from tests.conftest import as_owner
from tests.helpers.cases import logged, sent
from tests.helpers.stack import RedisServer, celery, kept_running, wait_for
from tests.helpers.world import World

SOON = [
    {"after": [1, "seconds"], "tell": "owed_by"},
    {"after": [5, "seconds"], "tell": "sender"},
    {"after": [9, "seconds"], "tell": "coordinator"},
]
LATER = [{"after": [1, "days"], "tell": "coordinator"}]
IN_SECONDS = {
    "version": "seconds",
    "waits": {
        wait: dict.fromkeys(("ordinary", "acute"), SOON if wait in ("seen", "answer", "booking", "arrival") else LATER)
        for wait in Wait.values
    },
}


@pytest.fixture
def ladder_in_seconds(transactional_db: None) -> Iterator[None]:
    models.Ladder.objects.create(version="seconds", document=IN_SECONDS, published_at=clock.now())
    yield
    with as_owner() as owner:
        owner.execute("DELETE FROM referrals_ladder WHERE version = 'seconds'")


def told() -> Counter[str]:
    with as_owner() as owner:
        return Counter(row[0] for row in owner.execute("SELECT tells FROM referrals_notice WHERE why = 'silence'"))  # type: ignore[misc]


def sweeps_since(moment: object) -> bool:
    return Heartbeat.objects.filter(name="sweep", finished_at__gt=moment).exists()


def test_silence_is_heard_while_redis_dies_and_arrival_ends_it(
    committed_world: World, ladder_in_seconds: None, tmp_path: Path
) -> None:
    world = committed_world
    redis = RedisServer(tmp_path)
    common = {"redis_url": redis.url, "sweep_seconds": 0.5, "log": tmp_path / "celery.log", "stalled_seconds": 15}
    try:
        with (
            kept_running("worker", "--concurrency=2", "--loglevel=INFO", **common),
            kept_running("beat", f"--schedule={tmp_path / 'beat'}", **common),
        ):
            wait_for(lambda: Heartbeat.objects.exists(), said="the first sweep")
            case = logged(world)
            referral = sent(world, to=world.bo.unit, case=case)
            wait_for(lambda: told()["owed_by"], said="the reminder to the receiver")

            redis.kill()
            killed_at = clock.now()
            also_saved = sent(world, to=None, kind="gp", case=case, sides=[])  # nobody at work notices
            wait_for(lambda: clock.now() > referral.sent_at + timedelta(seconds=6), said="the sender's rung to pass")
            assert told() == {"owed_by": 1}
            redis.start()
            wait_for(lambda: told()["coordinator"] == 2, said="the coordinator to hear of both")
            assert sweeps_since(killed_at)
            assert told() == {"owed_by": 2, "sender": 2, "coordinator": 2}

            with scope.scope(world.bo.unit.pk):
                actions.confirm_arrival(referral=referral, sides=[Side.SUBSTANCE], by=world.bo, now=clock.now())
            with scope.scope(world.alice.unit.pk):
                actions.cancel_referral(referral=also_saved, because="Fejl", by=world.alice, now=clock.now())
                assert models.FollowUp.objects.open().exclude(waits_for=Wait.EFFECT).count() == 0
            for _ in range(3):
                ended_at = clock.now()
                wait_for(lambda moment=ended_at: sweeps_since(moment), said="another sweep")
            assert told() == {"owed_by": 2, "sender": 2, "coordinator": 2}
    finally:
        redis.kill()
        print((tmp_path / "celery.log").read_text()[-4000:])


@pytest.mark.parametrize("arguments", [["worker", "--concurrency=1"], ["beat"]], ids=["worker", "beat"])
def test_whoever_hears_of_no_finished_job_ends_itself(
    transactional_db: None, tmp_path: Path, arguments: list[str]
) -> None:
    """A worker without beat, or beat without a worker, looks alive and does nothing: its supervisor starts another."""
    redis = RedisServer(tmp_path)
    schedule = [f"--schedule={tmp_path / 'beat'}"] if "beat" in arguments else []
    log = tmp_path / "celery.log"
    try:
        with celery(
            *arguments, *schedule, redis_url=redis.url, sweep_seconds=0.5, log=log, stalled_seconds=3
        ) as process:
            wait_for(lambda: process.poll() is not None, said="it to end")
    finally:
        redis.kill()
    assert "No job has finished for 0:00:03" in log.read_text()
