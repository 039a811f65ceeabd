"""The workplace with the keyboard alone, from the school's side and from the receiving service's."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from navigator import clock
from navigator.accounts.models import Membership, Organisation, Role, Unit, User
from pathways.models import Service
from referrals.acting import By
from tests.conftest import as_owner
from tests.helpers.cases import logged, sent
from tests.helpers.world import AARHUS, PASSWORD, World
from tests.system.scenes import DAY, NARROW

MOST_STEPS = 300  # of the Tab key, before we say that something cannot be reached


def a_school() -> By:
    """Sanne keeps an eye on how pupils thrive."""
    organisation = Organisation.objects.create(name="Solskolen")
    unit = Unit.objects.create(organisation=organisation, name="Trivsel", door="school", municipality=AARHUS)
    user = User.objects.create_user("sanne@skole.example", PASSWORD, name="Sanne Skole")
    Membership.objects.create(user=user, unit=unit, role=Role.FRONTLINE)
    return By(user=user, unit=unit)


def tab_to(page: Page, there: Locator) -> None:
    """With the Tab key and nothing else. What has focus must show it and be in sight."""
    there.first.wait_for(state="attached")
    goal = there.first.element_handle()
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        # One of a group of dots is reached by the group; which of them, the arrow keys decide.
        if page.evaluate(
            """goal => {
                 const here = document.activeElement;
                 return here === goal || (goal.type === "radio" && here.type === "radio" && here.name === goal.name
                                          && here.form === goal.form);
               }""",
            goal,
        ):
            break
    else:
        raise AssertionError(f"not reached with the Tab key: {there}")
    assert page.evaluate("document.activeElement.matches(':focus-visible')")


def tick(page: Page, box: Locator) -> None:
    tab_to(page, box)
    page.keyboard.press("Space")
    expect(box).to_be_checked()


def choose(page: Page, dot: Locator) -> None:
    """One of several: reached with Tab, chosen with the arrows."""
    tab_to(page, dot)
    for _ in range(20):
        if dot.is_checked():
            return
        page.keyboard.press("ArrowDown")
    if not dot.is_checked():
        raise AssertionError(f"not chosen with the arrow keys: {dot}")


def write(page: Page, into: Locator, said: str) -> None:
    tab_to(page, into)
    page.keyboard.type(said)


def press(page: Page, button: Locator) -> None:
    tab_to(page, button)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def unfold(page: Page, group: Locator) -> None:
    tab_to(page, group.locator("summary"))
    page.keyboard.press("Enter")
    expect(group).to_have_attribute("open", "")


def write_moment(page: Page, form: Locator, day: str, time: str) -> None:
    """The browser's own fields for a date and a time are tested by the browser; here they are filled in."""
    form.locator('input[type="date"]').fill(day)
    form.locator('input[type="time"]').fill(time)


def sign_in(page: Page, email: str) -> None:
    page.goto("/")
    write(page, page.locator("#id_login"), email)
    write(page, page.locator("#id_password"), PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def test_a_pupil_of_fifteen_gets_from_school_to_youth_treatment_by_keyboard(desks: Any, committed_world: World) -> None:
    # Given Sanne at the school, and Bo who takes in young people with a substance problem
    school, bo = a_school(), committed_world.bo
    Service.objects.filter(kind="substance_treatment_youth", areas__municipality=AARHUS).update(unit=bo.unit)
    object.__setattr__(committed_world, "sanne", school)
    page = desks("sanne").page
    sign_in(page, school.user.email)

    # When she logs what she sees, the doors are those of a young person
    press(page, main(page).locator('a[href="/cases/new/"]'))
    write(page, page.locator('input[name="age"]'), "15")
    write(page, page.locator('input[name="name"]'), "Freja Opfundet")
    unfold(page, page.locator("#group-substance"))
    choose(page, page.locator('input[name="substance_use"][value="misuse"]'))
    tick(page, page.locator('input[name="substances"][value="cannabis"]'))
    doors = page.locator("#match").get_by_role("heading", level=4)
    expect(doors.first).to_have_text("Rusmiddelbehandling for unge")
    expect(doors.filter(has_text="Social stofmisbrugsbehandling")).to_have_count(0)  # that is for grown-ups
    press(page, page.locator('button[name="do"][value="save"]'))
    expect(page.get_by_role("heading", level=1)).to_have_text("Freja Opfundet")

    # And sends it with what the pupil has said yes to
    press(page, page.locator(".role-primary").get_by_role("link", name=re.compile("^Vælg")).first)
    choose(page, page.locator('input[name="basis"][value="consent_oral"]'))
    write(page, page.locator('textarea[name="message"]'), "Hun kommer gerne efter skole.")
    press(page, main(page).locator("form.send-form button"))
    expect(page.get_by_role("status").first).to_contain_text("senest")
    assert "Freja" not in page.url

    # Then Bo opens it, sees that she is 15, accepts, agrees a time and sees her arrive
    theirs = desks("bo").page
    receive(theirs, bo, name="Freja Opfundet", said="Hun kommer gerne efter skole.")

    # And Sanne reads it
    page.goto("/")
    expect(page.get_by_role("link", name=re.compile("Freja Opfundet er kommet")).first).to_be_visible()

    # And finds her case once more, opens it, and comes back to what was found
    write(page, main(page).locator('input[name="said"]'), "Freja")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page, main(page).get_by_role("link", name="Freja Opfundet"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Freja Opfundet")
    page.go_back()
    expect(main(page).get_by_role("link", name="Freja Opfundet")).to_be_visible()
    expect(main(page).locator('input[name="said"]')).to_have_value("Freja")


def test_a_service_goes_from_the_notice_to_arrived_on_a_phone_by_keyboard(desks: Any, committed_world: World) -> None:
    # Given a referral that Alice has sent
    case = logged(committed_world, name="Mikkel Opfundet", phone="20000001")
    sent(committed_world, to=committed_world.bo.unit, case=case)
    theirs = desks("bo", viewport=NARROW).page
    receive(theirs, committed_world.bo, name=None, said="Ring gerne.")


def receive(page: Page, by: By, *, name: str | None, said: str) -> None:
    """From the list to arrival. What the visit is waited for lies in the past at once: days are not waited for here."""
    sign_in(page, by.user.email)
    press(page, page.get_by_role("navigation").locator('a[href="/inbox/"]'))
    press(page, main(page).locator('form[action$="/open/"] button'))
    expect(main(page)).to_contain_text(said)
    if name:
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        expect(main(page)).to_contain_text("15")
    press(page, main(page).locator('form[action$="/accept/"] button'))
    form = main(page).locator('form[action$="/book/"]')
    write_moment(page, form, "2030-01-07", "15:30")
    press(page, form.locator("button"))
    expect(main(page)).to_contain_text("7. januar 2030 kl. 15.30")
    with as_owner() as owner:
        owner.execute("UPDATE referrals_referral SET appointment_at = %s", [clock.now() - DAY])
    page.reload()
    press(page, main(page).locator('form[action$="/arrive/"] button'))
    expect(page.get_by_role("status").first).to_contain_text("Borgeren er kommet")
