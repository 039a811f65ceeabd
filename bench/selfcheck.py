"""Does the self-check hold when a whole school asks at once? `.venv/bin/python bench/selfcheck.py` [people, 200].

On servers of its own: the web server as bin/demo starts it, and as many people as are given, each with a browser's cookies,
all at once from the first page to the result, by the forms that they are shown. No answer is read faster than it comes,
and nobody waits between two pages: real people do.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).parent.parent))

from navigator.embedded import environment, processes
from navigator.embedded.demo import free_port
from navigator.embedded.prepare import PYTHON
from tests.helpers.html_forms import Form, forms_in

PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 200
SAYS = {"urgent": {"do": "none"}, "age": {"reply": "34"}, "where": {"reply": "Aarhus"}}
MOST_PAGES = 40


@dataclass
class Seen:
    """What one person has met: how long each page took, in seconds, and what went wrong."""

    pages: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def main() -> None:
    with environment.throwaway() as servers, tempfile.TemporaryDirectory() as logs:
        owner = servers.of("owner")
        for command in ("migrate", "load_catalogue", "load_ladder", "collectstatic"):
            given = ["--noinput"] if command == "collectstatic" else []
            subprocess.run([PYTHON, "manage.py", command, "-v0", *given], env=owner, check=True)
        port = free_port(None)
        env = servers.of("app", port=port) | {"NAVIGATOR_LIMITS_TIMES": "1000"}  # one machine stands for many
        serve = ["gunicorn", "navigator.wsgi", "--bind", f"127.0.0.1:{port}", "--threads=8", "--no-control-socket"]
        web = processes.start([PYTHON, "-m", *serve], log=Path(logs) / "web.log", env=env)
        try:
            address = f"http://localhost:{port}"
            until_it_answers(f"{address}/check/")
            show([walk(address, Seen())], "One alone")
            begun = time.perf_counter()
            show(together(address), f"{PEOPLE} at once", time.perf_counter() - begun)
        finally:
            processes.end_children(web)


def until_it_answers(address: str) -> None:
    while True:
        try:
            if requests.get(address, timeout=30).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.05)  # between two questions


def together(address: str) -> list[Seen]:
    seen = [Seen() for _ in range(PEOPLE)]
    people = [threading.Thread(target=walk, args=(address, each)) for each in seen]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return seen


def walk(address: str, seen: Seen) -> Seen:
    """One person, from the first page to the result."""
    with requests.Session() as browser:
        try:
            page = ask(browser, "get", f"{address}/check/", seen)
            page = send(browser, page, form_to(page, "/check/"), {"voice": "me"}, seen)
            while "/questions/" in page.url and len(seen.pages) < MOST_PAGES:
                form, slug = form_to(page, "/questions/"), page.url.rstrip("/").rsplit("/", 1)[-1]
                page = send(browser, page, form, SAYS.get(slug) or {"reply": form.chosen["reply"][0]}, seen)
            if not page.url.endswith("/check/result/"):
                seen.wrong.append(f"ended at {page.url}")
        except (requests.RequestException, LookupError) as error:
            seen.wrong.append(f"{type(error).__name__}: {error}")
    return seen


def form_to(page: requests.Response, where: str) -> Form:
    return next(form for form in forms_in(page, address=page.url) if where in form.action and form.method == "post")


def send(
    browser: requests.Session, page: requests.Response, form: Form, said: dict[str, str], seen: Seen
) -> requests.Response:
    address = requests.compat.urljoin(page.url, form.action)  # type: ignore[attr-defined]
    return ask(browser, "post", address, seen, data=form.hidden | said, headers={"Referer": page.url})


def ask(browser: requests.Session, method: str, address: str, seen: Seen, **given: object) -> requests.Response:
    """One page, and the one that it leads to."""
    begun = time.perf_counter()
    page = browser.request(method, address, timeout=120, **given)  # type: ignore[arg-type]
    seen.pages.append(time.perf_counter() - begun)
    if page.status_code != 200:
        seen.wrong.append(f"{page.status_code} at {page.url}")
    return page


def show(seen: list[Seen], who: str, seconds: float = 0) -> None:
    times = sorted(1000 * each for one in seen for each in one.pages)
    wrong = [each for one in seen for each in one.wrong]
    middle, late = statistics.median(times), times[int(len(times) * 0.95)]
    speed = f", {len(times) / seconds:.0f} pages a second" if seconds else ""
    print(
        f"{who}: {len(times)} pages{speed}, median {middle:,.0f} ms, p95 {late:,.0f} ms, {len(wrong)} errors",
        flush=True,
    )
    for each in wrong[:5]:
        print(f"  {each}")


if __name__ == "__main__":
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores\n")
    main()
