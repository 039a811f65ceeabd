"""A worker logs a need in a browser: nothing typed is lost, and nothing moves under the cursor."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.system.conftest import NARROW, looked_at

LAPTOP = {"width": 1280, "height": 600}  # the match is longer than the window, and scrolls by itself


def begin(page: Page) -> None:
    page.get_by_role("main").get_by_role("link", name="Ny sag").click()
    page.get_by_label("Alder", exact=True).fill("34")
    page.get_by_label("Navn", exact=True).fill("Mikkel Opfundet")
    expect(page.locator("#match .match-level")).to_be_visible()


def unfold(page: Page, group: str) -> None:
    page.locator(f"#group-{group} > summary").click()


def test_the_empty_page_is_short_on_a_phone(desks: Any) -> None:
    page = desks("alice", viewport=NARROW).sign_in()
    page.get_by_role("main").get_by_role("link", name="Ny sag").click()
    assert page.evaluate("document.documentElement.scrollHeight") < 3500
    # A jobcentre speaks of work first; the rest waits, folded, and what is acute is always seen
    expect(page.get_by_label("Uden for arbejde og uddannelse")).to_be_visible()
    expect(page.get_by_label("Selvmordstanker")).to_be_visible()
    expect(page.get_by_label("Problematisk brug")).to_be_hidden()
    unfold(page, "substance")
    expect(page.get_by_label("Problematisk brug")).to_have_accessible_description(re.compile("^Misser job eller skole"))
    looked_at(page, "log-needs-unfolded")


def test_a_draft_survives_a_closed_browser(desks: Any) -> None:
    # Given a need half written down, and the browser closed
    alice = desks("alice")
    page = alice.sign_in()
    begin(page)
    unfold(page, "substance")
    page.get_by_label("Hash").check()
    with page.expect_response(lambda answer: "natten" in (answer.request.post_data or "")):
        page.get_by_label("Borgerens egne ønsker og mål").press_sequentially("Vil sove om natten")
    expect(page).to_have_url(re.compile("/cases/drafts/"))
    alice.context.close()

    # When Alice is back, it stands on her list, and nothing of it is gone
    page = desks("alice").sign_in()
    looked_at(page, "my-list-with-a-draft")
    expect(page.get_by_text("Mikkel Opfundet", exact=True)).to_be_visible()
    page.get_by_role("link", name=re.compile("^Kladde fra")).click()
    expect(page.get_by_label("Navn", exact=True)).to_have_value("Mikkel Opfundet")
    expect(page.get_by_label("Hash")).to_be_checked()
    expect(page.get_by_label("Borgerens egne ønsker og mål")).to_have_value("Vil sove om natten")

    # And the case is opened from it, and the draft is gone
    page.get_by_role("button", name="Gem sagen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mikkel Opfundet")
    page.goto("/")
    expect(page.get_by_role("heading", name="Kladder")).to_have_count(0)


def test_the_language_changes_in_the_middle_and_nothing_is_lost(desks: Any) -> None:
    page = desks("alice").sign_in()
    begin(page)
    page.get_by_label("Borgerens egne ønsker og mål").fill("Vil i arbejde")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("New case")
    expect(page.get_by_label("The citizen's own wishes and goals")).to_have_value("Vil i arbejde")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Mikkel Opfundet")
    expect(page.locator("#match")).to_contain_text("Level 1")
    looked_at(page, "log-needs-english")


def test_what_was_unfolded_stays_so_and_focus_stays_while_the_match_is_swapped(desks: Any) -> None:
    page = desks("alice").sign_in()
    begin(page)
    unfold(page, "substance")
    page.get_by_label("Problematisk brug").check()
    why = page.locator("#why-substance_treatment_outpatient")
    expect(why).to_be_visible()
    page.locator("#ruled-out-summary").click()
    why.locator("summary").click()
    page.locator("#match").evaluate("(panel) => { panel.scrollTop = 120 }")
    duty = page.locator("#duties input").first
    with page.expect_response(lambda answer: "duty=" in (answer.request.post_data or "")):
        duty.check()
    expect(page.locator(".htmx-request, .htmx-settling")).to_have_count(0)
    expect(page.locator("#ruled-out")).to_have_attribute("open", "")
    expect(why).to_have_attribute("open", "")
    expect(duty).to_be_checked()
    expect(duty).to_be_focused()
    expect(page.locator("#match-said")).to_have_text(re.compile(r"^Niveau 1, \d+ døre?, \d+ pligt(er)?\.\s*$"))
    assert page.locator("#match").evaluate("(panel) => panel.scrollTop") > 0
    looked_at(page, "log-needs-swapped")

    # The duty is a task on the case, and one click ends it
    page.get_by_role("button", name="Gem sagen").click()
    task = page.locator(".wait").filter(has=page.get_by_role("button", name=re.compile("^Gjort")))
    expect(task).to_have_count(1)
    task.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("Noteret som klaret.")
    expect(task).to_have_count(0)


@pytest.mark.parametrize("viewport", [LAPTOP, NARROW], ids=["wide", "narrow"])
def test_nothing_moves_under_the_cursor_when_the_match_is_swapped(desks: Any, viewport: dict[str, int]) -> None:
    # Given an answer that adds a door above the duties, and a worker who has gone on to the duties before it comes
    page = desks("alice", viewport=viewport).sign_in()
    begin(page)
    held: list[Route] = []
    page.route("**/cases/new/", lambda route: held.append(route))
    tick = str(page.locator("#duties input").first.get_attribute("id"))
    duty = page.locator(f"label[for={tick}]")
    with page.expect_request("**/cases/new/"):
        page.get_by_label("Selvmordstanker").check()
    duty.evaluate("(each) => each.scrollIntoView({ behavior: 'instant', block: 'center' })")
    if viewport is LAPTOP:
        duty.hover()  # beside the form, where the focus still is
    else:
        page.locator(f"#{tick}").focus()
    before = duty.bounding_box()

    # When it comes
    held.pop().continue_()
    expect(page.locator("#match .role-acute")).to_be_attached()
    expect(page.locator("#match.htmx-request")).to_have_count(0)

    # Then what is under the mouse or has the focus stands where it stood
    assert duty.bounding_box() == pytest.approx(before, abs=1)


def test_a_draft_that_could_not_be_kept_says_so_until_it_is(desks: Any) -> None:
    # Given a draft that is kept, and says when
    alice = desks("alice")
    page = alice.sign_in()
    begin(page)
    kept, alert = page.locator("#match .kept"), page.get_by_role("alert")
    expect(kept).to_have_text(re.compile(r"^Kladden er gemt i dag kl\. \d\d\.\d\d$"))
    expect(alert).to_have_count(0)

    # When the network goes away, the page says so, and nothing that was typed is gone
    page.route("**/cases/new/", lambda route: route.abort())
    wishes = page.get_by_label("Borgerens egne ønsker og mål")
    wishes.press_sequentially("Vil sove om natten")
    expect(alert).to_contain_text("Det kom ikke igennem")
    expect(wishes).to_have_value("Vil sove om natten")
    field, box = wishes.bounding_box(), page.locator("#unanswered").bounding_box()
    assert field and box and field["y"] + field["height"] <= box["y"]  # it does not lie on the field
    looked_at(page, "log-needs-unanswered")

    # Neither does another language take it away
    page.get_by_role("button", name="English").click()
    expect(wishes).to_have_value("Vil sove om natten")

    # And when it is back, all of it is kept without another word
    page.unroute("**/cases/new/")
    with page.expect_response(lambda answer: "natten" in (answer.request.post_data or "")):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(alert).to_have_count(0)
    page.reload()
    expect(wishes).to_have_value("Vil sove om natten")
    assert {each.partition(",")[0] for each in alice.said} == {"error: htmx:afterRequest", "error: htmx:sendError"}
    alice.said.clear()


@pytest.mark.parametrize("who", ["alice", "bo"])
def test_the_worry_page_leads_on(desks: Any, who: str) -> None:
    page = desks(who).sign_in()
    page.get_by_role("link", name=re.compile("^Jeg er bekymret for en borger")).click()
    looked_at(page, f"worry-{who}")
    expect(page.get_by_role("main").get_by_role("link", name="Ring 112")).to_have_attribute("href", "tel:112")


def test_a_draft_is_kept_without_javascript(desks: Any) -> None:
    page = desks("alice", javascript=False).sign_in()
    page.get_by_role("main").get_by_role("link", name="Ny sag").click()
    page.get_by_label("Navn", exact=True).fill("Mikkel Opfundet")
    page.get_by_role("button", name="Gem kladde").click()
    expect(page.locator(".alert-success")).to_have_text("Kladden er gemt. Du finder den på din liste.")
    expect(page).to_have_url(re.compile("/cases/drafts/"))
    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Mikkel Opfundet")
