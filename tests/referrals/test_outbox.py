"""What was decided to be said is said: to the right reader, at the right time, in words that tell nobody anything."""

from __future__ import annotations

import io
import json
import mailbox
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from navigator import clock
from navigator.accounts.models import Membership, Notices, Unit
from navigator.database import scope
from navigator.web.models import Heartbeat, silent_jobs
from referrals import actions, links, models, outbox, sweeps
from referrals.delivery import bounces, sms, texts, timing
from referrals.delivery.answering import token_of
from referrals.delivery.email import KEY_HEADER
from referrals.enums import Channel, Event, Side, Urgency, Wait
from tests.conftest import WORKER, as_owner, play_for_a_while
from tests.helpers.cases import logged, sent, service
from tests.helpers.sms import Gateway, gateway
from tests.helpers.smtp import LATER, REFUSED, Relay, relay
from tests.helpers.world import World

MONDAY = datetime.fromisoformat("2026-11-23T10:00:00+01:00")
NIGHT = datetime.fromisoformat("2026-11-23T22:30:00+01:00")
MORNING = datetime.fromisoformat("2026-11-24T08:00:00+01:00")
VISIT = datetime.fromisoformat("2026-11-27T13:00:00+01:00")
DAY = timedelta(days=1)
QUIET = {"handed_over": 0, "dropped": 0, "held": 0, "try_again": 0, "failed": 0, "bounced": 0, "put_off": 0}


def deliver(now: datetime) -> dict[str, int]:
    """What the outbox did beside nothing."""
    with play_for_a_while(WORKER):
        did = outbox.deliver(now=now)
    return {what: count for what, count in did.items() if count}


def sweep(now: datetime) -> None:
    with play_for_a_while(WORKER):
        sweeps.sweep(now=now)


def rows() -> list[tuple[str, str, str, str]]:
    """(whom it tells, channel, state, reason) of every message, in the order in which they were written."""
    with as_owner() as owner:
        return owner.execute(
            """SELECT n.tells, d.channel, d.state, d.reason FROM referrals_delivery d
               JOIN referrals_notice n ON n.id = d.notice_id ORDER BY d.id"""
        ).fetchall()  # type: ignore[return-value]


def to_citizen() -> list[tuple[str, str, str]]:
    return [row[1:] for row in rows() if row[0] == "citizen"]


def tasks() -> list[tuple[str, str]]:
    """(organisation, worker) who is to reach somebody in another way."""
    with as_owner() as owner:
        return owner.execute(
            """SELECT o.name, coalesce(w.name, '') FROM referrals_followup f JOIN accounts_unit u ON u.id = f.owed_by_id
               JOIN accounts_organisation o ON o.id = u.organisation_id
               LEFT JOIN accounts_user w ON w.id = f.owed_worker_id
               WHERE f.waits_for = 'reach_out' AND f.closed_at IS NULL ORDER BY f.id"""
        ).fetchall()  # type: ignore[return-value]


def try_at() -> list[datetime]:
    with as_owner() as owner:
        found = owner.execute("SELECT try_at FROM referrals_delivery WHERE state = 'pending' ORDER BY id").fetchall()
        return [row[0] for row in found]  # type: ignore[misc]


def forget() -> None:
    """As if nothing had been written so far."""
    with as_owner() as owner:
        owner.execute("DELETE FROM referrals_delivery")
    mail.outbox.clear()


def booked(world: World, *, reached_by: Channel, language: str = "da", **about: Any) -> models.Referral:
    """A visit on Friday at one, of a citizen who is reached in this way; the messages of the way there are forgotten."""
    case = logged(world, now=MONDAY, name="Karla Markør", phone="20 30 40 50", language=language)
    with scope.scope(world.alice.unit.pk):
        person = case.person
        person.safe_channel, person.email = reached_by, "karla@hjemme.example"
        for field, value in about.items():
            setattr(person, field, value)
        person.save(update_fields=["safe_channel", "email", "phone", *about])
    referral = sent(world, to=world.bo.unit, case=case, now=MONDAY)
    with scope.scope(world.bo.unit.pk):
        referral = actions.book_time(referral=referral, appointment_at=VISIT, by=world.bo, now=MONDAY)
    forget()
    return referral


@pytest.fixture
def smtp(settings: Any) -> Iterator[Relay]:
    """A real relay, and Django speaking to it."""
    with relay() as (server, url):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = url.removeprefix("smtp://").split(":")
        settings.EMAIL_TIMEOUT = 5
        yield server


@pytest.fixture
def provider(settings: Any) -> Iterator[Gateway]:
    """A real HTTP gateway for SMS."""
    with gateway() as (server, url):
        settings.SMS_GATEWAY, settings.SMS_URL = "referrals.delivery.sms.HttpGateway", url
        settings.SMS_TOKEN, settings.SMS_TIMEOUT = "a-token", 5
        yield server


# Written with the notice, sent with a key


