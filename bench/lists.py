"""Do the lists stay flat? `.venv/bin/python bench/lists.py`

On a throwaway PostgreSQL: 200, 2,000 and 10,000 hand-offs of one sender to one service are written straight into the
tables, and each list page is asked for as the application's own role, in the middle of the list too. Server time is the
median of some requests, from the request to the rendered page, with everything that a page asks for.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from typing import Any
from uuid import UUID

import psycopg
import sweep
from sweep import NOW, environment, fill, key_of, played, prepare

MINE = (200, 2_000, 10_000)
TIMES, WARM = 15, 3
SEALED_WITH = UUID("11111111-0000-7000-8000-000000000000")
PERSON = UUID("99999999-0000-7000-8000-000000000000")
PAGES = {
    "start page": ("alice", "/"),
    "my follow-ups, ours": ("alice", "/follow-ups/?tab=later"),
    "my follow-ups, ours, half-way": ("alice", "/follow-ups/?tab=later&at={half}"),
    "my follow-ups, others’": ("alice", "/follow-ups/?tab=waiting"),
    "start page of a service": ("bo", "/"),
    "inbox, first of each": ("bo", "/inbox/"),
    "inbox, one section, half-way": ("bo", "/inbox/?show=new&at={half}"),
    "visits of a day": ("bo", "/visits/"),
}


def main() -> None:
    with environment.throwaway() as servers:
        os.environ.update(servers.of("owner", settings="navigator.settings.test"))
        import django

        django.setup()
        assert servers.embedded is not None, "give no DATABASE_URL: the bench fills a database of its own"
        with psycopg.connect(servers.embedded.database_url("postgres", database="navigator"), autocommit=True) as above:
            made = prepare()
            measured = {number: measure(made, above, number) for number in MINE}
            print(f"PostgreSQL {above.info.server_version // 10000}, Python {platform.python_version()}\n")
    print("| page | " + " | ".join(f"{number:,}: ms | kB" for number in MINE) + " |")
    print("|---" * (1 + 2 * len(MINE)) + "|")
    for page in PAGES:
        cells = [f"{ms:.0f} | {size / 1000:.1f}" for ms, size in (measured[number][page] for number in MINE)]
        print(f"| {page} | " + " | ".join(cells) + " |")


def measure(made: dict[str, Any], above: psycopg.Connection[Any], number: int) -> dict[str, tuple[float, int]]:
    """Fills the tables and asks for each page. Returns milliseconds and bytes."""
    import time_machine

    sweep.DUE = 1
    fill(made, above, open_=number)
    somebody(made)
    # Each is due at a second of its own in the days to come, as people's deadlines are.
    above.execute(
        "UPDATE referrals_followup SET due_at = due_at + ('x' || right(id::text, 8))::bit(32)::int * interval '20 s'"
    )
    above.execute("VACUUM ANALYZE")
    middle = f"SELECT due_at, id FROM referrals_followup WHERE id = {key_of('f', str(number // 2))}"
    (half,) = above.execute(middle).fetchall()  # type: ignore[arg-type]
    with played("navigator_app"), time_machine.travel(NOW):
        return {page: asked_for(made, *where, half=half_way(half)) for page, where in PAGES.items()}


def half_way(row: Any) -> str:
    from navigator.web.paging import Place

    return str(Place(*row))


def asked_for(made: dict[str, Any], who: str, url: str, *, half: str) -> tuple[float, int]:
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(getattr(made["world"], who).user)
    took = []
    for _ in range(WARM + TIMES):
        began = time.perf_counter()
        response = client.get(url.format(half=half), secure=True)
        took.append((time.perf_counter() - began) * 1000)
        assert response.status_code == 200, response.status_code
    return statistics.median(took[WARM:]), len(response.content)


def somebody(made: dict[str, Any]) -> None:
    """The person that all these cases are about, and the key that their texts would be sealed with."""
    from navigator.vault.models import DataKey
    from referrals.models import Person

    if not DataKey.objects.filter(pk=SEALED_WITH).exists():
        key = DataKey(pk=SEALED_WITH)
        key._wrap(os.urandom(32))
        key.save(force_insert=True)
    unit = made["world"].alice.unit
    Person(pk=PERSON, data_key_id=SEALED_WITH, unit=unit, held_by=[unit.pk], name="Mikkel Opfundet").save(
        force_insert=True
    )


if __name__ == "__main__":
    main()
