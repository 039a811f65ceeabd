"""A hand-off that does not go straight, as both sides live it, in a browser: nobody is lost on the way."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from navigator import clock
from navigator.database import scope
from pathways.models import Service
from referrals import actions, models
from referrals.enums import Side
from tests.conftest import as_owner
from tests.helpers.cases import logged
from tests.helpers.world import World
from tests.system.conftest import looked_at


def sent_to_bo(world: World) -> models.Referral:
    """Alice has sent it with the citizen's word that it may be passed on."""
    case = logged(world, name="Mikkel Opfundet", phone="20000001")
    with scope.scope(world.alice.unit.pk):
        return actions.send_referral(
            case=case,
            service=Service.objects.filter(unit=world.bo.unit, kind="substance_treatment_outpatient").order_by("code")[
                0
            ],
            sides=[Side.SUBSTANCE],
            role="primary",
            telling=actions.Telling(
                {"who": {"name": "Mikkel Opfundet"}, "case_number": case.short_number, "message": "Ring gerne."},
                actions.Yes(next_door=True),
            ),
            by=world.alice,
            now=clock.now(),
        )


def received(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Modtaget").click()


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).first.click()


def unfold(page: Page, name: str) -> Any:
    """One of the steps that unfold."""
    step = page.locator("details.step", has=page.get_by_text(name, exact=True))
    step.locator("summary").click()
    return step


def the_visit_has_been(days: int) -> None:
    """The days pass: the visit that was agreed lies behind us."""
    with as_owner() as owner:
        owner.execute(
            "UPDATE referrals_referral SET appointment_at = %s WHERE status = 'booked'",
            [clock.now() - timedelta(days=days)],
        )


def test_asked_answered_passed_on_missed_and_met(desks: Any, committed_world: World) -> None:
    # Given a referral of Alice's with the substance centre, and Carla at the next door
    world = committed_world
    referral = sent_to_bo(world)
    alice, bo, carla = desks("alice"), desks("bo"), desks("carla")

    # When Bo opens it and asks a question
    theirs = bo.sign_in()
    received(theirs)
    looked_at(theirs, "inbox-new")
    press(theirs, "Åbn")
    looked_at(theirs, "referral-seen")
    step = unfold(theirs, "Stil afsenderen et spørgsmål")
    step.get_by_label("Hvad har I brug for at vide?").fill("Hvornår er borgeren bedst at få fat i?")
    step.get_by_role("button", name="Spørg").click()
    expect(theirs.get_by_role("status")).to_contain_text("Spørgsmålet er sendt")

    # Then Alice finds it on her list, and answers
    hers = alice.sign_in()
    looked_at(hers, "my-list-news")
    hers.get_by_role("link", name="Svar på tilbuddets spørgsmål").click()
    looked_at(hers, "referral-question")
    hers.get_by_label("Jeres svar").fill("Om eftermiddagen.")
    press(hers, "Send svaret")
    expect(hers.get_by_role("status")).to_contain_text("Svaret er sendt")

    # And Bo, who has no room, names the next door: the reasons that are none cannot be chosen
    received(theirs)
    expect(theirs.get_by_text("Afsenderen har svaret på jeres spørgsmål")).to_be_visible()
    theirs.get_by_role("link", name="Mikkel Opfundet").click()
    theirs.get_by_role("link", name="Vi kan ikke hjælpe: Find den næste dør").click()
    expect(theirs.get_by_label("Borgeren er ikke motiveret")).to_be_disabled()
    theirs.get_by_label("Ingen plads lige nu").check()
    press(theirs, "Send videre")
    expect(theirs.get_by_role("alert")).to_contain_text("Peg på den næste dør")
    theirs.get_by_label("Hvornår er der plads?").fill("2030-01-07")
    looked_at(theirs, "return")
    select = theirs.get_by_label("Hvor kan borgeren gå hen nu?")
    select.select_option(value=_run_by_carla(select, world))
    press(theirs, "Send videre")
    expect(theirs.get_by_role("status")).to_contain_text("Vejen fortsætter hos")

    # Then Alice reads where the road goes on
    hers.goto(f"/referrals/{referral.pk}/")
    expect(hers.get_by_text("Sig til borgeren")).to_be_visible()
    looked_at(hers, "referral-returned")
    hers.goto(f"/cases/{referral.case_id}/")
    looked_at(hers, "case-under-way")

    # And the next service accepts and books
    next_door = carla.sign_in()
    received(next_door)
    press(next_door, "Åbn")
    press(next_door, "Acceptér")
    next_door.get_by_label("Dato").fill("2030-01-07")
    next_door.get_by_label("Klokkeslæt").fill("10:30")
    press(next_door, "Notér tiden")
    looked_at(next_door, "referral-booked")

    # But the citizen does not come; they are tried, and agree another time
    the_visit_has_been(days=1)
    received(next_door)
    looked_at(next_door, "inbox-did-they-come")
    press(next_door, "Kom ikke")
    expect(next_door.locator("li.is-done")).to_contain_text("Noteret: Kom ikke.")
    received(next_door)
    expect(next_door.get_by_role("heading", name=re.compile("Kom ikke: Skal kontaktes"))).to_be_visible()
    next_door.get_by_role("link", name="Mikkel Opfundet").click()
    expect(next_door.get_by_text("Der mangler 3 forsøg")).to_be_visible()
    next_door.get_by_label("Telefon", exact=True).check()
    next_door.get_by_label("Talte med borgeren: ønsker en ny tid").check()
    looked_at(next_door, "referral-no-show")
    press(next_door, "Notér et opkald")
    step = unfold(next_door, "Aftal en tid")
    step.get_by_label("Dato").fill("2030-01-14")
    step.get_by_label("Klokkeslæt").fill("09:00")
    step.get_by_role("button", name="Notér tiden").click()

    # And then they have come, in one click
    the_visit_has_been(days=1)
    received(next_door)
    press(next_door, "Er kommet")
    expect(next_door.locator("li.is-done")).to_contain_text("Noteret: Borgeren er kommet.")
    hers.goto("/")
    expect(hers.get_by_role("link", name=re.compile("Mikkel Opfundet er kommet til"))).to_be_visible()
    looked_at(hers, "my-list-arrived")


def test_the_other_pages_of_a_hand_off(desks: Any, committed_world: World) -> None:
    world = committed_world
    referral = sent_to_bo(world)
    with scope.scope(world.alice.unit.pk):
        case = models.Case.objects.get(pk=referral.case_id)
        asked = actions.ask_to_take_over(
            case=case,
            unit=world.erik.unit,
            reason="Borgeren bor nu hos jer.",
            ground=actions.Yes(),
            by=world.alice,
            now=clock.now(),
        )
    hers, his, theirs = desks("alice").sign_in(), desks("erik").sign_in(), desks("bo").sign_in()
    hers.goto(f"/cases/{case.pk}/reassess/")
    looked_at(hers, "reassess")
    his.goto(f"/take-overs/{asked.pk}/")
    looked_at(his, "take-over")
    theirs.goto("/services/")
    row = theirs.locator(".our-service").first
    row.get_by_label("Ventetid i dage").fill("9")
    row.get_by_role("button", name="Gem").click()
    expect(theirs.locator(".our-service").first.get_by_text("Gemt")).to_be_visible()
    looked_at(theirs, "our-services")


def _run_by_carla(select: Any, world: World) -> str:
    """The first door of the list; Carla receives for it."""
    offered = select.locator("option").evaluate_all("options => options.map(option => option.value)")
    first = next(value for value in offered if value)
    Service.objects.filter(pk=first).update(unit=world.carla.unit)
    return str(first)
