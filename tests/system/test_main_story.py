"""The main job, as a citizen's case worker and the receiving service live it, in a browser."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.system.conftest import NARROW, WIDE, axe

SCREENS = Path(os.environ["NAVIGATOR_SCREENS"]) if "NAVIGATOR_SCREENS" in os.environ else None


def keep(page: Page, name: str) -> None:
    """A picture of the page in both widths, where somebody asks for pictures."""
    if SCREENS is None:
        return
    for width, viewport in (("wide", WIDE), ("narrow", NARROW)):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        page.screenshot(path=SCREENS / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def looked_at(page: Page, name: str, *, javascript: bool = True) -> None:
    """The page holds what axe can see, wide and narrow, and nothing sticks out of it."""
    keep(page, name)
    if not javascript:
        return
    for viewport in (NARROW, WIDE):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def log_needs(page: Page, *, javascript: bool) -> None:
    page.get_by_label("Alder", exact=True).fill("34")
    page.get_by_label("Navn", exact=True).fill("Mikkel Opfundet")
    page.get_by_label("Telefon", exact=True).fill("20 00 00 01")
    page.locator("#group-substance > summary").click()
    page.get_by_label("Problematisk brug").check()
    page.get_by_label("Hash").check()
    if javascript:
        expect(page.locator("#match .role-primary .door").first).to_be_visible()
    else:
        page.get_by_role("button", name="Vis forslag").click()
        expect(page.get_by_label("Navn", exact=True)).to_have_value("Mikkel Opfundet")
    expect(page.locator("#match")).to_contain_text("Niveau 1")


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_citizen_gets_from_the_jobcentre_to_treatment(desks: Any, javascript: bool) -> None:
    # Given Alice in the jobcentre and Bo in the substance centre
    alice, bo = desks("alice", javascript=javascript), desks("bo", javascript=javascript)
    page = alice.sign_in()
    looked_at(page, "my-list-empty", javascript=javascript)

    # When Alice logs what a citizen tells, she sees the door while she ticks
    page.get_by_role("main").get_by_role("link", name="Ny sag").click()
    looked_at(page, "new-case-empty", javascript=javascript)
    log_needs(page, javascript=javascript)
    looked_at(page, "new-case", javascript=javascript)
    page.get_by_role("button", name="Gem sagen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mikkel Opfundet")
    looked_at(page, "case-new", javascript=javascript)

    # And sends the referral, having seen exactly what they get
    page.locator(".role-primary").get_by_role("link", name="Vælg").first.click()
    page.get_by_role("button", name="Send henvisningen").click()
    expect(page.get_by_role("alert")).to_contain_text("Angiv, hvorfor du må fortælle tilbuddet det.")
    page.get_by_label("Borgeren siger ja til mig nu", exact=True).check()
    page.get_by_label("Besked til tilbuddet").fill("Ring gerne først.")
    looked_at(page, "choose-service", javascript=javascript)
    page.get_by_role("button", name="Send henvisningen").click()
    expect(page.get_by_role("status")).to_contain_text("De skal åbne den senest")
    looked_at(page, "case-sent", javascript=javascript)
    assert "Mikkel" not in page.url

    # Then Bo finds it, opens it, accepts it and agrees a time
    theirs = bo.sign_in()
    theirs.get_by_role("link", name="1 henvisning venter på jer").click()
    looked_at(theirs, "inbox", javascript=javascript)
    theirs.get_by_role("button", name="Åbn").click()
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Mikkel Opfundet")
    expect(theirs.get_by_text("Ring gerne først.")).to_be_visible()
    looked_at(theirs, "referral-seen", javascript=javascript)
    theirs.get_by_role("button", name="Acceptér").click()
    theirs.get_by_label("Dato").fill("2030-01-07")
    theirs.get_by_label("Klokkeslæt").fill("10:30")
    theirs.get_by_role("button", name="Notér tiden").click()
    expect(theirs.get_by_text("En tid blev aftalt: 7. januar 2030 kl. 10.30")).to_be_visible()

    # And the citizen comes
    theirs.get_by_role("button", name="Borgeren er kommet").click()
    expect(theirs.get_by_role("status")).to_contain_text("Borgeren er kommet")
    looked_at(theirs, "referral-arrived", javascript=javascript)

    # And Alice sees it on her list and on the case
    page.goto("/")
    page.get_by_role("link", name=re.compile("Mikkel Opfundet er kommet til")).click()
    expect(page.get_by_text("Sagen er lukket: Borgeren er blevet mødt.")).to_be_visible()
    looked_at(page, "case-arrived", javascript=javascript)


def test_back_and_the_switch_to_english(desks: Any) -> None:
    page = desks("alice").sign_in()
    page.get_by_role("link", name="Ny sag").first.click()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Min liste")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My list")
    looked_at(page, "my-list-english")


def test_the_sign_in_page_and_the_pages_that_say_no(desks: Any) -> None:
    desk = desks("erik")
    desk.page.goto("/")
    looked_at(desk.page, "login")
    page = desk.sign_in()
    page.goto("/inbox/")
    looked_at(page, "forbidden")
    page.goto("/cases/00000000-0000-7000-8000-000000000000/")
    looked_at(page, "not-found")
