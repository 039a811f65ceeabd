"""The frame of every page: help, language, texts, and pages that say no."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.template.loader import get_template
from django.test import Client

from navigator.web.management.commands import texts
from navigator.web.middleware import page_above
from tests.helpers.world import PASSWORD, World

DANISH = settings.ROOT / "locale" / "da" / "LC_MESSAGES" / "django.po"


def test_every_text_is_in_danish() -> None:
    catalogue = texts._read(DANISH)
    missing = [message.id for message in texts.texts() if message.id and message.id not in catalogue]
    assert missing == [], "bin/manage texts --update, then translate"
    assert texts.untranslated(DANISH) == []


def test_no_translation_is_left_that_nobody_asks_for() -> None:
    asked = texts.texts()
    assert [message.id for message in texts._read(DANISH) if message.id and message.id not in asked] == []


@pytest.mark.parametrize("path", sorted(Path("templates").rglob("*.html")), ids=str)
def test_every_template_compiles(path: Path) -> None:
    get_template(path.relative_to("templates").as_posix())


def test_signing_in_and_out(world: World) -> None:
    client = Client()
    assert client.get("/").url == "/login/?next=/"  # type: ignore[attr-defined]
    wrong = client.post("/login/", {"login": world.alice.user.email, "password": "wrong"})
    assert wrong.status_code == 200
    assert "error-summary" in wrong.content.decode()
    right = client.post("/login/", {"login": world.alice.user.email, "password": PASSWORD})
    assert (right.status_code, right.url) == (302, "/")  # type: ignore[attr-defined]
    assert client.get("/").status_code == 200
    client.post("/logout/")
    assert client.get("/").status_code == 302


def test_help_stands_first_and_alike_on_every_page(world: World) -> None:
    client = Client()
    pages = [client.get("/login/").content.decode()]
    client.force_login(world.alice.user)
    pages += [client.get(url).content.decode() for url in ("/", "/cases/new/", "/search/", "/inbox/", "/nowhere/")]
    too_much = client.post("/search/", {"said": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)})
    assert too_much.status_code == 413
    pages.append(too_much.content.decode())
    assert all('id="help-lines"' in page for page in pages)
    helps = {page[page.index('<p id="help">') : page.index("</p>", page.index('<p id="help">'))] for page in pages}
    assert len(helps) == 1
    assert 'href="tel:112"' in helps.pop()


CASE = f"/cases/{UUID(int=7)}/"


@pytest.mark.parametrize(
    ("sent_to", "page"),
    [
        ("/my-way/enter/", "/my-way/"),
        (f"/my-way/referrals/{UUID(int=7)}/coming/", "/my-way/"),
        ("/link/answer/ask/", "/link/"),
        ("/board/bulk/", "/board/"),
        (f"{CASE}plan/met/", f"{CASE}plan/"),
        ("/take-overs/x/", "/take-overs/"),
        ("/nowhere/x/", "/"),
    ],
)
def test_the_page_above(sent_to: str, page: str) -> None:
    assert page_above(sent_to) == page


def test_another_language_after_a_mistake_leads_to_the_page_and_keeps_what_was_asked_for(world: World) -> None:
    client = Client()
    client.force_login(world.dorte.user)
    assert switched(client, client.get("/board/?level=1&trouble=calm")) == ("/board/?level=1&trouble=calm", 200)
    assert switched(client, client.get("/cases/new/")) == ("/cases/new/", 200)
    narrowed = {"back": "/board/?trouble=calm"}
    assert switched(client, client.post("/board/bulk/", narrowed)) == ("/board/?trouble=calm", 200)
    assert switched(client, client.post("/my-way/enter/", {"code": ""})) == ("/my-way/", 200)
    assert client.get("/board/bulk/").status_code == 405, "only a person is led on"


def switched(client: Client, page: HttpResponse) -> tuple[str, int]:
    """Where the button for another language leads a browser that stands on this page."""
    shown = unescape(page.content.decode())
    sent = {"language": "en", "next": shown.partition('name="next" value="')[2].partition('"')[0]}
    found = client.post("/language/", sent, headers={"Sec-Fetch-Mode": "navigate"}, follow=True)
    return found.redirect_chain[-1][0], found.status_code  # type: ignore[attr-defined]


def test_the_error_page_needs_nothing() -> None:
    page = get_template("500.html").render()
    assert "112" in page
    assert "static" not in page
