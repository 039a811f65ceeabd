"""What does it cost to carry a directory in and out? `.venv/bin/python bench/directory.py` [services, 20000].

On a throwaway PostgreSQL of its own, as the app: a file of so many new services beside the baseline is shown and saved, then
all of them changed, a row in the middle broken, and the whole directory exported and compared; then the list's first page
and the match. A tenth of it first: what counts is the growth.
"""

from __future__ import annotations

import csv
import io
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.sweep import database, played

MANY = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
ROUNDS = 15


def main() -> None:
    with database() as (made, _above), played("navigator_app"):
        print("| services | what | seconds | of them our processor's | queries | MB more |\n|---|---|---|---|---|---|")
        for number in (MANY // 10, MANY):
            carry(number, made)


def carry(number: int, made: dict[str, Any]) -> None:
    from navigator import clock
    from navigator.web.refusals import Refusal
    from pathways import actions

    on = clock.today()

    def shown(text: str) -> Any:
        return actions.plan_import(text=text, unit=None, on=on)

    def saved(text: str, digest: str) -> Any:
        return actions.import_directory(text=text, digest=digest, unit=None, on=on)

    text = a_file(number)
    plan = told(number, "new: shown", lambda: shown(text))
    told(number, "new: saved", lambda: saved(text, plan.digest))
    other = a_file(number, phone="00 11 22 33")
    plan = told(number, "all of them changed: shown", lambda: shown(other))
    told(number, "all of them changed: saved", lambda: saved(other, plan.digest))
    broken = a_file(number, phone="00 44 55 66", broken=number // 2)
    plan = told(number, "a broken row in the middle", lambda: shown(broken))
    (wrong,) = plan.mistakes
    before = digest_of_all()
    try:
        saved(broken, plan.digest)
        raise SystemExit("a broken file was saved")
    except Refusal:
        assert digest_of_all() == before, "something of it was saved"
    print(f"| {number} | named: row {wrong.row}, {wrong.column}; nothing is saved | | | | |")
    for form in ("csv", "json"):
        whole = told(number, f"all exported, {form}", lambda form=form: exported(form, on))  # type: ignore[misc]
        plan = told(number, f"and compared, {form}", lambda whole=whole: shown(whole))  # type: ignore[misc]
        assert not (plan.mistakes or plan.new or plan.changed or plan.missing), "the way round has changed something"
    pages(number, made, on)


def pages(number: int, made: dict[str, Any], on: Any) -> None:
    """The list's first page, everything in it, and a match with its rulebook made anew."""
    from navigator.web.paging import cut
    from pathways import care, matching, rulebook
    from tests.helpers.cases import CANNABIS

    unit = made["world"].dorte.unit
    for whose in ("", "all"):
        sought = care.Sought(whose=whose)
        took = []
        for _round in range(ROUNDS):
            began = time.perf_counter()
            cut(sought.listed(unit, on=on), by="checked_at", at=None)
            sought.counts(unit, on=on)
            took.append(time.perf_counter() - began)
        print(f"| {number} | the list's first page, {whose or 'ours'} (median) | {statistics.median(took):.3f} | | | |")
    rulebook._catalogue.cache_clear()
    told(number, "the first match after a change", lambda: matching.match(CANNABIS, on=on))
    told(number, "the next", lambda: matching.match(CANNABIS, on=on))


def told(number: int, what: str, do: Callable[[], Any]) -> Any:
    from django.db import connection

    memory, began, busy = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter(), time.process_time()
    counter = Counter()
    with connection.execute_wrapper(counter):
        result = do()
    took, busy = time.perf_counter() - began, time.process_time() - busy
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    print(f"| {number} | {what} | {took:.2f} | {busy:.2f} | {counter.number} | {more:.0f} |", flush=True)
    return result


class Counter:
    """Counts statements without keeping their text."""

    number = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.number += 1
        return execute(sql, params, many, context)


def exported(form: str, on: Any) -> str:
    from pathways import actions

    return "".join(actions.export_directory(form=form, unit=None, on=on))


def digest_of_all() -> str:
    from pathways.models import Service

    return str(hash(tuple(Service.objects.order_by("pk").values_list("pk", "phone", "revision"))))


def a_file(number: int, *, phone: str = "", broken: int | None = None) -> str:
    """Services in every municipality and of many kinds, each with an address and hours of its own."""
    from pathways.models import Municipality, ProviderOrganisation, ServiceKind

    known = set(ProviderOrganisation.objects.values_list("code", flat=True))
    places = [code for code in Municipality.objects.values_list("code", flat=True) if f"kommune-{code}" in known]
    kinds = list(ServiceKind.objects.order_by("position"))
    out = io.StringIO()
    rows = [
        {
            "code": f"proeve-{number}-{n}",
            "kind": kinds[n % len(kinds)].code,
            "organisation": f"kommune-{places[n % len(places)]}",
            "name_da": f"Prøvetilbud {n}",
            "name_en": f"Trial service {n}",
            "areas": places[n % len(places)],
            "access": "self, gp",
            "minimum_age": kinds[n % len(kinds)].minimum_age,
            "maximum_age": kinds[n % len(kinds)].maximum_age,
            "languages": "da, en",
            "phone": phone,
            "address": f"Nygade {n}, {places[n % len(places)]} Byen",
            "opening_hours_da": "Hverdage 9-15",
            "opening_hours_en": "Weekdays 9-15",
            "wait_days": "snart" if n == broken else n % 60,
            "note_da": "Ring først, hvis du vil være sikker på, at nogen er der.",
            "source": "bench",
        }
        for n in range(number)
    ]
    writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


if __name__ == "__main__":
    main()
