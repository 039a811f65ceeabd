"""What does each page cost with 100,000 cases in the database? `.venv/bin/python bench/pages.py` [cases, 100000].

Hand-offs are written straight into the tables of a throwaway PostgreSQL, as bench/sweep.py does, most of them other
units'; one unit has 200, then 2,000, then 10,000 of its own. Each page is asked for by Django's test client as the app,
through the middleware, behind row-level security. Counted are the queries beside session, user, scope and the signs of
life of the worker, and the time is the median of the server's. A machine shared with others runs at half of its speed for
minutes: what a plain loop takes meanwhile says by how much, and is divided by.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import psycopg
import time_machine

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import sweep

CASES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
MINE = (200, 2_000, 10_000)
FORM = "application/x-www-form-urlencoded"  # as htmx and browsers send ours
ROUNDS, WARM, PATIENCE = 15, 3, 10
MOST_QUERIES, MOST_MS = 8, 30
# What every page asks, by how it begins: session, user, memberships, scope, signs of life; and the access log.
BESIDE = (
    'SELECT "accounts_session"."session_key"',
    'SELECT "accounts_user"."password"',
    'SELECT "accounts_membership"."id"',
    "SELECT set_config",
    'SELECT "web_heartbeat"',
    'INSERT INTO "audit_look"',
    "SAVEPOINT",
    "RELEASE SAVEPOINT",
)
NEEDS = {
    "municipality": "0751", "age": "34", "substance_use": "misuse", "substances": ["cannabis"], "do": "match",
    "mental_state": "moderate", "mental_signs": ["anxiety"],
    "draft": "019aa000-0000-7000-8000-000000000001",  # begun already, as from the second answer on
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One page, and how it is asked for."""

    name: str
    url_name: str
    by: str = "alice"
    key: str = ""
    query: str = ""
    data: dict[str, Any] | None = None
    htmx: bool = False


PAGES = [
    Asked("my list", "my_list"),
    Asked("my list of the coordinator", "my_list", by="dorte"),
    Asked("follow-ups, ours", "follow_ups", query="?tab=later"),
    Asked("follow-ups, ours, half-way", "follow_ups", query="?tab=later&at={half}"),
    Asked("follow-ups, others'", "follow_ups", query="?tab=waiting"),
    Asked("search, by a part of the name", "search", data={"said": "Opfundet"}),
    Asked("search, by case number", "search", data={"said": "100000-0"}),
    Asked("new case, empty", "new_case"),
    Asked("live match", "new_case", data=NEEDS, htmx=True),
    Asked("the case", "case", key="case"),
    Asked("the need has changed", "reassess", key="case"),
    Asked("reaching the citizen", "contact", key="case"),
    Asked("my list of a service", "my_list", by="bo"),
    Asked("the inbox", "inbox", by="bo"),
    Asked("the inbox, one section, half-way", "inbox", by="bo", query="?show=new&at={half}"),
    Asked("the visits of a day", "visit_day", by="bo"),
    Asked("the referral, as the service sees it", "referral", by="bo", key="referral"),
    Asked("return", "return_referral", by="bo", key="referral"),
    Asked("our waiting times", "our_services", by="bo"),
    Asked("our unit", "our_unit"),
]


def main() -> None:
    with sweep.database() as (made, above):
        print(
            f"PostgreSQL {above.info.server_version // 10000}, Python {platform.python_version()}, "
            f"{os.cpu_count()} cores, {CASES:,} cases\n"
        )
        for _ in range(1_000):
            yardstick()
        for mine in MINE:
            with time_machine.travel(sweep.NOW):
                fill(made, above, mine=mine)
                print(f"Of these {mine:,} are the unit's own.\n")
                print("| page | queries | median ms | slowed | ms at its best | kB |\n|---|---|---|---|---|---|")
                for asked in PAGES:
                    print(measured(asked, made), flush=True)
            print()