def test_a_referral_that_is_sent_is_told_to_the_unit_with_a_key_and_says_that_it_was_handed_over(
    committed_world: World,
) -> None:
    world = committed_world
    referral = sent(world, to=world.bo.unit, now=MONDAY)
    assert rows() == [("owed_by", "email", "pending", "")]

    assert deliver(MONDAY) == {"handed_over": 1}

    (message,) = mail.outbox
    with as_owner() as owner:
        ((key, ended_at),) = owner.execute("SELECT id, ended_at FROM referrals_delivery").fetchall()
    assert message.to == ["substance_centre@0751.example"]
    assert message.extra_headers[KEY_HEADER] == str(key)
    assert message.extra_headers["Message-ID"] == f"<{key}@localhost>"
    assert (message.subject, message.body) == (
        "Der er noget til dig",
        f"Der er nyt til dig. Log ind for at læse det:\nhttp://localhost:8000/referrals/{referral.pk}/\n",
    )
    assert (rows(), ended_at) == ([("owed_by", "email", "handed_over", "")], MONDAY)
    with scope.scope(world.alice.unit.pk):
        referral.refresh_from_db()
    assert (referral.handed_over_at, referral.bounced_at) == (MONDAY, None)
    assert deliver(MONDAY + DAY) == {}
    assert len(mail.outbox) == 1


