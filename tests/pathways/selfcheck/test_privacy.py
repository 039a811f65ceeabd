"""Nothing that somebody answers is left behind: no table, no session, no Redis, no log. First it is shown that the search finds."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

import pytest
import redis
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client
from django.urls import reverse

from navigator import clock
from navigator.accounts.sessions import SessionStore
from navigator.web.models import beat
from pathways.selfcheck import course
from tests.conftest import as_owner
from tests.pathways.selfcheck.test_pages import DRINKS, answer, at

MARKER = "Markørby-7f3a"
PLANTED = "Plantetby-91c2"  # another one: a process beside this may run the other test on the same Redis
# Answers are codes, and codes stand in the vocabulary: what may not grow is in how many rows they stand.
ANSWERED = ("suicidal_thoughts", "dependence", "alcohol", "self_harm", "prison_release", "0751")


def places(*markers: str, logged: str) -> dict[str, Counter[str]]:
    """In how many rows of each table, keys of Redis and lines of the log each stands; also as the bytes of a sealed field
    would show it."""
    found: dict[str, Counter[str]] = {marker: Counter() for marker in markers}
    wanted = [(marker, marker.encode().hex()) for marker in markers]
    counts = ", ".join(["count(*) FILTER (WHERE strpos(said, %s) > 0 OR strpos(said, %s) > 0)"] * len(markers))
    with as_owner() as owner:
        tables = owner.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for (table,) in tables:
            query = f"SELECT {counts} FROM (SELECT each::text AS said FROM {table} AS each) AS rows"
            counted = owner.execute(query, [form for pair in wanted for form in pair]).fetchone()  # type: ignore[arg-type]
            for marker, number in zip(markers, counted or (), strict=True):
                found[marker][str(table)] += int(str(number))
    store = redis.from_url(settings.REDIS_URL)
    for key in store.scan_iter():
        said = key + _value(store, key)
        for marker in markers:
            found[marker][f"redis {key!r}"] += marker.encode() in said
    for marker in markers:
        found[marker]["log"] = sum(marker in line for line in logged.splitlines())
    return {marker: +counted for marker, counted in found.items()}


def _value(store: Any, key: bytes) -> bytes:
    """All that lies under a key, one after the other."""
    match store.type(key):
        case b"string":
            return store.get(key) or b""
        case b"list":
            return b"\n".join(store.lrange(key, 0, -1))
        case b"set":
            return b"\n".join(store.smembers(key))
        case b"zset":
            return b"\n".join(store.zrange(key, 0, -1))
        case b"hash":
            return b"\n".join([*store.hkeys(key), *store.hvals(key)])
    return b""


@pytest.fixture
def citizen(transactional_db: None, caplog: pytest.LogCaptureFixture) -> Client:
    caplog.set_level(logging.DEBUG)
    return Client(raise_request_exception=False)


def test_the_search_finds_what_is_planted(citizen: Client, caplog: pytest.LogCaptureFixture) -> None:
    session: SessionBase = SessionStore()
    session["planted"] = "x"
    session.create()
    beat("planted", now=clock.now(), did={"planted": PLANTED.encode().hex()})
    store = redis.from_url(settings.REDIS_URL)
    store.lpush("planted", PLANTED)
    logging.getLogger("django.request").warning("planted %s", PLANTED)
    try:
        found = places(PLANTED, str(session.session_key), logged=caplog.text)
        assert found[PLANTED] == {"public.web_heartbeat": 1, "redis b'planted'": 1, "log": 1}
        assert found[str(session.session_key)] == {"public.accounts_session": 1}
    finally:
        store.delete("planted")


def test_a_whole_self_check_leaves_nothing(citizen: Client, caplog: pytest.LogCaptureFixture) -> None:
    words = (MARKER, *ANSWERED)
    before = places(*words, logged="")
    rows = _rows()

    citizen.post(reverse("check_start"), {"voice": "me"})
    for path, value in (
        DRINKS | {"acute": ["suicidal_thoughts"], "mental.signs": ["self_harm"], "social": ["prison_release"]}
    ).items():
        refused = citizen.post(at(path), {"reply": MARKER, "do": MARKER})
        assert refused.status_code in (302, 422)
        answer(citizen, path, value)
        citizen.get(at(path))
    for name in ("check_so_far", "check_result"):
        assert citizen.get(reverse(name)).status_code == 200

    assert places(*words, logged=caplog.text) == before
    assert _rows() == rows
    assert "sessionid" not in citizen.cookies and MARKER not in citizen.cookies["check"].value


def test_a_page_that_breaks_tells_the_log_nothing_of_the_answers(
    citizen: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen.post(reverse("check_start"), {"voice": "me"})

    def breaks(*_args: object, **_given: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(course, "next_question", breaks)
    assert citizen.post(at("acute"), {"reply": "suicidal_thoughts"}).status_code == 500
    assert "RuntimeError: broken" in caplog.text and "suicidal" not in caplog.text


def _rows() -> Counter[str]:
    """How many rows each table has."""
    with as_owner() as owner:
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return Counter(
            {
                str(table): int(str((owner.execute(f"SELECT count(*) FROM {table}").fetchone() or [0])[0]))
                for (table,) in tables
            }  # type: ignore[arg-type]
        )