def fill(made: dict[str, Any], above: psycopg.Connection[Any], *, mine: int) -> None:
    """`mine` hand-offs of Alice's with Bo among those of a stranger's unit; a few of hers whole, with all their history."""
    world = made["world"]
    sweep.fill(made, above, open_=CASES, due="n % 10 = 0")
    strange = world.erik.unit.pk
    above.execute("SET session_replication_role = replica")
    for table in ("case", "track", "referral", "guarantee", "followup"):
        columns = above.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name LIKE %s",
            [f"referrals_{table}", "%unit_id"],
        ).fetchall()
        theirs = ", ".join(f"{name} = '{strange}'" for (name,) in columns)
        if table == "followup":
            theirs += f", owed_by_id = '{strange}'"
        above.execute(
            f"UPDATE referrals_{table} SET {theirs} WHERE right(id::text, 12) > lpad(to_hex({mine}), 12, '0')"
        )  # type: ignore[arg-type]
    above.execute("SET session_replication_role = DEFAULT")
    # Each is due at a second of its own in the days to come, as people's deadlines are.
    above.execute(
        "UPDATE referrals_followup SET due_at = due_at + ('x' || right(id::text, 8))::bit(32)::int * interval '20 s'"
    )
    made["keys"] = whole(made, above, mine=mine)
    above.execute("VACUUM ANALYZE")
    above.execute("CHECKPOINT")


def whole(made: dict[str, Any], above: psycopg.Connection[Any], *, mine: int) -> dict[str, Any]:
    """One case of Alice's through the actions, with a referral that Bo has opened. The many are somebody else's."""
    from navigator import clock
    from navigator.database import scope
    from navigator.web.models import JOBS, beat
    from referrals import actions
    from referrals.models.case import CASE_NUMBERS
    from tests.helpers.cases import logged, sent

    world, now = made["world"], clock.now()
    above.execute(f"SELECT setval('{CASE_NUMBERS}', (SELECT max(number) + 1 FROM referrals_case))")  # type: ignore[arg-type]
    with sweep.played("navigator_app"):
        for job in JOBS:
            beat(job, now=now, did={})
        case = logged(world, now=now - timedelta(days=2), name="Mikkel Opfundet", phone="20000001")
        referral = sent(world, to=world.bo.unit, case=case, now=now - timedelta(days=2))
        with scope.scope(world.bo.unit.pk):
            actions.open_referral(referral=referral, by=world.bo, now=now - timedelta(days=1))
        other = logged(world, now=now, name="Anders Andet")
    above.execute(
        "UPDATE referrals_case SET person_id = %s, data_key_id = %s WHERE NOT id = ANY(%s)",
        [other.person_id, other.data_key_id, [case.pk, other.pk]],
    )
    strangers(above, world.erik.unit.pk)
    above.execute("UPDATE referrals_referral SET data_key_id = %s WHERE case_id <> %s", [other.data_key_id, case.pk])
    with sweep.played("navigator_app"), scope.scope(world.alice.unit.pk):
        copies(world, other)
    return {"case": case.pk, "referral": referral.pk, "half": half_way(above, mine)}


def strangers(above: psycopg.Connection[Any], unit: Any) -> None:
    """Each case of the other units is somebody else's: what a person has of cases decides how they are found."""
    above.execute("SET session_replication_role = replica")
    above.execute("DELETE FROM vault_datakey WHERE master_key_id = 'none'")
    keys, people = sweep.key_of("e"), sweep.key_of("p")
    sweep.insert(above, "vault_datakey", {"id": keys, "master_key_id": "'none'", "wrapped": "'x'"}, CASES)
    given = {"id": people, "data_key_id": keys, "unit_id": f"'{unit}'", "held_by": f"ARRAY['{unit}'::uuid]"}
    sweep.insert(above, "referrals_person", given, CASES)
    above.execute(
        f"UPDATE referrals_case SET person_id = {sweep.key_of('p', 'number')} WHERE owner_unit_id = %s",  # type: ignore[arg-type]
        [unit],
    )
    above.execute("SET session_replication_role = DEFAULT")


def half_way(above: psycopg.Connection[Any], mine: int) -> str:
    """The place in the middle of the unit's own tasks, as an address says it."""
    from navigator.web.paging import Place

    middle = f"SELECT due_at, id FROM referrals_followup WHERE id = {sweep.key_of('f', str(mine // 2))}"
    (row,) = above.execute(middle).fetchall()  # type: ignore[arg-type]
    return str(Place(*row))


