"""The main job, as a citizen's case worker and the receiving service live it, in a browser without JavaScript.

With JavaScript, and with the keyboard alone, it is lived in test_workplace_stories.py.
"""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.system.conftest import looked_at


def log_needs(page: Page) -> None:
    page.get_by_label("Alder", exact=True).fill("34")
    page.get_by_label("Navn", exact=True).fill("Mikkel Opfundet")
    page.get_by_label("Telefon", exact=True).fill("20 00 00 01")
    page.locator("#group-substance > summary").click()
    page.get_by_label("Problematisk brug").check()
    page.get_by_label("Hash").check()
    page.get_by_role("button", name="Vis forslag").click()
    expect(page.get_by_label("Navn", exact=True)).to_have_value("Mikkel Opfundet")
    expect(page.locator("#match")).to_contain_text("Niveau 1")


def test_a_citizen_gets_from_the_jobcentre_to_treatment(desks: Any) -> None:
    # Given Alice in the jobcentre and Bo in the substance centre
    alice, bo = desks("alice", javascript=False), desks("bo", javascript=False)
    page = alice.sign_in()

    # When Alice logs what a citizen tells, she asks for the door when she has ticked
    page.get_by_role("main").get_by_role("link", name="Ny sag").click()
    log_needs(page)
    page.get_by_role("button", name="Gem sagen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mikkel Opfundet")

    # And sends the referral, having seen exactly what they get
    page.locator(".role-primary").get_by_role("link", name="Vælg").first.click()
    page.get_by_role("button", name="Send henvisningen").click()
    expect(page.get_by_role("alert")).to_contain_text("Angiv, hvorfor du må fortælle tilbuddet det.")
    page.get_by_label("Borgeren siger ja til mig nu", exact=True).check()
    page.get_by_label("Besked til tilbuddet").fill("Ring gerne først.")
    page.get_by_role("button", name="Send henvisningen").click()
    expect(page.get_by_role("status")).to_contain_text("De skal åbne den senest")
    assert "Mikkel" not in page.url

    # Then Bo finds it, opens it, accepts it and agrees a time
    theirs = bo.sign_in()
    theirs.get_by_role("link", name="1 henvisning venter på jer").click()
    theirs.get_by_role("button", name="Åbn").click()
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Mikkel Opfundet")
    expect(theirs.get_by_text("Ring gerne først.")).to_be_visible()
    theirs.get_by_role("button", name="Acceptér").click()
    theirs.get_by_label("Dato").fill("2030-01-07")
    theirs.get_by_label("Klokkeslæt").fill("10:30")
    theirs.get_by_role("button", name="Notér tiden").click()
    expect(theirs.get_by_text("En tid blev aftalt: 7. januar 2030 kl. 10.30")).to_be_visible()

    # And the citizen comes
    theirs.get_by_role("button", name="Borgeren er kommet").click()
    expect(theirs.get_by_role("status")).to_contain_text("Borgeren er kommet")

    # And Alice sees it on her list and on the case
    page.goto("/")
    page.get_by_role("link", name=re.compile("Mikkel Opfundet er kommet til")).click()
    expect(page.get_by_text("Sagen er lukket: Borgeren er blevet mødt.")).to_be_visible()


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