def test_a_notice_whose_outbox_row_cannot_be_written_is_not_written_either(committed_world: World) -> None:
    world = committed_world
    case = logged(world, now=MONDAY)
    with (
        mock.patch.object(models.Delivery.objects, "bulk_create", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        sent(world, to=world.bo.unit, case=case, now=MONDAY)

    with as_owner() as owner:
        assert owner.execute("SELECT count(*) FROM referrals_notice").fetchone() == (0,)
        assert owner.execute("SELECT count(*) FROM referrals_referral").fetchone() == (0,)


def test_a_message_whose_stamp_fails_is_sent_again_with_the_same_key(committed_world: World) -> None:
    world = committed_world
    sent(world, to=world.bo.unit, now=MONDAY)

    with mock.patch("referrals.delivery.consequences.end", side_effect=RuntimeError):
        assert deliver(MONDAY) == {"put_off": 1}
    assert rows() == [("owed_by", "email", "pending", "error")]
    assert deliver(MONDAY + timedelta(minutes=1)) == {"handed_over": 1}

    keys = [message.extra_headers[KEY_HEADER] for message in mail.outbox]
    assert len(keys) == 2 and len(set(keys)) == 1


def test_one_broken_message_does_not_stop_the_others_and_the_scope_is_empty_afterwards(committed_world: World) -> None:
    world = committed_world
    for kind in ("gp", "somatic_check"):
        sent(world, to=None, kind=kind, sides=[], now=MONDAY)
    sweep(MONDAY + 2 * DAY)
    pending = len(rows())
    decide, failed = outbox.addressing.decide, []

    def broken_once(delivery: models.Delivery, *, now: datetime) -> Any:
        if not failed:
            failed.append(delivery.pk)
            raise RuntimeError
        return decide(delivery, now=now)

    with play_for_a_while(WORKER), mock.patch.object(outbox.addressing, "decide", broken_once):
        did = outbox.deliver(now=MONDAY + 2 * DAY)
        assert scope.units_in_scope() == frozenset()
    assert did == QUIET | {"handed_over": pending - 1, "put_off": 1}


# Colleagues


def test_a_named_worker_gets_it_in_their_own_mailbox_in_their_own_language(committed_world: World) -> None:
    world = committed_world
    world.alice.user.language = "en"
    world.alice.user.save(update_fields=["language"])
    case = logged(world, now=MONDAY)

    sweep(MONDAY + DAY)
    assert deliver(MONDAY + DAY) == {"handed_over": 1}

    (message,) = mail.outbox
    assert message.to == ["alice@0751.example"]
    assert message.body == (f"There is news for you. Sign in to read it:\nhttp://localhost:8000/cases/{case.pk}/\n")


@pytest.mark.parametrize("how", ["membership ended", "account closed"])
def test_whoever_has_left_is_replaced_by_the_unit_and_the_coordinator_is_told_once(
    committed_world: World, how: str
) -> None:
    world = committed_world
    case = logged(world, now=MONDAY)
    sweep(MONDAY + DAY)
    if how == "account closed":
        world.alice.user.is_active = False
        world.alice.user.save(update_fields=["is_active"])
    else:
        Membership.objects.filter(user=world.alice.user).update(ended_at=MONDAY)

    assert deliver(MONDAY + DAY) == {"handed_over": 2}
    assert deliver(MONDAY + DAY) == {}

    assert [message.to for message in mail.outbox] == [["jobcenter@0751.example"], ["social_services@0751.example"]]
    assert [row[0] for row in rows()] == ["owed_by", "coordinator"]
    with scope.scope(world.alice.unit.pk):
        (left,) = case.events.filter(kind="task_passed_on")
        assert left.detail == {"left": str(world.alice.user.pk), "unit": str(world.alice.unit.pk)}
        assert case.follow_ups.get(waits_for=Wait.CHOICE).owed_worker is None
        case.refresh_from_db()
        assert case.owner_worker is None


def test_what_is_not_urgent_waits_for_the_morning_and_what_is_acute_does_not(committed_world: World) -> None:
    world = committed_world
    sent(world, to=world.bo.unit, now=NIGHT)
    assert deliver(NIGHT) == {"held": 1}
    assert try_at() == [MORNING]
    forget()

    call = actions.HandOver(spoke_with="")
    case = logged(world, now=NIGHT)
    sent(world, to=world.bo.unit, case=case, now=NIGHT, urgency=Urgency.ACUTE, hand_over=call)
    assert deliver(NIGHT) == {"handed_over": 2}  # the service, and the coordinator: nobody answered
    assert {message.subject for message in mail.outbox} == {"Haster: der er noget til dig"}
    assert sorted(message.to[0] for message in mail.outbox) == [
        "social_services@0751.example",
        "substance_centre@0751.example",
    ]


def test_a_digest_is_one_message_a_working_day_and_the_urgent_does_not_wait_for_it(committed_world: World) -> None:
    world = committed_world
    Membership.objects.filter(user=world.alice.user).update(notices=Notices.DIGEST)
    friday = MONDAY + 4 * DAY
    for _ in range(3):
        logged(world, now=friday)
    sweep(friday + timedelta(hours=14))  # the day is over, and nobody has chosen a service
    next_monday = datetime.fromisoformat("2026-11-30T08:00:00+01:00")
    assert try_at() == [next_monday] * 3
    assert deliver(friday + DAY) == {}

    assert deliver(next_monday) == {"handed_over": 3}

    (message,) = mail.outbox
    assert (message.to, message.subject) == (["alice@0751.example"], "Dagens nyt")
    assert message.body == ("Der er 3 nyheder til dig siden sidst. Log ind for at læse dem:\nhttp://localhost:8000/\n")
    with as_owner() as owner:
        ids = [row[0] for row in owner.execute("SELECT id FROM referrals_delivery ORDER BY id")]
        assert owner.execute("SELECT DISTINCT sent_with_id FROM referrals_delivery").fetchall() == [(ids[0],)]
    assert message.extra_headers[KEY_HEADER] == str(ids[0])


def test_a_later_rung_for_the_same_reader_replaces_one_that_was_not_sent(committed_world: World) -> None:
    """After an outage: the sender of a question that nobody answered is reminded once, the coordinator too."""
    world = committed_world
    referral = sent(world, to=world.bo.unit, now=MONDAY)
    with scope.scope(world.bo.unit.pk):
        actions.ask_question(referral=referral, question="Hvornår?", by=world.bo, now=MONDAY)
    forget()
    sweep(MONDAY + 3 * DAY)

    assert deliver(MONDAY + 3 * DAY) == {"handed_over": 2, "dropped": 1}
    assert rows() == [
        ("owed_by", "email", "dropped", "superseded"),
        ("owed_by", "email", "handed_over", ""),
        ("coordinator", "email", "handed_over", ""),
    ]


def test_what_was_answered_or_read_in_the_meantime_is_not_sent(committed_world: World) -> None:
    world = committed_world
    referral = sent(world, to=world.bo.unit, now=MONDAY)
    forget()
    sweep(MONDAY + DAY)
    with scope.scope(world.bo.unit.pk):
        actions.accept_referral(referral=referral, by=world.bo, now=MONDAY + DAY)
        models.Notice.objects.filter(event__kind=Event.ACCEPT).update(read_at=MONDAY + DAY)
    with as_owner() as owner:
        owner.execute("UPDATE referrals_notice SET read_at = now() WHERE why = 'happened'")

    assert deliver(MONDAY + DAY) == {"dropped": 2}
    assert rows() == [("owed_by", "email", "dropped", "done"), ("sender", "email", "dropped", "read")]
    assert mail.outbox == []


# The citizen


def test_the_citizen_is_reminded_by_sms_in_a_neutral_sentence(committed_world: World, provider: Gateway) -> None:
    booked(committed_world, reached_by=Channel.SMS)
    two_days_before = VISIT - 2 * DAY
    sweep(two_days_before)
    assert to_citizen() == [("", "pending", "")]

    assert deliver(two_days_before) == {"handed_over": 1}

    (message,) = provider.taken
    with as_owner() as owner:
        ((key,),) = owner.execute("SELECT id FROM referrals_delivery").fetchall()
    assert (message["to"], message["id"], message["path"]) == ("+4520304050", str(key), "/send")
    assert message["headers"]["Idempotency-Key"] == str(key)
    assert message["headers"]["Authorization"] == "Bearer a-token"
    assert message["text"] == (
        "Hej. Her er en venlig påmindelse om det, du har aftalt. Åbn linket, og svar på, om du kommer. Er du i tvivl, så ring "
        f"til den, du har aftalt det med.\nhttp://localhost:8000/reminder/{token_of(key)}/\n"
    )
    assert to_citizen() == [("sms", "handed_over", "")]


@pytest.mark.parametrize(("language", "begins"), [("da", ["Hej."]), ("en", ["Hello."]), ("so", ["Hej.", "Hello."])])
def test_the_citizen_is_written_to_in_their_language(committed_world: World, language: str, begins: list[str]) -> None:
    booked(committed_world, reached_by=Channel.EMAIL, language=language)
    sweep(VISIT - 2 * DAY)
    assert deliver(VISIT - 2 * DAY) == {"handed_over": 1}

    (message,) = mail.outbox
    assert message.to == ["karla@hjemme.example"]
    assert [paragraph.split()[0] for paragraph in message.body.split("\n") if paragraph.startswith("H")] == begins


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.LETTER, Channel.VISIT])
def test_who_is_reached_by_telephone_or_letter_is_a_task_of_the_sender(
    committed_world: World, channel: Channel
) -> None:
    booked(committed_world, reached_by=channel)
    sweep(VISIT - 2 * DAY)

    assert deliver(VISIT - 2 * DAY) == {"failed": 1}
    assert to_citizen() == [(channel, "failed", channel)]
    assert tasks() == [("Aarhus Jobcenter", "Alice Jensen")]


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
def test_without_an_address_it_is_a_task(committed_world: World, channel: Channel) -> None:
    booked(committed_world, reached_by=channel, email="", phone="ved ikke")
    sweep(VISIT - 2 * DAY)

    assert deliver(VISIT - 2 * DAY) == {"failed": 1}
    assert to_citizen() == [(channel, "failed", "no_address")]
    assert tasks() == [("Aarhus Jobcenter", "Alice Jensen")]


