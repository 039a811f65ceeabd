"""What do the figures cost? `.venv/bin/python bench/figures.py` [hand-offs, 1000000].

On a throwaway PostgreSQL of its own: 100,000 hand-offs and then a million are written straight into the tables of what was
measured, in 98 municipalities; each coordinator has the same number in both, so that what grows is what others have. The
pages are asked for by Django's test client as the app, behind row-level security; the file of 10,000 rows is read line by
line, and the memory is what the Python process takes beside. Working out one hand-off anew is measured on some that are
taken from needs to arrival by the actions themselves.
"""

from __future__ import annotations

import os
import platform
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

import psycopg
import time_machine

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import pages, sweep

FEW, MANY = 100_000, int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
OURS = 10_000  # of one coordinator
HAND_OFFS = 100


def main() -> None:
    with sweep.database() as (made, above):
        print(
            f"PostgreSQL {above.info.server_version // 10000}, Python {platform.python_version()}, {os.cpu_count()} cores, "
            f"{OURS:,} hand-offs of the coordinator's own\n"
        )
        print("| hand-offs | page | queries | median ms |\n|---|---|---|---|")
        times: dict[str, list[float]] = {}
        for number in sorted({min(FEW, MANY), MANY}):
            fill(made, above, number=number)
            with time_machine.travel(sweep.NOW, tick=True), sweep.played("navigator_app"):
                for name, queries, ms in asked(made):
                    times.setdefault(name, []).append(ms)
                    print(f"| {number:,} | {name} | {queries} | {ms:.0f} |", flush=True)
                seconds, lines, memory = file_of(made)
                print(f"| {number:,} | CSV of {lines:,} rows: {seconds:.2f} s, {memory / 1000:,.0f} kB at most | | |")
        for name, (few, *many) in times.items():
            if many:
                print(f"\nGrowth, {name}: {many[0] / few:.2f}.")
        print(f"\nWorked out anew: {worked_out(made, above):.2f} ms a note.")


def fill(made: dict[str, Any], above: psycopg.Connection[Any], *, number: int) -> None:
    """Hand-offs of the last two years, straight into what was measured: the first are our coordinator's, the rest are
    spread over 97 strange units."""
    above.execute(
        "TRUNCATE referrals_measured, referrals_measuredcase, referrals_tomeasure, referrals_caseevent CASCADE"
    )
    above.execute("SET session_replication_role = replica")
    world, service = made["world"], made["service"]
    ours = f"CASE WHEN n <= {OURS} THEN '{world.dorte.unit.pk}'::uuid ELSE {sweep.key_of('d', 'n % 97')} END"
    strange = sweep.key_of("e", "n % 97")
    sent = f"'{sweep.NOW}'::timestamptz - (n % 700) * interval '1 day'"
    common = {
        "case_number": "n", "door": "(ARRAY['jobcenter','gp','school'])[1 + n % 3]", "municipality": "'0751'",
        "month": f"date_trunc('month', {sent})::date", "began_at": sent, "coordinator_unit_id": ours,
        "owner_unit_id": strange, "sender_unit_id": strange, "receiver_unit_id": strange, "origin_unit_id": strange,
        "service_id": f"'{service.pk}'", "kind": f"'{service.kind_id}'", "case_id": sweep.key_of("c"),
        "helped_by_id": f"CASE WHEN n % 3 = 0 THEN '{service.pk}'::uuid END",
        "answer_due_at": f"{sent} + interval '7 days'",
    }  # fmt: skip
    after = {
        name: f"CASE WHEN n % {each} = 0 THEN {sent} + n % 40 * interval '1 day' END"
        for name, each in (("answered_at", 2), ("arrived_at", 3), ("over_at", 7), ("missed_at", 9))
    }
    more = {
        "days_to_answer": "CASE WHEN n % 2 = 0 THEN n % 40 END",
        "days_to_arrival": "CASE WHEN n % 3 = 0 THEN n % 40 END",
        "days_to_help": "CASE WHEN n % 3 = 0 THEN n % 60 END",
        "doors_to_help": "CASE WHEN n % 3 = 0 THEN n % 4 + 1 END",
        "silent_from": f"{sent} + interval '7 days'",
        "effect_due_at": f"CASE WHEN n % 3 = 0 THEN {sent} + interval '42 days' END",
        "guarantee_met": "n % 4 > 0",
        "guarantee_late": "n % 5 = 0",
        "gaps": "CASE WHEN n % 6 = 0 THEN ARRAY['dual_diagnosis_municipal'] ELSE '{}' END",
        "returned_at": f"CASE WHEN n % 11 = 0 THEN {sent} + interval '2 days' END",
        "return_reason": "CASE WHEN n % 11 = 0 THEN 'capacity' ELSE '' END",
    }
    sweep.insert(above, "referrals_measured", common | after | more | {"referral_id": sweep.key_of("b")}, number)
    sweep.insert(above, "referrals_measuredcase", common | more, number)
    above.execute("SET session_replication_role = DEFAULT")
    above.execute("VACUUM ANALYZE")
    above.execute("CHECKPOINT")


def asked(made: dict[str, Any]) -> list[tuple[str, int, float]]:
    """Each page: queries beside what every page asks, and the median of the server's time."""
    from django.test import Client
    from django.urls import reverse

    client = Client(headers={"Host": "localhost"})
    client.force_login(made["world"].dorte.user)
    addresses = {
        "figures": reverse("figures"),
        "figures, from the beginning": f"{reverse('figures')}?months=0",
        "one figure by month, with its rows": reverse("figure", args=["arrived-14"]),
        "one figure by service": f"{reverse('figure', args=['answered'])}?by=service",
        "holes": reverse("holes"),
    }
    found = []
    for name, address in addresses.items():
        number, median, response, _slowed = pages.cost(lambda address=address: client.get(address))  # type: ignore[misc]
        assert response.status_code == 200, (name, response.status_code)
        found.append((name, number, median))
    return found


def file_of(made: dict[str, Any]) -> tuple[float, int, int]:
    """The rows of one figure as a file: seconds, rows, and the most memory at a time."""
    from django.test import Client
    from django.urls import reverse

    client = Client(headers={"Host": "localhost"})
    client.force_login(made["world"].dorte.user)
    address = f"{reverse('figure_file', args=['returned'])}?months=0"

    def read() -> int:
        return sum(part.count(b"\r\n") for part in client.get(address).streaming_content)  # type: ignore[attr-defined]

    read()
    began = time.perf_counter()
    lines = read()
    seconds = time.perf_counter() - began
    tracemalloc.start()
    read()
    _left, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return seconds, lines - 1, most


def worked_out(made: dict[str, Any], above: psycopg.Connection[Any]) -> float:
    """Milliseconds to work one note off, of hand-offs that went the whole way."""
    from referrals import actions

    with sweep.played("navigator_app"):
        sweep.hand_over(made, number=HAND_OFFS)
    with sweep.played("navigator_worker"):
        began = time.perf_counter()
        done = actions.measure_what_has_changed()
        return (time.perf_counter() - began) / done * 1000


if __name__ == "__main__":
    main()
