"""Signed out while one writes: told before, and nothing is lost after."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from navigator.accounts.sessions import BEGAN, USED, SessionStore
from tests.helpers.cases import logged
from tests.helpers.world import PASSWORD, World
from tests.system.conftest import axe, looked_at

MINUTE = 60
WROTE = "Borgeren vil gerne ringes op\nefter kl. 12"


def idle_for(page: Page, seconds: int) -> None:
    """As if this browser had asked for nothing for so long."""
    key = next(each["value"] for each in page.context.cookies() if each["name"] == settings.SESSION_COOKIE_NAME)  # type: ignore[typeddict-item]
    session = SessionStore(key)
    session[USED] -= seconds
    session[BEGAN] -= seconds
    session.save()


def test_the_box_before_time_is_out_lets_one_go_on(desks: Any) -> None:
    page = desks("alice").sign_in()
    page.clock.install()
    page.goto("/search/")
    box = page.get_by_role("alertdialog", name="Er du der stadig?")
    idle_for(page, 28 * MINUTE)
    expect(box).to_be_hidden()
    page.clock.fast_forward(28 * MINUTE * 1000)
    expect(box.get_by_role("button", name="Fortsæt")).to_be_focused()
    box.get_by_role("button", name="Fortsæt").click()
    expect(box).to_be_hidden()
    assert page.evaluate("fetch('/session/').then(answer => answer.json())")["left"] > 29 * MINUTE


def test_a_page_on_which_nothing_was_typed_goes_away_by_itself(desks: Any) -> None:
    page = desks("alice").sign_in()
    page.clock.install()
    page.goto("/search/")
    idle_for(page, 31 * MINUTE)
    page.clock.fast_forward(28 * MINUTE * 1000)
    expect(page.get_by_label("Adgangskode")).to_be_visible()
    assert page.url.endswith("/login/?next=/search/")


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_what_was_typed_is_given_back_after_signing_in(desks: Any, committed_world: World, javascript: bool) -> None:
    case = logged(committed_world, name="Mikkel Opfundet")
    page = desks("alice", javascript=javascript).sign_in()
    page.goto(f"/cases/{case.pk}/")
    note = page.locator("form[action$='/note/']")
    page.locator("details", has=note).locator("summary").first.click()
    note.get_by_role("textbox").fill(WROTE)
    idle_for(page, 31 * MINUTE)
    note.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Du er ikke længere logget ind")
    page.get_by_label("E-mailadresse").fill(committed_world.alice.user.email)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log ind", exact=True).click()
    expect(page.get_by_label("Notat")).to_have_value(WROTE)
    page.get_by_role("link", name="Fortsæt").click()
    assert page.url.endswith(f"/cases/{case.pk}/")


def test_a_passkey_is_added_and_signs_in_without_a_password(desks: Any) -> None:
    desk = desks("alice")
    desk.address = desk.address.replace("127.0.0.1", "localhost")  # a browser gives no passkey to a number
    page = desk.page
    devtools = desk.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    machine = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": machine})
    page.goto(f"{desk.address}/login/")
    page.get_by_label("E-mailadresse").fill(desk.by.user.email)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log ind", exact=True).click()
    page.get_by_role("link", name="Mit login").click()
    page.get_by_role("link", name="Tilføj en adgangsnøgle").click()
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Fortsæt").click()
    page.get_by_label("Hvad du kalder den").fill("Arbejdscomputer")
    page.get_by_role("button", name="Tilføj en adgangsnøgle").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nødkoder")
    expect(page.locator(".emergency-codes li")).to_have_count(10)
    assert axe(page) == []
    looked_at(page, "emergency-codes")
    page.get_by_role("link", name="Jeg har dem").click()
    expect(page.get_by_text("Arbejdscomputer, tilføjet")).to_be_visible()
    assert axe(page) == []
    looked_at(page, "my-sign-in")

    page.get_by_role("button", name="Log ud").click()
    page.get_by_label("E-mailadresse").fill(desk.by.user.email)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log ind", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ét trin mere")
    assert axe(page) == []
    looked_at(page, "one-step-more")
    page.get_by_role("button", name="Brug en adgangsnøgle i stedet").click()
    expect(page.get_by_role("link", name="Mit login")).to_be_visible()

    page.get_by_role("button", name="Log ud").click()
    page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    expect(page.get_by_role("link", name="Mit login")).to_be_visible()
    page.get_by_role("link", name="Mit login").click()
    page.get_by_role("link", name="Fjern Arbejdscomputer").click()
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Fortsæt").click()
    page.get_by_role("button", name="Fjern adgangsnøglen").click()
    expect(page.get_by_text("Arbejdscomputer, tilføjet")).to_have_count(0)
