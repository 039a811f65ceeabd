"""What do the walls and the seals cost on the lists? `.venv/bin/python bench/protection.py` [cases, 100000].

The same pages as in bench/pages.py, with 2,000 hand-offs of the unit's own among 100,000, asked for by turns in one run: as
the app behind row-level security; as the owner of the tables, whom no policy holds; and as the app with each sealed text
remembered instead of opened. What is told is the fastest of each, and the ratio of the page as it is to the other two.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import time_machine

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import pages, sweep

MINE, TURNS, EACH = 2_000, 4, 3
LISTS = {
    "my list", "my list of the coordinator", "my list of a service", "follow-ups, ours", "follow-ups, others'", "the inbox",
    "the visits of a day", "search, by a part of the name", "search, by case number", "the case",
}  # fmt: skip
APP, PAST_THE_WALLS = "navigator_app", "navigator_owner"


def main() -> None:
    with sweep.database() as (made, above), time_machine.travel(sweep.NOW):
        pages.fill(made, above, mine=MINE)
        print("| page | as it is, ms | no walls, ms | walls cost | seals unopened, ms | texts | seals cost |")
        print("|---|---|---|---|---|---|---|")
        for asked in pages.PAGES:
            if asked.name in LISTS:
                print(compared(asked, made), flush=True)


def compared(asked: pages.Asked, made: dict[str, Any]) -> str:
    """A line of the table."""
    times: dict[str, list[float]] = {"as it is": [], "no walls": [], "no seals": []}
    texts = 0
    for _ in range(TURNS):
        for name, role in (("as it is", APP), ("no walls", PAST_THE_WALLS), ("no seals", APP)):
            with sweep.played(role):
                ask = asker(asked, made)
                if name == "no seals":
                    with remembered() as opened:
                        times[name] += [each.page for each in pages.rounds(ask, number=EACH)]
                        texts = len(opened)
                else:
                    times[name] += [each.page for each in pages.rounds(ask, number=EACH)]
    whole, walls, seals = (min(each) * 1000 for each in times.values())
    return f"| {asked.name} | {whole:.1f} | {walls:.1f} | {whole / walls:.2f} | {seals:.1f} | {texts} | {whole / seals:.2f} |"


def asker(asked: pages.Asked, made: dict[str, Any]) -> Callable[[], Any]:
    """The page, asked for by whom it is for."""
    from django.test import Client
    from django.urls import reverse

    client = Client(headers={"host": "localhost"})
    client.force_login(getattr(made["world"], asked.by).user)
    url = reverse(asked.url_name, args=[made["keys"][asked.key]] if asked.key else [])
    url += asked.query.format(half=made["keys"]["half"])
    return lambda: client.post(url, asked.data, follow=True) if asked.data else client.get(url)


@contextmanager
def remembered() -> Iterator[dict[str, str]]:
    """Each sealed text is opened once, while the pages warm up, and then known."""
    from navigator.vault.fields import SealedTextField

    known: dict[str, str] = {}
    opens = SealedTextField.open

    def remember(field: Any, instance: Any, sealed: Any) -> str:
        place = field._place(instance)
        if place not in known:
            known[place] = opens(field, instance, sealed)
        return known[place]

    SealedTextField.open = remember  # type: ignore[method-assign]
    try:
        yield known
    finally:
        SealedTextField.open = opens  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
