"""A service without an account answers by a link and a code, sees only what was sent to it, and nothing by guessing."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from navigator import clock
from navigator.audit.models import Look
from navigator.database import scope
from pathways.models import Service
from referrals import actions, links, models
from referrals.delivery.channels import Message, TryAgain
from referrals.delivery.email import Email
from referrals.delivery.reasons import Reason
from referrals.enums import Status
from referrals.models.secure_link import CODE_LASTS, LASTS, TRIES, opens_with
from tests.conftest import WORKER, as_owner, play_for_a_while
from tests.helpers.cases import logged, sent, service
from tests.helpers.sms import Gateway, gateway
from tests.helpers.world import World
from tests.referrals.test_races import Step, at_once


@pytest.fixture(autouse=True)
def provider(settings: Any) -> Iterator[Gateway]:
    """A mailbox, and a real HTTP gateway for SMS."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with gateway() as (kept, url):
        settings.SMS_GATEWAY, settings.SMS_URL = "referrals.delivery.sms.HttpGateway", url
        settings.SMS_TOKEN, settings.SMS_TIMEOUT = "a-token", 5
        yield kept


@pytest.fixture
def referral(committed_world: World) -> models.Referral:
    """Sent to a service that has a mailbox and a telephone and no account."""
    found = service("gp", None)
    with as_owner() as owner:
        owner.execute(
            "UPDATE pathways_service SET email = 'klinik@laege.example', phone = '12345678' WHERE id = %s", [found.pk]
        )
    case = logged(committed_world, name="Karla Hemmelig")
    return sent(committed_world, to=None, kind="gp", case=case, sides=["substance"])


def send() -> dict[str, int]:
    with play_for_a_while(WORKER):
        return links.send_what_is_wanted()


def link_in(message: str) -> str:
    return re.search(r"/link/[\w-]+/", message).group()  # type: ignore[union-attr]


def code_in(provider: Gateway) -> str:
    return re.search(r"\d{6}", provider.taken[-1]["text"]).group()  # type: ignore[union-attr]


def let_in(client: Client, provider: Gateway) -> None:
    client.post("/link/code/")
    send()
    code = code_in(provider)
    assert client.post("/link/enter/", {"code": code}).status_code == 302


def test_the_whole_way_of_a_service_without_an_account(
    provider: Gateway, referral: models.Referral, committed_world: World
) -> None:
    assert send() == {"links": 1, "codes": 0, "failed": 0}
    (message,) = mail.outbox
    assert message.to == ["klinik@laege.example"]
    assert "Karla" not in message.body and "Karla" not in message.subject

    client = Client()
    assert client.get(link_in(message.body)).url == "/link/"  # the token leaves the address at once
    assert "Karla" not in client.get("/link/").content.decode()
    let_in(client, provider)
    page = client.get("/link/").content.decode()
    assert "Ring gerne." in page
    assert f'href="/privacy/{committed_world.alice.unit.organisation_id}/"' in page
    with scope.scope(opens_with(link_in(message.body).split("/")[2])):
        look = Look.objects.get()
    assert (look.what, look.how, look.purpose, look.case, look.referral, look.user, look.unit) == (
        "link", "page", "receive", referral.case_id, referral.pk, None, None,
    )  # fmt: skip
    assert client.post("/link/answer/accept/").status_code == 302
    assert client.post("/link/answer/arrive/").status_code == 302

    with scope.scope(committed_world.alice.unit.pk):
        referral.refresh_from_db()
        assert referral.status == Status.ARRIVED
        kinds = list(referral.events.order_by("recorded_at", "pk").values_list("kind", "by"))
        assert [each for each in kinds if each[0] in ("open", "accept")] == [("open", None), ("accept", None)]
        assert models.Case.objects.get().owner_unit == committed_world.alice.unit


def test_a_service_without_an_account_is_asked_whether_an_interpreter_is_ordered(
    provider: Gateway, committed_world: World
) -> None:
    with as_owner() as owner:
        owner.execute("UPDATE pathways_service SET email = 'k@laege.example', phone = '12345678' WHERE kind_id = 'gp'")
    referral = sent(committed_world, to=None, kind="gp", sides=["substance"], interpreter="ar")
    send()
    client = Client()
    client.get(link_in(mail.outbox[0].body))
    let_in(client, provider)
    assert "Er der bestilt tolk? Arabisk" in client.get("/link/").content.decode()
    soon = {"day": (clock.today() + timedelta(days=9)).isoformat(), "time": "10:00"}
    assert client.post("/link/answer/interpreter/").status_code == 200, "no visit is agreed"
    assert client.post("/link/answer/book/", soon).status_code == 422
    assert client.post("/link/answer/book/", soon | {"interpreter_ordered": "no"}).status_code == 302
    page = client.get("/link/").content.decode()
    assert "tolk er ikke bestilt endnu" in page and "/link/answer/interpreter/" in page
    assert client.post("/link/answer/interpreter/").status_code == 302
    page = client.get("/link/").content.decode()
    assert "tolk er bestilt" in page and "/link/answer/interpreter/" not in page
    with scope.scope(committed_world.alice.unit.pk):
        referral.refresh_from_db()
        assert referral.interpreter_ordered is True
        assert referral.events.get(kind="interpreter_ok").by is None


