"""The citizen's own way, in a browser: by a link and a code on paper, by a reminder, and by asking to be contacted."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from navigator import clock
from navigator.database import scope
from pathways.models import Service
from referrals import actions, models
from tests.helpers.cases import reminded
from tests.helpers.world import World
from tests.system.conftest import NARROW
from tests.system.test_hand_off_story import press, received, sent_to_bo, unfold
from tests.system.test_selfcheck_story import choose, finish, write


def has_a_time(world: World) -> models.Referral:
    referral = sent_to_bo(world)
    with scope.scope(world.bo.unit.pk):
        actions.open_referral(referral=referral, by=world.bo, now=clock.now())
        actions.accept_referral(referral=referral, by=world.bo, now=clock.now())
        at = clock.now() + timedelta(days=3)
        return actions.book_time(referral=referral, appointment_at=at, by=world.bo, now=clock.now())


def test_a_link_on_paper_another_time_and_a_reminder(desks: Any, committed_world: World) -> None:
    # Given Mikkel, who has a time at the substance centre, and a telephone that runs no script
    world = committed_world
    referral = has_a_time(world)
    hers, theirs = desks("alice").sign_in(), desks("bo").sign_in()
    his: Page = desks("erik", javascript=False, viewport=NARROW).page

    # When Alice makes a link, and hands it over on paper
    hers.goto(f"/cases/{referral.case_id}/")
    press(hers, "Lav et link til borgeren")
    hers.emulate_media(media="print")
    expect(hers.get_by_text("Kode", exact=True)).to_be_visible()
    paper = hers.get_by_role("main").inner_text()
    link, code = re.search(r"/my-way/[\w-]+/", paper), re.search(r"^\d{8}$", paper, re.MULTILINE)
    assert link and code

    # Then he gets in by both, and says that he cannot come
    his.goto(link.group())
    assert link.group() not in his.url
    his.get_by_label("Kode").fill(code.group())
    his.get_by_role("button", name="Åbn min side").click()
    expect(his.get_by_text("Tid aftalt")).to_be_visible()
    his.get_by_role("button", name="Jeg kan ikke komme: find en anden tid").click()
    expect(his.get_by_role("status")).to_contain_text("De, der hjælper dig, kan se det.")
    expect(his.get_by_text("Besøget er aflyst")).to_be_visible()

    # And Bo finds it among what waits for him, and agrees another time
    received(theirs)
    expect(theirs.get_by_role("heading", name=re.compile("En tid skal aftales"))).to_be_visible()
    theirs.get_by_role("link", name="Mikkel Opfundet").click()
    expect(theirs.get_by_text("Borgeren har aflyst besøget").first).to_be_visible()
    if not theirs.get_by_label("Dato").is_visible():
        unfold(theirs, "Aftal en tid")
    theirs.get_by_label("Dato").fill("2030-01-14")
    theirs.get_by_label("Klokkeslæt").fill("09:00")
    press(theirs, "Notér tiden")

    # And the reminder of it is answered with one press
    his.goto(f"/reminder/{reminded(referral, now=clock.now())}/")
    expect(his.get_by_text("14. januar 2030 kl. 09.00")).to_be_visible()
    press(his, "Jeg kommer")
    expect(his.get_by_role("status")).to_contain_text("kan se, at du kommer")
    theirs.goto("/visits/?day=2030-01-14")
    expect(theirs.get_by_text("Siger ja til at komme")).to_be_visible()

    # And on the day he says that he has been there
    his.goto("/my-way/")
    expect(his.get_by_text("Du har sagt, at du kommer.")).to_be_visible()
    his.get_by_role("button", name="Jeg har været der").click()
    received(theirs)
    expect(theirs.get_by_text("Borgeren siger, at han eller hun er kommet").first).to_be_visible()
    his.get_by_role("button", name="Forlad siden").click()
    expect(his.get_by_label("Kode")).to_be_visible()


def test_whoever_has_found_the_door_asks_to_be_contacted(desks: Any, committed_world: World) -> None:
    # Given a municipality whose guidance is connected
    world = committed_world
    guidance = Service.objects.filter(kind="municipal_guidance", areas__municipality="0751")
    Service.objects.filter(pk__in=guidance.values("pk")).update(unit=world.dorte.unit)
    page: Page = desks("erik", viewport=NARROW).page

    # When somebody who drinks finishes the self-check, and does not dare to call
    page.goto("/check/")
    page.get_by_role("button", name="Til mig selv").click()
    choose(page, "Intet af det")
    write(page, "70")
    write(page, "Aarhus")
    finish(page)
    page.get_by_role("link", name="Bed om at blive kontaktet").click()
    page.get_by_label("Hvad skal de kalde dig?").fill("Blåmejse")
    page.get_by_label("Skriv en sms", exact=True).check()
    page.get_by_label("Dit telefonnummer eller din e-mail").fill("31 41 59 26")
    page.get_by_label("Formiddag", exact=True).check()
    page.get_by_label(re.compile("^Ja, giv dem mine svar")).check()
    press(page, "Bed dem om at kontakte mig")
    expect(page.get_by_role("heading", level=1)).to_have_text("De er blevet bedt om at kontakte dig")

    # Then the guidance has the case, and owes a call
    theirs = desks("dorte").sign_in()
    expect(theirs.get_by_text("Blåmejse").first).to_be_visible()
    theirs.locator("li.task", has_text="Blåmejse").first.get_by_role("link").first.click()
    expect(theirs.get_by_text("Borgeren har bedt om at blive kontaktet. SMS: Formiddag", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Blåmejse")).to_have_count(0)