def test_nobody_writes_to_whom_nobody_may_contact(committed_world: World) -> None:
    booked(committed_world, reached_by=Channel.EMAIL, do_not_contact=True)
    sweep(VISIT - 2 * DAY)

    assert deliver(VISIT - 2 * DAY) == {"dropped": 1}
    assert to_citizen() == [("", "dropped", "do_not_contact")]
    assert (mail.outbox, tasks()) == ([], [])


def test_a_pause_holds_a_reminder_or_drops_it_when_it_would_come_too_late(committed_world: World) -> None:
    referral = booked(committed_world, reached_by=Channel.EMAIL, paused_until=VISIT - DAY)
    sweep(VISIT - 2 * DAY)
    assert deliver(VISIT - 2 * DAY) == {"held": 1}
    assert try_at() == [VISIT - DAY]

    with scope.scope(committed_world.alice.unit.pk):
        models.Person.objects.filter(cases=referral.case_id).update(paused_until=VISIT)
    assert deliver(VISIT - DAY) == {"dropped": 1}
    assert to_citizen() == [("", "dropped", "paused")]
    assert mail.outbox == []


def test_the_channel_is_the_one_that_is_safe_when_it_is_sent(committed_world: World, provider: Gateway) -> None:
    referral = booked(committed_world, reached_by=Channel.EMAIL)
    sweep(VISIT - 2 * DAY)
    with scope.scope(committed_world.alice.unit.pk):
        models.Person.objects.filter(cases=referral.case_id).update(safe_channel=Channel.SMS)

    assert deliver(VISIT - 2 * DAY) == {"handed_over": 1}
    assert (mail.outbox, len(provider.taken)) == ([], 1)


def test_a_visit_that_was_moved_takes_its_pending_reminder_with_it(committed_world: World) -> None:
    world = committed_world
    referral = booked(world, reached_by=Channel.EMAIL)
    sweep(VISIT - 2 * DAY)
    with scope.scope(world.bo.unit.pk):
        actions.book_time(referral=referral, appointment_at=VISIT + 7 * DAY, by=world.bo, now=VISIT - 2 * DAY)

    assert deliver(VISIT - 2 * DAY) == {"dropped": 1, "handed_over": 1}  # the sender hears of the new time
    assert to_citizen() == [("", "dropped", "done")]
    sweep(VISIT + 5 * DAY)
    assert deliver(VISIT + 5 * DAY) == {"handed_over": 2}  # half of the guarantee is gone, too
    assert to_citizen() == [("", "dropped", "done"), ("email", "handed_over", "")]


def test_after_an_outage_nobody_is_reminded_of_a_visit_that_has_been(committed_world: World) -> None:
    booked(committed_world, reached_by=Channel.EMAIL)
    sweep(VISIT - 2 * DAY)
    sweep(VISIT - timedelta(hours=4))

    assert deliver(VISIT)["dropped"] == 2
    assert to_citizen() == [("", "dropped", "late"), ("", "dropped", "late")]
    assert mail.outbox == []


