"""Does the sweep cost what is due, or what is open? `.venv/bin/python bench/sweep.py` [hand-offs, 1000000].

On a throwaway PostgreSQL of its own: 100,000 open hand-offs and then a million are written straight into the tables,
10,000 of them due, and swept as the worker. What one hand-off leaves in the history and the outbox is measured on some
that are taken from needs to arrival by the actions themselves.
"""

from __future__ import annotations

import logging
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).parent.parent))

from navigator.embedded import environment

NOW = datetime.fromisoformat("2026-11-25T12:00:00+01:00")  # a Wednesday
SILENT_SINCE = NOW - timedelta(hours=42)  # one working day and more: the first rung is due, the second is not
OPENED = NOW - timedelta(hours=1)
DUE, FEW, MANY = 10_000, 100_000, int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
# What falls due at once was opened at about the same time and lies together; spread over the whole table is the worst case.
DUE_ONES = {"together": lambda open_: f"n <= {DUE}", "spread": lambda open_: f"n % {open_ // DUE} = 0"}
WHOLE_WAYS = 200
HISTORY, OUTBOX = ("referrals_caseevent",), ("referrals_notice", "referrals_delivery")
FILLED = {
    "text": "''",
    "character varying": "''",
    "bytea": r"'\x'",
    "boolean": "false",
    "jsonb": "'{}'",
    "ARRAY": "'{}'",
}


def main() -> None:
    with database() as (made, above):
        rows, size = whole_ways(made, above)
        print(
            f"PostgreSQL {above.info.server_version // 10000}, Python {platform.python_version()}, {os.cpu_count()} cores\n"
        )
        print("| open | due | they lie | seconds | queries | notices | ms a due one |\n|---|---|---|---|---|---|---|")
        times = {lie: [swept(made, above, open_=number, lie=lie) for number in (FEW, MANY)] for lie in DUE_ONES}
    for lie, (few, many) in times.items():
        print(f"\nRatio, the due ones {lie}: {many / few:.2f}.")
    for name, tables in (("History", HISTORY), ("Outbox", OUTBOX)):
        number, weight = sum(rows[table] for table in tables), sum(size[table] for table in tables)
        print(
            f"{name} of one hand-off from needs to arrival: {number / WHOLE_WAYS:.1f} rows, {weight / WHOLE_WAYS:,.0f} bytes."
        )


@contextmanager
def database() -> Iterator[tuple[dict[str, Any], psycopg.Connection[Any]]]:
    """A PostgreSQL of the bench's own with what `prepare` makes, and a connection that sees past the walls."""
    with environment.throwaway() as servers:
        os.environ.update(servers.of("owner", settings="navigator.settings.test"))
        import django

        django.setup()
        logging.disable(logging.INFO)  # a line for each request would stand between the lines of the tables
        assert servers.embedded is not None, "give no DATABASE_URL: the bench fills a database of its own"
        with psycopg.connect(servers.embedded.database_url("postgres", database="navigator"), autocommit=True) as above:
            yield prepare(), above


def prepare() -> dict[str, Any]:
    """Tables, walls, catalogue, ladder, and the units of the tests."""
    from django.core.management import call_command

    for command in ("migrate", "load_catalogue", "load_ladder"):
        call_command(command, verbosity=0)
    from tests.helpers.world import build_places, build_world

    build_places()
    world = build_world()
    from pathways.models import Service

    service = Service.objects.filter(kind="substance_treatment_outpatient", unit=world.bo.unit)[0]
    return {"world": world, "service": service}


def whole_ways(made: dict[str, Any], above: psycopg.Connection[Any]) -> tuple[dict[str, int], dict[str, int]]:
    """Rows and bytes, with indexes, that some hand-offs leave, by table."""
    with played("navigator_app"):
        hand_over(made, number=WHOLE_WAYS)
    tables = HISTORY + OUTBOX
    for table in tables:
        above.execute(f"VACUUM FULL {table}")  # type: ignore[arg-type]
    rows = {table: above.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}  # type: ignore[arg-type,index]
    size = {table: above.execute("SELECT pg_total_relation_size(%s)", [table]).fetchone()[0] for table in tables}  # type: ignore[index]
    return rows, size


def hand_over(made: dict[str, Any], *, number: int) -> None:
    """Takes some hand-offs from needs to arrival."""
    from navigator.database import scope
    from referrals import actions
    from tests.helpers.cases import logged, sent

    world = made["world"]
    for _ in range(number):
        referral = sent(world, to=world.bo.unit, case=logged(world, now=NOW), now=NOW)
        with scope.scope(world.bo.unit.pk):
            actions.open_referral(referral=referral, by=world.bo, now=NOW)
            actions.accept_referral(referral=referral, by=world.bo, now=NOW)
            visit = NOW + timedelta(days=5)
            actions.book_time(referral=referral, appointment_at=visit, by=world.bo, now=NOW)
            actions.confirm_arrival(referral=referral, sides=["substance"], by=world.bo, now=visit)


