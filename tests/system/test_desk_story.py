"""A morning at the desk: what is late is done where it stands, several at once, and a service sees its day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from navigator import clock
from navigator.database import scope
from referrals import actions, models
from referrals.enums import Happening, Law, Wait
from tests.helpers.cases import logged, sent, service
from tests.helpers.stack import RedisServer, kept_running
from tests.helpers.world import World
from tests.system.conftest import looked_at

DAY = timedelta(days=1)


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[None]:
    """The real worker and beat, on the test's database."""
    redis = RedisServer(tmp_path)
    common = {"redis_url": redis.url, "sweep_seconds": 0.5, "log": tmp_path / "celery.log"}
    try:
        with (
            kept_running("worker", "--concurrency=1", **common),
            kept_running("beat", f"--schedule={tmp_path / 'beat'}", **common),
        ):
            yield
    finally:
        redis.kill()


def told(world: World, name: str) -> None:
    """Alice owes a citizen to be told what was passed on."""
    case = logged(world, name=name)
    with scope.scope(world.alice.unit.pk):
        actions.send_referral(
            case=case, service=service("substance_treatment_outpatient", world.bo.unit), sides=["substance"],
            role="primary", telling=actions.Telling({}, actions.Statutory(Law.ESSENTIAL, "Fare for helbredet")), by=world.alice,
            now=clock.now(),
        )  # fmt: skip


def no_show(world: World) -> None:
    start = clock.now() - 5 * DAY
    referral = sent(world, to=world.bo.unit, case=logged(world, now=start, name="Mikkel Opfundet"), now=start)
    with scope.scope(world.bo.unit.pk):
        actions.accept_referral(referral=referral, by=world.bo, now=start)
        actions.book_time(referral=referral, appointment_at=start + DAY, by=world.bo, now=start)
        actions.record_no_show(referral=referral, by=world.bo, now=start + 2 * DAY)


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_tasks_are_done_where_they_stand(desks: Any, committed_world: World, javascript: bool) -> None:
    for name in ("Anna Opfundet", "Bodil Opfundet", "Carl Opfundet"):
        told(committed_world, name)
    page = desks("alice", javascript=javascript).sign_in()
    page.get_by_role("navigation").get_by_role("link", name="Opfølgninger").click()
    page.get_by_role("link", name="Senere (").click()
    looked_at(page, "follow-ups", javascript=javascript)

    # By keyboard: one tick, and the next row is under the fingers
    first = page.locator("tr.follow-up", has_text="Anna Opfundet")
    first.get_by_role("button", name="Gjort").press("Enter")
    said = "Gjort. Opgaven er væk fra listen."
    if javascript:
        expect(page.locator("tr.is-done", has_text="Anna Opfundet")).to_contain_text(said)
        expect(page.locator("#said-politely")).to_contain_text(said)
        expect(page.locator("tr.follow-up", has_text="Bodil Opfundet").locator(".task-what a")).to_be_focused()
    else:
        expect(page.get_by_role("status")).to_contain_text(said)
        expect(page.locator("tr.follow-up", has_text="Anna Opfundet")).to_have_count(0)
    looked_at(page, "follow-ups-done", javascript=javascript)

    # Put off: the form opens where the row stood, and says what is missing
    page.locator("tr.follow-up", has_text="Bodil Opfundet").get_by_role("link", name="Udsæt").click()
    expect(page.get_by_label("Hvorfor?").first).to_be_visible()
    looked_at(page, "follow-ups-put-off", javascript=javascript)
    put_off = page.locator("form.in-place")
    put_off.get_by_role("button", name="Udsæt").click()
    summary = page.locator("form.in-place .error-summary") if javascript else page.get_by_role("alert")
    summary.get_by_role("link", name="Skriv, hvorfor det udsættes.").click()
    expect(put_off.get_by_label("Hvorfor?")).to_be_focused()
    looked_at(page, "follow-ups-put-off-wrong", javascript=javascript)
    put_off.get_by_label("Indtil hvornår?").fill(put_off.get_by_label("Indtil hvornår?").get_attribute("max"))
    put_off.get_by_label("Hvorfor?").fill("Ringer, når hun er hjemme")
    put_off.get_by_role("button", name="Udsæt").click()
    expect(page.get_by_text("Udsat. Den står på listen igen den morgen.").last).to_be_attached()
    with scope.scope(committed_world.alice.unit.pk):
        (event,) = models.CaseEvent.objects.filter(kind=Happening.SNOOZED)
        assert event.note == "Ringer, når hun er hjemme"
        assert models.FollowUp.objects.filter(waits_for=Wait.TELL_CITIZEN, closed_at__isnull=True).count() == 2


