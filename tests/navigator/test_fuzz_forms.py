"""Whatever is written in whatever form: an answer, never a fault, and never a half save; shown back as it was written.

The forms are found on the pages themselves, one after the other through all scenes, so that a new one is among them.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import resolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from navigator import clock
from navigator.web.models import JOBS, beat
from referrals import outbox
from tests.conftest import WORKER, play_for_a_while
from tests.helpers.cases import SAD, logged, sent
from tests.helpers.html_forms import Form, forms_in
from tests.helpers.pages import at
from tests.helpers.snapshot import everything
from tests.helpers.world import World
from tests.system.scenes import SCENES, prepare

MARKUP = "<script>qz()</script>"
NASTY = [
    f'{MARKUP}"\'><img src=x onerror=qz()>{{{{ 7|add:"7" }}}}{{% now "Y" %}}',
    "'; DROP TABLE referrals_case; -- %s %(name)s {0} \\",
    "nul \0 and \x1b[2J \u202e \ud7ff \ufffe",
    "x" * 100_000,
    "=HYPERLINK(\"http://x\")\r\nBcc: x@x.example\r\n",
    "١٢٣ ²³ 1e999 -1 NaN",
    "\ud800 half a character, \U0001f600 a whole one, æøå \t\n ",
]  # fmt: skip
QUERIES = ("at", "tab", "show", "day", "q", "screening", "service", "next", "reason", "door")
FEW = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Undo(Exception):
    """The example is over, and has never been."""


@pytest.fixture
def found(world: World) -> dict[tuple[str, frozenset[str]], tuple[Client, Form]]:
    """Each form once: by where it goes and what it asks, with the browser that it was found in."""
    for job in JOBS:
        beat(job, now=clock.now(), did={})
    stage = prepare(world, now=clock.now())
    clients = {who: at(by) for who, by in stage.people.items()} | {"nobody": Client()}
    forms: dict[tuple[str, frozenset[str]], tuple[Client, Form]] = {}
    for scene in SCENES:
        client = clients.get(scene.who, clients["nobody"])
        address = scene.address(stage)
        for form in forms_in(client.get(address, follow=True), address=address):
            name = resolve(form.action.split("?")[0]).view_name
            if name not in ("account_logout", "set_language", "time_left"):
                forms.setdefault((name, form.names), (client, form))
    return forms


def send(client: Client, form: Form, filled: dict[str, Any]) -> Any:
    """As a browser would; what browsers cannot send (half a character) is sent as bytes that are no text."""
    body = urlencode(form.hidden | filled, doseq=True, errors="surrogatepass")
    if form.method == "get":
        return client.get(f"{form.action.split('?')[0]}?{body}")
    return client.post(form.action, body, "application/x-www-form-urlencoded")


def holds(client: Client, form: Form, filled: dict[str, Any], before: Any = None) -> None:
    """It is answered; a refusal changes nothing. Nothing of it stays, for the next one to stand on the same ground."""
    try:
        with transaction.atomic():
            answer = send(client, form, filled)  # an error in a view is raised here
            assert answer.status_code < 500
            if before is not None and answer.status_code >= 400:
                assert everything() == before, (form.action, answer.status_code)
            raise Undo
    except Undo:
        pass


def test_every_form_answers_to_whatever_is_written(found: Any) -> None:
    assert len(found) > 60
    before = everything()
    for (name, _names), (client, form) in found.items():
        for turn in range(3):
            written = {
                field: NASTY[(turn + number) % len(NASTY)] for number, field in enumerate([*form.written, *form.hidden])
            }
            chosen = {field: options[turn % len(options)] for field, options in form.chosen.items() if options}
            try:
                holds(client, form, written | chosen, before if turn == 0 else None)
            except Exception as error:
                raise AssertionError(f"{name} {written} {chosen}") from error
    assert everything() == before


texts = st.text(st.characters(), max_size=60) | st.sampled_from(NASTY)


def test_and_to_whatever_chance_thinks_of(found: Any) -> None:
    forms = list(found.values())

    @FEW
    @given(st.data())
    def try_one(data: st.DataObject) -> None:
        client, form = data.draw(st.sampled_from(forms))
        kept = data.draw(st.booleans())
        fields = {
            **dict.fromkeys(form.written, texts),
            **{name: st.sampled_from(options or [""]) | texts for name, options in form.chosen.items()},
            **({} if kept else dict.fromkeys(form.hidden, texts)),
        }
        holds(client, form, data.draw(st.fixed_dictionaries({}, optional=fields)))

    try_one()


def test_every_address_answers_to_whatever_is_asked(world: World) -> None:
    stage = prepare(world, now=clock.now())
    clients = {who: at(by) for who, by in stage.people.items()} | {"nobody": Client()}
    for scene in SCENES[::2]:
        for turn in (0, 2, 5):
            asked = {name: NASTY[(turn + number) % len(NASTY)][:200] for number, name in enumerate(QUERIES)}
            address = f"{scene.address(stage).split('?')[0]}?{urlencode(asked)}"
            assert clients.get(scene.who, clients["nobody"]).get(address).status_code < 500, address
    for path in (
        "/link/%00/",
        "/link/%ff%fe/",
        "/cases/%27/",
        f"/link/{'A' * 5000}/",
        "/login/at/%00/",
        "/follow-ups/x/y/",
    ):
        assert Client().get(path).status_code < 500, path


def test_markup_is_shown_as_it_was_written(world: World) -> None:
    nasty = NASTY[0]
    case = logged(world, name=f"Navn {nasty}", pseudonym=nasty, phone=nasty)
    alice, bo = at(world.alice), at(world.bo)
    referral = sent(world, to=world.bo.unit, case=case)
    alice.post(f"/cases/{case.pk}/note/", {"note": nasty})
    alice.post(f"/cases/{case.pk}/called/", {"channel": "phone", "reached": "no_answer", "note": nasty})
    bo.post(f"/referrals/{referral.pk}/open/")
    bo.post(f"/referrals/{referral.pk}/ask/", {"question": nasty})
    shown = {
        address: client.get(address).content.decode()
        for client, address in [
            (alice, f"/cases/{case.pk}/"), (alice, f"/referrals/{referral.pk}/"), (alice, "/"), (alice, "/follow-ups/"),
            (bo, f"/referrals/{referral.pk}/"), (bo, "/inbox/"), (bo, "/"),
        ]
    } | {"search": alice.post("/search/", {"said": nasty}).content.decode()}  # fmt: skip
    for address, page in shown.items():
        assert MARKUP not in page and "<img src=x" not in page, address
        assert "77" not in page.replace(nasty, ""), address
    for address in (f"/cases/{case.pk}/", f"/referrals/{referral.pk}/", "/inbox/", "search"):
        assert "&lt;script&gt;qz()" in shown[address] and "{{ 7|add" in shown[address], address
    assert shown[f"/cases/{case.pk}/"].count("&lt;script&gt;qz()") >= 5


def test_no_line_break_reaches_the_head_of_an_e_mail(committed_world: World, settings: Any) -> None:
    """In a name or a unit it begins no new header; an address that holds one is sent nothing at all."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    world, broken = committed_world, "Bo\r\nBcc: alle@x.example"
    for row in (world.bo.user, world.bo.unit, world.bo.unit.organisation):
        row.name = broken
        row.save(update_fields=["name"])
    type(world.carla.unit).objects.filter(pk=world.carla.unit.pk).update(
        email="psykiatri@x.example\r\nBcc: a@x.example"
    )
    sent(world, to=world.bo.unit, case=logged(world, name=broken))
    with play_for_a_while(WORKER):
        outbox.deliver(now=clock.now())
    (message,) = mail.outbox
    assert message.recipients() == [world.bo.unit.email]
    assert "alle@" not in message.message().as_string()

    sent(world, to=world.carla.unit, kind="psychiatry_adult", case=logged(world, answers=SAD))
    with play_for_a_while(WORKER):
        outbox.deliver(now=clock.now())
    assert [each.recipients() for each in mail.outbox] == [[world.bo.unit.email]]
