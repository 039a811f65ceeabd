"""Every page in every state worth a look. The browser tests walk these scenes, and bin/screens takes their pictures.

A new page is one more line in SCENES, or a reason in WITHOUT_A_SCENE: tests/conventions/test_scenes.py sees to it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zlib import crc32

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.accounts import staffing
from navigator.accounts.models import Invitation, Membership, Organisation, Role, Unit, User
from navigator.accounts.sessions import BROWSER, SessionStore
from navigator.database import scope
from pathways.actions import close_service
from pathways.models import Service
from pathways.selfcheck import carried
from pathways.selfcheck.check import Check
from referrals import actions, links, models
from referrals.acting import By
from referrals.enums import Bulk, Channel, Form, Lane, Left, Outcome, Reached, Right, Side, Urgency, Wait
from referrals.models.secure_link import opens_with
from tests.helpers.cases import CANNABIS, DUAL, reminded, service
from tests.helpers.looks import looked
from tests.helpers.measures import measure
from tests.helpers.world import AARHUS, PASSWORD, World

WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=360, height=740)
PASTED = "https://www.example/" + "vej" * 60  # somebody pastes a long address, and no page is wider for it
FROM_THE_RIGHT = "ar"  # Danish texts, as if Danish were written from the right: no language of ours
NOT_AT_WORK = ("citizen", "reader", "nobody")  # who read the pages that are to be there in such a language
CODE, TOKEN = "123456", "a-token-that-was-sent-to-a-service"
MY_WAY = "a-token-that-was-given-to-a-citizen"
DAY = timedelta(days=1)
WITH_EVERYTHING = DUAL | {
    "function": {"social": 3, "work": 2},
    "circumstances": {"wants_companion": True},
}


@dataclass(frozen=True)
class Scene:
    """A page in one state: who looks, at which address, and what they do there before it is looked at."""

    name: str
    url_name: str
    who: str
    key: str = ""  # of what the address is about, among Stage.keys
    do: Callable[[Page], object] | None = None
    wrong: bool = False  # something is missing, and the page says so
    path: Callable[[Stage], str] | None = None  # where the address holds more than one key

    def address(self, stage: Stage) -> str:
        if self.path:
            return self.path(stage)
        return reverse(self.url_name, args=[stage.keys[self.key]] if self.key else [])


@dataclass
class Stage:
    """The people who look and what there is to look at, among the tests' people or the demo's."""

    world: World
    people: dict[str, By] = field(default_factory=dict)
    keys: dict[str, UUID] = field(default_factory=dict)
    reminder: str = ""  # the token of a link that a citizen was sent

    def open(self, browser: Browser, address: str, *, who: str, language: str = "da", **given: Any) -> BrowserContext:
        """A browser of this person's own, already signed in: signing in has scenes and stories of its own."""
        context = browser.new_context(base_url=address, locale="da-DK", **given)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if who in self.people:
            cookies[settings.SESSION_COOKIE_NAME] = _session(self.people[who].user)
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
        return context