def test_a_row_that_is_gone_says_so(desks: Any, committed_world: World) -> None:
    told(committed_world, "Anna Opfundet")
    alice = desks("alice")
    page = alice.sign_in()
    page.goto("/follow-ups/?tab=later")
    gone = "00000000-0000-7000-8000-000000000000"
    page.route(
        "**/follow-ups/*/*/",
        lambda route: route.continue_(url=re.sub("/[0-9a-f-]{36}/", f"/{gone}/", route.request.url)),
    )
    page.get_by_role("button", name="Gjort").click()
    expect(page.get_by_role("alert")).to_contain_text("Det findes her ikke længere")
    assert [re.sub(" from .*", "", each) for each in alice.said] == ["error: Response Status Error Code 404"]
    alice.said.clear()

    # And the next step that is taken takes the words away
    page.unroute_all()
    page.get_by_role("button", name="Gjort").click()
    expect(page.locator("tr.is-done")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_step_on_its_way_shows_and_is_asked_for_once(desks: Any, committed_world: World) -> None:
    told(committed_world, "Anna Opfundet")
    page = desks("alice").sign_in()
    page.goto("/follow-ups/?tab=later")
    held: list[Route] = []
    page.route("**/follow-ups/*/*/", lambda route: held.append(route))
    done = page.get_by_role("button", name="Gjort")
    with page.expect_request("**/follow-ups/*/*/"):
        done.press("Enter")
    # Its words give way to the spinner, and pressing again, or something else of the row, asks for nothing
    expect(done).to_have_css("color", "rgba(0, 0, 0, 0)")
    assert done.evaluate("(each) => getComputedStyle(each, '::after').animationName") == "comes-late, rotate-circle"
    done.press("Enter")
    page.get_by_role("link", name="Udsæt").click()
    expect(done).to_be_attached()
    (only,) = held
    only.continue_()
    expect(page.locator("tr.is-done")).to_be_visible()
    assert held == [only]


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_several_are_done_at_once_by_the_worker(
    desks: Any, committed_world: World, at_work: None, javascript: bool
) -> None:
    for n in range(6):
        told(committed_world, f"Borger{n} Opfundet")
    page = desks("alice", javascript=javascript).sign_in()
    page.goto("/follow-ups/?tab=later")
    page.get_by_text("Flere på én gang").click()
    page.get_by_role("link", name="Sæt kryds ved alle på siden").click()
    expect(page.locator("input[name=chosen]:checked")).to_have_count(6)
    page.get_by_label("Klaret: Der har været kontakt").check()
    looked_at(page, "bulk", javascript=javascript)
    page.get_by_role("button", name="Gør det med alle, der er sat kryds ved").click()
    expect(page.locator("progress")).to_be_visible()
    looked_at(page, "bulk-runs", javascript=javascript)
    finished = page.get_by_text("6 opgaver er klaret.").last
    if javascript:
        expect(finished).to_be_visible(timeout=30_000)  # by itself
    else:
        for _ in range(300):
            if finished.count():
                break
            page.reload()
    expect(page.locator("#bulk-job li")).to_have_count(6)
    looked_at(page, "bulk-done", javascript=javascript)
    with scope.scope(committed_world.alice.unit.pk):
        assert not models.FollowUp.objects.open().filter(waits_for=Wait.TELL_CITIZEN).exists()


def test_a_service_answers_where_it_stands(desks: Any, committed_world: World) -> None:
    no_show(committed_world)
    sent(committed_world, to=committed_world.bo.unit, case=logged(committed_world, name="Ny Opfundet"))
    page = desks("bo").sign_in()
    looked_at(page, "my-list-service")
    page.get_by_role("navigation").get_by_role("link", name="Modtaget").click()
    page.get_by_role("link", name="Notér et opkald").click()
    open_row = page.locator("li.is-open")
    open_row.get_by_label("Telefon", exact=True).check()
    open_row.get_by_label("Talte med en pårørende").check()
    looked_at(page, "inbox-call")
    open_row.get_by_role("button", name="Notér et opkald").click()
    expect(page.locator("li.is-done")).to_contain_text("Forsøget er noteret.")
    looked_at(page, "inbox-called")
    page.get_by_role("navigation").get_by_role("link", name="Besøg").click()
    looked_at(page, "visit-day-empty")


def test_somebody_was_faster_and_nothing_typed_is_lost(desks: Any, committed_world: World) -> None:
    no_show(committed_world)
    page = desks("bo").sign_in()
    page.goto("/inbox/")
    page.get_by_role("link", name="Notér et opkald").click()
    page.get_by_label("Telefon", exact=True).check()
    page.get_by_label("Talte med en pårørende").check()
    page.get_by_label("Notat").fill("Hans søster tog den")
    with scope.scope(committed_world.bo.unit.pk):
        referral = models.Referral.objects.get()
        actions.confirm_arrival(referral=referral, sides=["substance"], by=committed_world.bo, now=clock.now())
    page.locator("form.in-place").get_by_role("button", name="Notér et opkald").click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_label("Notat")).to_have_value("Hans søster tog den")
    looked_at(page, "refused-typed")
