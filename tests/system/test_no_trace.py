"""A day's work in the whole stack, with a mark in every answer: each is found where it belongs, and nowhere else.

Looked through are: what web, worker and beat log; what is said to Redis and lies in it; every statement that PostgreSQL
gets, and all that it holds; addresses, cookies and storage of the browsers; e-mail and SMS. First each search is shown to
find what it looks for.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from navigator import clock
from navigator.accounts.models import Membership, Role, Session, Unit
from navigator.accounts.sessions import SessionStore
from navigator.database import scope
from navigator.database.walls import people_models
from navigator.embedded import servers
from navigator.vault.fields import SealedTextField
from referrals import models
from referrals.acting import By
from tests.conftest import APP, OWNER, as_app, as_owner
from tests.helpers.cases import service
from tests.helpers.planted import session_of
from tests.helpers.sms import Gateway, gateway
from tests.helpers.smtp import Relay, relay
from tests.helpers.stack import Monitor, RedisServer, kept_running, wait_for, web
from tests.helpers.world import World
from tests.system.conftest import WIDE

CANARY = "Qzcanary0000"
PATIENCE = 60_000  # ms: a whole stack and a browser at once, on a machine that may be busy
MARKS = {
    name: f"Qz{name}7391"
    for name in (
        "name", "pseudonym", "wishes", "message", "who", "place", "note", "call", "question", "answer", "cancelled",
        "attempt", "putoff", "takeover", "emergency", "declined", "guest", "mail", "worker",
    )
} | {"phone": "20739173", "cpr": "2512489996"}  # fmt: skip
BORN = "25-12-1948"
HOST = str(APP["HOST"] or APP["OPTIONS"]["host"])  # type: ignore[index]
LINK_MAIL, LINK_PHONE = "klinik@laege.example", "12345678"


def shapes(word: str) -> list[str]:
    """How a word may look on its way: as it is, in hex, and in base64 from wherever it begins."""
    raw = word.encode()
    shifted = [_in_base64(raw, after=number) for number in range(3)]
    grouped = [f"{word[:6]}-{word[6:]}", " ".join(re.findall("..", word))] if word.isdigit() else []
    return [word, raw.hex(), *shifted, *grouped]


def _in_base64(raw: bytes, *, after: int) -> str:
    """The letters that the word alone decides when it begins so many bytes into a group of three."""
    whole = base64.b64encode(bytes(after) + raw).decode()
    bare = whole.rstrip("=")
    return bare[(0, 2, 3)[after] : None if bare == whole else -1]


def found(haystack: str, words: dict[str, str] = MARKS) -> set[str]:
    """Which marks stand in it, in whatever shape."""
    folded = haystack.casefold()
    return {name for name, word in words.items() if any(shape.casefold() in folded for shape in shapes(word))}


def test_the_search_finds_a_word_in_every_shape() -> None:
    word = MARKS["wishes"]
    for prefix in ("", "x", "xy", "xyz"):
        carried = base64.b64encode(f"{prefix}{word} og mere".encode()).decode()
        assert found(carried) == {"wishes"}
    assert found(f"\\x{word.encode().hex()}") == found(word.upper()) == {"wishes"}
    assert found("251248-9996 20 73 91 73") == {"cpr", "phone"}
    assert found(unpacked(base64.urlsafe_b64encode(zlib.compress(word.encode())).decode() + ":sig")) == {"wishes"}
    assert found("Qz") == set()


def unpacked(text: str) -> str:
    """With what is packed in signed parts of it (cookies, sessions), in clear."""
    parts = [text]
    for part in re.split(r"[.:\"'\s;=]", text):
        try:
            parts.append(zlib.decompress(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))).decode())
        except (ValueError, zlib.error):
            continue
    return "\n".join(parts)


@dataclass
class Traces:
    """What the day leaves, by where it lies."""

    addresses: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    storage: list[str] = field(default_factory=list)


class Seat:
    """Somebody at work: what they press is sent as a browser would send it, and what they read is read. Alice alone has a page
    open, for a browser is what costs."""

    def __init__(self, browser: Browser, address: str, *, by: By, traces: Traces) -> None:
        self.context = browser.new_context(locale="da-DK", base_url=address, viewport=WIDE)  # type: ignore[arg-type]
        self.context.set_default_timeout(PATIENCE)
        self.traces = traces
        self.context.on(
            "request", lambda each: traces.addresses.append(f"{each.url} {each.headers.get('referer', '')}")
        )
        session = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(by.user), "url": address}
        self.context.add_cookies([session])  # type: ignore[list-item]
        self.read("/")  # and has the proof of origin that every form carries

    def post(self, address: str, **form: str) -> None:
        """A form of a page."""
        cookies = {each["name"]: each["value"] for each in self.context.cookies()}  # type: ignore[typeddict-item]
        self.traces.addresses.append(address)
        sent = {**form, "csrfmiddlewaretoken": cookies["csrf"]}
        answer = self.context.request.post(address, form=sent, max_redirects=0, timeout=PATIENCE)
        assert answer.status == 302, (address, answer.status, re.sub(r"<[^>]+>|\s+", " ", answer.text())[-1500:])
        self._keep_cookies()

    def read(self, address: str) -> str:
        """What stands on a page, in fields too."""
        self.traces.addresses.append(address)
        answer = self.context.request.get(address, timeout=PATIENCE)
        assert answer.status == 200, (address, answer.status)
        self._keep_cookies()
        return answer.text()

    def leave_traces(self, page: Page) -> None:
        self._keep_cookies()
        self.traces.storage.append(
            page.evaluate(
                """async () => JSON.stringify([{...localStorage}, {...sessionStorage}, history.state, document.cookie,
                   await indexedDB.databases(), window.caches ? await caches.keys() : []])"""
            )
        )

    def _keep_cookies(self) -> None:
        self.traces.cookies += [each["value"] for each in self.context.cookies()]  # type: ignore[typeddict-item]


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    with relay() as (server, url):
        monkeypatch.setenv("NAVIGATOR_EMAIL_URL", url)
        yield server


@pytest.fixture
def sms_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    with gateway() as (server, url):
        monkeypatch.setenv("NAVIGATOR_SMS_URL", url)
        monkeypatch.setenv("NAVIGATOR_SMS_TOKEN", "a-token")
        yield server


@pytest.fixture
def postgres_log() -> Iterator[Path]:
    """The log of the embedded PostgreSQL, which writes down every statement of app and worker meanwhile."""
    folder = Path(HOST)
    log = folder.parent / "log" / "postgres.log"
    if not log.exists():
        pytest.skip("the log of a PostgreSQL that was given is not ours to read")
    name, began = connection.settings_dict["NAME"], log.stat().st_size
    with psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as above:
        for role in ("navigator_app", "navigator_worker"):
            above.execute(f"ALTER ROLE {role} IN DATABASE {name} SET log_statement = 'all'")  # type: ignore[arg-type]
        yield log
        for role in ("navigator_app", "navigator_worker"):
            above.execute(f"ALTER ROLE {role} IN DATABASE {name} RESET log_statement")  # type: ignore[arg-type]
    assert log.stat().st_size > began


def held_by_postgres() -> str:
    """All that the database holds, as its owner would take it away, and what is packed in sessions."""
    program = servers.postgres_programs() / "pg_dump"
    name = str(connection.settings_dict["NAME"])
    command = [program, "--host", HOST, "--username", OWNER["USER"], "--data-only", name]
    dump = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    sessions = [SessionStore().decode(each.session_data) for each in Session.objects.all()]
    return f"{dump}\n{json.dumps(sessions)}"


def opened() -> str:
    """Every sealed text of every row about people, unsealed."""
    with scope.scope(*Unit.objects.values_list("pk", flat=True)):
        return "\n".join(
            str(getattr(row, each.name))
            for model in people_models()
            for each in model._meta.fields
            if isinstance(each, SealedTextField)
            for row in model._default_manager.all()
        )


def links_in(mails: list[Any]) -> list[str]:
    texts = [each.get_payload(decode=True).decode() for each in mails]
    return [match.group() for text in texts if (match := re.search(r"/link/[\w-]+/", text))]


def logs_a_need(alice: Seat, page: Page) -> str:
    """By hand, in the browser: the draft is kept and matched while Alice types."""
    page.goto("/cases/new/")
    page.get_by_label("Navn", exact=True).fill(f"{MARKS['name']} Opfundet")
    page.get_by_label("Telefon", exact=True).fill("20 73 91 73")
    page.locator("#id_pseudonym").evaluate("field => { field.closest('details').open = true }")
    page.locator("#id_pseudonym").fill(MARKS["pseudonym"])
    page.locator("#id_cpr").fill(MARKS["cpr"])
    page.locator("#group-substance > summary").click()
    page.get_by_label("Problematisk brug").check()
    page.get_by_label("Hash").check()
    page.get_by_label("Borgerens egne ønsker og mål").fill(f"Vil sove om natten {MARKS['wishes']}")
    expect(page.locator("#match .role-primary .door").first).to_be_visible(timeout=PATIENCE)
    alice.leave_traces(page)
    page.get_by_role("button", name="Gem sagen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{MARKS['name']} Opfundet", timeout=PATIENCE)
    alice.leave_traces(page)
    return urlsplit(page.url).path


def sends_it(alice: Seat, page: Page, case: str) -> None:
    page.goto(case)
    page.locator(".role-primary").get_by_role("link", name="Vælg").first.click()
    page.get_by_label("Borgeren siger ja til mig nu", exact=True).check()
    page.get_by_label("Besked til tilbuddet").fill(f"Ring først {MARKS['message']}")
    page.locator("#id_companion").check()
    page.locator("#id_who").fill(f"Tante {MARKS['who']}")
    page.locator("#id_meeting_place").fill(f"Ved {MARKS['place']}")
    page.get_by_role("button", name="Send henvisningen").click()
    expect(page.get_by_role("status")).to_contain_text("De skal åbne den senest", timeout=PATIENCE)
    alice.leave_traces(page)


def searches(alice: Seat, page: Page) -> str:
    """By each word; the page repeats what was searched for."""
    pages = []
    page.goto("/search/")
    for said in (MARKS["name"], "251248-9996", "20739173", MARKS["pseudonym"]):
        page.locator('main input[name="said"]').fill(said)
        with page.expect_navigation():
            page.locator('main input[name="said"]').press("Enter")
        expect(page.locator('main input[name="said"]')).to_have_value(said, timeout=PATIENCE)
        expect(page.locator("main")).to_contain_text(f"{MARKS['name']} Opfundet", timeout=PATIENCE)
        pages.append(page.content())
    alice.leave_traces(page)
    return "\n".join(pages)


def answers_by_link(guest: Page, token: str, sms: Gateway) -> None:
    guest.goto(token)
    guest.get_by_role("button", name="Send en kode").click()
    wait_for(lambda: any(re.search(r"\d{6}", each["text"]) for each in sms.taken), said="the code to come")
    code = next(match.group() for each in sms.taken if (match := re.search(r"\d{6}", each["text"])))
    guest.get_by_label("Kode").fill(code)
    guest.get_by_role("button", name="Åbn henvisningen").click()
    guest.locator("summary", has_text="Spørg afsenderen").click()
    guest.get_by_label("Hvad har I brug for at vide?").fill(f"Hvornår? {MARKS['guest']}")
    guest.get_by_role("button", name="Spørg afsenderen").click()
    expect(guest.get_by_role("status")).to_contain_text("Tak", timeout=PATIENCE)


def test_a_day_leaves_nothing_of_anybody_where_it_does_not_belong(
    browser: Browser,
    committed_world: World,
    mail_server: Relay,
    sms_server: Gateway,
    postgres_log: Path,
    tmp_path: Path,
) -> None:
    world, traces, logs = committed_world, Traces(), {name: tmp_path / f"{name}.log" for name in ("web", "jobs")}
    began = postgres_log.stat().st_size
    Membership.objects.create(user=world.erik.user, unit=world.erik.unit, role=Role.UNIT_LEADER)
    clinic = service("gp", None)
    with as_owner() as owner:
        owner.execute(
            "UPDATE pathways_service SET email = %s, phone = %s WHERE id = %s", [LINK_MAIL, LINK_PHONE, clinic.pk]
        )
    store = RedisServer(tmp_path)
    monitor = Monitor(store.url)
    with ExitStack() as stack:
        stack.callback(store.kill)
        engine = {"redis_url": store.url, "sweep_seconds": 4, "stalled_seconds": 90, "log": logs["jobs"]}
        stack.enter_context(kept_running("worker", "--concurrency=2", "--loglevel=INFO", **engine))
        stack.enter_context(kept_running("beat", f"--schedule={tmp_path / 'beat'}", **engine))
        address = stack.enter_context(web(redis_url=store.url, log=logs["web"]))
        people = (world.alice, world.bo, world.dorte, world.erik)
        alice, bo, dorte, erik = (Seat(browser, address, by=by, traces=traces) for by in people)
        page = alice.context.new_page()

        # The day
        case = logs_a_need(alice, page)
        sends_it(alice, page, case)
        looked_for = searches(alice, page)
        case_id = case.split("/")[2]
        alice.post(f"{case}note/", note=f"Skal huskes: {MARKS['note']}")
        alice.post(f"{case}called/", channel="phone", reached="no_answer", note=MARKS["call"])
        alice.post(f"{case}contact/", safe_channel="sms", email=f"{MARKS['mail']}@borger.example", language="da")
        moves = {"unit": str(world.dorte.unit.pk), "reason": f"Bor nu der {MARKS['takeover']}"}
        alice.post(f"{case}take-over/", basis="consent_oral", **moves)
        with scope.scope(world.alice.unit.pk):
            kept = models.Case.objects.get(pk=case_id)
            sent = kept.referrals.get()
            number = kept.short_number
        referral = f"/referrals/{sent.pk}/"
        bo.post(f"{referral}open/")
        bo.post(f"{referral}ask/", question=f"Hvornår er der tid? {MARKS['question']}")
        alice.post(f"{referral}answer/", answer=f"Om aftenen {MARKS['answer']}")
        bo.post(f"{referral}accept/")
        soon = (clock.today() + timedelta(days=3)).isoformat()
        bo.post(f"{referral}book/", day=soon, time="10:30")
        bo.post(f"{referral}cancel-visit/", by_service="service", because=f"Sygdom {MARKS['cancelled']}")
        with scope.scope(world.bo.unit.pk):
            task = models.FollowUp.objects.filter(owed_by=world.bo.unit, closed_at__isnull=True).earliest("due_at")
        tomorrow = (clock.today() + timedelta(days=1)).isoformat()
        bo.post(f"/follow-ups/{task.pk}/snooze/", until=tomorrow, because=f"Ferie {MARKS['putoff']}")
        bo.post(f"{referral}called/", channel="phone", reached="agreed", note=MARKS["attempt"])
        erik.post("/emergency/", number=number, reason=f"Ligger bevidstløs her {MARKS['emergency']}")
        his = bo.read(referral)
        alice.post(f"{referral}withdraw/", wants_instead=f"Egen læge {MARKS['declined']}")

        # And a service without an account answers by a link
        elsewhere = reverse("send_elsewhere", args=[case_id, clinic.pk])
        alice.post(
            elsewhere, basis="consent_oral", urgency="ordinary", why_another="other", because=MARKS["worker"],
            role="primary", sides="substance", message=MARKS["message"],
        )  # fmt: skip
        wait_for(lambda: links_in(mail_server.mails), said="the link to come")
        guest = browser.new_context(locale="da-DK", base_url=address).new_page()
        guest.on("request", lambda each: traces.addresses.append(each.url))
        answers_by_link(guest, links_in(mail_server.mails)[0], sms_server)

        # Then each mark stands where it belongs: sealed in the database, and on the pages of those whose business it is
        wait_for(_nothing_is_pending, said="the outbox to be empty")
        assert found(opened()) == set(MARKS)
        his += bo.read(referral) + bo.read("/follow-ups/") + bo.read("/inbox/")
        hers = looked_for + alice.read(case) + alice.read(f"{case}contact/") + alice.read("/")
        with scope.scope(world.dorte.unit.pk):
            asked = models.TakeOver.objects.get()
        theirs = dorte.read(f"/take-overs/{asked.pk}/") + erik.read("/emergency/used/")
        assert found(hers) | found(his) | found(theirs) | found(guest.content()) == set(MARKS)
        assert {"takeover", "emergency"} <= found(theirs) and "guest" in found(hers)
        assert "cpr" not in found(theirs), "who neither logged the need nor receives it is not shown the number"

        # And the searches see what passes: one word of ours goes everywhere
        with redis.Redis.from_url(store.url) as client:
            client.set(CANARY, "1")
            wait_for(lambda: any(CANARY in said for said in monitor.said), said="the monitor to hear it")
        with as_app() as app:
            app.execute(f"SELECT '{CANARY}'")
        page.goto(f"/?x={CANARY}")
        page.evaluate("word => { localStorage.setItem('x', word); document.cookie = `x=${word}` }", CANARY)
        alice.leave_traces(page)
        said_to_redis = monitor.everything()

    written = {name: path.read_text() for name, path in logs.items()}
    with postgres_log.open() as file:
        file.seek(began)
        statements = file.read()
    mails = "\n".join(f"{mail}{mail.get_payload(decode=True).decode()}" for mail in mail_server.mails)
    messages = json.dumps([each["text"] for each in sms_server.taken])
    looked_through = {
        "the log of web": written["web"],
        "the log of worker and beat": written["jobs"],
        "Redis": said_to_redis,
        "PostgreSQL's statements": statements,
        "what PostgreSQL holds": held_by_postgres(),
        "addresses": unquote("\n".join(traces.addresses)),
        "cookies": unpacked("\n".join(traces.cookies)),
        "browser storage": "\n".join(traces.storage),
        "e-mail": mails,
        "SMS": messages,
    }
    canary = {"canary": CANARY}
    heard = {name for name, text in looked_through.items() if found(text, canary)}
    assert heard == {"Redis", "PostgreSQL's statements", "addresses", "cookies", "browser storage"}
    assert '"view": "new_case"' in written["web"] and '"view": "link_enter"' in written["web"]
    assert "referrals.tasks.deliver" in written["jobs"] and "referrals.tasks.send_links" in written["jobs"]
    assert "COPY public.referrals_person" in looked_through["what PostgreSQL holds"]
    assert number in hers and LINK_MAIL in mails and len(sms_server.taken) >= 1

    # But nothing of anybody
    assert {name: found(text) for name, text in looked_through.items() if found(text)} == {}
    assert all(
        not set(parse_qs(urlsplit(each.split()[0]).query)) & {"said", "name", "cpr"} for each in traces.addresses
    )
    for line in written["web"].splitlines():
        assert line.startswith("{") or re.match(r"\[\d{4}-", line), f"neither JSON nor gunicorn's own word: {line}"


def _nothing_is_pending() -> bool:
    with as_owner() as owner:
        row = owner.execute(
            "SELECT count(*) FROM referrals_delivery WHERE state = 'pending' AND try_at < now()"
        ).fetchone()
    return row == (0,)