def _session(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[BROWSER] = "Firefox, Windows"
    session.create()
    return str(session.session_key)


def send_empty(ends_with: str = "") -> Callable[[Page], object]:
    """Sends a form as it stands; the one whose address ends so, else the first of the page's own."""
    ends = f'[action$="{ends_with}"]' if ends_with else ""

    def send(page: Page) -> None:
        form = page.locator(f'main form[method="post"]{ends}').first
        with page.expect_navigation():
            form.evaluate("form => form.requestSubmit()")

    return send


def search_for(said: str) -> Callable[[Page], object]:
    def search(page: Page) -> None:
        page.locator("#said").fill(said)
        with page.expect_navigation():
            page.locator("#said").press("Enter")

    return search


def sign_in_wrongly(page: Page) -> None:
    page.locator("#id_login").fill("nobody@example.org")
    page.locator("#id_password").fill("wrong")
    with page.expect_navigation():
        page.locator("#id_password").press("Enter")


# What somebody has said in a self-check that is over.
NOTHING_ELSE = {"social": [], "mental.signs": [], "circumstances.pregnant": False}
DRINKS: dict[str, Any] = {
    "mental.state": "none",
    "substance.use": "dependence",
    "substance.substances": ["alcohol"],
    "circumstances.intellectual_disability": False,
} | NOTHING_ELSE
SMOKES = DRINKS | {
    "substance.use": "misuse",
    "substance.substances": ["cannabis"],
    "circumstances.wants_anonymous": False,
}
URGENT = {"acute": ["suicidal_thoughts", "withdrawal"]}
YOUNG: dict[str, Any] = {
    "age": 16,
    "mental.state": "moderate",
    "substance.use": "misuse",
    "substance.substances": ["cannabis"],
    "function": "affected",
    "circumstances.cannot_attend": False,
} | NOTHING_ELSE


def _has_said(page: Page, url_name: str, *args: str, reading: str = "plain", **said: Any) -> None:
    """The page as it is for somebody who has said this much, by the cookie that carries it."""
    first = {
        "acute": said.pop("acute", []),
        "age": said.pop("age", 34),
        "municipality": said.pop("municipality", AARHUS),
    }
    check = Check("me", reading, first | said)
    at = page.url.split("/", 3)
    cookie = {
        "name": carried.COOKIE,
        "value": carried.sealed(check, now=clock.now()),
        "url": f"{at[0]}//{at[2]}/check/",
    }
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto(reverse(url_name, args=args))


def _ask_too_early(page: Page) -> None:
    """Without a name, a way or a yes."""
    _has_said(page, "ask_for_contact", **SMOKES)
    send_empty("/check/contact/")(page)


def _question(slug: str) -> Callable[[Stage], str]:
    return lambda stage: reverse("check_question", args=[slug])


def _asked(slug: str, *, wrong: bool = False, **said: Any) -> Callable[[Page], object]:
    def ask(page: Page) -> None:
        _has_said(page, "check_question", slug, **said)
        if wrong:
            send_empty(f"/{slug}/")(page)

    return ask


def unfold_all(page: Page) -> None:
    """What is folded is part of the page too."""
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")


def answer_some(page: Page) -> None:
    """Types a citizen's age and ticks a need, so that the match beside it is swapped in."""
    with page.expect_response(lambda response: response.request.method == "POST" and response.ok):
        page.locator('input[name="age"]').fill("34")
        page.locator('input[name="age"]').press("Tab")
    use = page.locator('input[name="substance_use"][value="misuse"]')
    page.locator("#group-substance > summary").click()
    with page.expect_response(lambda response: response.request.method == "POST" and response.ok):
        use.check(force=True)


def save_a_wait(page: Page) -> None:
    row = page.locator(".our-service").first
    row.locator('input[name$="wait_days"]').fill("9")
    with page.expect_response(lambda response: response.request.method == "POST"):
        row.locator("button").click()


def let_in(page: Page) -> None:
    """Gives the code that came another way."""
    page.locator('input[name="code"]').fill(CODE)
    with page.expect_navigation():
        page.locator('input[name="code"]').press("Enter")


def say_coming(page: Page) -> None:
    with page.expect_navigation():
        page.locator('button[value="coming"]').click()


def _to_the_reminder(stage: Stage) -> str:
    return reverse("enter_reminder", args=[stage.reminder])


def choose_door(stage: Stage) -> str:
    return reverse("choose_service", args=[stage.keys["case-new"], stage.keys["offered"]])


def choose_two(stage: Stage) -> str:
    chosen = f"service={stage.keys['offered']}&service={stage.keys['offered-beside']}"
    return f"{reverse('choose_services', args=[stage.keys['case-new']])}?{chosen}"


def note_an_attempt(stage: Stage) -> str:
    return reverse("in_place", args=[stage.keys["re-engage"], "record_attempt"])


def day_of_a_visit(stage: Stage) -> str:
    with scope.scope(stage.world.bo.unit.pk):
        at = models.Referral.objects.get(pk=stage.keys["booked"]).appointment_at
    assert at is not None
    return f"{reverse('visit_day')}?day={clock.day_of(at).isoformat()}"


def unfold_first_act(page: Page) -> None:
    """Presses the first thing that a row offers, so that its form is swapped in."""
    with page.expect_response(lambda response: "/follow-ups/" in response.url):
        page.locator(".task-do a[hx-get]").first.click()


def another_door(stage: Stage) -> str:
    return reverse("send_elsewhere", args=[stage.keys["case-new"], stage.keys["not-offered"]])


def look_for_psychiatry(page: Page) -> None:
    page.locator('main input[name="q"]').fill("psykiatri")
    with page.expect_response(lambda response: "q=" in response.url):
        page.locator('main input[name="q"]').press("Enter")


def notice_of_the_jobcentre(stage: Stage) -> str:
    return reverse("privacy_of", args=[stage.world.alice.unit.organisation_id])


SCENES: list[Scene] = [
    # signing in, and the pages that say no
    Scene("login", "account_login", "nobody"),
    Scene("login-wrong", "account_login", "nobody", do=sign_in_wrongly, wrong=True),
    Scene("logout", "account_logout", "newcomer"),
    Scene("not-found", "case", "sender", path=lambda stage: reverse("case", args=[UUID(int=0)])),
    Scene("forbidden", "inbox", "newcomer"),
    Scene("privacy", "privacy", "nobody"),
    Scene("privacy-of", "privacy_of", "nobody", path=notice_of_the_jobcentre),
    # a day at work
    Scene("my-list-empty", "my_list", "newcomer"),
    Scene("my-list", "my_list", "sender"),
    Scene("my-list-coordinator", "my_list", "coordinator"),
    Scene("my-list-two-units", "my_list", "two-units"),
    Scene("search-found", "search", "sender", do=search_for("Mikkel")),
    Scene("search-nobody", "search", "sender", do=search_for("Ukendt")),
    Scene("new-case-empty", "new_case", "sender"),
    Scene("new-case-school", "new_case", "school"),
    Scene("new-case-matched", "new_case", "sender", do=answer_some),
    Scene("new-case-wrong", "new_case", "sender", do=lambda page: _save_too_early(page), wrong=True),
    Scene("drafts", "drafts", "sender"),
    Scene("draft", "draft", "sender", "typed"),
    Scene("worry", "worry", "sender"),
    Scene("worry-school", "worry", "school"),
    Scene("follow-ups", "follow_ups", "sender"),
    Scene("follow-ups-empty", "follow_ups", "newcomer"),
    Scene("follow-ups-unfolded", "follow_ups", "sender", do=unfold_first_act),
    Scene("follow-up-put-off", "snooze", "sender", "choice"),
    Scene("follow-up-put-off-wrong", "snooze", "sender", "choice", do=send_empty(), wrong=True),
    Scene("follow-up-attempt", "in_place", "receiver", path=note_an_attempt),
    Scene("bulk-job", "bulk_job", "sender", "bulk"),
    Scene("news", "news", "sender"),
    # the coordinator's board
    Scene("board", "board", "coordinator"),
    Scene("board-empty", "board", "principal"),
    Scene(
        "board-narrowed", "board", "coordinator", path=lambda stage: f"{reverse('board')}?level=1&trouble=unanswered"
    ),
    Scene("board-wrong", "board", "coordinator", path=lambda stage: f"{reverse('board')}?level=9", wrong=True),
    Scene("board-unfolded", "board", "coordinator", do=lambda page: _unfold_a_row(page)),
    Scene("board-bulk-wrong", "board", "coordinator", do=send_empty("/board/bulk/"), wrong=True),
    Scene(
        "board-name",
        "board_name",
        "coordinator",
        path=lambda stage: reverse("board"),
        do=lambda page: _ask_a_name(page),
    ),
    Scene("board-assign", "board_assign", "coordinator", "return-decision"),
    Scene("board-assign-wrong", "board_assign", "coordinator", "return-decision", do=send_empty(), wrong=True),
    Scene("board-take-over", "board_take_over", "coordinator", "sent-silent"),
    Scene("board-take-over-wrong", "board_take_over", "coordinator", "sent-silent", do=send_empty(), wrong=True),
    Scene("board-call", "board_call", "coordinator", "sent-silent"),
    Scene("board-call-wrong", "board_call", "coordinator", "sent-silent", do=send_empty(), wrong=True),
    Scene("conference", "conference", "coordinator", "case-return_asked"),
    Scene("conference-with-plan", "conference", "sender", "case-plan"),
    # one case
    Scene("case-new", "case", "sender", "case-new"),
    Scene("case-under-way", "case", "sender", "case-returned", do=unfold_all),
    Scene("case-arrived", "case", "sender", "case-arrived"),
    Scene("case-wrong", "case", "sender", "case-new", do=send_empty("/close/"), wrong=True),
    Scene("choose-service", "choose_service", "sender", path=choose_door),
    Scene("choose-service-wrong", "choose_service", "sender", path=choose_door, do=send_empty(), wrong=True),
    Scene("choose-services", "choose_services", "sender", path=choose_two),
    Scene("choose-services-wrong", "choose_services", "sender", path=choose_two, do=send_empty(), wrong=True),
    Scene("other-door", "other_door", "sender", "case-new"),
    Scene("other-door-found", "other_door", "sender", "case-new", do=look_for_psychiatry),
    Scene("send-elsewhere", "send_elsewhere", "sender", path=another_door),
    Scene("send-elsewhere-wrong", "send_elsewhere", "sender", path=another_door, do=send_empty(), wrong=True),
    Scene("receipt", "receipt", "sender", "sent"),
    Scene("send-on", "send_on", "sender", "draft"),
    Scene("reassess", "reassess", "sender", "case-new"),
    Scene("reassess-wrong", "reassess", "sender", "case-new", do=lambda page: _without_an_age(page), wrong=True),
    Scene("contact", "contact", "sender", "case-new"),
    Scene("take-overs", "take_overs", "newcomer"),
    Scene("take-over", "take_over", "newcomer", "take-over"),
    Scene("take-over-wrong", "take_over", "newcomer", "take-over", do=send_empty(), wrong=True),
    Scene("consent", "consent", "sender", path=lambda stage: _of_consent("consent", stage)),
    Scene("consent-withdrawn", "case", "sender", "case-withdrawn", do=unfold_all),
    Scene("renew-consent", "renew_consent", "sender", path=lambda stage: _of_consent("renew_consent", stage)),
    Scene(
        "renew-consent-wrong",
        "renew_consent",
        "sender",
        do=send_empty(),
        wrong=True,
        path=lambda stage: _of_consent("renew_consent", stage),
    ),
    Scene(
        "choose-service-child",
        "choose_service",
        "sender",
        path=lambda stage: _ask_a_child(stage),
        do=send_empty(),
        wrong=True,
    ),
    # concern for a child
    Scene("concern", "concern", "sender"),
    Scene("concern-wrong", "concern", "sender", do=send_empty(), wrong=True),
    Scene("case-concern", "case_concern", "sender", "case-new"),
    Scene("concerns", "concerns", "sender"),
    # what the citizen has a right to
    Scene("case-protected", "case", "sender", "case-protected"),
    Scene("identity", "show_identity", "leader", "case-protected"),
    Scene("identity-wrong", "show_identity", "leader", "case-protected", do=send_empty(), wrong=True),
    Scene("identity-shown", "show_identity", "leader", "case-protected", do=lambda page: _say_why(page)),
    Scene("cpr-shown", "case", "sender", "case-cpr", do=lambda page: _show_cpr(page)),
    Scene("rights", "rights", "sender", "case-corrected"),
    Scene("rights-wrong", "rights", "sender", "case-new", do=send_empty("/correct/"), wrong=True),
    Scene("case-restricted", "case", "sender", "case-restricted"),
    Scene("rights-restricted", "rights", "sender", "case-restricted", do=send_empty("/lift/"), wrong=True),
    Scene("export", "export", "sender", "export"),
    Scene("letters", "letters", "sender", "case-booked"),
    Scene("letters-wrong", "letters", "sender", "case-booked", do=send_empty(), wrong=True),
    Scene("letters-none", "letters", "sender", "case-corrected"),
    Scene("letter", "letter", "sender", "letter"),
    # the coordinated plan
    Scene("plan-none", "plan", "sender", "case-new", do=unfold_all),
    Scene("plan-asked", "plan", "sender", "case-plan-asked"),
    Scene("plan", "plan", "sender", "case-plan"),
    Scene("plan-wrong", "plan", "sender", "case-plan", do=send_empty("/effort/"), wrong=True),
    # one referral, as the service sees it
    Scene("referral-taken-back", "referral", "receiver", "taken-back"),
    Scene("inbox-empty", "inbox", "psychiatry"),
    Scene("inbox", "inbox", "receiver"),
    Scene("inbox-unfolded", "inbox", "receiver", do=unfold_first_act),
    Scene("visit-day", "visit_day", "receiver"),
    Scene("visit-day-full", "visit_day", "receiver", path=day_of_a_visit),
    Scene("referral-envelope", "referral", "receiver", "sent"),
    Scene("referral-seen", "referral", "receiver", "seen", do=unfold_all),
    Scene("referral-wrong", "referral", "receiver", "seen", do=send_empty("/ask/"), wrong=True),
    Scene("referral-waitlisted", "referral", "receiver", "waitlisted"),
    Scene("referral-booked", "referral", "receiver", "booked", do=unfold_all),
    Scene("referral-no-show", "referral", "receiver", "no_show", do=unfold_all),
    Scene("referral-arrived", "referral", "receiver", "arrived"),
    Scene("referral-in-course", "referral", "receiver", "in_course", do=unfold_all),
    Scene("return", "return_referral", "receiver", "seen"),
    Scene("return-wrong", "return_referral", "receiver", "seen", do=send_empty("/return/"), wrong=True),
    # and as the sender and the coordinator see it
    Scene("referral-question", "referral", "sender", "question"),
    Scene("referral-acute", "referral", "sender", "acute", do=unfold_all),
    Scene("referral-returned", "referral", "sender", "returned"),
    Scene("referral-return-asked", "referral", "coordinator", "return_asked", do=unfold_all),
    # one's own sign-in
    Scene("my-sessions", "my_sessions", "sender", do=lambda page: _at_another_desk(page)),
    Scene("password-again", "account_reauthenticate", "sender"),
    Scene("password-again-wrong", "account_reauthenticate", "sender", do=send_empty(), wrong=True),
    Scene("connect-app", "mfa_activate_totp", "sender", do=lambda page: _give_the_password(page)),
    Scene("connect-app-wrong", "mfa_activate_totp", "sender", do=send_empty(), wrong=True),
    Scene("add-passkey", "mfa_add_webauthn", "sender"),
    Scene("time-is-nearly-out", "my_list", "school", do=lambda page: _show_time_out(page)),
    # the unit
    Scene("our-services", "our_services", "receiver"),
    Scene("our-services-saved", "our_services", "receiver", do=save_a_wait),
    Scene("our-unit", "our_unit", "sender"),
    Scene("our-unit-wrong", "our_unit", "sender", do=send_empty(), wrong=True),
    Scene("outbox", "demo_outbox", "sender"),
    # a case of another unit, in an emergency; and who hears of it
    Scene("emergency", "emergency", "school"),
    Scene("emergency-wrong", "emergency", "school", do=send_empty(), wrong=True),
    Scene("emergency-case", "emergency_case", "school", "emergency"),
    Scene("emergency-protected", "emergency_case", "principal", "emergency-protected"),
    Scene("emergency-identity", "emergency_identity", "principal", "emergency-protected"),
    Scene(
        "emergency-identity-wrong",
        "emergency_identity",
        "principal",
        "emergency-protected",
        do=send_empty(),
        wrong=True,
    ),
    Scene("emergencies", "emergencies", "leader"),
    # how long cases are kept: what is due, and what somebody else has asked for
    # how it goes
    Scene("figures", "figures", "coordinator"),
    Scene("figures-for-print", "figures", "coordinator", path=lambda stage: f"{reverse('figures')}?paper=1"),
    Scene("figures-empty", "figures", "principal"),
    Scene("figure", "figure", "coordinator", path=lambda stage: reverse("figure", args=["arrived-14"])),
    Scene("figure-by-service", "figure", "coordinator", path=lambda stage: _silent_by_service()),
    Scene("holes", "holes", "coordinator"),
    Scene("holes-for-print", "holes", "coordinator", path=lambda stage: f"{reverse('holes')}?paper=1"),
    Scene("retention", "retention", "leader"),
    Scene("retention-asked", "retention", "keeper"),
    Scene("my-list-leader", "my_list", "leader"),
    # who looked
    Scene("access-log", "access_log", "leader"),
    Scene("access-log-auditor", "access_log", "auditor"),
    Scene("samples", "samples", "leader", do=unfold_all),
    Scene("samples-wrong", "samples", "leader", do=lambda page: _say_nothing(page), wrong=True),
    Scene("samples-auditor", "samples", "auditor"),
    Scene("seals", "seals", "auditor"),
    # who works here
    Scene("people-here", "people_here", "local-admin"),
    Scene("invite", "invite", "local-admin"),
    Scene("invite-wrong", "invite", "local-admin", do=send_empty(), wrong=True),
    Scene("worker-here", "worker_here", "local-admin", "worker"),
    Scene("worker-here-wrong", "worker_here", "local-admin", "worker", do=lambda page: _move_nowhere(page), wrong=True),
    Scene("open-unit", "open_unit", "local-admin"),
    Scene("open-unit-wrong", "open_unit", "local-admin", do=send_empty(), wrong=True),
    Scene("unit-here", "unit_here", "local-admin", "unit"),
    Scene("unit-here-wrong", "unit_here", "local-admin", "unit", do=lambda page: _without_a_name(page), wrong=True),
    Scene("staff-changes", "staff_changes", "local-admin"),
    Scene("invitation", "enter_by_invitation", "nobody", path=lambda stage: _invitation()),
    Scene("invitation-wrong", "invitation", "nobody", path=lambda stage: _invitation(), do=send_empty(), wrong=True),
    # services and rules
    Scene("directory", "directory", "coordinator", do=lambda page: _unfold_the_first(page)),
    Scene("directory-all", "directory", "editor", path=lambda stage: f"{reverse('directory')}?whose=all"),
    Scene("service-here", "service_here", "coordinator", "kept"),
    Scene("service-here-wrong", "service_here", "coordinator", "kept", do=lambda page: _nameless(page), wrong=True),
    Scene("service-here-second", "service_here", "coordinator", "kept", do=lambda page: _somebody_was_faster(page)),
    Scene("import", "import_directory", "coordinator"),
    Scene("import-wrong", "import_directory", "coordinator", do=send_empty(), wrong=True),
    Scene("import-mistakes", "import_directory", "coordinator", do=lambda page: _paste(page, "9999", "0751")),
    Scene("import-shown", "import_directory", "coordinator", do=lambda page: _paste(page, "0751", "0751")),
    Scene("rules", "rules", "rule-editor"),
    # a service without an account
    Scene("link-code", "enter_by_link", "guest", path=lambda stage: reverse("enter_by_link", args=[TOKEN])),
    Scene("link-code-wrong", "link", "guest", do=send_empty("/link/enter/"), wrong=True),
    Scene("link", "link", "guest", do=let_in),
    # the citizen's own page
    Scene("my-way-code", "my_way", "nobody"),
    Scene("my-way-code-wrong", "my_way", "nobody", do=send_empty("/my-way/enter/"), wrong=True),
    Scene("my-way", "enter_my_way", "citizen", path=lambda stage: reverse("enter_my_way", args=[MY_WAY]), do=let_in),
    # a reminder, answered with one press
    Scene("reminder", "enter_reminder", "citizen", path=_to_the_reminder),
    Scene("reminder-coming", "enter_reminder", "citizen", path=_to_the_reminder, do=say_coming),
    Scene("reminder-over", "reminder", "citizen"),
    Scene("reminder-answered", "reminder_answered", "citizen"),
    # somebody who seeks help, without an account
    Scene("check-start", "check_start", "citizen"),
    Scene("check-start-easy", "check_start", "reader", do=lambda page: _has_said(page, "check_start", reading="easy")),
    Scene("check-urgent", "check_question", "citizen", path=_question("urgent"), do=_asked("urgent")),
    Scene(
        "check-urgent-wrong",
        "check_question",
        "citizen",
        path=_question("urgent"),
        do=_asked("urgent", wrong=True, acute="-"),
        wrong=True,
    ),
    Scene("check-where", "check_question", "citizen", path=_question("where"), do=_asked("where")),
    Scene(
        "check-where-wrong",
        "check_question",
        "citizen",
        path=_question("where"),
        do=_asked("where", wrong=True, municipality="-"),
        wrong=True,
    ),
    Scene("check-life", "check_question", "citizen", path=_question("life"), do=_asked("life")),
    Scene("check-life-easy", "check_question", "reader", path=_question("life"), do=_asked("life", reading="easy")),
    Scene(
        "check-mind-supported",
        "check_question",
        "reader",
        path=_question("mind"),
        do=_asked("mind", reading="supported"),
    ),
    Scene(
        "check-mind-urgent",
        "check_question",
        "citizen",
        path=_question("mind"),
        do=_asked("mind", acute=["acute_crisis"]),
    ),
    Scene("check-so-far", "check_so_far", "citizen", do=lambda page: _has_said(page, "check_so_far", **DRINKS)),
    Scene("check-result", "check_result", "citizen", do=lambda page: _has_said(page, "check_result", **DRINKS)),
    Scene(
        "check-result-urgent",
        "check_result",
        "citizen",
        do=lambda page: _has_said(page, "check_result", **DRINKS | URGENT),
    ),
    Scene(
        "check-result-easy",
        "check_result",
        "reader",
        do=lambda page: _has_said(page, "check_result", reading="easy", **DRINKS),
    ),
    Scene(
        "check-result-two-doors", "check_result", "citizen", do=lambda page: _has_said(page, "check_result", **YOUNG)
    ),
    Scene(
        "check-result-unsaid",
        "check_result",
        "citizen",
        do=lambda page: _has_said(page, "check_result", municipality="-"),
    ),
    Scene("check-ask", "ask_for_contact", "citizen", do=lambda page: _has_said(page, "ask_for_contact", **SMOKES)),
    Scene("check-ask-wrong", "ask_for_contact", "citizen", do=lambda page: _ask_too_early(page), wrong=True),
    Scene("check-asked", "contact_asked", "citizen", "asked"),
    Scene("check-forgotten", "check_forgotten", "citizen"),
    Scene("door", "door", "citizen", "door"),
    Scene("accessibility", "accessibility", "citizen"),
    Scene("accessibility-wrong", "accessibility", "citizen", do=send_empty("/accessibility/"), wrong=True),
]

# Those whose names begin so, where somebody asks for some only.
WANTED = tuple(filter(None, os.environ.get("NAVIGATOR_SCENES", "").split(",")))

# A page without a picture of its own, and why.
WITHOUT_A_SCENE: dict[str, str] = {
    "livez": "one word, for a machine",
    "readyz": "a few words, for a machine",
    "letter_file": "a file: tests/referrals/test_letters.py",
    "export_file": "a file: tests/referrals/test_export.py",
    "figures_file": "a file: tests/referrals/test_figures.py",
    "figure_file": "a file: tests/referrals/test_figures.py",
    "set_language": "leads back to where one was",
    "time_left": "a number, for the script of the page",
    "openid_connect_login": "leads to the organisation's own sign-in",
    "openid_connect_callback": "where that leads back: tests/accounts/test_staff.py",
    "mfa_index": "leads to one's own sign-in",
    "mfa_list_webauthn": "leads to one's own sign-in",
    "mfa_login_webauthn": "leads to sign-in, or is data for the script of the page",
    "mfa_authenticate": "stands between password and page only: tests/system/test_sign_in_story.py looks at it",
    "mfa_deactivate_totp": "one button; needs an app: tests/accounts/test_second_factor.py",
    "mfa_remove_webauthn": "one button; needs a passkey: tests/system/test_sign_in_story.py",
    "mfa_view_recovery_codes": "shown once: tests/system/test_sign_in_story.py looks at it",
    "personal_link": "shown once, to a POST: tests/referrals/test_my_way.py",
    "check_reading": "one button of each page of the self-check",
    "check_forget": "one button of each page of the self-check",
    "door_sheet": "a PDF: tests/pathways/selfcheck/test_doors.py reads it",
    "mfa_generate_recovery_codes": "one button; needs an app or a passkey: tests/accounts/test_second_factor.py",
    "export_directory": "a file: tests/pathways/test_interchange.py",
    "admin:*": "Django's own pages, for administrators only: tests/navigator/test_administration.py",
}


def scenes() -> Iterator[Scene]:
    """All, or those that were asked for."""
    return (scene for scene in SCENES if not WANTED or scene.name.startswith(WANTED))


def _save_too_early(page: Page) -> None:
    with page.expect_navigation():
        page.locator('main button[value="save"]').click()


def _at_another_desk(page: Page) -> None:
    """The same worker is signed in somewhere else, too."""
    cookies = {each.get("name"): each.get("value") for each in page.context.cookies()}
    _session(User.objects.get(sessions=cookies[settings.SESSION_COOKIE_NAME]))
    page.reload()


def _give_the_password(page: Page) -> None:
    """Before anything about the own sign-in is changed."""
    page.locator("#id_password").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("#id_password").press("Enter")


def _show_time_out(page: Page) -> None:
    """The box that the script shows shortly before one is signed out."""
    page.evaluate("document.getElementById('time-out').hidden = false")


def _say_why(page: Page) -> None:
    page.locator('main textarea[name="because"]').fill("Borgeren er i fare, og jeg skal ringe.")
    send_empty()(page)


def _unfold_a_row(page: Page) -> None:
    """What else can be done about somebody, and one of it begun."""
    page.locator(".board-more > summary").first.click()
    page.locator(".board-more > summary").nth(2).click()
    with page.expect_response(lambda response: response.url.split("?")[0].endswith("/call/")):
        page.locator('.board-more a[href*="/call/"]').first.click()


def _ask_a_name(page: Page) -> None:
    with page.expect_response(lambda response: response.url.endswith("/name/")):
        page.locator(".board-who button").first.click()


def _show_cpr(page: Page) -> None:
    page.locator(".reveal > summary").click()
    with page.expect_response(lambda response: response.url.endswith("/cpr/")):
        page.locator('.reveal button[value="identify"]').click()


def _without_an_age(page: Page) -> None:
    page.locator('input[name="age"]').fill("")
    send_empty()(page)


def _say_nothing(page: Page) -> None:
    """Looks at the first of the sample, and says nothing of it."""
    page.locator("details.check-look > summary").first.click()
    with page.expect_navigation():
        page.locator("details.check-look form").first.evaluate("form => form.requestSubmit()")


def _move_nowhere(page: Page) -> None:
    page.locator('main select[name="role"]').first.select_option("")
    send_empty("/move/")(page)


def _without_a_name(page: Page) -> None:
    page.locator('main input[name="name"]').fill("")
    send_empty()(page)


def _invitation() -> str:
    return reverse("enter_by_invitation", args=[TOKEN])


def prepare(world: World, *, now: datetime) -> Stage:
    """One referral in each state between Alice and Bo, through the actions, on top of what is there already."""
    stage = Stage(world=world)
    stage.people = {
        "sender": world.alice,
        "receiver": world.bo,
        "psychiatry": world.carla,
        "coordinator": world.dorte,
        "newcomer": world.erik,
        "school": _school(),
        "principal": _worker("Palle Leder", "Søskolen", "school", role=Role.UNIT_LEADER),
        "two-units": _two_units(world),
        "leader": _beside(world, "Lis Leder", Role.UNIT_LEADER),
        "auditor": _beside(world, "Dan Databeskytter", Role.AUDITOR),
        "local-admin": _beside(world, "Adda Administrator", Role.LOCAL_ADMIN),
        "editor": _beside(world, "Rie Redaktør", Role.DIRECTORY_EDITOR),
        "rule-editor": _beside(world, "Regin Regel", Role.RULE_EDITOR),
        "keeper": _auditor(),
    }
    _ways(stage, now=now)
    _questions(stage, now=now)
    _returns(stage, now=now)
    _guest(stage, now=now)
    _tasks(stage, now=now)
    _emergency(stage, now=now)
    _consents(stage, now=now)
    _rights(stage, now=now)
    _at_work(stage, now=now)
    _retention(stage, now=now)
    _own_page(stage, now=now)
    _plans(stage, now=now)
    _board(stage, now=now)
    _reminded(stage, now=now)
    measure()
    _closes(stage)
    stage.keys["asked"] = service("substance_treatment_outpatient", world.bo.unit).pk
    stage.keys["door"] = Service.objects.get(kind="alcohol_treatment", areas__municipality=AARHUS).pk
    return stage


def _silent_by_service() -> str:
    return f"{reverse('figure', args=['silent'])}?by=service"


def _of_consent(name: str, stage: Stage) -> str:
    return reverse(name, args=[stage.keys["case-seen"], stage.keys["consent"]])


def _ask_a_child(stage: Stage) -> str:
    return reverse("choose_service", args=[stage.keys["case-child"], stage.keys["offered-child"]])


def _consents(stage: Stage, *, now: datetime) -> None:
    """One yes that holds, one that was taken back, a child to ask; and two notifications of concern."""
    alice = stage.world.alice
    with scope.scope(alice.unit.pk):
        stage.keys["consent"] = models.Consent.objects.get(case=stage.keys["case-seen"]).pk
    child = _case(stage, "Vigga Opdigtet", now=now, answers=CANNABIS | {"age": 13})
    stage.keys |= {"case-child": child.pk, "offered-child": _offered(child, "primary")}
    case = _case(stage, "Tora Opfundet", now=now - 2 * DAY)
    referral = _send(stage, case, now=now - DAY)
    with scope.scope(alice.unit.pk):
        taken_back = models.Consent.objects.get(case=case)
        actions.withdraw_consent(case=case, consent=taken_back, note="Vil selv ringe.", by=alice, now=now)
        for days, channel in ((12, "online"), (1, "phone")):
            actions.record_concern(
                case=None, about="at_home", channel=channel, municipality=AARHUS, to_whom="Børn og Unge",
                note="", sent_at=now - days * DAY, by=alice, now=now,
            )  # fmt: skip
    stage.keys |= {"case-withdrawn": case.pk, "taken-back": referral.pk}


def _school() -> By:
    return _worker("Sanne Skole", "Solskolen", "school")


def _two_units(world: World) -> By:
    """Somebody who works in two places."""
    both = _worker("Tove To", "Aarhus Ungeindsats", "jobcenter")
    Membership.objects.create(user=both.user, unit=world.alice.unit, role=Role.FRONTLINE)
    return both


def _closes(stage: Stage) -> None:
    """A service that closes soon, while another takes its citizens."""
    kept, instead = (
        Service.objects.get(kind="aftercare", organisation__municipality=code) for code in (AARHUS, "0746")
    )
    today = clock.today()
    close_service(
        service_id=kept.pk,
        revision=kept.revision,
        closed_from=today + 10 * DAY,
        reopens_on=today + 24 * DAY,
        substitute=instead,
    )
    stage.keys["kept"] = kept.pk


def _unfold_the_first(page: Page) -> None:
    page.locator("main details summary").first.click()


def _nameless(page: Page) -> None:
    page.locator("#id_name_da").fill("")
    _press(page, page.locator("#id_name_da"))


def _somebody_was_faster(page: Page) -> None:
    """The page is older than what stands there now."""
    page.locator("#id_phone").fill("00 00 00 09")
    page.locator('form:has(#id_phone) [name="revision"]').evaluate("field => { field.value = 0 }")
    _press(page, page.locator("#id_phone"))


def _paste(page: Page, *places: str) -> None:
    """Two new services, each for a place."""
    lines = ["code;kind;organisation;name_da;name_en;areas;access;minimum_age"]
    for number, place in enumerate(places):
        lines.append(f"ny-{number};peer_network;kommune-0751;Nyt netværk {number};New network {number};{place};self;15")
    page.locator("#id_text").fill("\n".join(lines))
    _press(page, page.locator("#id_text"))


def _press(page: Page, field: Any) -> None:
    with page.expect_navigation():
        field.evaluate("field => field.form.requestSubmit()")


def _beside(world: World, name: str, role: Role) -> By:
    """Somebody of the jobcentre who leads, oversees, lets in or edits."""
    user = User.objects.create_user(f"{role}.{name.split()[0].lower()}@scene.example", None, name=name)
    Membership.objects.create(user=user, unit=world.alice.unit, role=role)
    return By(user=user, unit=world.alice.unit)


def _at_work(stage: Stage, *, now: datetime) -> None:
    """Somebody is invited, somebody has an invitation in hand, and last month somebody has looked."""
    alice, admin = stage.world.alice, stage.people["local-admin"].user
    stage.keys |= {"worker": alice.user.pk, "unit": alice.unit.pk}
    staffing.invite(email="ny@scene.example", unit=alice.unit, role=Role.RECEIVER, by=admin, now=now)
    invitation = staffing.invite(email="sin@scene.example", unit=alice.unit, role=Role.FRONTLINE, by=admin, now=now)
    invitation.opens_with, invitation.expires_at = staffing.opens_with(TOKEN), now + Invitation.LASTS
    invitation.send_at = None
    invitation.save(update_fields=["opens_with", "expires_at", "send_at"])
    last_month = clock.start_of_day(now.date().replace(day=1)) - 5 * DAY
    with scope.scope(alice.unit.pk):
        case = models.Case.objects.get(pk=stage.keys["case-new"])
    for hour in range(3):
        looked(case, by=alice, at=last_month + hour * DAY / 24)


def _emergency(stage: Stage, *, now: datetime) -> None:
    """The school has opened a case of the jobcentre."""
    school, reason = stage.people["school"], "Borgeren er faldet om her, og vi kan ikke få fat i nogen."
    with scope.scope(stage.world.alice.unit.pk):
        number = models.Case.objects.get(pk=stage.keys["case-booked"]).short_number
    with scope.scope(school.unit.pk):
        access = actions.open_in_emergency(number=number, reason=reason, by=school, now=now)
    stage.keys["emergency"] = access.pk


def _rights(stage: Stage, *, now: datetime) -> None:
    """Somebody protected; somebody whose name was corrected, who has asked for less use of the case; somebody who was told yes to
    that; and a copy."""
    names = ("Signe Opfundet", "Mikel Opdigtet", "Anders Opdigtet")
    protected, corrected, restricted = (_case(stage, name, now=now) for name in names)
    by: dict[str, Any] = {"by": stage.world.alice, "now": now}
    with scope.scope(stage.world.alice.unit.pk):
        until = clock.day_of(now) + 365 * DAY
        actions.protect(case=protected, until=until, because="Borgeren har vist sit brev.", **by)
        actions.correct_fact(case=corrected, fact="name", right="Mikkel Opdigtet", because="Sygesikringskort.", **by)
        actions.correct_fact(case=corrected, fact="cpr", right="0108581AB2", because="Sygesikringskort.", **by)
        note = "Jeg vil ikke have, at I deler mere om mig."
        actions.ask_right(case=corrected, right=Right.RESTRICTION, asked_on=clock.day_of(now), note=note, **by)
        actions.restrict(case=restricted, reason="Vi undersøger, hvad der er rigtigt.", **by)
        stage.keys["case-restricted"] = restricted.pk
        export = actions.ask_for_export(case=corrected, note="På et møde.", language="da", **by)
        models.Export.objects.update(total=25, done=9)  # the worker process is at it
        gp = Service.objects.filter(kind="gp").order_by("code")[0]
        letter = actions.ask_for_letter(
            case=corrected, kind=models.Letter.Kind.CONSENT_FORM, service=gp,
            referral=None, language="da", **by
        )  # fmt: skip
    principal = stage.people["principal"]
    with scope.scope(principal.unit.pk):
        reason = "Borgeren er faldet om her, og vi kan ikke få fat i nogen."
        access = actions.open_in_emergency(number=protected.short_number, reason=reason, by=principal, now=now)
    stage.keys["emergency-protected"] = access.pk
    stage.keys |= {"case-protected": protected.pk, "case-corrected": corrected.pk, "case-cpr": corrected.pk,
                   "export": export.pk, "letter": letter.pk}  # fmt: skip


def _plans(stage: Stage, *, now: datetime) -> None:
    """A plan with much in it, and one that was asked for."""
    asked, case = (_case(stage, name, now=now) for name in ("Ellen Opfundet", "Storm Opdigtet"))
    today, by = clock.day_of(now), {"by": stage.world.alice, "now": now}
    with scope.scope(stage.world.alice.unit.pk):
        actions.ask_for_plan(case=asked, because="Tre tilbud ved ikke af hinanden.", **by)
        plan = actions.begin_plan(case=case, agreed=Form.ORAL, **by)
        for who in ("Mette Holm, kontaktperson i psykiatrien", "Per Lund, misbrugsbehandler"):
            actions.add_party(case=case, who=who, phone="20990011", **by)
        party = plan.parties.order_by("pk")[0].pk
        actions.hold_plan_meeting(case=case, met_on=today, next_on=today + 90 * DAY, **by)
        actions.set_priorities(case=case, priorities="Sove om natten.\nBlive boende.", **by)
        for number, what in enumerate(
            ("Samtale hver uge", "Aftale om husleje", "Medicin ses efter", "Besøg", "Tur", "Mad")
        ):
            lane, by_on = list(Lane)[number % 4], today + (7 + number) * DAY
            actions.add_effort(case=case, lane=lane, what=what, party=party, by_on=by_on, **by)
        actions.leave_effort(case=case, effort=plan.efforts.order_by("pk")[5].pk, left_as=Left.DONE, **by)
        actions.approve_plan(case=case, manages=True, **by)
    stage.keys |= {"case-plan": case.pk, "case-plan-asked": asked.pk}


def _auditor() -> By:
    """Somebody who oversees a unit of their own."""
    return _worker("Anton Auditor", "Aarhus Familiecenter", "jobcenter", role=Role.AUDITOR)


def _retention(stage: Stage, *, now: datetime) -> None:
    """A case of each unit that has been over for a year; at the auditor's somebody has asked for what is due."""
    auditor = stage.people["keeper"]
    for by in (stage.world.alice, auditor):
        case = _case(stage, "Henning Opfundet", now=now - 2 * DAY, by=by)
        with scope.scope(by.unit.pk):
            actions.close_case(case=case, outcome=Outcome.WITHDRAWN, because="Har fundet ro.", by=by, now=now - DAY)
            models.Case.objects.filter(pk=case.pk).update(closed_at=now - 400 * DAY)
    asks = User.objects.create_user("lone.leder@scene.example", None, name="Lone Leder")
    with scope.scope(auditor.unit.pk):
        actions.ask_for_retention(by=By(user=asks, unit=auditor.unit), now=now)


def _worker(name: str, organisation: str, door: str, *, role: Role = Role.FRONTLINE) -> By:
    unit = Unit.objects.create(
        organisation=Organisation.objects.create(name=organisation), name="Trivsel", door=door, municipality=AARHUS
    )
    user = User.objects.create_user(f"{door}.{name.split()[0].lower()}@scene.example", None, name=name)
    Membership.objects.create(user=user, unit=unit, role=role)
    return By(user=user, unit=unit)


def _case(
    stage: Stage, name: str, *, now: datetime, answers: dict[str, Any] = CANNABIS, by: By | None = None
) -> models.Case:
    by = by or stage.world.alice
    with scope.scope(by.unit.pk):
        return actions.open_case(
            identity={"name": name, "phone": f"2000{crc32(name.encode()) % 10_000:04}"},  # a number of their own
            answers=answers,
            wishes=f"Vil gerne i gang, men ikke alene. {PASTED if 'langt' in name else ''}",
            first_contact_on=clock.day_of(now),
            by=by,
            now=now,
        )


def _send(stage: Stage, case: models.Case, *, now: datetime, urgency: Urgency = Urgency.ORDINARY) -> models.Referral:
    told = {
        "who": {"name": str(case.person.shown_as), "phone": "20000001"},
        "case_number": case.short_number,
        "message": "Ring gerne først.",
    }
    with scope.scope(stage.world.alice.unit.pk):
        return actions.send_referral(
            case=case,
            service=service("substance_treatment_outpatient", stage.world.bo.unit),
            sides=[Side.SUBSTANCE],
            role="primary",
            telling=actions.Telling(told, actions.Yes()),  # the next door is another question
            urgency=urgency,
            hand_over=actions.HandOver("") if urgency == Urgency.ACUTE else None,
            by=stage.world.alice,
            now=now,
        )


def _ways(stage: Stage, *, now: datetime) -> None:
    """As far as each of the states on the straight road, and the detours from it."""
    began, visit = now - 12 * DAY, now - 2 * DAY
    bo: dict[str, Any] = {"by": stage.world.bo}
    open_, accept, soon, gone = (
        lambda r, at: actions.open_referral(referral=r, now=at, **bo),
        lambda r, at: actions.accept_referral(referral=r, now=at, **bo),
        lambda r, at: actions.book_time(referral=r, appointment_at=now + 3 * DAY, now=at, **bo),
        lambda r, at: actions.book_time(referral=r, appointment_at=visit, now=at, **bo),
    )
    wait = lambda r, at: actions.put_on_waiting_list(referral=r, until=at.date() + 30 * DAY, now=at, **bo)  # noqa: E731
    arrive = lambda r, at: actions.confirm_arrival(referral=r, sides=[Side.SUBSTANCE], now=visit + DAY, **bo)  # noqa: E731
    miss = lambda r, at: actions.record_no_show(referral=r, now=visit + DAY, **bo)  # noqa: E731
    start = lambda r, at: actions.start_course(referral=r, now=visit + DAY, **bo)  # noqa: E731
    ways: dict[str, tuple[str, Iterable[Callable[[models.Referral, datetime], object]]]] = {
        "sent": ("Mikkel Opfundet", []),
        "seen": ("Sara Opdigtet", [open_]),
        "waitlisted": ("Ole Opdigtet", [open_, wait]),
        "booked": ("Ida Opfundet", [open_, accept, soon]),
        "did_they_come": ("Jens Opdigtet", [open_, accept, gone]),
        "no_show": ("Lone Opfundet", [open_, accept, gone, miss, lambda r, at: _attempt(r, now - DAY, **bo)]),
        "arrived": ("Per Opdigtet", [open_, accept, gone, arrive]),
        "in_course": ("Nina Opfundet", [open_, accept, gone, arrive, start]),
    }
    for state, (name, way) in ways.items():
        referral = _walk(stage, _send(stage, _case(stage, name, now=began), now=began), way, now=began)
        stage.keys |= {state: referral.pk, f"case-{state}": referral.case_id}
    acute = _case(stage, "Aksel Opdigtet", now=now - DAY / 12)
    stage.keys["acute"] = _send(stage, acute, now=now - DAY / 12, urgency=Urgency.ACUTE).pk
    stage.keys["case-new"] = (
        case := _case(stage, "Karen Opfundet med et meget langt Efternavn", now=now - DAY / 24)
    ).pk
    stage.keys |= {"offered": _offered(case, "primary"), "offered-beside": _offered(case, "support")}
    stage.keys["not-offered"] = service("psychiatry_adult", stage.world.carla.unit).pk
    stage.keys["typed"] = _typed(stage, now=now - DAY / 48)


def _walk(stage: Stage, referral: models.Referral, way: Any, *, now: datetime) -> models.Referral:
    for n, step in enumerate(way, start=1):
        with scope.scope(stage.world.bo.unit.pk):
            step(referral, now + n * DAY)
            referral = models.Referral.objects.get(pk=referral.pk)
    return referral


def _attempt(referral: models.Referral, now: datetime, *, by: By) -> object:
    return actions.record_attempt(
        referral=referral, channel=Channel.PHONE, reached=Reached.NO_ANSWER, note="", by=by, now=now
    )


def _typed(stage: Stage, *, now: datetime) -> UUID:
    """A need that is half written down."""
    typed = {"name": ["Bo Halvskrevet"], "age": ["41"], "municipality": [AARHUS], "substance_use": ["misuse"]}
    with scope.scope(stage.world.alice.unit.pk):
        return actions.keep_draft(draft_id=uuid7(), typed=typed, by=stage.world.alice, now=now).pk


def _offered(case: models.Case, role: str) -> UUID:
    """The first service of the first door in this role."""
    with scope.scope(case.owner_unit_id):
        matches = models.Assessment.objects.get(case=case).explanation["da"]["matches"]
    first = next(match for match in matches if match["role"] == role and match["services"])
    return UUID(first["services"][0]["id"])


def _questions(stage: Stage, *, now: datetime) -> None:
    """One question waits for its answer, and another unit is asked to take over."""
    case = _case(stage, "Bent Opfundet", now=now - 4 * DAY)
    asked = _send(stage, case, now=now - 4 * DAY)
    with scope.scope(stage.world.bo.unit.pk):
        actions.open_referral(referral=asked, by=stage.world.bo, now=now - 3 * DAY)
        question = f"Hvornår er borgeren bedst at få fat i? {PASTED}"
        actions.ask_question(referral=asked, question=question, by=stage.world.bo, now=now - 2 * DAY)
    with scope.scope(stage.world.alice.unit.pk):
        take_over = actions.ask_to_take_over(
            case=case, unit=stage.world.erik.unit, reason="Borgeren bor nu hos jer.", ground=actions.Yes(),
            by=stage.world.alice, now=now,
        )  # fmt: skip
    stage.keys |= {"question": asked.pk, "take-over": take_over.pk}


def _returns(stage: Stage, *, now: datetime) -> None:
    """One is passed on, and the sender is to ask the citizen; one is for the coordinator to decide, who has both sides."""
    door = Service.objects.filter(kind="social_worker", areas__municipality=AARHUS).order_by("code")[0]
    for state, answers in (("returned", CANNABIS), ("return_asked", DUAL)):
        referral = _send(stage, _case(stage, "Vera Opfundet", now=now - DAY * 5, answers=answers), now=now - DAY * 5)
        why = actions.Return("capacity", next_door=door, earliest=date(2030, 1, 7))
        with scope.scope(stage.world.bo.unit.pk):
            actions.open_referral(referral=referral, by=stage.world.bo, now=now - DAY * 4)
            actions.return_referral(referral=referral, why=why, by=stage.world.bo, now=now - DAY * 3)
        stage.keys |= {state: referral.pk, f"case-{state}": referral.case_id}
    with scope.scope(stage.world.alice.unit.pk):
        drafts = models.Referral.objects.filter(case=stage.keys["case-returned"], status="draft")
        stage.keys["draft"] = drafts.get().pk


def _guest(stage: Stage, *, now: datetime) -> None:
    """A service without an account has been sent a link and a code."""
    case = _case(stage, "Rosa Opdigtet", now=now - DAY)
    place = Service.objects.filter(unit=None, kind="social_worker").order_by("code")[0]
    Service.objects.filter(pk=place.pk).update(email="klinik@laege.example", phone="12345678")
    referral = _send_to(stage, case, Service.objects.get(pk=place.pk), now=now)
    with scope.scope(stage.world.alice.unit.pk):
        link = models.SecureLink.objects.get(referral=referral)
        links._open_with(link, TOKEN, now=now)
        link.refresh_from_db()
        link.code_digest, link.code_expires_at = link.digest_of(CODE), now + DAY
        link.send_at = None
        link.save(update_fields=["opens_with", "expires_at", "code_digest", "code_expires_at", "send_at"])
    assert link.opens_with == opens_with(TOKEN)


def _own_page(stage: Stage, *, now: datetime) -> None:
    """A citizen with a time agreed has been given a link and a code."""
    with scope.scope(stage.world.alice.unit.pk):
        case = models.Case.objects.get(pk=stage.keys["case-booked"])
        actions.make_personal_link(case=case, by=stage.world.alice, now=now)
        link = models.PersonalLink.objects.get(case=case)
        link.opens_with, link.code_digest = opens_with(MY_WAY), link.digest_of(CODE)
        link.save(update_fields=["opens_with", "code_digest"])


def _board(stage: Stage, *, now: datetime) -> None:
    """What the clock has told the coordinator, one of two sides that is missing, somebody of 17, and a try to turn somebody
    away."""
    dorte = stage.world.dorte
    young = _send(stage, _case(stage, "Freja Opfundet", now=now, answers=CANNABIS | {"age": 17}), now=now)
    _send(stage, _case(stage, "Dan Opfundet", now=now, answers=DUAL), now=now)
    with scope.scope(stage.world.bo.unit.pk), suppress(actions.NotLegitimate):
        actions.open_referral(referral=young, by=stage.world.bo, now=now)
        door = Service.objects.filter(kind="social_worker", areas__municipality=AARHUS).order_by("code")[0]
        why = actions.Return("has_mental_disorder", next_door=door)
        actions.return_referral(referral=young, why=why, by=stage.world.bo, now=now)
    with scope.scope(dorte.unit.pk):
        open_ = models.FollowUp.objects.filter(closed_at=None)
        silent = open_.get(referral=stage.keys["sent"], waits_for=Wait.SEEN)
        open_.filter(pk=silent.pk).update(escalated_at=now - 4 * DAY, step=3, next_at=None)
        decision = open_.get(referral=stage.keys["return_asked"], waits_for=Wait.DECISION)
    stage.keys |= {"sent-silent": silent.pk, "return-decision": decision.pk}


def _reminded(stage: Stage, *, now: datetime) -> None:
    """The same citizen has been reminded of the time."""
    with scope.scope(stage.world.alice.unit.pk):
        referral = models.Referral.objects.get(pk=stage.keys["booked"])
    stage.reminder = reminded(referral, now=now)


def _tasks(stage: Stage, *, now: datetime) -> None:
    """What can be done in a list: put off, noted, and asked for several at once."""
    tasks = models.FollowUp.objects.filter(closed_at=None)
    with scope.scope(stage.world.alice.unit.pk, stage.world.bo.unit.pk):
        choice = tasks.get(case=stage.keys["case-new"], waits_for=Wait.CHOICE)
        stage.keys |= {
            "choice": choice.pk,
            "re-engage": tasks.get(referral=stage.keys["no_show"], waits_for=Wait.RE_ENGAGE).pk,
        }
    with scope.scope(stage.world.alice.unit.pk):
        job = actions.ask_for_bulk(
            kind=Bulk.SNOOZE, follow_ups=[choice.pk], because="Borgeren er rejst til mandag.",
            until=now.date() + DAY, by=stage.world.alice, now=now,
        )  # fmt: skip
    stage.keys["bulk"] = job.pk


def _send_to(stage: Stage, case: models.Case, place: Service, *, now: datetime) -> models.Referral:
    told = {"who": {"name": "Rosa Opdigtet"}, "case_number": case.short_number, "message": "Ring gerne først."}
    with scope.scope(stage.world.alice.unit.pk):
        return actions.send_referral(
            case=case,
            service=place,
            sides=[Side.SUBSTANCE],
            role="primary",
            telling=actions.Telling(told, actions.Yes()),
            by=stage.world.alice,
            now=now,
        )