def swept(made: dict[str, Any], above: psycopg.Connection[Any], *, open_: int, lie: str) -> float:
    """Fills the tables, sweeps them as the worker, and prints a line. Returns the seconds."""
    from django.db import connection

    from referrals import sweeps

    fill(made, above, open_=open_, due=DUE_ONES[lie](open_))
    queries: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        queries.append(sql)
        return execute(sql, params, many, context)

    with played("navigator_worker"), connection.execute_wrapper(count):
        began = time.perf_counter()
        did = sweeps.sweep(now=NOW)
        seconds = time.perf_counter() - began
    assert did == {"noticed": DUE, "put_off": 0}, did
    print(
        f"| {open_:,} | {DUE:,} | {lie} | {seconds:.1f} | {len(queries)} | {did['noticed']:,} | {seconds / DUE * 1000:.2f} |",
        flush=True,
    )
    return seconds


def fill(made: dict[str, Any], above: psycopg.Connection[Any], *, open_: int, due: str) -> None:
    """Open hand-offs, straight into the tables: each a case, a track, a clock, and a referral that nobody has opened yet."""
    world, service = made["world"], made["service"]
    tables = ("case", "track", "referral", "guarantee", "followup", "notice", "delivery", "caseevent", "person")
    above.execute("TRUNCATE " + ", ".join(f"referrals_{table}" for table in tables) + " CASCADE")  # type: ignore[arg-type]
    above.execute("SET session_replication_role = replica")  # no foreign keys to check: they are right
    key, person = "'11111111-0000-7000-8000-000000000000'", key_of("p", "0")
    units = {
        "origin_unit_id": world.alice.unit.pk, "owner_unit_id": world.alice.unit.pk, "sender_unit_id": world.alice.unit.pk,
        "receiver_unit_id": world.bo.unit.pk, "coordinator_unit_id": world.dorte.unit.pk, "unit_id": world.alice.unit.pk,
    }  # fmt: skip
    given = {name: f"'{pk}'" for name, pk in units.items()} | {
        "data_key_id": key, "case_id": key_of("c"), "person_id": person, "service_id": f"'{service.pk}'",
        "sender_id": f"'{world.alice.user.pk}'", "opened_at": f"'{OPENED}'", "side": "'substance'",
        "first_contact_on": f"'{NOW.date()}'", "municipality": "'0751'", "started_on": f"'{NOW.date()}'",
        "days": "14", "\"right\"": "'treatment_14_days_social'", "status": "'sent'", "status_since": f"'{OPENED}'",
        "sent_at": f"'{OPENED}'", "role": "'primary'", "urgency": "'ordinary'", "sides": "'{substance}'",
        "ladder_version": "(SELECT version FROM referrals_ladder ORDER BY published_at DESC LIMIT 1)",
    }  # fmt: skip
    first, later = NOW - timedelta(hours=18), NOW + timedelta(hours=23)
    of_answer = {
        "id": key_of("f"), "referral_id": key_of("r"), "waits_for": "'seen'", "owed_by_id": given["receiver_unit_id"],
        "waits_since": f"CASE WHEN {due} THEN '{SILENT_SINCE}'::timestamptz ELSE '{OPENED}' END", "round": "1",
        "due_at": f"'{later}'", "step": "0", "opened_at": f"'{OPENED}'",
        "next_at": f"CASE WHEN {due} THEN '{first}'::timestamptz ELSE '{later}'::timestamptz + n % 86400 * interval '1 s' END",
    }  # fmt: skip
    of_clock = of_answer | {
        "id": key_of("d"), "referral_id": "NULL", "guarantee_id": key_of("e"), "waits_for": "'guarantee'",
        "owed_by_id": given["owner_unit_id"], "waits_since": f"'{OPENED}'",
        "next_at": f"'{NOW + timedelta(days=7)}'::timestamptz + n % 86400 * interval '1 s'",
    }  # fmt: skip
    end = f"'{NOW + timedelta(days=14)}'"
    insert(above, "referrals_case", given | {"id": key_of("c"), "number": "n"}, open_)
    insert(above, "referrals_track", given | {"id": key_of("a")}, open_)
    insert(above, "referrals_guarantee", given | {"id": key_of("e"), "due_at": end}, open_)
    insert(above, "referrals_referral", given | {"id": key_of("b")}, open_)
    insert(above, "referrals_followup", given | of_answer | {"referral_id": key_of("b")}, open_)
    insert(above, "referrals_followup", given | of_clock, open_)
    above.execute("SET session_replication_role = DEFAULT")
    above.execute("VACUUM ANALYZE")
    above.execute("CHECKPOINT")


def key_of(table: str, n: str = "n") -> str:
    """The key of a table's nth row; the table is a hexadecimal letter."""
    letter = {"p": "9", "r": "b", "f": "f"}.get(table, table)
    return f"('{letter * 8}-0000-7000-8000-' || lpad(to_hex({n}), 12, '0'))::uuid"


def insert(above: psycopg.Connection[Any], table: str, given: dict[str, str], number: int) -> None:
    """`number` rows; what is not given and may not be null is empty."""
    columns = above.execute(
        "SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns WHERE table_name = %s",
        [table],
    ).fetchall()
    values = {}
    for name, kind, nullable, default in columns:
        quoted = f'"{name}"'
        if name in given or quoted in given:
            values[quoted] = given.get(name) or given[quoted]
        elif nullable == "NO" and default is None:
            values[quoted] = FILLED.get(kind, "0")
    sql = f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM generate_series(1, {number}) n"
    above.execute(sql)  # type: ignore[arg-type]


@contextmanager
def played(role: str) -> Iterator[None]:
    """Django's connection is this role's for a while."""
    from django.db import connection

    before = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = role
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = before


if __name__ == "__main__":
    main()
