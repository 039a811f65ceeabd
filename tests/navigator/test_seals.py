"""Each day of the access log is sealed, chained to the day before; what was changed behind our back is found."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command

from navigator.audit import months, seals
from navigator.audit.models import Look, Seal
from tests.conftest import APP, OWNER, WORKER, as_app, as_owner, as_worker, play, play_for_a_while
from tests.helpers.cases import logged
from tests.helpers.looks import looked, own_months
from tests.helpers.world import World

NIGHT = datetime(2026, 11, 5, 3, 27, tzinfo=UTC)
DAYS = [date(2026, 11, n) for n in (1, 2, 3, 4)]


@pytest.fixture
def lines(committed_world: World) -> Iterator[list[Look]]:
    """Two on the first and on the third of November, one of each right beside midnight in Denmark, and none on the second."""
    case, alice = logged(committed_world), committed_world.alice
    moments = [
        datetime(2026, 10, 31, 23, 0, tzinfo=UTC),
        datetime(2026, 11, 1, 22, 59, tzinfo=UTC),
        datetime(2026, 11, 2, 23, 0, tzinfo=UTC),
        datetime(2026, 11, 3, 12, 0, tzinfo=UTC),
    ]
    with own_months(date(2026, 11, 1)):
        yield [looked(case, by=alice, at=moment) for moment in moments]


@pytest.fixture
def as_the_worker() -> Iterator[None]:
    play(WORKER)
    yield
    play(APP)


def sealed() -> list[tuple[date, int]]:
    return list(Seal.objects.order_by("day").values_list("day", "lines"))


def behind_our_back(statement: str) -> None:
    """As somebody who owns the tables and takes the lock off first."""
    with as_owner() as owner:
        for table in ("audit_look", "audit_seal"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")  # type: ignore[arg-type]
        owner.execute(statement)  # type: ignore[arg-type]
        for table in ("audit_look", "audit_seal"):
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")  # type: ignore[arg-type]


def test_every_day_that_has_ended_is_sealed_once(lines: list[Look], as_the_worker: None) -> None:
    assert [(seal.day, seal.lines) for seal in seals.seal(now=NIGHT)] == list(zip(DAYS, [2, 0, 2, 0], strict=True))
    assert seals.seal(now=NIGHT) == []
    chain = list(Seal.objects.order_by("day"))
    assert [seal.before for seal in chain] == ["", *(seal.digest for seal in chain[:-1])]
    assert len({seal.digest for seal in chain}) == 4
    assert [seal.day for seal in seals.seal(now=NIGHT + timedelta(days=1))] == [date(2026, 11, 5)]


def test_the_last_hour_of_a_day_settles_before_it_is_sealed(lines: list[Look], as_the_worker: None) -> None:
    midnight = datetime(2026, 11, 4, 23, 0, tzinfo=UTC)
    assert [seal.day for seal in seals.seal(now=midnight + timedelta(minutes=59))] == DAYS[:3]
    assert [seal.day for seal in seals.seal(now=midnight + timedelta(minutes=60))] == DAYS[3:]


def test_nothing_to_seal(committed_world: World, as_the_worker: None) -> None:
    assert seals.seal(now=NIGHT) == []
    assert said() == "Nothing is sealed yet.\n"


def said() -> str:
    out = StringIO()
    call_command("verify_access_log", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("role", ["worker", "owner"])
def test_what_was_not_changed_is_as_it_was_sealed(lines: list[Look], role: str) -> None:
    with play_for_a_while(WORKER):
        last = seals.seal(now=NIGHT)[-1]
    with play_for_a_while({"worker": WORKER, "owner": OWNER}[role]):
        assert said() == f"4 days are as they were sealed, until 2026-11-04: {last.digest}.\n"


def test_the_app_cannot_say_so(lines: list[Look]) -> None:
    with pytest.raises(CommandError, match="as the worker or the owner"):
        said()


BEHIND = {
    "another user": ("UPDATE audit_look SET \"user\" = gen_random_uuid() WHERE id = '{third}'", DAYS[2]),
    "another reason": ("UPDATE audit_look SET purpose = 'receive' WHERE id = '{first}'", DAYS[0]),
    "another second": ("UPDATE audit_look SET looked_at = looked_at + interval '1 second' WHERE id = '{third}'", DAYS[2]),
    "a line less": ("DELETE FROM audit_look WHERE id = '{third}'", DAYS[2]),
    "the first days less": ("DELETE FROM audit_look WHERE looked_at < '2026-11-02'", DAYS[0]),
    "a line more": (
        "INSERT INTO audit_look SELECT (jsonb_populate_record(l, jsonb_build_object('id', gen_random_uuid(),"
        " 'looked_at', '2026-11-02T10:00:00Z'))).* FROM audit_look l WHERE id = '{first}'",
        DAYS[1],
    ),
    "a line before the first": (
        "INSERT INTO audit_look SELECT (jsonb_populate_record(l, jsonb_build_object('id', gen_random_uuid(),"
        " 'looked_at', '2026-10-12T10:00:00Z'))).* FROM audit_look l WHERE id = '{first}'",
        date(2026, 10, 12),
    ),
    "a seal less": ("DELETE FROM audit_seal WHERE day = '2026-11-02'", DAYS[1]),
    "a seal made anew": ("UPDATE audit_seal SET digest = repeat('0', 64) WHERE day = '2026-11-03'", DAYS[2]),
}  # fmt: skip


@pytest.mark.parametrize("what", BEHIND)
def test_what_was_changed_behind_our_back_is_found_by_its_day(
    lines: list[Look], as_the_worker: None, what: str
) -> None:
    seals.seal(now=NIGHT)
    statement, day = BEHIND[what]
    behind_our_back(statement.format(first=lines[0].pk, third=lines[2].pk))
    with pytest.raises(CommandError, match=f"of {day} is not as it was sealed"):
        said()


def test_a_month_that_was_dropped_is_said_not_to_be_kept(committed_world: World) -> None:
    with own_months(date(2020, 1, 1), date(2020, 2, 1)):
        case = logged(committed_world)
        for month in (1, 2):
            looked(case, by=committed_world.alice, at=datetime(2020, month, 10, 12, tzinfo=UTC))
        with play_for_a_while(WORKER):
            last = seals.seal(now=datetime(2020, 3, 1, 3, 27, tzinfo=UTC))[-1]
        with play_for_a_while(OWNER):
            assert months.drop(date(2020, 1, 1), today=date(2026, 11, 22))
            assert said() == (
                f"29 days are as they were sealed, until 2020-02-29: {last.digest}. 22 older days are no longer kept.\n"
            )


@pytest.mark.parametrize("connect", [as_app, as_worker, as_owner])
@pytest.mark.parametrize("statement", ["UPDATE audit_seal SET lines = 9", "DELETE FROM audit_seal"])
def test_a_seal_is_not_changed(
    lines: list[Look], connect: Callable[[], psycopg.Connection[tuple[object, ...]]], statement: str
) -> None:
    with play_for_a_while(WORKER):
        seals.seal(now=NIGHT)
    with pytest.raises(psycopg.DatabaseError), connect() as other:
        other.execute(statement)  # type: ignore[arg-type]
    assert sealed() == list(zip(DAYS, [2, 0, 2, 0], strict=True))


def test_the_digest_is_written_where_no_database_reaches(
    lines: list[Look], as_the_worker: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        made = seals.seal(now=NIGHT)
    assert f"Access log of 2026-11-03 sealed: 2 lines, {made[2].digest}" in caplog.text


def test_somebody_is_warned_before_the_months_run_out(db: None, caplog: pytest.LogCaptureFixture) -> None:
    last = months.first_of(months.names()[-1])
    months.warn(today=last - timedelta(days=70))
    assert not caplog.text
    months.warn(today=last - timedelta(days=20))
    assert "access_log_months" in caplog.text
