"""Nobody is told without a basis that covers it; a yes runs out, is renewed and is taken back; and who has not read it by
then never will."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from navigator import clock
from navigator.accounts.models import Unit
from navigator.database import scope
from navigator.web.refusals import Refusal
from referrals import actions, consent_texts, consenting, grounds, links, models
from referrals.acting import By, Citizen
from referrals.consenting import BY_CUSTODY, asked
from referrals.enums import (
    Basis,
    Custody,
    Event,
    Form,
    GivenBy,
    Happening,
    Law,
    Side,
    Status,
    Wait,
)
from referrals.errors import Invalid, TooLate
from tests.conftest import WORKER, as_app, as_owner, play_for_a_while
from tests.helpers.cases import CANNABIS, DUAL, YES, logged, sent, service
from tests.helpers.pages import at, text
from tests.helpers.snapshot import everything
from tests.helpers.world import World
from tests.referrals.test_races import at_once

NOW = datetime.fromisoformat("2026-11-23T10:00:00+01:00")
DAY, YEAR = timedelta(days=1), timedelta(days=365)
S, P = Side.SUBSTANCE, Side.PSYCHIATRY
WHO = {"who": {"name": "Karla Hemmelig", "phone": "20000001"}, "needs": ["x"], "message": "Ring gerne."}


def do(action: Callable[..., Any], by: By, *, now: datetime = NOW, **given: Any) -> Any:
    with scope.scope(by.unit.pk):
        return action(by=by, now=now, **given)


def refused(action: Callable[..., Any], by: By, error: type[Refusal], *, now: datetime = NOW, **given: Any) -> str:
    before = everything()
    with pytest.raises(error) as refusal:
        do(action, by, now=now, **given)
    assert everything() == before
    return refusal.value.sentence


def all_seen() -> Any:
    return scope.scope(*Unit.objects.values_list("pk", flat=True))


def send(
    world: World, case: models.Case, ground: Any, *, by: By | None = None, now: datetime = NOW, **more: Any
) -> Any:
    given = {
        "case": case, "service": service("substance_treatment_outpatient", world.bo.unit), "sides": [S],
        "role": "primary", "telling": actions.Telling(WHO, ground),
    }  # fmt: skip
    return do(actions.send_referral, by or world.alice, now=now, **given | more)


def consent_of(referral: models.Referral) -> models.Consent:
    with all_seen():
        found = referral.disclosures.select_related("consent__case__person").get().consent
    assert found is not None
    return found


def open_waits(case: models.Case) -> list[str]:
    with all_seen():
        return sorted(case.follow_ups.open().values_list("waits_for", flat=True))


def readable(by: By) -> int:
    with scope.scope(by.unit.pk):
        return models.Disclosure.objects.count()


# Given


def test_a_yes_is_kept_with_all_that_belongs_to_it(world: World) -> None:
    case = logged(world, now=NOW)
    referral = send(world, case, actions.Yes(form=Form.PAPER, paper_at="ESDH 26/1234", next_door=True))
    with all_seen():
        consent = models.Consent.objects.select_related("data_key").get()
        copy = referral.disclosures.get()
    assert (consent.person_id, consent.case_id, consent.from_unit, consent.to_service, consent.to_unit) == (
        case.person_id, case.pk, world.alice.unit, referral.service, None,
    )  # fmt: skip
    assert consent.categories == ["contact", "identity", "message", "needs"] == copy.categories
    assert (consent.purpose, consent.form, consent.paper_at, consent.given_by, consent.next_door) == (
        "help", "paper", "ESDH 26/1234", "citizen", True,
    )  # fmt: skip
    assert (consent.given_at, consent.expires_at, consent.taken_by) == (NOW, NOW + YEAR, world.alice.user)
    assert consent.text_version == consent_texts.CURRENT in consent_texts.ASKED
    assert (copy.basis, copy.consent_id, copy.law, copy.basis_reason) == (Basis.CONSENT, consent.pk, "", "")
    assert readable(world.bo) == 1
    with scope.scope(world.bo.unit.pk):
        assert not models.Consent.objects.exists()  # what was said with it is no business of the receiver's


def test_without_a_basis_nothing_is_told(world: World) -> None:
    case = logged(world, now=NOW)
    for ground in (
        actions.SaidYes(),
        actions.Statutory(Law.ESSENTIAL, " "),
        actions.Anonymous(),
        actions.Yes(form=Form.PAPER),
        actions.Yes(lasts=YEAR + DAY),
        actions.Yes(lasts=timedelta(0)),
        actions.Yes(given_by=GivenBy.CUSTODY_BOTH),
    ):
        before = everything()
        with pytest.raises(Invalid):
            send(world, case, ground)
        assert everything() == before


def test_a_yes_of_before_covers_its_receiver_and_its_data_while_it_holds(world: World) -> None:
    case = logged(world, answers=DUAL, now=NOW)
    first = send(world, case, actions.Yes(lasts=10 * DAY), sides=[])
    do(actions.cancel_referral, world.alice, referral=first, because="Forkert dag")
    again = send(world, case, actions.SaidYes(), sides=[], now=NOW + 9 * DAY)
    assert consent_of(again) == consent_of(first)
    do(actions.cancel_referral, world.alice, referral=again, because="Forkert dag", now=NOW + 9 * DAY)
    for more in (
        {"now": NOW + 10 * DAY},  # it has run out
        {"telling": actions.Telling(WHO | {"wishes": "Ro"}, actions.SaidYes())},  # more than was shown
        {"service": service("psychiatry_adult", world.carla.unit)},  # somebody else
    ):
        before = everything()
        with pytest.raises(Invalid):
            send(world, case, actions.SaidYes(), sides=[], **{"now": NOW + 9 * DAY} | more)
        assert everything() == before


def test_several_services_are_a_yes_each(world: World) -> None:
    case = logged(world, answers=DUAL, now=NOW)
    both = [service("substance_treatment_outpatient", world.bo.unit), service("psychiatry_adult", world.carla.unit)]
    do(
        actions.send_referrals, world.alice, case=case,
        sendings=[actions.Sending(each, [], "support") for each in both],
        telling=actions.Telling(WHO, YES), urgency="ordinary", company=None,
    )  # fmt: skip
    with all_seen():
        assert list(models.Consent.objects.order_by("pk").values_list("to_service", flat=True)) == [
            each.pk for each in both
        ]


def test_the_law_may_allow_it_and_then_the_citizen_is_told(world: World) -> None:
    case = logged(world, now=NOW)
    referral = send(world, case, actions.Statutory(Law.DANGER, "Borgeren er i fare"))
    with all_seen():
        copy = referral.disclosures.select_related("data_key").get()
        assert not models.Consent.objects.exists()
        task = referral.follow_ups.get(waits_for=Wait.TELL_CITIZEN)
    assert (copy.basis, copy.law, copy.basis_reason, copy.consent_id) == (
        "statutory",
        "danger",
        "Borgeren er i fare",
        None,
    )
    assert (task.owed_by, task.due_at) == (world.alice.unit, NOW + DAY)


def test_a_law_that_is_for_others_does_not_do(world: World) -> None:
    case = logged(world, now=NOW, by=world.carla)
    treatment = actions.Statutory(Law.TREATMENT, "Behandlingen er i gang")
    to_health = {"service": service("gp", None)}
    for by, ground, given in (
        (world.dorte, treatment, to_health),  # not from health
        (world.carla, treatment, {}),  # not to health
        (world.carla, actions.Statutory(Law.SAME_AUTHORITY, "Samme sted"), {}),
    ):
        before = everything()
        with pytest.raises(Invalid):
            send(world, case, ground, by=by, sides=[], **given)
        assert everything() == before
    referral = send(world, case, treatment, by=world.carla, sides=[], **to_health)
    do(actions.cancel_referral, world.carla, referral=referral, because="Forkert dag")
    asked_ = send(world, case, actions.Yes(form=Form.WRITTEN), by=world.carla, sides=[], **to_health)
    do(actions.withdraw_consent, world.carla, case=case, consent=consent_of(asked_))
    before = everything()
    with pytest.raises(Invalid):  # the citizen has said no
        send(world, case, treatment, by=world.carla, sides=[], **to_health)
    assert everything() == before


def test_who_wants_to_be_anonymous_is_told_of_without_anything_that_says_who_it_is(world: World) -> None:
    wants = CANNABIS | {"circumstances": {"wants_anonymous": True}}
    case = logged(world, answers=wants, now=NOW, name="Karla Hemmelig", pseudonym="Ræven", phone="20 00 00 01")
    for content in (WHO, {"who": {"pseudonym": "Ræven"}, "message": "Karla hemmelig ringer selv."}):
        before = everything()
        with pytest.raises(Invalid):
            send(world, case, None, telling=actions.Telling(content, actions.Anonymous()))
        assert everything() == before
    told = {"who": {"pseudonym": "Ræven"}, "message": "Ringer selv."}
    referral = send(world, case, None, telling=actions.Telling(told, actions.Anonymous()))
    with all_seen():
        copy = referral.disclosures.get()
    assert (copy.basis, copy.consent_id, copy.law) == (Basis.ANONYMOUS, None, "")


def test_who_is_asked_to_take_over_may_see_the_case_for_a_reason(world: World) -> None:
    case = logged(world, now=NOW)
    ask = {"case": case, "unit": world.erik.unit, "reason": "Bor hos jer"}
    refused(actions.ask_to_take_over, world.alice, Invalid, ground=actions.Anonymous(), **ask)
    own = actions.Statutory(Law.SAME_AUTHORITY, "Samme kommune")
    refused(actions.ask_to_take_over, world.alice, Invalid, ground=own, **ask)  # another organisation
    taken = do(actions.ask_to_take_over, world.alice, ground=actions.Yes(lasts=2 * DAY), **ask)
    with all_seen():
        consent = models.Consent.objects.get()
    assert (consent.to_unit, consent.to_service, consent.categories) == (world.erik.unit, None, ["whole_case"])
    answer = {"asked": taken, "accept": True, "note": ""}
    refused(actions.answer_take_over, world.erik, TooLate, now=NOW + 2 * DAY, **answer)
    do(actions.answer_take_over, world.erik, now=NOW + DAY, **answer)
    with all_seen():
        assert models.Consent.objects.get().owner_unit == world.erik.unit


# By age


@pytest.mark.parametrize(
    ("age", "from_health", "to_health", "by", "custody", "voice", "in_writing"),
    [
        (9, False, False, BY_CUSTODY, False, False, False),
        (10, False, True, BY_CUSTODY, False, True, False),
        (14, False, False, BY_CUSTODY, False, True, False),
        (15, False, True, (GivenBy.CITIZEN,), True, False, False),
        (17, True, False, (GivenBy.CITIZEN,), True, False, True),
        (17, False, False, (GivenBy.CITIZEN,), False, False, False),
        (18, True, True, (GivenBy.CITIZEN,), False, False, False),
        (40, True, False, (GivenBy.CITIZEN,), False, False, True),
        (None, False, False, (GivenBy.CITIZEN, *BY_CUSTODY), False, False, False),
    ],
)
def test_what_is_asked_at_each_age(
    age: int | None, from_health: bool, to_health: bool, by: Any, custody: bool, voice: bool, in_writing: bool
) -> None:
    assert asked(age=age, from_health=from_health, to_health=to_health) == consenting.Asked(
        by, custody, voice, in_writing
    )


def test_under_15_those_with_custody_say_yes_and_the_child_is_heard(world: World) -> None:
    case = logged(world, answers=CANNABIS | {"age": 12}, now=NOW)
    for ground in (YES, actions.Yes(given_by=GivenBy.CUSTODY_SOLE)):
        before = everything()
        with pytest.raises(Invalid):
            send(world, case, ground)
        assert everything() == before
    send(world, case, actions.Yes(given_by=GivenBy.CUSTODY_BOTH, child_says="Kun hvis mor er med."))
    with all_seen():
        consent = models.Consent.objects.select_related("data_key").get()
    assert (consent.given_by, consent.child_says, consent.custody) == ("custody_both", "Kun hvis mor er med.", "")


def test_from_15_the_young_person_says_yes_and_those_with_custody_hear_of_it(world: World) -> None:
    case = logged(world, answers=DUAL | {"age": 16}, now=NOW)
    to_health = {"service": service("psychiatry_adult", world.carla.unit), "sides": [P]}
    for ground in (YES, actions.Yes(custody=Custody.NOT_TOLD), actions.Yes(given_by=GivenBy.CUSTODY_BOTH)):
        before = everything()
        with pytest.raises(Invalid):
            send(world, case, ground, **to_health)
        assert everything() == before
    referral = send(world, case, actions.Yes(custody=Custody.LATER), **to_health)
    with all_seen():
        task = referral.follow_ups.get(waits_for=Wait.TELL_CUSTODY)
    do(actions.tell_citizen_done, world.alice, follow_up=task)
    assert "tell_custody" not in open_waits(case)


def test_the_date_of_birth_goes_before_an_answer_that_has_grown_old(world: World) -> None:
    case = logged(world, answers=CANNABIS | {"age": 14}, now=NOW, birth_date="2011-11-23")
    with all_seen():
        assert [grounds.age_of(case.person, {"age": 14}, on=date(2026, 11, day)) for day in (22, 23)] == [14, 15]
        assert grounds.age_of(models.Person(), {}, on=NOW.date()) is None


def test_from_health_to_others_a_spoken_yes_needs_its_reason(world: World) -> None:
    case = logged(world, by=world.carla, now=NOW)
    before = everything()
    with pytest.raises(Invalid):
        send(world, case, YES, by=world.carla)
    assert everything() == before
    send(world, case, actions.Yes(form=Form.WRITTEN), by=world.carla)


# Taken back


def test_what_nobody_has_opened_can_not_be_opened_any_more(world: World) -> None:
    case = logged(world, now=NOW, name="Karla Hemmelig")
    referral = send(world, case, YES)
    do(
        actions.withdraw_consent,
        world.alice,
        case=case,
        consent=consent_of(referral),
        note="Vil ikke alligevel",
        now=NOW + DAY,
    )

    assert readable(world.bo) == 0
    assert open_waits(case) == ["choice", "guarantee", "withdrawn"]
    with scope.scope(world.bo.unit.pk):
        assert models.Referral.objects.get().status == Status.WITHDRAWN
        happened = [(each.kind, each.note) for each in models.CaseEvent.objects.select_related("data_key")]
        assert happened == [("withdraw", "")]
        assert models.Notice.objects.filter(event__kind=Event.WITHDRAW).count() == 1
    with pytest.raises(TooLate):
        do(actions.open_referral, world.bo, referral=referral, now=NOW + DAY)
    response = at(world.bo).get(reverse("referral", args=[referral.pk]))
    assert response.status_code == 410
    assert "Den blev taget tilbage, før I åbnede den." in text(response) and "Karla" not in text(response)
    assert "Karla" not in text(at(world.bo).get("/"))
    with all_seen():
        taken = models.ConsentWithdrawal.objects.select_related("data_key").get()
    assert (taken.withdrawn_at, taken.by, taken.note) == (NOW + DAY, world.alice.user, "Vil ikke alligevel")
    refused(actions.withdraw_consent, world.alice, TooLate, case=case, consent=consent_of(referral))
    before = everything()
    with pytest.raises(Invalid):
        send(world, case, actions.SaidYes(), now=NOW + 2 * DAY)
    assert everything() == before


@pytest.mark.parametrize(("accepted", "status"), [(False, Status.WITHDRAWN), (True, Status.ACCEPTED)])
def test_what_a_service_has_taken_on_stays_in_its_own_record(world: World, accepted: bool, status: str) -> None:
    case = logged(world, now=NOW)
    referral = send(world, case, YES)
    do(actions.open_referral, world.bo, referral=referral)
    if accepted:
        do(actions.accept_referral, world.bo, referral=referral)
    do(actions.withdraw_consent, world.alice, case=case, consent=consent_of(referral))
    with all_seen():
        referral.refresh_from_db()
        kind = Happening.CONSENT_WITHDRAWN if accepted else Event.WITHDRAW
        assert models.Notice.objects.filter(to_unit=world.bo.unit, event__kind=kind).count() == 1
    assert referral.status == status
    assert readable(world.bo) == 1
    assert "withdrawn" in open_waits(case)


def test_the_citizen_can_do_it_alone_and_whoever_answers_hears_of_it(world: World) -> None:
    case = logged(world, now=NOW)
    consent = consent_of(send(world, case, YES))
    with scope.scope(world.alice.unit.pk):
        me = Citizen(world.alice.unit, case.pk)
        actions.withdraw_consent(case=case, consent=consent, by=me, now=NOW)
    with all_seen():
        assert models.ConsentWithdrawal.objects.get().by is None
        told = models.Notice.objects.filter(event__kind=Happening.CONSENT_WITHDRAWN)
        assert list(told.values_list("to_unit", "tells")) == [(world.alice.unit.pk, "owner")]


def test_one_taken_back_is_not_passed_on_to_the_next_door(world: World) -> None:
    case = logged(world, now=NOW)
    referral = send(world, case, actions.Yes(next_door=True))
    do(actions.accept_referral, world.bo, referral=referral)
    do(actions.withdraw_consent, world.alice, case=case, consent=consent_of(referral))
    why = actions.Return("capacity", next_door=service("gp", None), earliest=date(2027, 1, 1))
    do(actions.return_referral, world.bo, referral=referral, why=why)
    with all_seen():
        following = models.Referral.objects.get(follows=referral)
        assert (following.status, following.disclosures.count()) == (Status.DRAFT, 0)


def test_a_yes_that_was_renewed_is_taken_back_with_it_and_another_is_not(world: World) -> None:
    case = logged(world, answers=DUAL, now=NOW)
    one = send(world, case, actions.Yes(lasts=5 * DAY), sides=[])
    other = send(world, case, YES, sides=[], service=service("psychiatry_adult", world.carla.unit))
    do(actions.renew_consent, world.dorte, case=case, consent=consent_of(one), yes=YES, now=NOW + DAY)
    do(actions.withdraw_consent, world.dorte, case=case, consent=consent_of(one), now=NOW + 2 * DAY)
    with all_seen():
        assert models.ConsentWithdrawal.objects.count() == 2
        other.refresh_from_db()
    assert other.status == Status.SENT and readable(world.carla) == 1
    refused(actions.renew_consent, world.dorte, TooLate, case=case, consent=consent_of(one), yes=YES, now=NOW + 3 * DAY)


def test_who_is_asked_to_take_over_is_asked_no_more(world: World) -> None:
    case = logged(world, now=NOW)
    asked_ = do(actions.ask_to_take_over, world.alice, case=case, unit=world.erik.unit, reason="x", ground=YES)
    with all_seen():
        consent = models.Consent.objects.get()
    do(actions.withdraw_consent, world.alice, case=case, consent=consent)
    refused(actions.answer_take_over, world.erik, TooLate, asked=asked_, accept=True, note="")
    assert open_waits(case) == ["choice", "guarantee", "withdrawn"]


def test_a_link_that_nobody_has_opened_is_gone(committed_world: World, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    world, found = committed_world, service("gp", None)
    with as_owner() as owner:
        owner.execute(
            "UPDATE pathways_service SET email = 'klinik@laege.example', phone = '12345678' WHERE id = %s", [found.pk]
        )
    referral = sent(world, to=None, kind="gp", case=logged(world, name="Karla Hemmelig"), sides=[S])
    with play_for_a_while(WORKER):
        links.send_what_is_wanted()
    address = next(word for word in mail.outbox[0].body.split() if "/link/" in word).split("example")[-1]
    address = "/link/" + address.split("/link/")[1]
    with scope.scope(world.alice.unit.pk):
        consent = models.Consent.objects.get()
        actions.withdraw_consent(case=referral.case, consent=consent, by=world.alice, now=clock.now())
        guest = models.SecureLink.objects.get().opens_with
    with scope.scope(guest):
        assert models.Disclosure.objects.count() == 0
    client = Client()
    response = client.get(address, follow=True)
    assert response.status_code == 410
    assert "Den er taget tilbage." in text(response)


@pytest.mark.parametrize("turn", range(2))
def test_taken_back_and_opened_at_once_one_of_them_is_first(committed_world: World, turn: int) -> None:
    world = committed_world
    case = logged(world, now=NOW)
    referral = sent(world, to=world.bo.unit, case=case, now=NOW)
    consent = consent_of(referral)
    steps: list[Any] = [
        (world.alice, actions.withdraw_consent, {"case": case, "consent": consent}),
        (world.bo, actions.open_referral, {"referral": referral}),
    ]
    outcomes = at_once((steps[turn:] + steps[:turn]) * 4)
    with all_seen():
        referral.refresh_from_db()
        opened = referral.events.filter(kind=Event.OPEN).exists()
        assert models.ConsentWithdrawal.objects.count() == 1
    assert referral.status == Status.WITHDRAWN
    assert readable(world.bo) == opened
    assert outcomes.count("done") >= 1 and ("done" in [outcomes[n] for n in range(8) if (n + turn) % 2]) == opened


# Run out


def test_what_has_run_out_is_neither_opened_nor_answered(world: World) -> None:
    case = logged(world, now=NOW)
    referral = send(world, case, actions.Yes(lasts=3 * DAY))
    later = NOW + 3 * DAY
    for action, given in (
        (actions.open_referral, {}),
        (actions.accept_referral, {}),
        (actions.ask_question, {"question": "?"}),
    ):
        assert "gælder ikke mere" in refused(action, world.bo, TooLate, referral=referral, now=later, **given)
    do(actions.renew_consent, world.alice, case=case, consent=consent_of(referral), yes=YES, now=later)
    do(actions.ask_question, world.bo, referral=referral, question="Hvornår?", now=later)
    do(actions.answer_question, world.alice, referral=referral, answer="Nu", now=later + 300 * DAY)
    do(actions.ask_question, world.bo, referral=referral, question="Og nu?", now=later + 300 * DAY)
    answer = {"referral": referral, "answer": "Ja", "now": later + YEAR}
    assert "gælder ikke mere" in refused(actions.answer_question, world.alice, TooLate, **answer)


def test_a_citizen_who_comes_is_met_whatever_has_run_out(world: World) -> None:
    case = logged(world, now=NOW)
    referral = send(world, case, actions.Yes(lasts=3 * DAY))
    do(actions.confirm_arrival, world.bo, referral=referral, sides=[S], now=NOW + 4 * DAY)
    with all_seen():
        assert models.Case.objects.get().outcome == "arrived"


def test_a_fortnight_before_it_runs_out_it_is_a_task_once(committed_world: World) -> None:
    world = committed_world
    case = logged(world, now=NOW)
    send(world, case, actions.Yes(lasts=60 * DAY))

    def remind(now: datetime) -> int:
        with play_for_a_while(WORKER):
            return actions.remind_of_consents(now=now)

    assert [remind(NOW + n * DAY) for n in (1, 45, 46, 47, 61)] == [0, 0, 1, 0, 0]
    with all_seen():
        task, consent = case.follow_ups.get(waits_for=Wait.CONSENT_ENDS), models.Consent.objects.get()
    assert (task.owed_by, task.closed_at) == (world.alice.unit, None)
    do(actions.renew_consent, world.alice, case=case, consent=consent, yes=YES, now=NOW + 50 * DAY)
    assert "consent_ends" not in open_waits(case)
    assert remind(NOW + 51 * DAY) == 0


# From below


def test_the_database_holds_consent_to_a_year_and_to_what_it_knows(committed_world: World) -> None:
    send(committed_world, logged(committed_world, now=NOW), YES)
    for change in (
        "expires_at = given_at + interval '365 days 1 second'",
        "expires_at = given_at",
        "to_unit_id = from_unit_id",
        "to_service_id = NULL",
        "categories = '{}'",
        "categories = '{secrets}'",
        "form = 'shouted'",
        "form = 'paper'",
        "given_by = 'nobody'",
    ):
        with pytest.raises(psycopg.errors.CheckViolation), as_owner() as owner:
            owner.execute(f"UPDATE referrals_consent SET {change}")  # type: ignore[arg-type]
    for table in ("referrals_consent", "referrals_consentwithdrawal"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET note = note"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), as_app() as app:
                app.execute(statement)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"consent_id": None},
        {"law": "danger"},
        {"basis": "statutory"},
        {"basis": "statutory", "consent_id": None, "law": "danger"},
        {"basis": "anonymous"},
        {"disclosed_at": NOW - DAY},
        {"disclosed_at": NOW + YEAR},
        {"categories": ["wishes"]},
        {"referral_id": "other"},
        "withdrawn",
    ],
    ids=str,
)
def test_no_copy_is_written_without_a_basis_that_covers_it(world: World, change: Any) -> None:
    case = logged(world, answers=DUAL, now=NOW)
    referral = send(world, case, YES, sides=[])
    other = send(world, case, YES, sides=[], service=service("psychiatry_adult", world.carla.unit))
    with all_seen():
        copy = referral.disclosures.values().get()
        if change == "withdrawn":
            do(actions.withdraw_consent, world.alice, case=case, consent=consent_of(referral))
            change = {}
        if "referral_id" in change:
            change = {"referral_id": other.pk}
        copy |= change | {"id": None}
        columns = [name for name in copy if name != "id"]
        with (
            pytest.raises(IntegrityError, match=r"disclosure_has_a_basis|without a consent that covers it"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f"INSERT INTO referrals_disclosure (id, {', '.join(columns)}) "
                f"VALUES (gen_random_uuid(), {', '.join(['%s'] * len(columns))})",
                [bytes(copy[name]) if isinstance(copy[name], (bytes, memoryview)) else copy[name] for name in columns],
            )


# Pages


def the_door(world: World, case: models.Case) -> str:
    with scope.scope(case.owner_unit_id):
        matches = case.assessments.get().explanation["da"]["matches"]
    door = next(match for match in matches if match["role"] == "primary")["services"][0]["id"]
    return reverse("choose_service", args=[case.pk, door])


def test_the_page_asks_in_plain_words_and_for_no_more_than_the_age_needs(world: World) -> None:
    adult, child = logged(world, name="Karla"), logged(world, answers=CANNABIS | {"age": 13}, name="Ida")
    shown = text(at(world.alice).get(the_door(world, adult)))
    assert "Må vi give det videre, som står her?" in shown and "Du kan altid tage dit ja tilbage." in shown
    assert "Hvem siger ja?" not in shown and "Hvad siger barnet?" not in shown
    shown = text(at(world.alice).get(the_door(world, child)))
    assert "Hvem siger ja?" in shown and "Hvad siger barnet?" in shown

    data = {"basis": "consent_oral", "urgency": "ordinary"}
    before = everything()
    assert at(world.alice).post(the_door(world, child), data).status_code == 422
    assert everything() == before
    data |= {"given_by": "custody_both", "child_says": "Det er fint.", "lasts": "3"}
    assert at(world.alice).post(the_door(world, child), data).status_code == 302
    with all_seen():
        consent = models.Consent.objects.get()
    assert consent.expires_at - consent.given_at == timedelta(days=91)


def test_a_yes_that_holds_is_ticked_already(world: World) -> None:
    case = logged(world, name="Karla")
    door, data = the_door(world, case), {"basis": "consent_oral", "urgency": "ordinary"}
    assert at(world.alice).post(door, data).status_code == 302
    with all_seen():
        referral = models.Referral.objects.get()
    do(actions.cancel_referral, world.alice, referral=referral, because="Fejl", now=clock.now())
    page = at(world.alice).get(door).content.decode()
    assert 'value="said_yes"' in page and "Borgeren har sagt ja: til" in page
    assert at(world.alice).post(door, data | {"basis": "said_yes"}).status_code == 302
    with all_seen():
        assert models.Consent.objects.count() == 1


def test_an_anonymous_case_is_asked_for_nothing_that_says_who_it_is(world: World) -> None:
    wants = CANNABIS | {"circumstances": {"wants_anonymous": True}}
    case = logged(world, answers=wants, pseudonym="Ræven", name="Karla Hemmelig")
    page = at(world.alice).get(the_door(world, case)).content.decode()
    assert 'value="anonymous"' in page and 'value="consent_oral"' not in page
    data = {"basis": "anonymous", "urgency": "ordinary"}
    said = at(world.alice).post(the_door(world, case), data | {"message": "Karla Hemmelig ringer"})
    assert said.status_code == 422 and "Slet det, der siger, hvem det er." in text(said)
    assert at(world.alice).post(the_door(world, case), data).status_code == 302


def test_the_case_shows_what_holds_until_when_and_takes_it_back(world: World) -> None:
    case = logged(world, name="Karla")
    referral = sent(world, to=world.bo.unit, case=case)
    consent = consent_of(referral)
    address = reverse("consent", args=[case.pk, consent.pk])
    assert "Hvad borgeren har sagt ja til" in text(at(world.alice).get(reverse("case", args=[case.pk])))
    shown = text(at(world.alice).get(address))
    assert "Hvilken hjælp der er brug for, og til hvad" in shown and "Tag borgerens ja tilbage" in shown
    for stranger in (world.bo, world.erik):
        assert at(stranger).get(address).status_code == 404
        assert at(stranger).post(address, {"note": ""}).status_code == 404
    assert at(world.alice).post(address, {"note": "Vil ikke"}).status_code == 302
    assert at(world.alice).post(address, {"note": ""}).status_code == 409
    shown = text(at(world.alice).get(reverse("case", args=[case.pk])))
    assert "Trukket tilbage" in shown and "Aftal med borgeren, hvad der nu skal ske" in shown
    with all_seen():
        task = case.follow_ups.open().get(waits_for=Wait.WITHDRAWN)
    done = reverse("case_task_done", args=[case.pk, task.pk])
    assert at(world.alice).post(done).status_code == 302
    assert at(world.alice).post(done).status_code == 404


def test_a_yes_is_asked_for_once_more(world: World) -> None:
    case = logged(world, name="Karla")
    consent = consent_of(sent(world, to=world.bo.unit, case=case))
    address = reverse("renew_consent", args=[case.pk, consent.pk])
    assert "Må vi give det videre" in text(at(world.alice).get(address))
    assert at(world.alice).post(address, {"basis": "consent_paper"}).status_code == 422
    assert at(world.alice).post(address, {"basis": "consent_written", "lasts": "6"}).status_code == 302
    with all_seen():
        assert sorted(models.Consent.objects.values_list("form", flat=True)) == ["oral", "written"]


# Concern for a child

SENT_ON = datetime.fromisoformat("2026-11-20T14:30:00+01:00")
NOTED = {"about": "at_home", "channel": "phone", "municipality": "0751", "to_whom": "Vagten", "note": "Sag 7"}


def test_a_concern_is_kept_by_the_unit_alone_with_the_clock_of_its_receipt(world: World) -> None:
    case = logged(world, now=NOW, by=world.carla)
    referral = send(world, case, actions.Yes(form=Form.WRITTEN), by=world.carla)
    before = open_waits(case)
    concern = do(actions.record_concern, world.carla, case=case, sent_at=SENT_ON, **NOTED)
    assert concern.receipt_due_at == datetime.fromisoformat("2026-11-30T14:30:00+01:00")  # six working days
    assert open_waits(case) == before
    for stranger in (world.alice, world.bo, world.dorte, world.erik):  # receiver and coordinator among them
        with scope.scope(stranger.unit.pk):
            assert not models.Concern.objects.exists()
            assert "Sag 7" not in json.dumps(
                [each.note for each in models.CaseEvent.objects.select_related("data_key")]
            )
    refused(actions.record_concern, world.carla, Invalid, case=None, sent_at=NOW + DAY, **NOTED)
    refused(actions.record_receipt, world.alice, TooLate, concern=concern)
    do(actions.record_receipt, world.carla, concern=concern)
    refused(actions.record_receipt, world.carla, TooLate, concern=concern)
    with all_seen():
        assert referral.disclosures.get().categories == ["contact", "identity", "message", "needs"]


def test_a_concern_is_noted_from_the_worry_page_and_from_a_case(world: World) -> None:
    case = logged(world, name="Karla")
    assert reverse("concern") in at(world.alice).get("/worry/").content.decode()
    assert (
        reverse("case_concern", args=[case.pk]) in at(world.alice).get(reverse("case", args=[case.pk])).content.decode()
    )
    yesterday = clock.today() - timedelta(days=20)
    data = NOTED | {"sent_on": yesterday.isoformat(), "sent_time": "09:15"}
    for address in (reverse("concern"), reverse("case_concern", args=[case.pk])):
        before = everything()
        assert at(world.alice).post(address, {}).status_code == 422
        assert everything() == before
        assert at(world.alice).post(address, data).status_code == 302
    with scope.scope(world.alice.unit.pk):
        first, second = models.Concern.objects.order_by("pk")
    assert (first.case, second.case_id) == (None, case.pk)
    shown = text(at(world.alice).get(reverse("concerns")))
    assert shown.count("Et barn i borgerens hjem") == 2 and "Vagten" in shown
    assert "I venter på 2 kvitteringer fra kommunen" in text(at(world.alice).get("/"))
    assert "Et barn i borgerens hjem" not in text(at(world.alice).get(reverse("case", args=[case.pk])))
    received = reverse("concern_received", args=[first.pk])
    assert at(world.bo).post(received).status_code == 404
    assert at(world.alice).post(received).status_code == 302
    assert at(world.alice).post(received).status_code == 409
    assert at(world.erik).post(reverse("case_concern", args=[case.pk]), data).status_code == 404
