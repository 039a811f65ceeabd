"""A coordinator's bad Monday, with the keyboard alone: who is about to be lost is seen, taken over, led elsewhere, called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from navigator import clock
from navigator.database import scope
from referrals import actions, models
from referrals.enums import Event, Happening, Wait
from tests.conftest import WORKER, play_for_a_while
from tests.helpers.cases import DUAL, logged, sent
from tests.helpers.world import World
from tests.referrals.test_board import no_show
from tests.system.conftest import axe
from tests.system.scenes import DAY
from tests.system.test_workplace_stories import choose, main, press, sign_in, tab_to, unfold, write


def line(page: Page, case: models.Case) -> Locator:
    return page.locator(".board-line").filter(has_text=case.short_number)


def begin(page: Page, case: models.Case, what: str) -> Locator:
    """Opens what else can be done about somebody, and one of it, in the row."""
    row = line(page, case)
    unfold(page, row.locator(".board-more"))
    tab_to(page, row.locator(f'a[href*="/{what}/"]'))
    page.keyboard.press("Enter")
    form = page.locator(f'form.in-place[action*="/{what}/"]')
    expect(form).to_be_visible()
    return form


def save(page: Page, form: Locator, said: str) -> None:
    tab_to(page, form.locator("button"))
    page.keyboard.press("Enter")
    expect(page.locator("#said-politely")).to_contain_text(said)


def test_a_bad_monday(desks: Any, committed_world: World) -> None:
    # Given somebody whom a service does not answer, one whose other side is missing, and one who did not come
    world, now = committed_world, clock.now()
    silent = logged(world, name="Tavs Opfundet", now=now - 6 * DAY)
    sent(world, to=world.bo.unit, case=silent, now=now - 6 * DAY)
    dual = logged(world, name="To Sider", answers=DUAL)
    sent(world, to=world.bo.unit, case=dual, sides=["substance"])  # type: ignore[list-item]
    missed = no_show(world)
    with scope.scope(world.dorte.unit.pk):
        lost = models.Case.objects.get(pk=missed.case_id)
        models.FollowUp.objects.filter(case=silent, waits_for=Wait.SEEN).update(escalated_at=now - DAY)

    # When Dorte opens the board, the three stand there, worst first, and no name
    page = desks("dorte").page
    sign_in(page, world.dorte.user.email)
    press(page, page.get_by_role("navigation").locator('a[href="/board/"]'))
    expect(page.locator(".board-lead")).to_contain_text("3 borgere har brug for nogen nu")
    shown = page.locator(".board-line .task-what").all_inner_texts()
    assert [text.split()[-1] for text in shown] == [each.short_number for each in (silent, lost, dual)]
    assert "Opfundet" not in page.content()
    assert axe(page) == []

    # She asks who the first is, and takes over
    tab_to(page, line(page, silent).locator('form[action$="/name/"] button'))
    page.keyboard.press("Enter")
    expect(line(page, silent).locator(".board-name")).to_contain_text("Tavs Opfundet")
    form = begin(page, silent, "take-over")
    assert axe(page) == []
    write(page, form.locator("textarea"), "Ingen har svaret i en uge.")
    save(page, form, "I har nu ansvaret for borgeren.")

    # Calls the one who did not come
    form = begin(page, lost, "call")
    choose(page, form.locator('input[name="reached"][value="call_later"]'))
    save(page, form, "Opkaldet er noteret.")

    # Sees both sides of the dual case together, and leads it to another door
    row = line(page, dual)
    unfold(page, row.locator(".board-more"))
    press(page, row.locator('a[href$="/conference/"]'))
    expect(main(page)).to_contain_text("Denne side mangler")
    assert axe(page) == []

    # Begins the plan that they lack, with the citizen's yes
    press(page, main(page).locator('a[href$="/plan/"]'))
    begins = page.locator('form[action$="/plan/begin/"]')
    choose(page, begins.locator('input[value="oral"]'))
    press(page, begins.locator("button"))
    expect(page.locator("#parties-heading")).to_be_visible()
    assert axe(page) == []
    page.goto("/board/")
    row = line(page, dual)
    unfold(page, row.locator(".board-more"))
    press(page, row.locator('a[href$="/other-door/"]'))
    write(page, page.locator('main input[name="q"]'), "psykiatri")
    page.keyboard.press("Enter")
    expect(page.locator("#other-doors .task").first).to_be_visible()
    press(page, page.locator("#other-doors .task a").first)
    send = page.locator("form.send-form")
    choose(page, send.locator('input[name="why_another"]').first)
    write(page, send.locator('textarea[name="because"]'), "Psykiatrien mangler.")
    choose(page, send.locator('input[name="role"]').first)
    tab_to(page, send.locator('input[name="sides"][value="psychiatry"]'))
    page.keyboard.press("Space")
    choose(page, send.locator('input[name="basis"][value="consent_oral"]'))
    press(page, send.locator("button:not([hx-post])").last)

    # Then everybody whom she has helped is followed by name, and only the one who did not come still needs somebody
    with scope.scope(world.dorte.unit.pk):
        silent.refresh_from_db()
        assert silent.owner_unit == world.dorte.unit
        assert dual.referrals.filter(status="sent").count() == 2
        assert lost.events.filter(kind=Happening.CALLED).count() == 1
        assert lost.events.filter(kind=Event.MISS).count() == 1
    page.goto("/board/")
    expect(page.locator(".board-line")).to_have_count(2)
    expect(page.locator(".board-line").first).to_contain_text(silent.short_number)  # the service is still silent

    # And she reads the figures, as the worker has counted them, and takes them along
    with play_for_a_while(WORKER):
        actions.measure_what_has_changed()
    press(page, page.get_by_role("navigation").locator('a[href="/figures/"]'))
    returned = main(page).locator(".figure", has=page.locator('a[href^="/figures/returned/"]'))
    expect(returned).to_contain_text("0 af 4")
    assert axe(page) == []
    tab_to(page, main(page).locator('a[href^="/figures/file/"]'))
    with page.expect_download() as taken:
        page.keyboard.press("Enter")
    told = Path(taken.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert next(line for line in told if line.startswith("Returneret;")).split(";")[3:6] == ["skjult"] * 3, "few"