def test_the_database_holds_neither_token_nor_code(provider: Gateway, referral: models.Referral) -> None:
    send()
    token = link_in(mail.outbox[0].body).split("/")[2]
    client = Client()
    client.get(f"/link/{token}/")
    client.post("/link/code/")
    send()
    code = code_in(provider)
    with as_owner() as owner:
        stored = str(owner.execute("SELECT * FROM referrals_securelink").fetchall())
    assert token not in stored and code not in stored and "klinik@laege.example" in stored


def test_a_guess_an_expired_and_a_revoked_link_look_the_same(
    provider: Gateway, referral: models.Referral, committed_world: World, settings: Any
) -> None:
    send()
    real = link_in(mail.outbox[0].body)
    pages = []
    for address, spoil in [
        ("/link/" + "A" * 43 + "/", lambda: None),
        (real, lambda: _update(expires_at=clock.now())),
        (real, lambda: _update(expires_at=clock.now() + LASTS, revoked_at=clock.now())),
    ]:
        spoil()
        client = Client()
        client.get(address)
        client.post("/link/code/")
        client.get("/link/")
        assert send()["codes"] == 0
        answer = client.post("/link/enter/", {"code": "123456"})
        pages.append((answer.status_code, re.sub(r'csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())))
    assert pages[0][0] == 422
    assert pages[0] == pages[1] == pages[2]


def test_five_wrong_codes_close_the_link(provider: Gateway, referral: models.Referral) -> None:
    send()
    client = Client()
    client.get(link_in(mail.outbox[0].body))
    client.post("/link/code/")
    send()
    code = code_in(provider)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for said, times in (("", TRIES), (wrong, TRIES - 1)):
        for _ in range(times):
            assert client.post("/link/enter/", {"code": said}).status_code == 422
    with as_owner() as owner:
        assert owner.execute("SELECT code_tries FROM referrals_securelink").fetchall() == [(TRIES - 1,)]
    client.post("/link/enter/", {"code": wrong})
    assert client.post("/link/enter/", {"code": code}).status_code == 422
    with as_owner() as owner:
        assert owner.execute("SELECT revoked_at IS NOT NULL FROM referrals_securelink").fetchall() == [(True,)]


def test_a_code_works_once_and_for_a_quarter_of_an_hour(provider: Gateway, referral: models.Referral) -> None:
    send()
    client = Client()
    client.get(link_in(mail.outbox[0].body))
    let_in(client, provider)
    code = code_in(provider)
    other = Client()
    other.get(link_in(mail.outbox[0].body))
    assert other.post("/link/enter/", {"code": code}).status_code == 422

    other.post("/link/code/")
    send()
    code = code_in(provider)
    _update(code_expires_at=clock.now() - timedelta(seconds=1))
    assert other.post("/link/enter/", {"code": code}).status_code == 422
    assert timedelta(minutes=15) == CODE_LASTS


def test_an_answer_that_comes_too_late_is_shown_once_more(
    provider: Gateway, referral: models.Referral, committed_world: World
) -> None:
    send()
    client, asks = Client(), {"question": "Tager Karla medicin?"}
    client.get(link_in(mail.outbox[0].body))
    let_in(client, provider)
    client.post("/link/answer/accept/")
    client.post("/link/answer/arrive/")
    page = client.post("/link/answer/ask/", asks)
    assert [each.text for each in page.context["typed"]] == ["Tager Karla medicin?"]
    with scope.scope(committed_world.alice.unit.pk):
        assert not models.CaseEvent.objects.filter(referral=referral, kind="ask").exists()


def test_a_guest_sees_one_referral_and_nothing_else(
    provider: Gateway, referral: models.Referral, committed_world: World
) -> None:
    sent(committed_world, to=None, kind="somatic_check")
    send()
    with as_owner() as owner:
        (guest,) = owner.execute("SELECT opens_with FROM referrals_securelink").fetchone()  # type: ignore[misc]
    with scope.scope(guest):
        assert list(models.Referral.objects.values_list("pk", flat=True)) == [referral.pk]
        assert models.Disclosure.objects.count() == 1
        assert models.Case.objects.count() == models.Person.objects.count() == models.CaseEvent.objects.count() == 0
    client = Client()
    client.get(link_in(mail.outbox[0].body))
    let_in(client, provider)
    assert client.get(f"/referrals/{referral.pk}/").status_code == 302  # to the sign-in


def test_a_referral_that_was_taken_back_closes_its_link(
    provider: Gateway, referral: models.Referral, committed_world: World
) -> None:
    send()
    client = Client()
    client.get(link_in(mail.outbox[0].body))
    let_in(client, provider)
    with scope.scope(committed_world.alice.unit.pk):
        actions.cancel_referral(referral=referral, because="Fejl", by=committed_world.alice, now=clock.now())
    assert "Ring gerne." not in client.get("/link/", follow=True).content.decode()


def test_a_link_that_cannot_be_sent_is_a_task_for_the_sender(
    provider: Gateway, referral: models.Referral, committed_world: World, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "referrals.delivery.email.NoRelay"

    assert send() == {"links": 0, "codes": 0, "failed": 1}
    with scope.scope(committed_world.alice.unit.pk):
        assert referral.follow_ups.open().filter(waits_for="reach_out").count() == 1
        referral.refresh_from_db()
        assert referral.bounced_at is not None


def test_a_service_with_no_second_way_is_called(committed_world: World) -> None:
    found = service("gp", None)
    assert isinstance(found, Service)
    with as_owner() as owner:
        owner.execute(
            "UPDATE pathways_service SET email = 'a@b.example', phone = '', second_email = '' WHERE id = %s", [found.pk]
        )
    sent(committed_world, to=None, kind="gp", sides=["substance"])

    assert send() == {"links": 0, "codes": 0, "failed": 0}


def _update(**fields: object) -> None:
    with as_owner() as owner:
        sets = ", ".join(f"{field} = %s" for field in fields)
        owner.execute(f"UPDATE referrals_securelink SET {sets}", list(fields.values()))  # type: ignore[arg-type]


def test_a_referral_that_ends_while_its_link_is_sent_waits_for_nobody_and_opens_to_nobody(
    referral: models.Referral, committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The relay takes its time. Whoever ends the referral meanwhile does not wait for it, and neither waits for the other."""
    goes_out = Email.send
    ended: list[list[str]] = []

    def send_slowly(self: Email, message: Message) -> None:
        ending = threading.Thread(target=lambda: ended.append(at_once([cancelled(referral, committed_world)])))
        ending.start()
        ending.join(30)
        goes_out(self, message)

    monkeypatch.setattr(Email, "send", send_slowly)
    assert at_once([sending(committed_world)]) == ["done"]
    assert ended == [["done"]] and len(mail.outbox) == 1
    assert opens_nothing(referral, committed_world)
    client = Client()
    client.get(link_in(mail.outbox[0].body))
    assert client.post("/link/enter/", {"code": "123456"}).status_code == 422


def test_a_try_that_hung_and_failed_takes_nothing_from_one_that_arrived(
    referral: models.Referral, committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_out = Email.send
    later = clock.now() + 2 * links.BEING_SENT

    def hang(self: Email, message: Message) -> None:
        monkeypatch.setattr(Email, "send", goes_out)
        again = committed_world.alice, lambda by, now: links.send_what_is_wanted(now=later), {}
        other = threading.Thread(target=at_once, args=[[again]])
        other.start()
        other.join(30)
        raise TryAgain(Reason.TIMED_OUT)

    monkeypatch.setattr(Email, "send", hang)
    assert at_once([sending(committed_world)]) == ["done"]
    assert len(mail.outbox) == 1
    with scope.scope(committed_world.alice.unit.pk):
        link = models.SecureLink.objects.get()
    assert (link.send_at, link.tries_to_send, link.is_open(clock.now())) == (None, 2, True)


@pytest.mark.parametrize("turn", range(3))
def test_sent_and_ended_at_once_both_come_to_an_end(
    referral: models.Referral, committed_world: World, turn: int
) -> None:
    steps = [sending(committed_world)] * 3
    steps.insert(turn, cancelled(referral, committed_world))
    assert at_once(steps) == ["done"] * 4
    assert len(mail.outbox) <= 1 and opens_nothing(referral, committed_world)


def sending(world: World) -> Step:
    return world.alice, lambda by, now: links.send_what_is_wanted(), {}


def cancelled(referral: models.Referral, world: World) -> Step:
    return world.alice, actions.cancel_referral, {"referral": referral, "because": "Forkert"}


def opens_nothing(referral: models.Referral, world: World) -> bool:
    with scope.scope(world.alice.unit.pk):
        referral.refresh_from_db()
        link = referral.secure_links.get()
    return referral.status == Status.CANCELLED and link.send_at is None and not link.is_open(clock.now())
