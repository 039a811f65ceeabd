"""How long one stays signed in, what becomes of what one wrote, and where one is signed in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from navigator.accounts import sessions
from navigator.accounts.models import Session
from tests.helpers.world import PASSWORD, World

BEGAN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WROTE = "Borgeren vil gerne ringes op\nefter kl. 12 <b>"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0"
POLL = {"HX-Request": "true", "X-Background": "yes"}


@pytest.fixture
def alice(world: World) -> Client:
    """Alice, who signed in at eight."""
    client = Client(headers={"User-Agent": FIREFOX})
    with time_machine.travel(BEGAN, tick=False):
        client.post("/login/", {"login": world.alice.user.email, "password": PASSWORD})
    return client


def left(client: Client, at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        return int(client.get("/session/", headers={"X-Background": "yes"}).json()["left"])


def test_each_page_prolongs_until_nothing_has_happened_for_half_an_hour(alice: Client) -> None:
    for minutes in (29, 58, 87):
        with time_machine.travel(BEGAN + minutes * MINUTE, tick=False):
            assert alice.get("/").status_code == 200
    assert left(alice, BEGAN + 87 * MINUTE) == 30 * 60
    with time_machine.travel(BEGAN + 117 * MINUTE, tick=False):
        answer = alice.get("/follow-ups/?late=1")
        assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/follow-ups/%3Flate%3D1")
        assert "efter 30 minutter uden brug" in alice.get(answer["Location"]).content.decode()
    assert not Session.objects.exclude(user=None).exists()


def test_after_ten_hours_one_signs_in_again_whatever_one_does(alice: Client) -> None:
    for minutes in range(20, 600, 20):
        with time_machine.travel(BEGAN + minutes * MINUTE, tick=False):
            assert alice.get("/").status_code == 200, minutes
    assert left(alice, BEGAN + 9 * HOUR + 55 * MINUTE) == 5 * 60
    with time_machine.travel(BEGAN + 10 * HOUR, tick=False):
        assert alice.get("/").status_code == 302


def test_what_a_page_asks_by_itself_prolongs_nothing(alice: Client) -> None:
    for minutes in range(1, 30):
        assert left(alice, BEGAN + minutes * MINUTE) == (30 - minutes) * 60
    with time_machine.travel(BEGAN + 29 * MINUTE, tick=False):
        assert alice.get("/", headers=POLL).status_code == 200
    assert left(alice, BEGAN + 30 * MINUTE) == 0


def test_going_on_is_a_post(alice: Client) -> None:
    with time_machine.travel(BEGAN + 29 * MINUTE, tick=False):
        assert alice.post("/session/").json() == {"left": 30 * 60}
    assert left(alice, BEGAN + 58 * MINUTE) == 60


def test_whoever_is_not_signed_in_has_nothing_left(world: World) -> None:
    assert Client().get("/session/").json() == {"left": 0}
    assert Client().post("/session/").json() == {"left": 0}
    assert not Session.objects.exists()


def test_each_part_that_asks_by_itself_says_so() -> None:
    for path in Path("templates").rglob("*.html"):
        for tag in re.findall(r"<[^>]*hx-trigger=\"every[^>]*", path.read_text()):
            assert "X-Background" in tag, path


def test_what_was_typed_when_the_time_was_out_is_shown_after_signing_in(alice: Client, world: World) -> None:
    came_from = {"Referer": "http://testserver/search/?said=x"}
    with time_machine.travel(BEGAN + HOUR, tick=False):
        out = alice.post("/unit/", {"note": WROTE, "reason": " ", "name": "not a text"}, headers=came_from)
        page = out.content.decode()
        assert out.status_code == 403
        assert 'name="typed_note" value="Borgeren vil gerne ringes op\nefter kl. 12 &lt;b&gt;"' in page
        assert 'name="next" value="/search/?said=x"' in page
        assert page.count('name="typed_') == 1
        again = {"login": world.alice.user.email, "typed_note": WROTE, "next": "/search/?said=x"}

        wrong = alice.post("/login/", again | {"password": "wrong"}).content.decode()
        assert 'name="typed_note"' in wrong and "<textarea" not in wrong

        shown = alice.post("/login/", again | {"password": PASSWORD})
        text = shown.content.decode()
        assert shown.status_code == 200
        assert "Borgeren vil gerne ringes op\nefter kl. 12 &lt;b&gt;</textarea>" in text
        assert 'href="/search/?said=x"' in text
        assert alice.get("/").status_code == 200
    kept = [sessions.SessionStore().decode(row.session_data) for row in Session.objects.all()]
    assert "ringes op" not in str(kept)


def test_nobody_is_led_to_another_place(alice: Client) -> None:
    with time_machine.travel(BEGAN + HOUR, tick=False):
        page = alice.post("/unit/", {"note": WROTE}, headers={"Referer": "https://evil.example/x"}).content.decode()
    assert 'name="next" value="/"' in page


def test_a_fragment_after_time_out_leads_the_whole_page_to_sign_in(alice: Client) -> None:
    htmx = {"HX-Request": "true", "HX-Current-URL": "http://testserver/follow-ups/"}
    with time_machine.travel(BEGAN + HOUR, tick=False):
        got = alice.get("/search/", headers=htmx)
        posted = alice.post("/unit/", {"note": WROTE}, headers=htmx)
    assert (got.status_code, got["HX-Redirect"]) == (200, "/login/?next=/follow-ups/")
    assert (posted.status_code, posted["HX-Retarget"]) == (403, "#main-content")
    assert "<html" not in posted.content.decode()


@pytest.mark.parametrize(("site", "shown"), [("same-origin", True), ("cross-site", False)])
def test_a_form_with_an_old_proof_gives_back_what_was_typed_on_our_page_only(
    world: World, site: str, shown: bool
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.alice.user)
    answer = client.post("/unit/", {"note": WROTE}, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    assert ("ringes op" in answer.content.decode()) is shown


def test_my_sessions_names_each_browser_and_keeps_no_address(alice: Client, world: World) -> None:
    Client().force_login(world.bo.user)
    with time_machine.travel(BEGAN + 5 * MINUTE, tick=False):
        page = alice.get("/sign-in/").content.decode()
    assert page.count("Firefox, Windows – denne her") == 1
    assert "Ukendt browser" not in page  # Bo's
    assert "i dag kl. 09.00" in page
    mine = Session.objects.get(user=world.alice.user)
    assert {field.name for field in Session._meta.fields} == {
        "session_key", "session_data", "expire_date", "id", "user", "began_at", "used_at", "browser",
    }  # fmt: skip
    assert "127.0.0.1" not in str(sessions.SessionStore().decode(mine.session_data))


def test_one_ends_one_of_ones_own_and_no_one_elses(alice: Client, world: World) -> None:
    elsewhere, bo = Client(), Client()
    with time_machine.travel(BEGAN, tick=False):
        elsewhere.force_login(world.alice.user)
        bo.force_login(world.bo.user)
        his = Session.objects.get(user=world.bo.user)
        other = Session.objects.get(session_key=elsewhere.session.session_key)
        assert alice.post(f"/sign-in/sessions/{his.id}/end/").status_code == 404
        assert bo.get("/").status_code == 200

        assert alice.post(f"/sign-in/sessions/{other.id}/end/").status_code == 302
        assert elsewhere.get("/").status_code == 302
        assert alice.get("/").status_code == 200
        assert alice.post(f"/sign-in/sessions/{other.id}/end/").status_code == 404
        assert alice.get(f"/sign-in/sessions/{other.id}/end/").status_code == 405


def test_one_ends_all_others_and_stays(alice: Client, world: World) -> None:
    with time_machine.travel(BEGAN, tick=False):
        others = [Client() for _ in range(3)]
        for other in others:
            other.force_login(world.alice.user)
        bo = Client()
        bo.force_login(world.bo.user)
        page = alice.post("/sign-in/sessions/end-others/", follow=True).content.decode()
        assert "3 sessioner er afsluttet." in page
        assert [each.get("/").status_code for each in [alice, bo, *others]] == [200, 200, 302, 302, 302]


def test_the_list_asks_the_same_with_one_session_and_with_fifty(alice: Client, world: World) -> None:
    def asked() -> int:
        with (
            time_machine.travel(BEGAN, tick=False),
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            assert alice.get("/sign-in/").status_code == 200
        return len(queries)

    one = asked()
    with time_machine.travel(BEGAN, tick=False):
        for _ in range(49):
            Client().force_login(world.alice.user)
    assert Session.objects.filter(user=world.alice.user).count() == 50
    assert asked() == one


def test_signing_out_takes_the_row_away(alice: Client) -> None:
    with time_machine.travel(BEGAN, tick=False):
        alice.post("/logout/")
    assert not Session.objects.exclude(user=None).exists()


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) AppleWebKit/605 Version/17 Safari/605", "Safari, Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18) AppleWebKit/605 Version/18 Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("<script>", ""),
    ],
)
def test_a_browser_is_named_coarsely(agent: str, name: str) -> None:
    assert sessions.browser_name(agent) == name
