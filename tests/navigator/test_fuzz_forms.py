"""Whatever is written in whatever form: an answer, never a fault, and never a half save; shown back as it was written.

The forms are found on the pages themselves, one after the other through all scenes, so that a new one is among them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import resolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from navigator import clock
from navigator.web.models import JOBS, beat
from referrals import outbox
from referrals.models.secure_link import opens_with
from tests.conftest import WORKER, play_for_a_while
from tests.helpers.cases import SAD, logged, sent
from tests.helpers.html_forms import Form, forms_in
from tests.helpers.pages import at
from tests.helpers.snapshot import everything
from tests.helpers.world import World
from tests.system.scenes import CODE, SCENES, TOKEN, Stage, prepare

MARKUP = "<script>qz()</script>"
NASTY = [
    f'{MARKUP}"\'><img src=x onerror=qz()>{{{{ "qzqzqz"|upper }}}}{{% now "Y" %}}',
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


@dataclass
class Ground:
    """Every page in every state, who looks at it, and each form once: by where it goes and what it asks."""

    stage: Stage
    clients: dict[str, Client]
    forms: dict[tuple[str, frozenset[str]], tuple[Client, Form]] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        return self.clients.get(who, self.clients["nobody"])


@pytest.fixture
def ground(world: World) -> Ground:
    for job in JOBS:
        beat(job, now=clock.now(), did={})
    stage = prepare(world, now=clock.now())
    made = Ground(stage, {who: at(by) for who, by in stage.people.items()} | {"nobody": Client()})
    for scene in SCENES:
        client, address = made.client(scene.who), scene.address(stage)
        for form in forms_in(client.get(address, follow=True), address=address):
            name = resolve(form.action.split("?")[0]).view_name
            if name not in ("account_logout", "set_language", "time_left"):
                made.forms.setdefault((name, form.names), (client, form))
    return made


def send(client: Client, form: Form, filled: dict[str, Any]) -> Any:
    """As a browser would; what browsers cannot send (half a character) is sent as bytes that are no text."""
    body = urlencode(form.hidden | filled, doseq=True, errors="surrogatepass")
    if form.method == "get":
        return client.get(f"{form.action.split('?')[0]}?{body}")
    return client.post(form.action, body, "application/x-www-form-urlencoded")


def kept() -> dict[str, Any]:
    """All that is stored of people; but drafts, which keep what is wrong until it is mended."""
    return {table: rows for table, rows in everything().items() if table != "referrals_draft"}


def holds(client: Client, form: Form, filled: dict[str, Any], before: Any = None) -> None:
    """It is answered; a refusal changes nothing. Nothing of it stays, for the next one to stand on the same ground."""
    try:
        with transaction.atomic():
            answer = send(client, form, filled)  # an error in a view is raised here
            assert answer.status_code < 500
            if before is not None and answer.status_code >= 400:
                assert kept() == before, (form.action, answer.status_code)
            raise Undo
    except Undo:
        pass


def test_whatever_is_written_asked_or_forged_gets_an_answer(ground: Ground) -> None:
    """One ground for all four: it takes longer to make than to try."""
    assert len(ground.forms) > 60
    before = everything()
    every_form(ground)
    whatever_chance_thinks_of(ground)
    every_address(ground)
    forged_links(before)


def every_form(ground: Ground) -> None:
    before = kept()
    for (name, _names), (client, form) in ground.forms.items():
        for turn in range(3):
            fields = [*form.written, *form.hidden]
            written = {field: NASTY[(turn + number) % len(NASTY)] for number, field in enumerate(fields)}
            chosen = {field: options[turn % len(options)] for field, options in form.chosen.items() if options}
            try:
                holds(client, form, written | chosen, before if turn == 0 else None)
            except Exception as error:
                raise AssertionError(f"{name}, turn {turn}: {sorted(written)}, {chosen}") from error


texts = st.text(st.characters(), max_size=60) | st.sampled_from(NASTY)


def whatever_chance_thinks_of(ground: Ground) -> None:
    forms = list(ground.forms.values())

    @FEW
    @given(st.data())
    def try_one(data: st.DataObject) -> None:
        client, form = data.draw(st.sampled_from(forms))
        as_it_was = data.draw(st.booleans())
        fields = {
            **dict.fromkeys(form.written, texts),
            **{name: st.sampled_from(options or [""]) | texts for name, options in form.chosen.items()},
            **({} if as_it_was else dict.fromkeys(form.hidden, texts)),
        }
        holds(client, form, data.draw(st.fixed_dictionaries({}, optional=fields)))

    try_one()


def every_address(ground: Ground) -> None:
    for turn, scene in enumerate(SCENES):
        asked = {name: NASTY[(turn + number) % len(NASTY)][:200] for number, name in enumerate(QUERIES)}
        address = f"{scene.address(ground.stage).split('?')[0]}?{urlencode(asked, errors='surrogatepass')}"
        assert ground.client(scene.who).get(address).status_code < 500, address
    for path in (
        "/link/%00/",
        "/link/%ff%fe/",
        "/cases/%27/",
        f"/link/{'A' * 5000}/",
        "/login/at/%00/",
        "/follow-ups/x/y/",
    ):
        assert Client().get(path).status_code < 500, path


def forged_links(before: Any) -> None:
    """Another letter, another case, too little, too much, its hash: nothing opens. A code opens once, for one browser."""
    forged = {TOKEN[:place] + other + TOKEN[place + 1 :] for place in range(0, len(TOKEN), 5) for other in "aA"} - {
        TOKEN
    }
    forged |= {TOKEN.upper(), TOKEN[:-1], TOKEN * 2, f"{TOKEN} ", f"{TOKEN}\0", str(opens_with(TOKEN)), "..", "%2e%2e"}
    for token in sorted(forged):
        guest = Client()
        guest.get(f"/link/{quote(token, safe='')}/")
        answer = guest.post("/link/enter/", {"code": CODE})
        assert (answer.status_code, "Rosa" in answer.content.decode()) == (422, False), token
        assert guest.post("/link/answer/accept/").status_code == 200
        assert "Rosa" not in guest.get("/link/").content.decode()
    assert everything() == before

    first, second = Client(), Client()
    for guest in (first, second):
        guest.get(f"/link/{TOKEN}/")
    assert first.post("/link/enter/", {"code": CODE}).status_code == 302
    assert "Rosa" in first.get("/link/").content.decode()
    replayed = second.post("/link/enter/", {"code": CODE})
    assert (replayed.status_code, "Rosa" in replayed.content.decode()) == (422, False)
    stolen = Client()
    stolen.cookies.load({"session": first.cookies["session"].value[:-1] + "x"})
    assert "Rosa" not in stolen.get("/link/").content.decode()


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
    } | {"search": alice.post("/search/", {"said": nasty}, follow=True).content.decode()}  # fmt: skip
    for address, page in shown.items():
        assert MARKUP not in page and "<img src=x" not in page, address
        assert "QZQZQZ" not in page, address
    for address in (f"/cases/{case.pk}/", f"/referrals/{referral.pk}/", "search"):
        assert "&lt;script&gt;qz()" in shown[address] and "{{ &quot;qzqzqz" in shown[address], address
    assert shown[f"/cases/{case.pk}/"].count("&lt;script&gt;qz()") >= 5


@time_machine.travel(datetime.fromisoformat("2027-03-03T10:00:00+01:00"), tick=False)  # by night e-mails wait
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
