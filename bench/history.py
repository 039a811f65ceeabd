"""What does the change history cost? `.venv/bin/python bench/history.py`.

On a throwaway PostgreSQL of its own, with the triggers and without them by turns: the steps of a hand-off by the actions
themselves, as the app; and statements on the tasks of 10,000 hand-offs, one row and many at a time.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.sweep import database, fill, hand_over, key_of, played

ROUNDS, HAND_OFFS, ROWS, SINGLE = 5, 20, 10_000, 1_000
ONE = f"UPDATE referrals_followup SET step = step + 1 WHERE id = {key_of('f', '%s')}"
MANY = "UPDATE referrals_followup SET step = step + 1"


def main() -> None:
    with database() as (made, above):
        with played("navigator_app"):
            number, weight = left_behind(made, above)
            print(f"One hand-off from needs to arrival: {number:.1f} rows, {weight / 1000:.1f} kB, indexes included.\n")
            by_turns("a hand-off", above, lambda: hand_over(made, number=HAND_OFFS), each=HAND_OFFS)
        fill(made, above, open_=ROWS, due="false")
        by_turns("one row changed", above, lambda: one_by_one(above), each=SINGLE)
        by_turns("a row of many changed", above, lambda: above.execute(MANY), each=2 * ROWS)


def by_turns(what: str, above: psycopg.Connection[Any], do: Callable[[], object], *, each: int) -> None:
    """Times it with the triggers and without, turn by turn, and prints the medians and their ratio."""
    times: dict[bool, list[float]] = {True: [], False: []}
    do()
    for kept in [True, False] * ROUNDS:
        switch(above, on=kept)
        began = time.perf_counter()
        do()
        times[kept].append((time.perf_counter() - began) / each * 1000)
    switch(above, on=True)
    with_it, without = statistics.median(times[True]), statistics.median(times[False])
    print(f"{what}: {with_it:.3f} ms with, {without:.3f} ms without: {with_it / without:.2f}", flush=True)


def switch(above: psycopg.Connection[Any], *, on: bool) -> None:
    tables = above.execute("SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'keeps_history'").fetchall()
    for (table,) in tables:
        above.execute(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER keeps_history")  # type: ignore[arg-type]


def left_behind(made: dict[str, Any], above: psycopg.Connection[Any]) -> tuple[float, float]:
    """Rows and bytes of history that a hand-off leaves."""
    above.execute("TRUNCATE history_change")
    hand_over(made, number=HAND_OFFS)
    above.execute("VACUUM FULL history_change")
    rows = above.execute("SELECT count(*), pg_total_relation_size('history_change') FROM history_change").fetchone()
    assert rows is not None
    return rows[0] / HAND_OFFS, rows[1] / HAND_OFFS


def one_by_one(above: psycopg.Connection[Any]) -> None:
    for n in range(1, SINGLE + 1):
        above.execute(ONE % n)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
