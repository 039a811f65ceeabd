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
# Answers are codes, and codes stand in the vocabulary: what may not grow is in how many rows they stand.
ANSWERED = ("suicidal_thoughts", "dependence", "alcohol", "self_harm", "prison_release", "0751")


def places(marker: str, *, logged: str) -> Counter[str]:
    """In how many rows of each table, keys of Redis and lines of the log it stands."""
    found: Counter[str] = Counter()
    with as_owner() as owner:
        tables = owner.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for (table,) in tables:
            counted = owner.execute(
                f"SELECT count(*) FROM {table} AS row WHERE strpos(row::text, %s) > 0 OR strpos(row::text, %s) > 0",  # type: ignore[arg-type]
                [marker, marker.encode().hex()],
            ).fetchone()
            found[str(table)] += int(str(counted[0])) if counted else 0
    store = redis.from_url(settings.REDIS_URL)
    for key in store.scan_iter():
        found[f"redis {key!r}"] += marker.encode() in key + _value(store, key)
    found["log"] = sum(marker in line for line in logged.splitlines())
    return +found


def _value(store: Any, key: bytes) -> bytes:
    read = {
        b"string": store.get,
        b"list": lambda k: store.lrange(k, 0, -1),
        b"hash": store.hgetall,
        b"set": store.smembers,
    }
    read[b"zset"] = lambda k: store.zrange(k, 0, -1)
    return (
        str(read[store.type(key)](key)).encode("unicode_escape").decode("unicode_escape").encode()
        if store.exists(key)
        else b""
    )


@pytest.fixture
def citizen(transactional_db: None, caplog: pytest.LogCaptureFixture) -> Client:
    caplog.set_level(logging.DEBUG)
    return Client(raise_request_exception=False)


def test_the_search_finds_what_is_planted(citizen: Client, caplog: pytest.LogCaptureFixture) -> None:
    session: SessionBase = SessionStore()
    session["planted"] = "x"
    session.create()
    beat("planted", now=clock.now(), did={"planted": MARKER.encode().hex()})
    store = redis.from_url(settings.REDIS_URL)
    store.lpush("planted", "Markoerby")
    logging.getLogger("django.request").warning("planted %s", MARKER)
    try:
        found = places(MARKER, logged=caplog.text)
        assert found["public.web_heartbeat"] == 1 and found["log"] == 1
        assert places(str(session.session_key), logged="") == {"public.accounts_session": 1}
        assert places("Markoerby", logged="") == {"redis b'planted'": 1}
    finally:
        store.delete("planted")


def test_a_whole_self_check_leaves_nothing(citizen: Client, caplog: pytest.LogCaptureFixture) -> None:
    words = (MARKER, *ANSWERED)
    before = {word: places(word, logged="") for word in words}
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

    assert {word: places(word, logged=caplog.text) for word in words} == before
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
