"""What the log holds: which view, how it went, where it failed; and nothing that anybody sent or that a row held."""

from __future__ import annotations

import ast
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from navigator.settings import base
from navigator.web.logs import JsonLine
from referrals import selectors
from tests.helpers.cases import logged
from tests.helpers.pages import at
from tests.helpers.world import PASSWORD, World

MARKER = "Zebra-7391"
OURS = ("navigator", "pathways", "referrals")
LEVELS = ("debug", "info", "warning", "error", "critical", "exception", "log")

# Every call that writes to the log, and what it gives besides its own words: looked through one by one.
REVIEWED = {
    "navigator/audit/months.py": {()},
    "navigator/audit/seals.py": {("day", "lines", "digest"), ("found.first_wrong",)},  # a day
    "navigator/watchdog.py": {("settings.STALLED_AFTER",)},
    "navigator/web/cache.py": {("type(error).__name__",)},
    "navigator/web/middleware.py": {()},
    "referrals/actions/bulk.py": {("row.pk",)},
    "referrals/actions/measuring.py": {(), ("note.case_id",)},
    "referrals/actions/my_way.py": {()},
    "referrals/actions/papers.py": {("paper.pk", "type(error).__name__")},
    "referrals/closings.py": {("service_id",)},
    "referrals/delivery/invitations.py": {("error.reason",)},  # a code of delivery/reasons.py
    "referrals/links.py": {("error.reason",)},  # likewise
    "referrals/outbox.py": {("delivery_id",)},
    "referrals/sweeps.py": {(), ("late[0].pk",)},
}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process would have written, in the form of production, and all of it: libraries' own whispers too."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLine())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_every_call_that_logs_has_been_looked_through() -> None:
    found: dict[str, set[tuple[str, ...]]] = {}
    for path in sorted(path for app in OURS for path in Path(app).rglob("*.py") if "management" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            whose = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
            assert node.func.attr != "print_exc", path
            if whose in ("logger", "log", "logging") and node.func.attr in LEVELS:
                assert isinstance(node.args[0], ast.Constant), f"{path}: the sentence is a constant"
                given = tuple(ast.unparse(each) for each in node.args[1:])
                found.setdefault(path.as_posix(), set()).add(given)
    assert found == REVIEWED, "what a log call may tell is looked through, and listed here"


def test_production_writes_json_and_e_mails_nobody() -> None:
    assert base.LOGGING["formatters"] == {"json": {"()": "navigator.web.logs.JsonLine"}}
    assert base.LOGGING["loggers"] == {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    }
    assert not base.DEBUG
    assert settings.ADMINS == [] == logging.getLogger("django").handlers
    kinds = {type(handler) for name in (None, "django.request") for handler in logging.getLogger(name).handlers}
    assert not any("Email" in kind.__name__ for kind in kinds)


def test_a_line_for_each_request_tells_the_view_and_no_address(world: World, log: io.StringIO) -> None:
    case = logged(world, name=MARKER)
    alice = at(world.alice)
    page = alice.get(f"/cases/{case.pk}/?x={MARKER}")
    alice.post("/search/", {"said": MARKER})
    Client().get(f"/link/{MARKER}/")
    Client().post("/login/", {"login": f"{MARKER}@x.example", "password": PASSWORD})
    Client().get(f"/{MARKER}/", headers={"Host": "localhost", "Referer": f"http://x/{MARKER}", "User-Agent": MARKER})
    Client().get("/", headers={"Host": f"{MARKER}.example"})

    answered = [line for line in lines(log) if line["said"] == "Answered"]
    assert [(line["method"], line["view"], line["status"]) for line in answered] == [
        ("GET", "case", 200),
        ("POST", "search", 302),
        ("GET", "enter_by_link", 302),
        ("POST", "account_login", 200),
        ("GET", "", 404),
        ("GET", "", 400),
    ]
    assert answered[0]["request"] == page["X-Request-ID"]
    assert set(answered[0]) == {"at", "level", "from", "said", "request", "method", "view", "status", "ms"}
    for secret in (MARKER, str(case.pk), "127.0.0.1"):
        assert secret not in log.getvalue()


@pytest.mark.django_db
def test_an_error_leaves_its_place_and_kind_and_not_its_words(
    world: World, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**kwargs: Any) -> None:
        hidden = MARKER
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s::int", [hidden])
        except DatabaseError as error:
            raise ValueError(f"no {hidden}") from error

    monkeypatch.setattr(selectors, "case_for", fails)
    client = at(world.alice)
    client.raise_request_exception = False
    page = client.get("/cases/00000000-0000-7000-8000-000000000000/")
    assert page.status_code == 500
    line = next(line for line in lines(log) if line["level"] == "ERROR")
    assert (line["view"], line["status"], line["request"]) == ("case", 500, page["X-Request-ID"])
    assert [each["kind"] for each in line["error"]][:2] == ["ValueError", "DataError"]
    assert any(place.startswith("referrals/views/reaching.py:") for place in line["error"][0]["at"])
    assert MARKER not in log.getvalue() and "/work" not in log.getvalue()


def test_a_refusal_is_a_line_and_no_failure(world: World, log: io.StringIO) -> None:
    refused = at(world.erik).get(reverse("people_here"))
    said = [line for line in lines(log) if line.get("status") == 403]
    assert refused.status_code == 403 and [line["view"] for line in said] == ["people_here"] * 2
    assert not any("error" in line for line in said)


def test_what_libraries_say_is_kept_by_its_place_and_jobs_by_their_names(log: io.StringIO) -> None:
    logging.getLogger("some.library").warning("row (%s)", MARKER)
    logging.getLogger("django.request").warning("Not Found: %s", f"/{MARKER}")
    logging.getLogger("celery.app.trace").info("Task %(name)s succeeded", {"name": "referrals.tasks.sweep"})
    failed = {"name": "referrals.tasks.sweep", "exc": MARKER, "traceback": MARKER}
    try:
        raise ValueError(MARKER)
    except ValueError:
        logging.getLogger("celery.app.trace").error("Task %(name)s: %(exc)s%(traceback)s", failed, exc_info=True)
    said = [line["said"] for line in lines(log)]
    assert said[0].startswith("tests/navigator/test_logs.py:") and said[1].startswith("tests/navigator/test_logs.py:")
    assert said[2:] == ["Task referrals.tasks.sweep succeeded", "Task referrals.tasks.sweep: failed"]
    assert lines(log)[3]["error"] == [{"kind": "ValueError", "at": lines(log)[3]["error"][0]["at"]}]
    assert MARKER not in log.getvalue()
