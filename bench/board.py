"""What does the board cost? `.venv/bin/python bench/board.py` [hand-offs, 1000000].

A tenth of so many hand-offs, and then all of them, are written straight into the tables of a throwaway PostgreSQL; one of
twenty is open, in 98 municipalities. A tenth of them are one unit's, as the largest municipality would have: what it has
open grows with the country. The others are spread over 97 units, a tenth of these in a tenth of the country: what a mean unit
has open does not. Pages are asked for by Django's test client as the app, through the middleware, behind
row-level security. Counted are the queries beside session, user, scope and signs of life; the time is the median of the
server's.
"""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Any

import psycopg
import time_machine

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import pages, sweep

MANY = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
FEW = MANY // 10
OPEN_OF = 20  # one of so many is open
UNITS = 97  # beside the largest
MOST_MS, MOST_QUERIES = 100, 6  # beside what every page asks
NOW = sweep.NOW
QUERIES = {
    "the first page": "",
    "half-way": "?at={half}",
    "one trouble": "?trouble=silent",
    "as agreed": "?trouble=calm",
    "a level": "?level=3",
    "an age": "?age=-17",
    "a kind of help": "?kind=substance_treatment_outpatient",
    "deadlines that end soon": "?clock=near",
    "nobody's by name": "?worker=nobody",
    "has it changed?": "?as=00000000",
}


def main() -> None:
    with sweep.database() as (made, above):
        print(
            f"PostgreSQL {above.info.server_version // 10000}, Python {platform.python_version()}, {os.cpu_count()} cores"
        )
        times: dict[tuple[str, str], list[float]] = {}
        with time_machine.travel(NOW):
            others = other_units()
            for hand_offs in (FEW, MANY):
                fill(made, above, others, hand_offs=hand_offs)
                for size, by in (("largest", made["world"].dorte), ("mean", others[0])):
                    print(f"\n{hand_offs:,} hand-offs, {of_unit(above, by):,} open cases of the {size} unit.\n")
                    print("| page | queries | median ms | kB |\n|---|---|---|---|")
                    for name, query in QUERIES.items():
                        times.setdefault((size, name), []).append(measured(name, query, by))
        print("\n| growth from a tenth to all | largest unit | mean unit |\n|---|---|---|")
        for name in QUERIES:
            ratios = [times[size, name][1] / times[size, name][0] for size in ("largest", "mean")]
            print(f"| {name} | {ratios[0]:.2f} | {ratios[1]:.2f} |")


def other_units() -> list[Any]:
    """A coordinator in each of the other municipalities."""
    from navigator.accounts.models import Membership, Organisation, Role, Unit, User
    from referrals.acting import By

    made = []
    for n in range(UNITS):
        organisation = Organisation.objects.create(name=f"Kommune {n}")
        unit = Unit.objects.create(
            organisation=organisation, name="Koordination", door="social_services", municipality="0101"
        )
        user = User.objects.create_user(f"{n}@bench.example", None, name=f"Koordinator {n}")
        Membership.objects.create(user=user, unit=unit, role=Role.COORDINATOR)
        made.append(By(user=user, unit=unit))
    return made