def test_of_two_reminders_that_were_held_up_only_the_later_is_sent(committed_world: World) -> None:
    booked(committed_world, reached_by=Channel.EMAIL)
    sweep(VISIT - 2 * DAY)
    sweep(VISIT - timedelta(hours=4))

    assert deliver(VISIT - timedelta(hours=4)) == {"dropped": 1, "handed_over": 1}
    assert to_citizen() == [("", "dropped", "superseded"), ("email", "handed_over", "")]


def test_the_citizen_sleeps_undisturbed(committed_world: World) -> None:
    booked(committed_world, reached_by=Channel.EMAIL)
    sweep(VISIT - 2 * DAY)
    at_night = datetime.fromisoformat("2026-11-25T21:00:00+01:00")

    assert deliver(at_night) == {"held": 1}
    assert try_at() == [datetime.fromisoformat("2026-11-26T08:00:00+01:00")]
    assert deliver(try_at()[0]) == {"handed_over": 1}


# When it cannot be sent


@pytest.mark.parametrize(("answer", "reason"), [(REFUSED, "refused"), (LATER, "busy")])
def test_a_refusal_is_for_good_and_a_delay_is_not(
    committed_world: World, smtp: Relay, answer: str, reason: str
) -> None:
    world = committed_world
    referral = sent(world, to=world.bo.unit, now=MONDAY)
    smtp.answer = lambda address: answer

    did = deliver(MONDAY)

    with scope.scope(world.alice.unit.pk):
        referral.refresh_from_db()
    if answer == REFUSED:
        assert did == {"failed": 1}
        assert rows() == [("owed_by", "email", "failed", "refused")]
        assert (referral.handed_over_at, referral.bounced_at) == (None, MONDAY)
        assert tasks() == [("Aarhus Jobcenter", "Alice Jensen")]
        return
    assert did == {"try_again": 1}
    assert rows() == [("owed_by", "email", "pending", "busy")]
    assert (referral.handed_over_at, referral.bounced_at, tasks()) == (None, None, [])
    pauses, now = [], MONDAY
    for _ in range(6):
        (again,) = try_at()
        pauses.append(int((again - now).total_seconds()))
        now = again
        deliver(now)
    assert pauses == [10, 40, 160, 640, 1800, 1800]
    assert outbox.stuck(now=now) == 0  # the app's connection sees nothing
    with play_for_a_while(WORKER):
        assert outbox.stuck(now=now) == 1
    smtp.answer = lambda address: "250 OK"
    assert deliver(try_at()[0]) == {"handed_over": 1}
    assert smtp.readers() == ["substance_centre@0751.example"]


def test_after_two_days_of_trying_it_is_a_task(committed_world: World, smtp: Relay) -> None:
    sent(committed_world, to=committed_world.bo.unit, now=MONDAY)
    with as_owner() as owner:
        owner.execute("UPDATE referrals_delivery SET tries = %s", [timing.MOST_TRIES])
    assert sum((timing.after_try(n) for n in range(1, timing.MOST_TRIES)), timedelta()) > 2 * DAY - timedelta(hours=1)

    assert deliver(MONDAY) == {"failed": 1}
    assert rows() == [("owed_by", "email", "failed", "gave_up")]
    assert tasks() == [("Aarhus Jobcenter", "Alice Jensen")]


@pytest.mark.parametrize(
    ("status", "did", "row"),
    [
        (200, {"handed_over": 1}, ("sms", "handed_over", "")),
        (400, {"failed": 1}, ("sms", "failed", "refused")),
        (401, {"try_again": 1}, ("", "pending", "away")),
        (429, {"try_again": 1}, ("", "pending", "busy")),
        (503, {"try_again": 1}, ("", "pending", "busy")),
    ],
)
def test_the_gateways_answers(
    committed_world: World, provider: Gateway, status: int, did: dict[str, int], row: tuple[str, str, str]
) -> None:
    booked(committed_world, reached_by=Channel.SMS)
    sweep(VISIT - 2 * DAY)
    provider.status = status

    assert deliver(VISIT - 2 * DAY) == did
    assert to_citizen() == [row]


@pytest.mark.parametrize(
    ("given", "number"),
    [("20304050", "+4520304050"), ("+45 20 30 40 50", "+4520304050"), ("0046701234567", "+46701234567"), ("12", "")],
)
def test_numbers_as_gateways_want_them(given: str, number: str) -> None:
    assert sms.with_country_code(given) == number


def test_where_nothing_is_set_up_each_message_says_so_and_becomes_a_task(committed_world: World, settings: Any) -> None:
    settings.EMAIL_BACKEND = "referrals.delivery.email.NoRelay"
    settings.SMS_GATEWAY = "referrals.delivery.sms.NoGateway"
    booked(committed_world, reached_by=Channel.SMS)
    sent(committed_world, to=committed_world.bo.unit, now=VISIT - 2 * DAY)
    sweep(VISIT - 2 * DAY)

    assert deliver(VISIT - 2 * DAY)["failed"] >= 2
    assert {("owed_by", "email", "failed", "no_relay"), ("citizen", "sms", "failed", "no_gateway")} <= set(rows())
    assert set(tasks()) == {("Aarhus Jobcenter", "Alice Jensen")}


