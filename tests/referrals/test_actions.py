"""From needs to arrival, by the actions: what changes, what is refused, and that nothing is half kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from unittest import mock

import pytest

from navigator import clock
from navigator.database import scope
from navigator.web.refusals import Invalid, NotAllowed, Refusal, TooLate
from referrals import actions, models
from referrals.enums import Basis, Law, Side, Status
from referrals.models import case_number
from tests.helpers.cases import CANNABIS, DUAL, logged, sent, service
from tests.helpers.snapshot import everything
from tests.helpers.world import World

TOLD = actions.Telling({}, actions.Yes())
NOW = datetime.fromisoformat("2026-11-23T10:00:00+01:00")  # a Monday


def open_waits(case: models.Case) -> list[tuple[str, str]]:
    """What is owed by whom now, beside the statutory clocks and the check of the effect."""
    follow_ups = case.follow_ups.open().exclude(waits_for__in=["guarantee", "effect"])
    return sorted(
        (each.waits_for, each.owed_by.organisation.name) for each in follow_ups.select_related("owed_by__organisation")
    )


def test_logging_needs_opens_a_case_with_an_owner_a_track_and_a_task(world: World) -> None:
    case = logged(world, now=NOW, first_contact_on=date(2026, 11, 20), name="Karla Månsson")

    with scope.scope(world.alice.unit.pk):
        assert (case.owner_unit, case.owner_worker) == (world.alice.unit, world.alice.user)
        assert case.coordinator_unit == world.dorte.unit
        assert [track.side for track in case.tracks.all()] == [Side.SUBSTANCE]
        assessment = case.assessments.get()
        assert (assessment.level, assessment.side, assessment.rule_set_version) == (1, "substance", "2026.1")
        assert assessment.answers == CANNABIS
        choice = case.follow_ups.get(waits_for="choice")
        assert (choice.waits_for, choice.owed_by) == ("choice", world.alice.unit)
        assert choice.due_at == datetime.fromisoformat("2026-11-24T00:00:00+01:00")
        assert [event.kind for event in case.events.order_by("pk")] == ["case_opened", "assessed"]


def test_a_dual_case_has_two_tracks_and_the_coordinator_answers_for_it(world: World) -> None:
    case = logged(world, answers=DUAL)

    with scope.scope(world.dorte.unit.pk):
        seen = models.Case.objects.get()
        assert seen == case
        assert seen.owner_unit == world.dorte.unit
        assert {track.side for track in seen.tracks.all()} == {Side.SUBSTANCE, Side.PSYCHIATRY}
        assert open_waits(seen) == [("choice", "Aarhus Koordination")]


def test_a_case_where_no_unit_coordinates_stays_with_the_sender(world: World) -> None:
    case = logged(world, answers=DUAL | {"municipality": "0851"}, by=world.erik)

    assert (case.coordinator_unit, case.owner_unit) == (None, world.erik.unit)


def test_the_case_number_is_checked_on_the_telephone(world: World) -> None:
    case = logged(world)
    digits = case.short_number.replace("-", "")
    wrong = digits[:-1] + str((int(digits[-1]) + 1) % 10)

    assert case_number(case.short_number) == case_number(digits) == case.number
    assert case_number(wrong) is None
    assert case_number("") is None
    assert [number for number in (digits[1] + digits[0] + digits[2:],) if case_number(number)] == []


def test_sending_tells_the_receiver_what_was_frozen_and_owes_an_answer(world: World) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)

    with scope.scope(world.alice.unit.pk):
        assert (referral.status, referral.sent_at) == (Status.SENT, NOW)
        assert open_waits(referral.case) == [("seen", "Aarhus Rusmiddelcenter")]
        follow_up = referral.follow_ups.open().get()
        assert follow_up.due_at == datetime.fromisoformat("2026-11-24T10:00:00+01:00")
        assert follow_up.owner_unit == world.alice.unit
        disclosure = referral.disclosures.get()
        assert (disclosure.basis, disclosure.content) == (Basis.CONSENT, '{"message": "Ring gerne."}')


def test_a_service_without_an_account_is_followed_by_the_sender(world: World) -> None:
    referral = sent(world, to=None, kind="gp")

    with scope.scope(world.alice.unit.pk):
        assert open_waits(referral.case) == [("seen", "Aarhus Jobcenter")]
        assert actions.accept_referral(referral=referral, by=world.alice, now=NOW).status == Status.ACCEPTED


def test_the_whole_way_to_arrival(world: World) -> None:
    case = logged(world, now=NOW)
    referral = sent(world, to=world.bo.unit, case=case, now=NOW)
    visit = NOW + timedelta(days=7)

    with scope.scope(world.bo.unit.pk):
        referral = actions.open_referral(referral=referral, by=world.bo, now=NOW)
        referral = actions.accept_referral(referral=referral, by=world.bo, now=NOW)
        referral = actions.book_time(referral=referral, appointment_at=visit, by=world.bo, now=NOW)
        assert referral.follow_ups.open().get(waits_for="arrival").due_at == visit + timedelta(days=1)
        referral = actions.confirm_arrival(referral=referral, sides=[Side.SUBSTANCE], by=world.bo, now=visit)
        assert referral.status == Status.ARRIVED

        case = models.Case.objects.get()  # the receiver answers for the citizen now, and sees the whole case
        assert (case.owner_unit, case.owner_worker) == (world.bo.unit, world.bo.user)
        assert (case.closed_at, case.outcome) == (visit, "arrived")
        assert case.person.shown_as == "Anonym" or case.person.shown_as == "Anonymous"
        assert open_waits(case) == []
        assert [event.kind for event in case.events.order_by("pk")] == [
            "case_opened", "assessed", "send", "open", "accept", "book", "track_arrived", "arrive", "owner_changed",
            "case_closed",
        ]  # fmt: skip
    with scope.scope(world.alice.unit.pk):
        assert models.Case.objects.get().closed_at == visit  # the sender sees it too


def test_a_walk_in_has_arrived_before_anybody_answered(world: World) -> None:
    referral = sent(world, to=world.bo.unit)

    with scope.scope(world.bo.unit.pk):
        assert (
            actions.confirm_arrival(referral=referral, sides=[Side.SUBSTANCE], by=world.bo, now=clock.now()).status
            == Status.ARRIVED
        )


def test_two_referrals_of_a_dual_case_arrive_each_on_their_own_side(world: World) -> None:
    case = logged(world, answers=DUAL)
    one = sent(world, to=world.bo.unit, case=case, kind="substance_treatment_outpatient", sides=[Side.SUBSTANCE])
    other = sent(world, to=world.carla.unit, case=case, kind="psychiatry_adult", sides=[Side.PSYCHIATRY])

    with scope.scope(world.bo.unit.pk):
        actions.confirm_arrival(referral=one, sides=[Side.SUBSTANCE], by=world.bo, now=NOW)
    with scope.scope(world.dorte.unit.pk):
        halfway = models.Case.objects.get()
        assert (halfway.closed_at, halfway.owner_unit) == (None, world.dorte.unit)
        assert open_waits(halfway) == [("seen", "Aarhus Psykiatri")]
    with scope.scope(world.carla.unit.pk):
        actions.confirm_arrival(referral=other, sides=[Side.PSYCHIATRY], by=world.carla, now=NOW)
    with scope.scope(world.dorte.unit.pk):
        ended = models.Case.objects.get()
        assert (ended.closed_at, ended.owner_unit) == (NOW, world.dorte.unit)


def test_an_integrated_service_says_for_each_side_that_the_person_was_met(world: World) -> None:
    case = logged(world, answers=DUAL)
    both = [Side.SUBSTANCE, Side.PSYCHIATRY]
    referral = sent(world, to=world.bo.unit, case=case, kind="dual_diagnosis_municipal", sides=both)

    with scope.scope(world.bo.unit.pk):
        half = actions.confirm_arrival(referral=referral, sides=[Side.SUBSTANCE], by=world.bo, now=NOW)
        assert half.status == Status.SENT
        with pytest.raises(Invalid):
            actions.confirm_arrival(referral=referral, sides=[], by=world.bo, now=NOW)
        whole = actions.confirm_arrival(referral=referral, sides=[Side.PSYCHIATRY], by=world.bo, now=NOW)
        assert whole.status == Status.ARRIVED
    with scope.scope(world.dorte.unit.pk):
        assert models.Case.objects.get().outcome == "arrived"


def test_arrival_ends_the_other_attempts_of_its_track_and_not_the_parallel_offers(world: World) -> None:
    case = logged(world)
    one = sent(world, to=world.bo.unit, case=case)
    other = sent(world, to=None, kind="gp", case=case, sides=[Side.SUBSTANCE])
    parallel = sent(world, to=None, kind="somatic_check", case=case, sides=[])

    with scope.scope(world.bo.unit.pk):
        actions.confirm_arrival(referral=one, sides=[Side.SUBSTANCE], by=world.bo, now=NOW)
    with scope.scope(world.alice.unit.pk):
        status = dict(models.Referral.objects.values_list("pk", "status"))
        assert (status[one.pk], status[other.pk], status[parallel.pk]) == ("arrived", "cancelled", "sent")
        assert open_waits(models.Case.objects.get()) == [("seen", "Aarhus Jobcenter")]


def test_arrival_at_a_parallel_offer_closes_nothing(world: World) -> None:
    case = logged(world)
    parallel = sent(world, to=None, kind="somatic_check", case=case, sides=[])

    with scope.scope(world.alice.unit.pk):
        actions.confirm_arrival(referral=parallel, sides=[], by=world.alice, now=NOW)
        assert models.Case.objects.get().closed_at is None
        assert open_waits(case) == [("choice", "Aarhus Jobcenter")]


def test_a_cancelled_referral_is_a_task_again_at_once(world: World) -> None:
    referral = sent(world, to=world.bo.unit)

    with scope.scope(world.alice.unit.pk):
        actions.cancel_referral(referral=referral, because="Forkert center", by=world.alice, now=NOW)
        assert open_waits(referral.case) == [("choice", "Aarhus Jobcenter")]
        assert referral.events.get(kind="cancel").note == "Forkert center"


def test_what_is_illegal_or_not_ones_own_changes_nothing(world: World) -> None:
    referral = sent(world, to=world.bo.unit)
    before = everything()
    attempts = [
        (world.alice, TooLate, lambda by: actions.send_referral(
            case=referral.case, service=referral.service, sides=[], role="primary", telling=TOLD, by=by, now=NOW)),
        (world.alice, Invalid, lambda by: actions.send_referral(
            case=referral.case, service=service("gp", None), sides=[], role="primary",
            telling=actions.Telling({}, actions.Statutory(Law.ESSENTIAL, " ")), by=by, now=NOW)),
        (world.alice, NotAllowed, lambda by: actions.accept_referral(referral=referral, by=by, now=NOW)),
        (world.bo, NotAllowed, lambda by: actions.cancel_referral(referral=referral, because="x", by=by, now=NOW)),
        (world.bo, Invalid, lambda by: actions.book_time(referral=referral, appointment_at=NOW, by=by, now=NOW)),
        (world.bo, Invalid, lambda by: actions.confirm_arrival(referral=referral, sides=[], by=by, now=NOW)),
        (world.bo, Invalid, lambda by: actions.confirm_arrival(
            referral=referral, sides=[Side.PSYCHIATRY], by=by, now=NOW)),
    ]  # fmt: skip
    for by, refusal, attempt in attempts:
        with scope.scope(by.unit.pk), pytest.raises(refusal) as refused:
            attempt(by)
        assert isinstance(refused.value, Refusal) and refused.value.sentence
    assert everything() == before
    with scope.scope(world.alice.unit.pk):
        assert models.Referral.objects.get().status == Status.SENT


def test_the_same_cpr_is_registered_once_in_a_unit_and_again_in_another(world: World) -> None:
    logged(world, name="Karla", cpr="0108589995")

    with pytest.raises(Invalid):
        logged(world, name="Carla", cpr="010858-9995")
    assert logged(world, by=world.erik, cpr="0108589995").origin_unit == world.erik.unit


def test_links_are_made_and_taken_back_and_never_merge(world: World) -> None:
    one, other = logged(world, name="Karla Holm"), logged(world, name="Karla  holm")

    with scope.scope(world.alice.unit.pk):
        for _twice in range(2):
            actions.link(case=one, other=other, by=world.alice, now=NOW)
        link = models.PersonLink.objects.get()
        for _twice in range(2):
            actions.unlink(case=one, link=link, by=world.alice, now=NOW)
        assert models.PersonLink.objects.get().unlinked_by == world.alice.user
        assert [e.kind for e in one.events.order_by("pk")][2:] == ["person_linked", "person_unlinked"]
        assert models.Person.objects.count() == 2


@pytest.mark.parametrize("step", ["open", "send", "arrive"])
def test_when_the_last_write_fails_nothing_is_kept(committed_world: World, step: str) -> None:
    world = committed_world
    referral = sent(world, to=world.bo.unit)
    before = everything()
    attempts = {
        "open": lambda: logged(world, name="Karla"),
        "send": lambda: sent(world, to=None, kind="gp", case=referral.case),
        "arrive": lambda: actions.confirm_arrival(referral=referral, sides=[Side.SUBSTANCE], by=world.bo, now=NOW),
    }
    last = {"open": "referrals.actions.follow_ups.keep_choice", "arrive": "referrals.actions.arrival.close_case_as"}
    with (
        mock.patch(last.get(step, "referrals.actions.referral.events.record"), side_effect=RuntimeError),
        scope.scope(world.bo.unit.pk if step == "arrive" else world.alice.unit.pk),
        pytest.raises(RuntimeError),
    ):
        attempts[step]()

    assert everything() == before
    with scope.scope(world.alice.unit.pk):
        assert models.Referral.objects.get().status == Status.SENT
        assert models.Case.objects.get().owner_unit == world.alice.unit
