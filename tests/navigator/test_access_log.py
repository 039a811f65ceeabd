"""The access log from below: added to, never changed; a month at a time; nobody but the owner drops one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.core.management import CommandError, call_command

from navigator import clock
from navigator.audit import months
from navigator.audit.models import Look
from navigator.database import scope
from tests.conftest import APP, OWNER, as_app, as_owner, as_worker, play, play_for_a_while
from tests.helpers.cases import logged
from tests.helpers.looks import looked
from tests.helpers.world import World

CONNECT = {"app": as_app, "worker": as_worker, "owner": as_owner}


def execute(role: str, statement: str, *, unit: UUID) -> None:
    """In the scope of this unit."""
    with CONNECT[role]() as other:
        other.execute("SELECT set_config('navigator.units', %s, false)", [f"{{{unit}}}"])
        other.execute(statement)  # type: ignore[arg-type]


@pytest.fixture
def owned(transactional_db: None) -> Iterator[None]:
    """The test's own connection is the owner's; the months that the test makes are taken away again."""
    play(OWNER)
    before = set(months.names())
    yield
    with as_owner() as owner:
        for name in set(months.names()) - before:
            owner.execute(f"DROP TABLE access_log.{name}")  # type: ignore[arg-type]
    play(APP)


@pytest.mark.parametrize("statement", ["UPDATE audit_look SET what = 'x'", "DELETE FROM audit_look"])
@pytest.mark.parametrize("role", CONNECT)
def test_nobody_changes_what_is_written(committed_world: World, role: str, statement: str) -> None:
    alice = committed_world.alice
    looked(logged(committed_world), by=alice)
    refused = psycopg.errors.RaiseException if role == "owner" else psycopg.errors.InsufficientPrivilege
    with pytest.raises(refused):
        execute(role, statement, unit=alice.unit.pk)
    with scope.scope(alice.unit.pk):
        assert Look.objects.values_list("what").get() == ("case",)


@pytest.mark.parametrize("role", ["app", "worker"])
@pytest.mark.parametrize("what", ["SELECT count(*) FROM", "TRUNCATE", "DROP TABLE"])
def test_a_partition_is_out_of_reach(db: None, role: str, what: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), CONNECT[role]() as other:
        other.execute(f"{what} access_log.{months.names()[0]}")  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["app", "worker"])
def test_nobody_who_serves_empties_the_log(db: None, role: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), CONNECT[role]() as other:
        other.execute("TRUNCATE audit_look")


def test_a_unit_reads_its_own_lines_and_writes_no_others(committed_world: World) -> None:
    world = committed_world
    looked(logged(world), by=world.alice)
    with scope.scope(world.erik.unit.pk):
        assert Look.objects.count() == 0
    line = (
        'INSERT INTO audit_look (id, looked_at, "user", unit, roles, what, how, purpose)'
        f" VALUES (gen_random_uuid(), now(), '{world.alice.user.pk}', '{world.alice.unit.pk}', '{{}}', 'case', 'page', 'help')"
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute("app", line, unit=world.erik.unit.pk)
    execute("app", line, unit=world.alice.unit.pk)


def test_migrating_makes_this_month_and_more_than_a_year_ahead(db: None) -> None:
    there = months.names()
    assert len(there) == months.AHEAD + 1
    assert months.first_of(there[0]) == clock.today().replace(day=1)


def test_a_month_begins_and_ends_by_danish_time(owned: None) -> None:
    assert months.make(today=date(2031, 3, 15), ahead=0) == ["y2031m03"]
    assert months.make(today=date(2031, 3, 15), ahead=0) == []
    with as_owner() as owner:
        (bounds,) = owner.execute(
            "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'y2031m03'"
        ).fetchone()  # type: ignore[misc]
    moments = [datetime.fromisoformat(said) for said in str(bounds).split("'")[1::2]]
    assert moments == [datetime(2031, 2, 28, 23, tzinfo=UTC), datetime(2031, 3, 31, 22, tzinfo=UTC)]


def test_a_line_for_which_no_month_was_made_is_kept_and_moves_when_it_is(committed_world: World, owned: None) -> None:
    play(APP)
    moment = datetime(2032, 5, 31, 21, 59, tzinfo=UTC)
    case = logged(committed_world)
    kept = [looked(case, by=committed_world.alice, at=moment + timedelta(minutes=n)) for n in (0, 1)]
    with play_for_a_while(OWNER):
        assert months.make(today=date(2032, 5, 1), ahead=0) == ["y2032m05"]
    with as_owner() as owner:
        where = owner.execute("SELECT id, tableoid::regclass::text FROM audit_look ORDER BY looked_at").fetchall()
    assert where == [(kept[0].pk, "access_log.y2032m05"), (kept[1].pk, "access_log.other")]
    with pytest.raises(psycopg.errors.RaiseException), as_owner() as owner:
        owner.execute("DELETE FROM audit_look")


def test_a_month_is_dropped_when_it_is_older_than_the_log_is_kept(owned: None) -> None:
    months.make(today=date(2020, 1, 1), ahead=1)
    call_command("access_log_months", drop="2020-01", verbosity=0)
    assert months.names()[0] == "y2020m02"
    assert not months.drop(date(2020, 1, 1), today=clock.today())
    with pytest.raises(CommandError, match="kept for 5 years"):
        call_command("access_log_months", drop=f"{clock.today():%Y-%m}", verbosity=0)
    assert not months.drop(date(2021, 10, 1), today=date(2026, 11, 1))  # five years after its last day
    with pytest.raises(ValueError, match="2021-10"):
        months.drop(date(2021, 10, 1), today=date(2026, 10, 31))