def test_when_the_relay_is_away_the_pass_does_not_try_every_message(committed_world: World, smtp: Relay) -> None:
    world = committed_world
    case = logged(world, now=MONDAY)
    sent(world, to=world.bo.unit, case=case, now=MONDAY)
    sent(world, to=world.carla.unit, case=case, kind="psychiatry_adult", sides=[], now=MONDAY)
    with mock.patch("smtplib.SMTP.connect", side_effect=TimeoutError):
        assert deliver(MONDAY) == {"try_again": 1}
    assert [row[3] for row in rows()] == ["timed_out", ""]

    assert deliver(MONDAY + timedelta(seconds=10)) == {"handed_over": 2}


def test_the_sender_who_cannot_be_reached_is_another_units_task(committed_world: World) -> None:
    world = committed_world
    referral = sent(world, to=world.bo.unit, now=MONDAY)
    forget()
    Unit.objects.filter(pk=world.alice.unit.pk).update(email="")
    with scope.scope(world.bo.unit.pk):
        actions.accept_referral(referral=referral, by=world.bo, now=MONDAY)

    assert deliver(MONDAY) == {"failed": 1}
    assert rows() == [("sender", "email", "failed", "no_address")]
    assert tasks() == [("Aarhus Koordination", "")]
    with scope.scope(world.alice.unit.pk):
        referral.refresh_from_db()
    assert referral.bounced_at is None  # the receiver has it


def test_many_failures_are_one_task_and_a_closed_case_none(committed_world: World) -> None:
    world = committed_world
    referral = sent(world, to=world.bo.unit, now=MONDAY)
    Unit.objects.filter(pk=world.bo.unit.pk).update(email="")
    sweep(MONDAY + DAY)
    assert deliver(MONDAY + DAY)["failed"] == 2
    assert len(tasks()) == 1
    sweep(MONDAY + 2 * DAY)  # the task itself is told to Alice by name
    deliver(MONDAY + 2 * DAY)
    assert len(tasks()) == 1
    with scope.scope(world.alice.unit.pk):
        actions.cancel_referral(referral=referral, because="Fejl", by=world.alice, now=MONDAY + 2 * DAY)
        actions.close_case(
            case=referral.case, outcome="withdrawn", because="Fejl", by=world.alice, now=MONDAY + 2 * DAY
        )

    deliver(MONDAY + 2 * DAY)
    assert tasks() == []


# What comes back


def report(client: Client, secret: str, **body: Any) -> int:
    return client.post(
        reverse("bounces"), json.dumps(body), "application/json", headers={"Authorization": f"Bearer {secret}"}
    ).status_code


def handed_over(world: World) -> tuple[models.Referral, str]:
    """A referral whose message the relay took, and the key of that message."""
    referral = sent(world, to=world.bo.unit, now=MONDAY)
    assert deliver(MONDAY) == {"handed_over": 1}
    return referral, mail.outbox[0].extra_headers[KEY_HEADER]


def test_a_message_that_comes_back_is_a_task_and_the_referral_says_so(
    committed_world: World, settings: Any, client: Client
) -> None:
    settings.BOUNCE_SECRET = "between-us"
    referral, key = handed_over(committed_world)

    assert report(client, "between-us", id=key, permanent=True) == 202
    assert report(client, "between-us", id=key, permanent=True) == 202
    assert deliver(MONDAY + DAY) == {"bounced": 1}
    assert deliver(MONDAY + DAY) == {}

    assert rows() == [("owed_by", "email", "bounced", "came_back")]
    assert tasks() == [("Aarhus Jobcenter", "Alice Jensen")]
    with scope.scope(committed_world.alice.unit.pk):
        referral.refresh_from_db()
    assert (referral.handed_over_at, referral.bounced_at) == (MONDAY, MONDAY + DAY)
    assert models.BounceReport.objects.count() == 0


@pytest.mark.parametrize(
    ("ours", "theirs", "body", "status"),
    [
        ("", "", {"id": str(uuid4()), "permanent": True}, 404),
        ("between-us", "guessed", {"id": str(uuid4()), "permanent": True}, 403),
        ("between-us", "between-us", {"id": "no key", "permanent": True}, 400),
        ("between-us", "between-us", {"id": str(uuid4()), "permanent": False}, 202),
    ],
)
def test_the_door_for_what_comes_back(
    world: World, settings: Any, client: Client, ours: str, theirs: str, body: dict[str, Any], status: int
) -> None:
    settings.BOUNCE_SECRET = ours
    assert report(client, theirs, **body) == status
    assert models.BounceReport.objects.count() == 0


def test_a_report_of_a_message_that_nobody_knows_changes_nothing(committed_world: World) -> None:
    handed_over(committed_world)
    bounces.report(uuid4(), now=MONDAY)
    assert deliver(MONDAY) == {}
    assert rows() == [("owed_by", "email", "handed_over", "")]