def copies(world: Any, other: Any) -> None:
    """Each of the unit's own hand-offs has its frozen copy, sealed as a real one."""
    from navigator import clock
    from referrals import models
    from referrals.enums import Basis, Law

    told = json.dumps({"who": {"name": "Anders Andet"}, "case_number": other.short_number, "message": "Ring gerne."})
    sent = models.Referral.objects.filter(sender_unit=world.alice.unit, disclosures=None)
    models.Disclosure.objects.bulk_create(
        [
            models.Disclosure(
                referral=referral,
                data_key=other.data_key,
                sender_unit_id=referral.sender_unit_id,
                owner_unit_id=referral.owner_unit_id,
                receiver_unit_id=referral.receiver_unit_id,
                coordinator_unit_id=referral.coordinator_unit_id,
                content=told,
                basis=Basis.STATUTORY,
                law=Law.ESSENTIAL,
                basis_reason="Til målingen",
                disclosed_at=clock.now(),
                disclosed_by=world.alice.user,
            )
            for referral in sent
        ],
        batch_size=1000,
    )


def measured(asked: Asked, made: dict[str, Any]) -> str:
    """A line of the table."""
    from django.test import Client
    from django.urls import reverse

    client = Client(headers={"host": "localhost"})
    with sweep.played("navigator_app"):
        client.force_login(getattr(made["world"], asked.by).user)
        url = reverse(asked.url_name, args=[made["keys"][asked.key]] if asked.key else [])
        url += asked.query.format(half=made["keys"]["half"])
        headers = {"HX-Request": "true"} if asked.htmx else {}

        def ask() -> Any:
            if not asked.data:
                return client.get(url, headers=headers)
            return client.post(url, urlencode(asked.data, doseq=True), content_type=FORM, headers=headers, follow=True)

        number, median, response, slowed = cost(ask)
    assert response.status_code == 200, (asked.name, response.status_code)
    best = median / slowed
    note = " **more**" if number > MOST_QUERIES or best > MOST_MS else ""
    size = len(response.content) / 1000
    return f"| {asked.name} | {number} | {median:.1f} | {slowed:.2f} | {best:.1f}{note} | {size:.0f} |"


class Cost(NamedTuple):
    """Queries beside what every page asks, the median of the server's milliseconds, the answer; and how many times as long
    as at its best the machine took for a plain loop meanwhile."""

    queries: int
    ms: float
    response: Any
    slowed: float


class Round(NamedTuple):
    """Seconds of the page, and of the yardstick just before it."""

    page: float
    yardstick: float


def cost(ask: Callable[[], Any]) -> Cost:
    """What a page costs."""
    asked = rounds(ask)
    with counted() as queries:
        response = ask()
    return Cost(
        sum(not sql.startswith(BESIDE) for sql in queries),
        statistics.median(each.page for each in asked) * 1000,
        response,
        statistics.median(each.yardstick for each in asked) / min(YARDSTICKS),
    )


def rounds(ask: Callable[[], Any], *, number: int = ROUNDS) -> list[Round]:
    """So many rounds, after the first ones. One in which a shared machine worked for others meanwhile counts only
    where there are too few without."""
    for _ in range(WARM):
        ask()
    every: list[Round] = []
    ours: list[Round] = []
    while len(ours) < number and len(every) < number * PATIENCE:
        before = stolen()
        every.append(Round(yardstick=yardstick(), page=timed(ask)))
        if stolen() == before:
            ours.append(every[-1])
    if len(ours) == number:
        return ours
    print(f"of {len(every)} rounds {len(ours)} were undisturbed: all count", file=sys.stderr)
    return every


def stolen() -> int:
    """Ticks in which the processors were given to other machines, ever since this one started."""
    return int(Path("/proc/stat").read_text().split(maxsplit=9)[8])


YARDSTICKS: list[float] = []  # of this run: the shortest is the machine at its best


def yardstick() -> float:
    """Seconds of a plain loop of Python."""
    YARDSTICKS.append(timed(lambda: sum(number & 7 for number in range(50_000))))
    return YARDSTICKS[-1]


def timed(ask: Callable[[], Any]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


@contextmanager
def counted() -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    from django.db import connection

    queries: list[str] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        queries.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        yield queries


if __name__ == "__main__":
    main()
