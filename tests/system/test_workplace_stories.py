"""The workplace with the keyboard alone, on a phone and at a desk: from sign-in to arrived, as a jobcentre, a school and the
service that receives live it. Axe looks at every page that comes, empty, full, with errors and after a swap."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from navigator import clock
from navigator.accounts.models import Membership, Organisation, Role, Unit, User
from pathways.models import Service
from referrals.acting import By
from tests.conftest import as_owner
from tests.helpers.world import AARHUS, PASSWORD, World
from tests.system.conftest import NARROW, WIDE, holds
from tests.system.scenes import DAY

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
    page.wait_for_function(IN_SIGHT)


# What has focus shows it, and nothing lies above it; the page has scrolled there by itself.
IN_SIGHT = """() => {
    const here = document.activeElement;
    const seen = (["checkbox", "radio"].includes(here.type) && here.labels?.[0]) || here;
    const box = seen.getClientRects()[0];
    const top = document.elementFromPoint(box.left + Math.min(box.width / 2, 20), box.top + Math.min(box.height / 2, 12));
    return here.matches(":focus-visible") && top !== null
        && (here.contains(top) || seen.contains(top) || top.contains(here) || top.closest("label")?.control === here);
}"""


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
    """A way to another page, which axe looks at as it comes."""
    tab_to(page, button)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    holds(page, page.url)


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
    holds(page, "login")
    write(page, page.locator("#id_login"), email)
    write(page, page.locator("#id_password"), PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    holds(page, "my list")


def main(page: Page) -> Locator:
    return page.get_by_role("main")


@dataclass(frozen=True)
class Told:
    """What a door is told, and the door that it is led to; and one that it must not be."""

    by: str
    age: int
    name: str
    kind: str
    first: str
    never: str


OF_A_JOBCENTRE = Told(
    "alice", 34, "Mikkel Opfundet", "substance_treatment_outpatient",
    first="Social stofmisbrugsbehandling, ambulant", never="Rusmiddelbehandling for unge",
)  # fmt: skip
OF_A_SCHOOL = Told(
    "sanne", 15, "Freja Opfundet", "substance_treatment_youth",
    first="Rusmiddelbehandling for unge", never="Social stofmisbrugsbehandling, ambulant",
)  # fmt: skip


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["on-a-phone", "at-a-desk"])
@pytest.mark.parametrize("told", [OF_A_JOBCENTRE, OF_A_SCHOOL], ids=["jobcentre", "school"])
def test_from_sign_in_to_arrived_by_keyboard(desks: Any, committed_world: World, told: Told, viewport: Any) -> None:
    # Given Alice in the jobcentre, or Sanne at the school with a pupil of 15; and Bo who takes them in
    bo = committed_world.bo
    object.__setattr__(committed_world, "sanne", a_school())
    Service.objects.filter(kind=told.kind, areas__municipality=AARHUS).update(unit=bo.unit)
    page = desks(told.by, viewport=viewport).page
    sign_in(page, getattr(committed_world, told.by).user.email)

    # When she logs what she sees, the doors are those of somebody of that age
    press(page, main(page).locator('a[href="/cases/new/"]'))
    write(page, page.locator('input[name="age"]'), str(told.age))
    write(page, page.locator('input[name="name"]'), told.name)
    unfold(page, page.locator("#group-substance"))
    choose(page, page.locator('input[name="substance_use"][value="misuse"]'))
    tick(page, page.locator('input[name="substances"][value="cannabis"]'))
    doors = page.locator("#match").get_by_role("heading", level=4)
    expect(doors.first).to_have_text(told.first)
    expect(doors.filter(has_text=told.never)).to_have_count(0)
    holds(page, "after the swap")
    press(page, page.locator('button[name="do"][value="save"]'))
    expect(page.get_by_role("heading", level=1)).to_have_text(told.name)

    # And sends it, but not before she has said why she may
    press(page, page.locator(".role-primary").get_by_role("link", name=re.compile("^Vælg")).first)
    send = main(page).locator("form.send-form button")
    press(page, send)
    expect(page.get_by_role("alert")).to_contain_text("Angiv, hvorfor du må fortælle tilbuddet det.")
    choose(page, page.locator('input[name="basis"][value="consent_oral"]'))
    write(page, page.locator('textarea[name="message"]'), "Kommer gerne om eftermiddagen.")
    press(page, send)
    expect(page.get_by_role("status").first).to_contain_text("senest")
    assert told.name.split()[0] not in page.url

    # Then Bo opens it, sees who it is, accepts, agrees a time and sees them arrive
    receive(desks("bo", viewport=viewport).page, bo, told, said="Kommer gerne om eftermiddagen.")

    # And she reads it
    page.goto("/")
    expect(page.get_by_role("link", name=re.compile(f"{told.name} er kommet")).first).to_be_visible()
    holds(page, "my list with news")

    # And finds her case once more, opens it, and comes back to what was found
    write(page, main(page).locator('input[name="said"]'), told.name.split()[0])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page, main(page).get_by_role("link", name=told.name))
    expect(page.get_by_role("heading", level=1)).to_have_text(told.name)
    page.go_back()
    expect(main(page).get_by_role("link", name=told.name)).to_be_visible()
    expect(main(page).locator('input[name="said"]')).to_have_value(told.name.split()[0])


def receive(page: Page, by: By, told: Told, *, said: str) -> None:
    """From the list to arrival. What the visit is waited for lies in the past at once: days are not waited for here."""
    sign_in(page, by.user.email)
    press(page, page.get_by_role("navigation").locator('a[href="/inbox/"]'))
    press(page, main(page).locator('form[action$="/open/"] button'))
    expect(main(page)).to_contain_text(said)
    expect(page.get_by_role("heading", level=1)).to_have_text(told.name)
    expect(main(page)).to_contain_text(str(told.age))
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