def test_a_secure_link_that_comes_back_is_a_task_too(committed_world: World) -> None:
    world = committed_world
    with as_owner() as owner:
        found = service("gp", None).pk
        owner.execute("UPDATE pathways_service SET email = 'k@l.example', phone = '12345678' WHERE id = %s", [found])
    referral = sent(world, to=None, kind="gp", sides=[Side.SUBSTANCE], now=MONDAY)
    with play_for_a_while(WORKER):
        assert links.send_what_is_wanted(now=MONDAY)["links"] == 1
    bounces.report(bounces.as_key(mail.outbox[0].extra_headers[KEY_HEADER]), now=MONDAY)

    assert deliver(MONDAY) == {"bounced": 1}
    assert tasks() == [("Aarhus Jobcenter", "Alice Jensen")]
    with scope.scope(world.alice.unit.pk):
        referral.refresh_from_db()
    assert referral.bounced_at == MONDAY


DSN = """From: MAILER-DAEMON@relay.example
To: noreply@localhost
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=x"

--=x
Content-Type: text/plain

Sorry.
--=x
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; somebody@0751.example
Action: {action}
Status: {status}

--=x
Content-Type: {part}

X-Idempotency-Key: {key}
Subject: Der er noget til dig

--=x--
"""


@pytest.mark.parametrize("part", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize(
    ("action", "status", "came_back"), [("failed", "5.1.1", 1), ("delayed", "4.4.1", 0), ("delivered", "2.0.0", 0)]
)
def test_the_mailbox_is_read_and_emptied(
    committed_world: World, tmp_path: Path, part: str, action: str, status: str, came_back: int
) -> None:
    _referral, key = handed_over(committed_world)
    box = mailbox.Maildir(tmp_path / "box")
    box.add(DSN.format(action=action, status=status, part=part, key=key).encode())
    box.add(b"Subject: Hello\n\nX-Idempotency-Key: not a report\n")
    said = io.StringIO()

    call_command("read_bounces", str(tmp_path / "box"), stdout=said)

    assert said.getvalue() == f"2 read, {came_back} came back for good\n"
    assert len(mailbox.Maildir(tmp_path / "box")) == 0
    assert deliver(MONDAY).get("bounced", 0) == came_back


def test_one_message_that_came_back_is_read_from_stdin(committed_world: World, monkeypatch: Any) -> None:
    _referral, key = handed_over(committed_world)
    one = DSN.format(action="failed", status="5.1.1", part="message/rfc822", key=key).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(one)))

    call_command("read_bounces", "-", stdout=io.StringIO())
    assert deliver(MONDAY) == {"bounced": 1}


# Nothing is told


MARKERS = ("Karla", "Markør", "0101900000", "20304050", "Vestergade", "Hashmisbrug", "vrede naboer", "Ring gerne")
OF_HEALTH = ("misbrug", "psyk", "rusmiddel", "behandl", "substance", "treatment", "aarhus", "jobcent", "cpr", "diagnos")


def test_nothing_that_leaves_the_house_tells_anything_about_anybody(
    committed_world: World, smtp: Relay, provider: Gateway
) -> None:
    world = committed_world
    for channel in (Channel.SMS, Channel.EMAIL):
        case = logged(
            world,
            now=MONDAY,
            name="Karla Markør",
            pseudonym="Markør",
            phone="20304050",
            address="Vestergade 1",
            language="so",
        )
        with scope.scope(world.alice.unit.pk):
            case.wishes = "Hashmisbrug, vrede naboer"
            case.save(update_fields=["wishes"])
            person = case.person
            person.cpr, person.email, person.safe_channel = "0101900000", "k@hjemme.example", channel
            person.save(update_fields=["cpr", "email", "safe_channel"])
        call = actions.HandOver(spoke_with="Karla Markør")
        referral = sent(
            world, to=world.bo.unit, case=case, now=MONDAY, urgency=Urgency.ACUTE, hand_over=call, covers_next_door=True
        )
        with scope.scope(world.bo.unit.pk):
            actions.ask_question(referral=referral, question="Hashmisbrug?", by=world.bo, now=MONDAY)
            actions.book_time(referral=referral, appointment_at=VISIT, by=world.bo, now=MONDAY)
    for day in range(35):
        sweep(MONDAY + day * DAY)
        deliver(MONDAY + day * DAY)

    said = [f"{mail['Subject']}\n{mail.get_payload(decode=True).decode()}" for mail in smtp.mails]
    said += [message["text"] for message in provider.taken]
    assert len(smtp.mails) > 10 and len(provider.taken) == 2
    whole = "\n".join(said).lower()
    assert [word for word in (*MARKERS, *OF_HEALTH) if word.lower() in whole] == []
    assert {mail["From"] for mail in smtp.mails} == {"noreply@localhost"}
    assert all("karla" not in str(mail).lower() for mail in smtp.mails)


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_text_is_one_of_these(language: str) -> None:
    """The whole of what can be said, for whoever has to answer for it."""
    link = "https://x.example/"
    said = [
        texts.to_colleague(language=language, link=link, urgent=False),
        texts.to_colleague(language=language, link=link, urgent=True),
        texts.digest(language=language, link=link, count=1),
        texts.digest(language=language, link=link, count=2),
        texts.to_citizen(language=language, link=link),
    ]
    assert [subject for subject, _text in said] == {
        "da": [
            "Der er noget til dig",
            "Haster: der er noget til dig",
            "Dagens nyt",
            "Dagens nyt",
            "En påmindelse til dig",
        ],
        "en": [
            "Something waits for you",
            "Urgent: something waits for you",
            "News of the day",
            "News of the day",
            "A reminder for you",
        ],
    }[language]
    assert all(text.endswith(f"\n{link}\n") and len(text) < 250 for _subject, text in said)