def fill(made: dict[str, Any], above: psycopg.Connection[Any], others: list[Any], *, hand_offs: int) -> None:
    """Cases with a track, a clock, a referral, an assessment and an event each; what is open is waited for."""
    world, service = made["world"], made["service"]
    tables = ("case", "track", "referral", "guarantee", "followup", "assessment", "caseevent", "notice", "person")
    above.execute("TRUNCATE " + ", ".join(f"referrals_{table}" for table in tables) + " CASCADE")  # type: ignore[arg-type]
    above.execute("SET session_replication_role = replica")
    open_ = f"n % {OPEN_OF} = 0"
    largest = f"n / {OPEN_OF} % 10 = 0"  # of what is over as of what is open
    there = others[: UNITS * hand_offs // MANY]  # as many open cases each, however many there are in the country
    mine = ", ".join(f"'{by.unit.pk}'" for by in there)
    coordinator = f"CASE WHEN {largest} THEN '{world.dorte.unit.pk}'::uuid ELSE (ARRAY[{mine}]::uuid[])[n / {OPEN_OF} % {len(there)} + 1] END"
    codes = "(SELECT array_agg(code ORDER BY code) FROM pathways_municipality)"
    began = f"'{NOW}'::timestamptz - n % 20 * interval '1 day'"
    over = f"CASE WHEN NOT {open_} THEN '{NOW}'::timestamptz - interval '30 days' END"
    given = {
        "origin_unit_id": f"'{world.alice.unit.pk}'", "owner_unit_id": f"'{world.alice.unit.pk}'",
        "sender_unit_id": f"'{world.alice.unit.pk}'", "receiver_unit_id": f"'{world.bo.unit.pk}'",
        "coordinator_unit_id": coordinator, "data_key_id": "'11111111-0000-7000-8000-000000000000'",
        "case_id": sweep.key_of("c"), "person_id": sweep.key_of("p", "0"), "service_id": f"'{service.pk}'",
        "sender_id": f"'{world.alice.user.pk}'", "opened_at": began, "side": "'substance'", "sides": "'{substance}'",
        "first_contact_on": f"({began})::date", "started_on": f"({began})::date", "days": "14",
        "municipality": f"({codes})[n / {OPEN_OF} % {UNITS} + 1]", "\"right\"": "'treatment_14_days_social'", "status_since": began,
        "sent_at": began, "role": "'primary'", "urgency": "'ordinary'", "round": "1", "step": "1",
        "ladder_version": "(SELECT version FROM referrals_ladder ORDER BY published_at DESC LIMIT 1)",
        "waits_since": began, "service_kind": "'substance_treatment_outpatient'",
    }  # fmt: skip
    later = f"'{NOW}'::timestamptz + interval '3 days'"
    case = given | {"id": sweep.key_of("c"), "number": "n", "closed_at": over,
                    "outcome": f"CASE WHEN {open_} THEN '' ELSE 'arrived' END"}  # fmt: skip
    referral = given | {
        "id": sweep.key_of("b"), "status": f"CASE WHEN {open_} THEN 'sent' ELSE 'arrived' END", "arrived_at": over,
        "arrived_by_evidence": f"CASE WHEN {open_} THEN '' ELSE 'receiver' END",
    }  # fmt: skip
    clock = given | {"id": sweep.key_of("e"), "due_at": f"{began} + interval '14 days'", "stopped_at": over,
                     "stopped_by": f"CASE WHEN {open_} THEN '' ELSE 'arrived' END"}  # fmt: skip
    # Of those who are open, one of eight is late, and of one of forty the clock has told the coordinator.
    turn = f"(n / {OPEN_OF})"
    answer = given | {
        "id": sweep.key_of("f"), "referral_id": sweep.key_of("b"), "waits_for": "'seen'", "closed_at": over,
        "owed_by_id": given["receiver_unit_id"], "guarantee_id": "NULL",
        "due_at": f"CASE WHEN {turn} % 8 = 0 THEN {began} ELSE {later} + {turn} % 5000 * interval '1 minute' END",
        "next_at": f"CASE WHEN {open_} THEN {later} END",
        "escalated_at": f"CASE WHEN {turn} % 40 = 0 THEN {began} + interval '1 hour' END",
    }  # fmt: skip
    deadline = answer | {
        "id": sweep.key_of("d"), "referral_id": "NULL", "guarantee_id": sweep.key_of("e"), "waits_for": "'guarantee'",
        "owed_by_id": given["owner_unit_id"], "due_at": clock["due_at"], "escalated_at": "NULL", "service_kind": "''",
    }  # fmt: skip
    assessment = given | {"id": sweep.key_of("a"), "level": "1 + n / 20 % 4", "assessed_at": began,
                          "answers": "jsonb_build_object('age', 14 + n / 20 % 60)"}  # fmt: skip
    event = given | {"id": sweep.key_of("8"), "kind": "'case_opened'", "occurred_at": began, "recorded_at": began}
    for table, row in (
        ("case", case), ("track", given | {"id": sweep.key_of("a"), "arrived_at": "NULL", "arrived_by_id": "NULL"}),
        ("guarantee", clock), ("referral", referral), ("followup", answer), ("followup", deadline),
        ("assessment", assessment), ("caseevent", event),
    ):  # fmt: skip
        sweep.insert(above, f"referrals_{table}", row, hand_offs)
    above.execute("SET session_replication_role = DEFAULT")
    above.execute("VACUUM ANALYZE")
    above.execute("CHECKPOINT")


def of_unit(above: psycopg.Connection[Any], by: Any) -> int:
    counted = above.execute(
        "SELECT count(*) FROM referrals_case WHERE coordinator_unit_id = %s AND closed_at IS NULL", [by.unit.pk]
    ).fetchone()
    assert counted is not None
    return int(counted[0])


def measured(name: str, query: str, by: Any) -> float:
    """A line of the table; the milliseconds."""
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    with sweep.played("navigator_app"):
        client.force_login(by.user)
        url = "/board/" + query.format(half=half_way(by))
        number, median, response, _slowed = pages.cost(lambda: client.get(url))
    assert response.status_code == 200, (name, response.status_code)
    note = " **more**" if number > MOST_QUERIES or median > MOST_MS else ""
    print(f"| {name} | {number} | {median:.1f}{note} | {len(response.content) / 1000:.0f} |", flush=True)
    return median


def half_way(by: Any) -> str:
    """The place in the middle of the unit's board, as an address says it."""
    from navigator import clock
    from navigator.database import scope
    from referrals import board, troubles

    with scope.scope(by.unit.pk):
        rows = troubles.on_board(board.standings(unit=by.unit, asked=board.Filter(), now=clock.now()), None)
    return troubles.cut(rows, "", size=max(1, len(rows) // 2)).later


if __name__ == "__main__":
    main()
