"""A citizen is sent to two services in one press, and the steps are copied to the worker's own journal, in a browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from navigator import clock
from navigator.database import scope
from referrals import actions, models
from tests.helpers.cases import CANNABIS, logged
from tests.helpers.world import World
from tests.system.conftest import looked_at

NEEDS = CANNABIS | {"social": ["debt"]}


def tick(page: Page, kind: str) -> None:
    """The first service under this kind of help."""
    door = page.locator(".door", has=page.get_by_role("heading", name=kind, exact=True))
    door.get_by_label(re.compile("^Send sammen med andre")).first.check()


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_two_services_in_one_press(desks: Any, committed_world: World, javascript: bool) -> None:
    # Given a case that needs treatment and help with a debt
    case = logged(committed_world, answers=NEEDS, name="Mikkel Opfundet", phone="20000001")
    page = desks("alice", javascript=javascript).sign_in()
    page.goto(f"/cases/{case.pk}/")
    looked_at(page, "case-doors", javascript=javascript)

    # When Alice ticks two doors, and presses before she has said why she may tell
    tick(page, "Social stofmisbrugsbehandling, ambulant")
    tick(page, "Samtale med socialrådgiver i kommunen")
    page.get_by_role("button", name="Send til de valgte").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Send til 2 tilbud")
    page.get_by_role("button", name="Send til dem alle").click()
    expect(page.get_by_role("alert")).to_contain_text("Angiv, hvorfor du må fortælle tilbuddet det.")
    looked_at(page, "send-two-errors", javascript=javascript)

    # And sees exactly what they get, her message too
    page.get_by_label("Borgeren siger ja til mig nu", exact=True).check()
    page.get_by_label("Besked til tilbuddet").fill("Ring gerne først.")
    page.get_by_role("button", name="Vis præcis, hvad de får").click()
    expect(page.locator("#preview")).to_contain_text("Ring gerne først.")
    expect(page.get_by_label("Borgeren siger ja til mig nu", exact=True)).to_be_checked()
    looked_at(page, "send-two", javascript=javascript)

    # Then both are told, and the receipt says what happens when
    page.get_by_role("button", name="Send til dem alle").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Det er gjort. Det sker der nu")
    expect(page.get_by_text("Der sendes ikke brev herfra.")).to_be_visible()
    looked_at(page, "receipt", javascript=javascript)
    page.get_by_role("main").get_by_role("link", name="Til sagen").click()
    assert page.locator(".road").count() == 2
    looked_at(page, "case-two-sent", javascript=javascript)


def test_a_step_is_copied_to_the_journal_in_one_click(desks: Any, committed_world: World) -> None:
    case = logged(committed_world, answers=NEEDS, name="Mikkel Opfundet")
    desk = desks("alice")
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = desk.sign_in()
    page.goto(f"/cases/{case.pk}/")

    # A call in two clicks: unfold, and press what came of it
    page.get_by_text("Notér et opkald eller anden kontakt").click()
    looked_at(page, "case-call")
    page.get_by_role("button", name="Intet svar").click()
    expect(page.get_by_role("status").filter(has_text="Opkaldet er noteret.")).to_be_visible()

    # And one to copy it
    page.get_by_role("button", name="Kopiér som journalnotat").first.click()
    expect(page.locator("#copied")).to_have_text("Kopieret. Sæt det ind i journalen.")
    case_system = desk.context.new_page()
    case_system.set_content("<textarea autofocus></textarea>")
    case_system.locator("textarea").press("Control+V")
    copied = case_system.locator("textarea").input_value()
    assert copied.splitlines()[0].endswith(": Kontakt til borgeren. Telefon: Intet svar")
    assert copied.splitlines()[-1] == f"Kilde: Vejviser, sag {case.short_number}"
    assert "Mikkel" not in copied


def test_another_door_a_screening_and_a_new_match(desks: Any, committed_world: World) -> None:
    world = committed_world
    case = logged(world, answers=NEEDS, name="Mikkel Opfundet")
    page = desks("alice").sign_in()
    page.goto(f"/cases/{case.pk}/")
    page.get_by_role("link", name="Vælg en anden dør end de her").click()
    looked_at(page, "other-door-empty")
    page.get_by_label("Navnet på tilbuddet, stedet eller slags hjælp").press_sequentially("rådgivning")
    expect(page.locator("#other-doors .task").first).to_be_visible()
    looked_at(page, "other-door")
    page.locator("#other-doors .task a").first.click()
    page.get_by_role("button", name="Send henvisningen").click()
    expect(page.get_by_role("alert")).to_contain_text("Sig, hvorfor du vælger denne dør.")
    looked_at(page, "send-elsewhere-errors")
    page.goto(f"/cases/{case.pk}/")
    page.get_by_text("Notér en screening").click()
    page.get_by_label("ASI").check()
    page.get_by_label(re.compile("^Score")).fill("4")
    page.get_by_label(re.compile("^Hvad vurderer du")).select_option(label="Moderate vanskeligheder")
    looked_at(page, "case-screening")
    page.get_by_role("button", name="Gem screeningen").click()
    expect(page.get_by_label("Moderate vanskeligheder")).to_be_checked()
    page.get_by_role("button", name="Find døre igen").click()
    expect(page.locator("#changed")).to_contain_text("Niveau")
    looked_at(page, "case-changed")
    with scope.scope(world.alice.unit.pk):
        assert models.Assessment.objects.count() == 2
        assert actions.add_note(case=case, note="x", by=world.alice, now=clock.now()).kind == "noted"