# Times


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-23T20:59:59+01:00", None),
        ("2026-11-23T21:00:00+01:00", "2026-11-24T08:00:00+01:00"),
        ("2026-11-24T07:59:59+01:00", "2026-11-24T08:00:00+01:00"),
        ("2026-11-24T08:00:00+01:00", None),
        ("2027-03-27T23:00:00+01:00", "2027-03-28T08:00:00+02:00"),  # the night that loses an hour
        ("2026-10-25T02:30:00+02:00", "2026-10-25T08:00:00+01:00"),  # the night that gains one
    ],
)
def test_quiet_hours_are_danish_hours(now: str, until: str | None) -> None:
    from django.conf import settings

    found = timing.quiet_until(datetime.fromisoformat(now), quiet=settings.QUIET_HOURS)
    assert found == (datetime.fromisoformat(until) if until else None)


@pytest.mark.parametrize(
    ("now", "goes_out"),
    [
        ("2026-11-23T07:59:00+01:00", "2026-11-23T08:00:00+01:00"),
        ("2026-11-23T08:00:00+01:00", "2026-11-24T08:00:00+01:00"),
        ("2026-12-23T12:00:00+01:00", "2026-12-28T08:00:00+01:00"),  # Christmas and a weekend
    ],
)
def test_the_daily_message_goes_out_on_working_days(now: str, goes_out: str) -> None:
    from django.conf import settings

    found = timing.next_digest(datetime.fromisoformat(now), at=settings.DIGEST_AT, also_closed=settings.ALSO_CLOSED_ON)
    assert found == datetime.fromisoformat(goes_out)


# What is seen of it


def test_the_outbox_leaves_a_heartbeat_and_its_silence_is_heard(committed_world: World, client: Client) -> None:
    sweep(MONDAY)
    assert client.get("/readyz").json() == {"database": "ok", "sweep": "ok", "deliver": "silent"}
    deliver(MONDAY)

    beaten = Heartbeat.objects.get(name="deliver")
    assert beaten.did == QUIET | {"stuck": 0}
    assert silent_jobs(now=beaten.finished_at) == []
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "sweep": "ok", "deliver": "ok"})
    assert silent_jobs(now=beaten.finished_at + timedelta(minutes=5)) == ["sweep", "deliver"]


def test_the_demo_shows_what_would_have_been_sent(committed_world: World, client: Client, settings: Any) -> None:
    world = committed_world
    booked(world, reached_by=Channel.SMS)
    sweep(VISIT - 2 * DAY)
    client.force_login(world.bo.user)

    page = client.get(reverse("demo_outbox")).content.decode()
    assert "Her er en venlig påmindelse" in page and "Til borgeren" in page and "Karla" not in page
    client.force_login(world.erik.user)
    assert "Her er en venlig påmindelse" not in client.get(reverse("demo_outbox")).content.decode()

    settings.DEMO = False
    assert client.get(reverse("demo_outbox")).status_code == 404


@pytest.mark.parametrize("messages", [1, 6])
def test_the_demo_asks_the_same_questions_however_many_messages(
    committed_world: World, client: Client, messages: int, django_assert_num_queries: Any
) -> None:
    world = committed_world
    case = logged(world, now=MONDAY)
    for kind in ("gp", "somatic_check", "relatives_offer", "social_worker", "withdrawal_gp", "medical_consultation")[
        :messages
    ]:
        sent(world, to=None, kind=kind, case=case, sides=[Side.SUBSTANCE] if messages == 1 else [], now=MONDAY)
    sweep(MONDAY + DAY)
    client.force_login(world.alice.user)
    client.get(reverse("demo_outbox"))
    with django_assert_num_queries(7):
        client.get(reverse("demo_outbox"))


def test_now_is_asked_for_where_nobody_gives_it(committed_world: World) -> None:
    with play_for_a_while(WORKER):
        assert outbox.deliver() == QUIET
    assert Heartbeat.objects.get(name="deliver").finished_at <= clock.now()
