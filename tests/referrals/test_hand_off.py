"""Every step beside the straight road: what it changes, what it owes, whom it tells, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from navigator.accounts.models import CoordinatorCover, Membership, Role, Unit, User
from navigator.database import scope
from navigator.web.refusals import Invalid, NotAllowed, TooLate
from referrals import actions, models, sweeps
from referrals.acting import By, Citizen
from referrals.enums import Channel, Evidence, Form, Law, Outcome, Reached, Side, Status, Urgency, Wait
from tests.helpers.cases import CANNABIS, DUAL, YES, logged, sent, service
from tests.helpers.snapshot import everything
from tests.helpers.world import AARHUS, World

NOW = datetime.fromisoformat("2026-11-23T10:00:00+01:00")  # a Monday
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
S, P = Side.SUBSTANCE, Side.PSYCHIATRY
NO_ROOM = {"reason": "capacity", "earliest": date(2027, 2, 1)}
TOLD = actions.Telling({"message": "Ring gerne."}, actions.Yes())


@contextmanager
def seen_by_all(*units: Unit) -> Iterator[None]:
    with scope.scope(*(units or Unit.objects.values_list("pk", flat=True))):
        yield


def do(action: Callable[..., Any], by: By, *, now: datetime = NOW, **given: Any) -> Any:
    """One step, in the scope of whoever takes it."""
    with scope.scope(by.unit.pk):
        return action(by=by, now=now, **given)


def refused(action: Callable[..., Any], by: By, refusal: type[Exception], *, now: datetime = NOW, **given: Any) -> None:
    """The step is refused with a sentence, and nothing has changed."""
    before = everything()
    with pytest.raises(refusal) as said:
        do(action, by, now=now, **given)
    assert said.value.sentence  # type: ignore[attr-defined]
    assert everything() == before


def again(referral: models.Referral) -> models.Referral:
    with seen_by_all():
        return models.Referral.objects.get(pk=referral.pk)


def case_of(referral: models.Referral) -> models.Case:
    """The case behind it, which not everybody on the referral may see."""
    with seen_by_all():
        return models.Case.objects.get(pk=referral.case_id)


def case_now(case: models.Case) -> models.Case:
    with seen_by_all():
        return models.Case.objects.select_related("owner_unit", "owner_worker", "coordinator_unit").get(pk=case.pk)


def owed(case: models.Case) -> list[tuple[str, str]]:
    """What is owed by which door now, beside the statutory clocks and the check of the effect."""
    with seen_by_all():
        follow_ups = case.follow_ups.open().exclude(waits_for__in=[Wait.GUARANTEE, Wait.EFFECT])
        return sorted((each.waits_for, each.owed_by.door) for each in follow_ups.select_related("owed_by"))


def task(case: models.Case, wait: Wait) -> models.FollowUp:
    with seen_by_all():
        return case.follow_ups.open().select_related("owed_by", "owed_worker").get(waits_for=wait)


def told(kind: str) -> list[tuple[str, str]]:
    """Who was told of the events of this kind: (in which capacity, at which door)."""
    with seen_by_all():
        notices = models.Notice.objects.filter(event__kind=kind).select_related("to_unit").order_by("pk")
        return [(notice.tells, notice.to_unit.door) for notice in notices]


def happened(case: models.Case, kind: str) -> int:
    with seen_by_all():
        return case.events.filter(kind=kind).count()


def sweep(now: datetime) -> int:
    with seen_by_all():
        return sweeps.sweep(now=now)["noticed"]


def said_by_the_clock(case: models.Case, wait: Wait) -> list[tuple[str, str]]:
    with seen_by_all():
        notices = models.Notice.objects.filter(follow_up__case=case, follow_up__waits_for=wait).order_by("due_at", "pk")
        return [(n.tells, n.due_at.astimezone(NOW.tzinfo).isoformat(" ", "minutes")[:16]) for n in notices]


def booked(world: World, *, visit: datetime = NOW + WEEK, **more: Any) -> models.Referral:
    referral = sent(world, to=world.bo.unit, now=NOW, **more)
    return do(actions.book_time, world.bo, referral=referral, appointment_at=visit)


def missed(world: World) -> models.Referral:
    return do(actions.record_no_show, world.bo, now=NOW + WEEK, referral=booked(world))


def attempt(world: World, referral: models.Referral, channel: Channel, now: datetime = NOW + WEEK) -> models.Referral:
    return do(
        actions.record_attempt,
        world.bo,
        now=now,
        referral=referral,
        channel=channel,
        reached=Reached.NO_ANSWER,
        note="",
    )


def no_room(world: World, referral: models.Referral) -> models.Referral:
    """The service has no room, and names the GP as the next door."""
    why = actions.Return(next_door=service("gp", None), **NO_ROOM)
    return do(actions.return_referral, world.bo, referral=referral, why=why)


def dual(world: World) -> tuple[models.Case, models.Referral, models.Referral]:
    case = logged(world, answers=DUAL, now=NOW)
    one = sent(world, to=world.bo.unit, case=case, sides=[S], now=NOW)
    return case, one, sent(world, to=world.carla.unit, case=case, kind="psychiatry_adult", sides=[P], now=NOW)


# Questions


def test_a_question_goes_back_to_the_sender_and_its_answer_resumes_the_clock(world: World) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)
    do(actions.open_referral, world.bo, referral=referral)
    do(actions.ask_question, world.bo, referral=referral, question="Hvilken adresse?", now=NOW + DAY)
    assert owed(case_of(referral)) == [("reply", "jobcenter")]
    assert task(case_of(referral), Wait.REPLY).owed_worker == world.alice.user

    answered = NOW + 3 * DAY
    do(actions.answer_question, world.alice, referral=referral, answer="Åboulevarden", now=answered)

    assert owed(case_of(referral)) == [("answer", "substance_centre")]
    assert task(case_of(referral), Wait.ANSWER).waits_since == answered - DAY
    assert again(referral).status == Status.SEEN


def test_what_was_said_before_the_question_is_not_said_again_after_it(world: World) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)
    do(actions.open_referral, world.bo, referral=referral)
    assert sweep(NOW + 3 * DAY) == 1
    friday = NOW + 4 * DAY - timedelta(hours=1)
    do(actions.ask_question, world.bo, referral=referral, question="?", now=friday)
    do(actions.answer_question, world.alice, referral=referral, answer="!", now=friday)

    assert sweep(friday) == 0
    assert [tells for tells, _at in said_by_the_clock(case_of(referral), Wait.ANSWER)] == ["owed_by"]
    sweep(NOW + WEEK)
    assert [tells for tells, _at in said_by_the_clock(case_of(referral), Wait.ANSWER)] == [
        "owed_by", "sender", "coordinator",
    ]  # fmt: skip


def test_a_second_reader_who_opens_it_late_is_not_refused(world: World) -> None:
    on_an_old_page = sent(world, to=world.bo.unit, now=NOW)
    do(actions.accept_referral, world.bo, referral=on_an_old_page)

    assert do(actions.open_referral, world.bo, referral=on_an_old_page).status == Status.ACCEPTED


# Returns


@pytest.mark.parametrize(
    "why",
    [
        {"reason": "no_such_reason"},
        {"reason": "capacity"},
        {"reason": "capacity", "next_door": "gp"},
        {"reason": "capacity", "next_door": "itself", "earliest": date(2027, 1, 1)},
        {"reason": "outside_target_group", "next_door": "gp", "text": " "},
        {"reason": "outside_target_group", "text": "Alder"},
        {"reason": "other_municipality"},
        {"reason": "missing_information"},
        {"reason": "citizen_declined", "text": " "},
        {"reason": "duplicate"},
        {"reason": "duplicate", "duplicate_of": "itself"},
        {"reason": "duplicate", "duplicate_of": "ended"},
    ],
    ids=str,
)
def test_a_return_without_what_its_reason_needs_is_refused(world: World, why: dict[str, Any]) -> None:
    case = logged(world, now=NOW)
    referral = sent(world, to=world.bo.unit, case=case, now=NOW)
    ended = sent(world, to=None, kind="gp", case=case, now=NOW)
    do(actions.cancel_referral, world.alice, referral=ended, because="Forkert")
    doors = {"gp": service("gp", None), "itself": referral.service}
    others = {"itself": referral, "ended": ended}
    given = why | {
        key: choices[why[key]] for key, choices in (("next_door", doors), ("duplicate_of", others)) if key in why
    }

    refused(actions.return_referral, world.bo, Invalid, referral=referral, why=actions.Return(**given))


@pytest.mark.parametrize(
    "reason",
    ["has_substance_use", "has_mental_disorder", "has_disability", "not_motivated", "not_abstinent", "no_diagnosis"],
)
def test_a_reason_that_is_not_legitimate_changes_nothing_and_reaches_the_coordinator(world: World, reason: str) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)
    before = everything()

    with pytest.raises(actions.NotLegitimate) as said:
        do(actions.return_referral, world.bo, referral=referral,
           why=actions.Return(reason, "tekst", service("gp", None), date(2027, 1, 1)))  # fmt: skip

    assert said.value.status == 422 and said.value.reason.why_da in said.value.sentence
    after = everything()
    logs = {"referrals_caseevent", "referrals_notice", "referrals_delivery", "referrals_tomeasure"}
    assert {name: rows for name, rows in after.items() if name not in logs} == {
        name: rows for name, rows in before.items() if name not in logs
    }
    assert told("refused_return") == [("coordinator", "social_services")]
    with seen_by_all():
        assert models.CaseEvent.objects.get(kind="refused_return").detail == {"reason": reason}


@pytest.mark.parametrize(
    "why",
    [
        NO_ROOM,
        {"reason": "outside_target_group", "text": "Kun under 25 år"},
        {"reason": "other_municipality"},
    ],
    ids=lambda why: why["reason"],
)
@pytest.mark.parametrize("covered", [True, False])
def test_a_return_makes_the_next_door_in_the_same_step(world: World, why: dict[str, Any], covered: bool) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW, covers_next_door=covered)
    with seen_by_all():
        clocks = list(
            case_of(referral).guarantees.order_by("pk").values_list("pk", "started_on", "due_at", "stopped_at")
        )
    later = NOW + DAY

    do(actions.return_referral, world.bo, now=later, referral=referral,
       why=actions.Return(next_door=service("gp", None), **why))  # fmt: skip

    with seen_by_all():
        following = models.Referral.objects.get(follows=referral)
        assert (
            list(case_of(referral).guarantees.order_by("pk").values_list("pk", "started_on", "due_at", "stopped_at"))
            == clocks
        )
        assert (following.sides, following.sender, following.service.kind_id) == ([S], world.alice.user, "gp")
        assert following.status == (Status.SENT if covered else Status.DRAFT)
        assert following.disclosures.count() == covered
    assert (again(referral).status, again(referral).return_reason) == (Status.RETURNED, why["reason"])
    assert owed(case_of(referral)) == [("seen" if covered else "consent", "jobcenter")]
    assert told("return") == [("sender", "jobcenter"), ("coordinator", "social_services")]


def test_the_drafted_next_door_is_sent_when_the_citizen_has_said_yes(world: World) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)
    no_room(world, referral)
    with seen_by_all():
        draft = models.Referral.objects.get(follows=referral)

    unreasoned = actions.Telling({}, actions.Statutory(Law.ESSENTIAL, ""))
    refused(actions.send_on, world.alice, Invalid, referral=draft, telling=unreasoned)
    assert do(actions.send_on, world.alice, referral=draft, telling=TOLD).status == Status.SENT
    refused(actions.send_on, world.alice, TooLate, referral=draft, telling=TOLD)
    assert owed(case_of(referral)) == [("seen", "jobcenter")]


def test_an_acute_next_door_is_sent_after_a_telephone_call_only(world: World) -> None:
    referral = sent(
        world,
        to=world.bo.unit,
        now=NOW,
        urgency=Urgency.ACUTE,
        hand_over=actions.HandOver("Mette"),
        covers_next_door=True,
    )
    no_room(world, referral)
    with seen_by_all():
        draft = models.Referral.objects.get(follows=referral)
    assert (draft.status, draft.urgency) == (Status.DRAFT, Urgency.ACUTE)

    refused(actions.send_on, world.alice, Invalid, referral=draft, telling=TOLD)
    do(actions.send_on, world.alice, referral=draft, telling=TOLD, hand_over=actions.HandOver(""))
    assert owed(case_of(referral)) == [("hand_over", "jobcenter"), ("seen", "jobcenter")]
    assert told("nobody_answered") == [("coordinator", "social_services")]


def test_a_return_that_is_a_duplicate_a_wish_or_an_arrival(world: World) -> None:
    case = logged(world, now=NOW)
    one, other = sent(world, to=world.bo.unit, case=case, now=NOW), sent(world, to=None, kind="gp", case=case, now=NOW)
    do(actions.return_referral, world.bo, referral=one, why=actions.Return("duplicate", duplicate_of=other))
    assert (again(one).status, owed(case)) == (Status.RETURNED, [("seen", "jobcenter")])

    do(actions.return_referral, world.alice, referral=other, why=actions.Return("citizen_declined", "Noget andet"))
    assert (again(other).status, owed(case)) == (Status.WITHDRAWN, [("choice", "jobcenter")])

    third = sent(world, to=world.bo.unit, case=case, now=NOW)
    do(actions.return_referral, world.bo, referral=third, why=actions.Return("already_in_course"))
    assert (again(third).status, case_now(case).outcome) == (Status.ARRIVED, Outcome.ARRIVED)


def test_in_a_dual_case_the_coordinator_approves_a_return_or_sends_it_back(world: World) -> None:
    case, referral, _other = dual(world)
    why = actions.Return(next_door=service("gp", None), **NO_ROOM)
    do(actions.return_referral, world.bo, referral=referral, why=why)
    assert again(referral).status == Status.RETURN_ASKED
    assert owed(case) == [("answer", "substance_centre"), ("decision", "social_services"), ("seen", "psychiatry")]
    refused(actions.approve_return, world.bo, NotAllowed, referral=referral)
    refused(actions.send_back, world.dorte, Invalid, referral=referral, because=" ")
    refused(actions.approve_return, world.dorte, Invalid, referral=referral, next_door=referral.service)

    do(actions.send_back, world.dorte, referral=referral, because="I er den rette dør")
    assert (again(referral).status, again(referral).returned_to) == (Status.SEEN, None)
    assert owed(case) == [("answer", "substance_centre"), ("seen", "psychiatry")]

    do(actions.return_referral, world.bo, referral=referral, why=why)
    better = service("somatic_check", None)
    do(actions.approve_return, world.dorte, referral=referral, next_door=better)
    with seen_by_all():
        assert models.Referral.objects.get(follows=referral).service == better
    assert again(referral).status == Status.RETURNED
    refused(actions.send_back, world.dorte, TooLate, referral=referral, because="For sent")


def test_the_next_door_of_an_integrated_service_is_for_the_side_that_was_not_met(world: World) -> None:
    case = logged(world, answers=DUAL, now=NOW)
    referral = sent(world, to=world.bo.unit, case=case, kind="dual_diagnosis_municipal", sides=[S, P], now=NOW)
    do(actions.confirm_arrival, world.bo, referral=referral, sides=[S])
    no_room(world, referral)
    do(actions.approve_return, world.dorte, referral=referral)

    with seen_by_all():
        assert models.Referral.objects.get(follows=referral).sides == [P]


def test_whoever_only_shows_the_way_treats_nobody_and_a_door_is_still_to_be_found(world: World) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)
    guidance = service("coordinator", None)
    do(actions.return_referral, world.bo, referral=referral, why=actions.Return(next_door=guidance, **NO_ROOM))

    with seen_by_all():
        draft = models.Referral.objects.get(follows=referral)
    assert (draft.sides, draft.role, draft.status) == ([], "fallback", Status.DRAFT)
    assert owed(case_of(referral)) == [("choice", "jobcenter"), ("consent", "jobcenter")]


# Waiting lists and visits


def test_a_waiting_list_has_a_date_to_come_in_denmark(world: World) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)
    past_midnight = datetime.fromisoformat("2026-11-23T23:30:00+00:00")  # 24 November in Denmark

    refused(
        actions.put_on_waiting_list, world.bo, Invalid, referral=referral, until=date(2026, 11, 24), now=past_midnight
    )
    listed = do(actions.put_on_waiting_list, world.bo, referral=referral, until=date(2026, 12, 24), now=past_midnight)
    assert (listed.status, listed.waits_until) == (Status.WAITLISTED, date(2026, 12, 24))
    assert owed(case_of(referral)) == [("booking", "substance_centre"), ("check_in", "substance_centre")]
    # The time is owed from the end of the wait: five working days after Christmas Eve, of which the first is the 28th.
    assert task(case_of(referral), Wait.BOOKING).due_at == datetime.fromisoformat("2027-01-05T00:00:00+01:00")


def test_whoever_waits_is_heard_from_every_fortnight(world: World) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)
    refused(actions.record_check_in, world.bo, TooLate, referral=referral, note="Har det godt")
    do(actions.put_on_waiting_list, world.bo, referral=referral, until=date(2027, 3, 1))

    do(actions.record_check_in, world.bo, referral=referral, note="Har det godt", now=NOW + WEEK)
    assert happened(case_of(referral), "heard_from") == 1
    assert task(case_of(referral), Wait.CHECK_IN).due_at == NOW + 3 * WEEK
    assert owed(case_of(referral)) == [("booking", "substance_centre"), ("check_in", "substance_centre")]


@pytest.mark.parametrize("coordinated", [True, False])
def test_the_second_time_that_the_service_cancels_the_coordinator_or_the_owner_hears_it(
    world: World, coordinated: bool
) -> None:
    if not coordinated:
        CoordinatorCover.objects.all().delete()
    referral = booked(world)
    visit = NOW + WEEK
    do(actions.cancel_visit, world.alice, referral=referral, by_service=False, because="Syg")
    do(actions.book_time, world.bo, referral=referral, appointment_at=visit)
    do(actions.cancel_visit, world.bo, referral=referral, by_service=True, because="Ferie")
    do(actions.book_time, world.bo, referral=referral, appointment_at=visit)
    reader = ("coordinator", "social_services" if coordinated else "jobcenter")
    assert reader not in told("cancel_visit")

    do(actions.cancel_visit, world.bo, referral=referral, by_service=True, because="Igen")
    assert reader in told("cancel_visit")
    assert owed(case_of(referral)) == [("booking", "substance_centre")]


def test_nobody_misses_a_visit_that_was_moved(world: World) -> None:
    on_an_old_page = booked(world)
    do(actions.book_time, world.bo, referral=on_an_old_page, appointment_at=NOW + 2 * WEEK)

    refused(actions.record_no_show, world.bo, TooLate, referral=on_an_old_page, now=NOW + WEEK)


def test_a_no_show_asks_for_new_contact_and_each_attempt_is_kept(world: World) -> None:
    referral = missed(world)
    assert owed(case_of(referral)) == [("re_engage", "substance_centre")]
    attempt(world, referral, Channel.PHONE)

    assert task(case_of(referral), Wait.RE_ENGAGE).round == 2
    assert sweep(NOW + WEEK + DAY) == 1 + 0  # the half of the 14 days; the first attempt has been made
    do(actions.book_time, world.alice, referral=referral, appointment_at=NOW + 2 * WEEK, now=NOW + WEEK + DAY)
    assert owed(case_of(referral)) == [("arrival", "substance_centre"), ("visit", "substance_centre")]


def test_a_citizen_who_wants_somebody_along_is_a_task_of_the_senders(world: World) -> None:
    referral = missed(world)
    for _twice in range(2):
        do(actions.record_attempt, world.bo, now=NOW + WEEK, referral=referral, channel=Channel.PHONE,
           reached=Reached.WANTS_COMPANION, note="")  # fmt: skip

    assert owed(case_of(referral)) == [("companion", "jobcenter"), ("re_engage", "substance_centre")]


def test_contact_is_lost_only_by_a_coordinator_with_a_reason_after_three_attempts_on_two_channels(world: World) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)
    refused(actions.lose_contact, world.dorte, TooLate, referral=referral, because="Ingen svarer")
    referral = missed(world)
    for channel in (Channel.PHONE, Channel.PHONE):
        attempt(world, referral, channel)
    refused(actions.lose_contact, world.dorte, TooLate, referral=referral, because="Ingen svarer", now=NOW + WEEK)
    attempt(world, referral, Channel.PHONE)
    refused(actions.lose_contact, world.dorte, TooLate, referral=referral, because="Ingen svarer", now=NOW + WEEK)
    attempt(world, referral, Channel.LETTER)
    refused(actions.lose_contact, world.dorte, Invalid, referral=referral, because=" ", now=NOW + WEEK)
    for by in (world.alice, world.bo):
        refused(actions.lose_contact, by, NotAllowed, referral=referral, because="Ingen svarer", now=NOW + WEEK)

    lost = do(actions.lose_contact, world.dorte, referral=referral, because="Ingen svarer", now=NOW + WEEK)
    assert told("lose") == [("sender", "jobcenter"), ("owed_by", "substance_centre")]
    assert lost.status == Status.LOST_CONTACT
    assert owed(case_of(referral)) == [("choice", "jobcenter")]
    assert case_now(case_of(referral)).closed_at is None


def test_attempts_before_the_last_no_show_do_not_count(world: World) -> None:
    referral = missed(world)
    for channel in (Channel.PHONE, Channel.SMS, Channel.LETTER):
        attempt(world, referral, channel)
    do(actions.book_time, world.bo, referral=referral, appointment_at=NOW + 2 * WEEK, now=NOW + WEEK)
    do(actions.record_no_show, world.bo, referral=referral, now=NOW + 2 * WEEK)

    refused(actions.lose_contact, world.dorte, TooLate, referral=referral, because="Igen", now=NOW + 2 * WEEK)


# Arrival


@pytest.mark.parametrize("late", [timedelta(), timedelta(seconds=1)])
def test_an_arrival_is_corrected_within_a_week_with_a_trace(world: World, late: timedelta) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)
    sweep(NOW + WEEK)  # half of the 14 days is said
    met = NOW + WEEK
    do(actions.confirm_arrival, world.bo, referral=referral, sides=[S], now=met)
    assert (case_now(case_of(referral)).owner_unit, case_now(case_of(referral)).outcome) == (
        world.bo.unit,
        Outcome.ARRIVED,
    )
    corrected = met + WEEK + late
    if late:
        refused(actions.correct_arrival, world.bo, TooLate, referral=referral, because="En anden", now=corrected)
        return
    refused(actions.correct_arrival, world.bo, Invalid, referral=referral, because=" ", now=corrected)
    refused(actions.correct_arrival, world.alice, NotAllowed, referral=referral, because="En anden", now=corrected)

    do(actions.correct_arrival, world.bo, referral=referral, because="En anden", now=corrected)

    case = case_now(case_of(referral))
    assert (case.closed_at, case.owner_unit, case.owner_worker) == (None, world.alice.unit, world.alice.user)
    assert owed(case) == [("booking", "substance_centre")]
    with seen_by_all():
        assert case.tracks.get().arrived_at is None
        assert {clock.stopped_at for clock in case.guarantees.all()} == {None}
    assert happened(case, "correct") == happened(case, "case_reopened") == 1
    sweep(corrected)
    clock_said = said_by_the_clock(case, Wait.GUARANTEE)
    assert len(clock_said) == len(set(clock_said)), "a warning was said again"


def test_a_correction_gives_the_citizen_back_to_whoever_answered_before(world: World) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)
    asked = do(
        actions.ask_to_take_over,
        world.alice,
        case=case_of(referral),
        unit=world.erik.unit,
        reason="Flytter arbejde",
        ground=YES,
    )
    do(actions.answer_take_over, world.erik, asked=asked, accept=True, note="")
    do(actions.confirm_arrival, world.bo, referral=referral, sides=[S])
    do(actions.correct_arrival, world.bo, referral=again(referral), because="En anden")

    assert case_now(case_of(referral)).owner_unit == world.erik.unit


def test_that_one_side_was_met_is_corrected_while_the_other_is_still_to_meet_the_citizen(world: World) -> None:
    case = logged(world, answers=DUAL, now=NOW)
    both = sent(world, to=world.bo.unit, case=case, kind="dual_diagnosis_municipal", sides=[S, P], now=NOW)
    refused(actions.correct_meeting, world.bo, TooLate, referral=both, because="En anden")
    do(actions.confirm_arrival, world.bo, referral=both, sides=[S])
    with seen_by_all():
        stopped = case.guarantees.filter(side=S, stopped_at__isnull=False)
        assert stopped.exists()
    refused(actions.correct_meeting, world.bo, Invalid, referral=both, because=" ")
    refused(actions.correct_meeting, world.alice, NotAllowed, referral=both, because="En anden")

    do(actions.correct_meeting, world.bo, referral=both, because="En anden")
    with seen_by_all():
        assert not case.tracks.filter(arrived_at__isnull=False).exists()
        assert not stopped.all().exists()
    assert again(both).status == Status.SENT
    assert told("meeting_corrected") == [("sender", "jobcenter")]
    refused(actions.correct_meeting, world.bo, TooLate, referral=both, because="Igen")


def test_the_correction_of_a_parallel_offer_reopens_nothing(world: World) -> None:
    case = logged(world, now=NOW)
    parallel = sent(world, to=None, kind="somatic_check", case=case, sides=[], now=NOW)
    do(actions.confirm_arrival, world.alice, referral=parallel, sides=[], evidence=Evidence.COMPANION)
    main = sent(world, to=world.bo.unit, case=case, now=NOW)
    do(actions.confirm_arrival, world.bo, referral=main, sides=[S])
    closed = case_now(case)

    do(actions.correct_arrival, world.dorte, referral=parallel, because="En anden")
    assert (case_now(case).closed_at, case_now(case).owner_unit) == (closed.closed_at, world.bo.unit)


def test_a_case_that_a_human_has_closed_is_not_reopened_by_a_correction(world: World) -> None:
    case, one, _other = dual(world)
    do(actions.confirm_arrival, world.bo, referral=one, sides=[S])
    do(actions.close_case, world.dorte, case=case, outcome=Outcome.WITHDRAWN, because="Ønsker ikke mere")

    refused(actions.correct_arrival, world.bo, TooLate, referral=one, because="En anden")


def test_arrival_on_one_side_ends_the_other_attempts_of_that_side_at_once(world: World) -> None:
    case = logged(world, answers=DUAL, now=NOW)
    both = sent(world, to=world.bo.unit, case=case, kind="dual_diagnosis_municipal", sides=[S, P], now=NOW)
    same = sent(world, to=None, kind="gp", case=case, sides=[S], now=NOW)
    other = sent(world, to=world.carla.unit, case=case, kind="psychiatry_adult", sides=[P], now=NOW)

    do(actions.confirm_arrival, world.bo, referral=both, sides=[S])
    assert [again(each).status for each in (both, same, other)] == [Status.SENT, Status.CANCELLED, Status.SENT]

    do(actions.confirm_arrival, world.carla, referral=other, sides=[P])
    # The integrated service has met the person: it has not been cancelled, it is where they have arrived.
    assert again(both).status == Status.ARRIVED
    assert (case_now(case).outcome, owed(case)) == (Outcome.ARRIVED, [])


def test_a_referral_is_sent_on_tracks_of_the_case_only(world: World) -> None:
    case = logged(world, now=NOW)
    refused(actions.send_referral, world.alice, Invalid, case=case, service=service("gp", None), sides=[Side.SOCIAL],
            role="primary", telling=TOLD)  # fmt: skip


def test_the_citizen_says_to_have_arrived_and_the_service_confirms_it(world: World) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)
    for _twice in range(2):
        with seen_by_all():
            actions.citizen_says_arrived(referral=referral, by=Citizen(world.alice.unit, referral.case_id), now=NOW)
    assert happened(case_of(referral), "citizen_arrived") == 1
    assert owed(case_of(referral)) == [("citizen_arrival", "substance_centre"), ("seen", "substance_centre")]

    do(actions.confirm_arrival, world.alice, referral=referral, sides=[S], evidence=Evidence.CITIZEN)
    assert (owed(case_of(referral)), again(referral).arrived_by_evidence) == ([], Evidence.CITIZEN)


def test_a_disagreement_about_arrival_is_a_task_of_the_senders(world: World) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)
    refused(actions.dispute_arrival, world.bo, TooLate, referral=referral, note="Ikke set")
    for _again in range(2):
        with seen_by_all():
            actions.citizen_says_arrived(referral=referral, by=Citizen(world.alice.unit, referral.case_id), now=NOW)
        refused(actions.dispute_arrival, world.alice, NotAllowed, referral=referral, note="Ikke set")
        do(actions.dispute_arrival, world.bo, referral=referral, note="Ikke set")

    assert owed(case_of(referral)) == [("reach_out", "jobcenter"), ("seen", "substance_centre")]
    assert again(referral).status == Status.SENT
    do(actions.confirm_arrival, world.bo, referral=referral, sides=[S])
    assert owed(case_of(referral)) == []


@pytest.mark.parametrize("end", ["withdraw", "cancel", "return"])
def test_an_attempt_that_has_ended_reminds_nobody(world: World, end: str) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW, urgency=Urgency.ACUTE, hand_over=actions.HandOver(""))
    do(actions.agree_companion, world.alice, referral=referral, who="", meeting_place="")
    with seen_by_all():
        actions.citizen_says_arrived(referral=referral, by=Citizen(world.alice.unit, referral.case_id), now=NOW)
    ends: dict[str, Callable[[], Any]] = {
        "withdraw": lambda: do(actions.withdraw_referral, world.alice, referral=referral, wants_instead="Intet nu"),
        "cancel": lambda: do(actions.cancel_referral, world.alice, referral=referral, because="Forkert"),
        "return": lambda: do(actions.return_referral, world.bo, referral=referral,
                             why=actions.Return(next_door=service("gp", None), **NO_ROOM)),
    }  # fmt: skip
    ends[end]()

    assert owed(case_of(referral)) == [("consent" if end == "return" else "choice", "jobcenter")]


# Does it help?


def test_no_effect_opens_the_case_again_with_the_choice_of_another_door(world: World) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)
    do(actions.confirm_arrival, world.bo, referral=referral, sides=[S])
    six_weeks = NOW + 6 * WEEK
    refused(actions.record_effect, world.alice, NotAllowed, referral=referral, helps=False, note="", now=six_weeks)
    do(actions.record_effect, world.bo, referral=referral, helps=False, note="Ingen bedring", now=six_weeks)

    case = case_now(case_of(referral))
    assert (case.closed_at, case.owner_unit, owed(case)) == (None, world.bo.unit, [("choice", "substance_centre")])
    assert again(referral).status == Status.ARRIVED
    refused(actions.record_effect, world.bo, TooLate, referral=referral, helps=False, note="", now=six_weeks)
    do(actions.send_referral, world.bo, case=case, service=service("gp", None), sides=[S], role="primary",
       telling=TOLD, now=six_weeks)  # fmt: skip
    assert owed(case) == [("seen", "substance_centre")]


def test_no_effect_beside_another_choice_is_one_choice(world: World) -> None:
    case, one, other = dual(world)
    do(actions.confirm_arrival, world.bo, referral=one, sides=[S])
    do(actions.cancel_referral, world.dorte, referral=other, because="Forkert")
    do(actions.record_effect, world.bo, referral=one, helps=False, note="", now=NOW + 6 * WEEK)

    assert owed(case) == [("choice", "social_services")]


def test_an_effect_is_asked_about_once(world: World) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)
    do(actions.confirm_arrival, world.bo, referral=referral, sides=[S])
    do(actions.record_effect, world.bo, referral=referral, helps=True, note="Ja", now=NOW + 6 * WEEK)
    do(actions.start_course, world.bo, referral=referral, now=NOW + 7 * WEEK)
    do(actions.close_course, world.bo, referral=referral, note="Færdig", now=NOW + 8 * WEEK)

    with seen_by_all():
        assert list(referral.follow_ups.open().values_list("waits_for", flat=True)) == []


# Acute


def test_an_acute_referral_needs_a_telephone_call_and_silence_reaches_the_coordinator_at_once(world: World) -> None:
    case = logged(world, now=NOW)
    refused(actions.send_referral, world.alice, Invalid, case=case, service=service("gp", None), sides=[S],
            role="acute", telling=TOLD, urgency=Urgency.ACUTE)  # fmt: skip
    referral = sent(world, to=world.bo.unit, case=case, urgency=Urgency.ACUTE, hand_over=actions.HandOver(" "), now=NOW)

    assert owed(case) == [("hand_over", "jobcenter"), ("seen", "substance_centre")]
    assert told("nobody_answered") == [("coordinator", "social_services")]
    with seen_by_all():
        assert models.Notice.objects.get(event__kind="nobody_answered").urgent
    refused(actions.log_hand_over, world.bo, NotAllowed, referral=referral, hand_over=actions.HandOver("Mette"))
    do(actions.log_hand_over, world.alice, referral=referral, hand_over=actions.HandOver(""))
    do(actions.log_hand_over, world.alice, referral=referral, hand_over=actions.HandOver("Mette"))
    assert owed(case) == [("seen", "substance_centre")]

    do(actions.cancel_referral, world.alice, referral=referral, because="Forkert")
    refused(actions.log_hand_over, world.alice, TooLate, referral=referral, hand_over=actions.HandOver(""))


# Companion


def test_a_companion_is_confirmed_by_both_and_a_missing_one_is_a_task(world: World) -> None:
    referral = sent(world, to=world.bo.unit, now=NOW)
    refused(actions.confirm_companion, world.alice, TooLate, referral=referral, citizen=True)
    do(actions.agree_companion, world.alice, referral=referral, who="", meeting_place="")
    assert ("companion", "jobcenter") in owed(case_of(referral))
    refused(actions.confirm_companion, world.alice, Invalid, referral=referral, citizen=True)

    do(actions.agree_companion, world.alice, referral=referral, who="Nanna", meeting_place="Banegården")
    do(actions.confirm_companion, world.alice, referral=referral, companion=True)
    assert ("companion", "jobcenter") in owed(case_of(referral))
    for _twice in range(2):
        do(actions.confirm_companion, world.alice, referral=referral, citizen=True)
    assert owed(case_of(referral)) == [("seen", "substance_centre")]
    assert happened(case_of(referral), "companion_ok") == 1

    do(actions.agree_companion, world.alice, referral=referral, who="Omar", meeting_place="Banegården")
    assert ("companion", "jobcenter") in owed(case_of(referral))
    do(actions.cancel_referral, world.alice, referral=referral, because="Forkert")
    refused(actions.agree_companion, world.alice, TooLate, referral=referral, who="Omar", meeting_place="")
    refused(actions.confirm_companion, world.alice, TooLate, referral=referral, citizen=True)


# Ownership


def test_a_take_over_changes_nothing_until_the_other_accepts(world: World) -> None:
    case = logged(world, now=NOW)
    refused(actions.ask_to_take_over, world.alice, Invalid, case=case, unit=world.alice.unit, reason="x", ground=YES)
    refused(actions.ask_to_take_over, world.alice, Invalid, case=case, unit=world.erik.unit, reason=" ", ground=YES)
    asked = do(actions.ask_to_take_over, world.alice, case=case, unit=world.erik.unit, reason="Flytter", ground=YES)
    refused(actions.ask_to_take_over, world.alice, TooLate, case=case, unit=world.bo.unit, reason="Flytter", ground=YES)
    assert (case_now(case).owner_unit, task(case, Wait.TAKE_OVER).owed_by) == (world.alice.unit, world.erik.unit)
    refused(actions.answer_take_over, world.bo, NotAllowed, asked=asked, accept=True, note="")
    refused(actions.answer_take_over, world.erik, Invalid, asked=asked, accept=False, note=" ")

    do(actions.answer_take_over, world.erik, asked=asked, accept=False, note="Ikke her")
    assert (case_now(case).owner_unit, told("take_over_declined")) == (world.alice.unit, [("owner", "jobcenter")])
    refused(actions.answer_take_over, world.erik, TooLate, asked=asked, accept=True, note="")

    asked = do(actions.ask_to_take_over, world.dorte, case=case, unit=world.erik.unit, reason="Flytter", ground=YES)
    do(actions.answer_take_over, world.erik, asked=asked, accept=True, note="")
    taken = case_now(case)
    assert (taken.owner_unit, taken.owner_worker) == (world.erik.unit, world.erik.user)
    assert task(case, Wait.CHOICE).owed_by == world.erik.unit
    with seen_by_all():
        clocks = case.follow_ups.open().filter(waits_for=Wait.GUARANTEE)
        assert {each.owed_by_id for each in clocks} == {world.erik.unit.pk}
        assert {event.owner_unit_id for event in case.events.all()} == {world.erik.unit.pk}


def test_nobody_takes_over_a_case_that_is_closed(world: World) -> None:
    case = logged(world, now=NOW)
    asked = do(actions.ask_to_take_over, world.alice, case=case, unit=world.erik.unit, reason="Flytter", ground=YES)
    do(actions.close_case, world.alice, case=case, outcome=Outcome.SELF_RESOLVED, because="Løst")

    refused(actions.answer_take_over, world.erik, TooLate, asked=asked, accept=True, note="")
    refused(
        actions.ask_to_take_over, world.alice, TooLate, case=case, unit=world.erik.unit, reason="Flytter", ground=YES
    )
    assert case_now(case).owner_unit == world.alice.unit


def test_a_new_match_does_not_take_a_case_from_whoever_took_it_over(world: World) -> None:
    case = logged(world, answers=DUAL, now=NOW)
    asked = do(
        actions.ask_to_take_over, world.dorte, case=case, unit=world.carla.unit, reason="Kender borgeren", ground=YES
    )
    do(actions.answer_take_over, world.carla, asked=asked, accept=True, note="")
    do(actions.reassess, world.carla, case=case, answers=DUAL | {"age": 31})

    assert case_now(case).owner_unit == world.carla.unit


def test_a_case_that_becomes_dual_elsewhere_goes_to_the_coordinator_with_all_that_is_owed(world: World) -> None:
    case = logged(world, now=NOW)
    asked = do(actions.ask_to_take_over, world.alice, case=case, unit=world.erik.unit, reason="Flytter", ground=YES)
    do(actions.answer_take_over, world.erik, asked=asked, accept=True, note="")
    do(actions.reassess, world.erik, case=case, answers=DUAL)

    assert case_now(case).owner_unit == world.dorte.unit
    assert owed(case) == [("choice", "social_services")]
    with seen_by_all():
        assert set(case.guarantees.values_list("side", flat=True)) == {S, P}


def test_whoever_logged_a_case_does_not_send_again_what_its_owner_has_sent(world: World) -> None:
    case = logged(world, answers=DUAL, now=NOW)
    there = service("dual_diagnosis_municipal", world.bo.unit)
    given: dict[str, Any] = {"case": case, "service": there, "sides": [S, P], "role": "primary", "telling": TOLD}
    do(actions.send_referral, world.dorte, **given)

    refused(actions.send_referral, world.alice, TooLate, **given)
    do(actions.send_referral, world.alice, **given | {"service": service("gp", None), "sides": [S]})
    assert owed(case) == [("seen", "jobcenter"), ("seen", "substance_centre")]


def test_a_leavers_tasks_go_to_a_substitute_or_to_the_unit_and_both_are_told(world: World) -> None:
    referral = sent(world, to=None, kind="gp", now=NOW)
    ann = User.objects.create_user("ann@example.dk", "x", name="Ann Bech")
    refused(actions.pass_on_tasks, world.bo, NotAllowed, of=world.alice.user, unit=world.alice.unit, to=None)
    refused(actions.pass_on_tasks, world.alice, Invalid, of=world.alice.user, unit=world.alice.unit, to=ann)
    Membership.objects.create(user=ann, unit=world.alice.unit, role=Role.FRONTLINE)

    moved = do(actions.pass_on_tasks, world.alice, of=world.alice.user, unit=world.alice.unit, to=ann)
    assert moved == 2  # the answer, and the clock of 14 days
    assert (task(case_of(referral), Wait.SEEN).owed_worker, case_now(case_of(referral)).owner_worker) == (ann, ann)
    with seen_by_all():
        notices = models.Notice.objects.filter(event__kind="task_passed_on")
        assert {notice.to_worker for notice in notices} == {ann, world.alice.user}
    do(actions.open_referral, By(ann, world.alice.unit), referral=referral)
    assert task(case_of(referral), Wait.ANSWER).owed_worker == ann  # what comes later does not go to the leaver either

    do(actions.pass_on_tasks, world.alice, of=ann, unit=world.alice.unit, to=None)
    assert task(case_of(referral), Wait.ANSWER).owed_worker is None
    Membership.objects.filter(user=ann).update(ended_at=NOW)
    do(actions.accept_referral, world.alice, referral=referral)
    assert task(case_of(referral), Wait.BOOKING).owed_worker is None


# Life goes on


def test_a_citizen_who_moves_is_answered_for_by_the_new_municipality(world: World) -> None:
    case, referral, _other = dual(world)
    no_room(world, referral)
    CoordinatorCover.objects.create(unit=world.erik.unit, municipality="0851", valid=DateRange(date(2026, 1, 1), None))
    refused(actions.record_move, world.dorte, Invalid, case=case, municipality=AARHUS)
    with seen_by_all():
        case.follow_ups.open().update(owed_worker=world.dorte.user)

    do(actions.record_move, world.dorte, case=case, municipality="0851")

    moved = case_now(case)
    assert (moved.municipality, moved.coordinator_unit, moved.owner_unit) == ("0851", world.erik.unit, world.erik.unit)
    decides = task(case, Wait.DECISION)
    assert (decides.owed_by, decides.owed_worker) == (world.erik.unit, None)
    assert {door for _tells, door in told("citizen_moved")} == {
        "jobcenter", "social_services", "substance_centre", "psychiatry",
    }  # fmt: skip
    do(actions.approve_return, world.erik, referral=again(referral))


def test_where_the_citizen_moves_to_nobody_coordinates_the_owner_decides(world: World) -> None:
    case, referral, _other = dual(world)
    no_room(world, referral)
    do(actions.record_move, world.dorte, case=case, municipality="0851")

    assert (case_now(case).owner_unit, case_now(case).coordinator_unit) == (world.dorte.unit, None)
    do(actions.send_back, world.dorte, referral=again(referral), because="I er den rette dør")


def test_turning_18_matches_anew_on_the_same_clocks(world: World) -> None:
    case = logged(world, answers=CANNABIS | {"age": 17}, now=NOW, first_contact_on=date(2026, 11, 20))
    with seen_by_all():
        before = dict(case.guarantees.values_list("right", "started_on"))
    do(actions.record_18th_birthday, world.alice, case=case, now=NOW + WEEK)

    with seen_by_all():
        assert case.assessments.latest("assessed_at").answers["age"] == 18
        assert before.items() <= dict(case.guarantees.values_list("right", "started_on")).items()
        assert set(case.guarantees.values_list("started_on", flat=True)) == {date(2026, 11, 20)}
    refused(actions.record_18th_birthday, world.alice, Invalid, case=case, now=NOW + WEEK)


@pytest.mark.parametrize("arrived", [False, True])
def test_death_ends_everything_at_once_also_after_arrival(world: World, arrived: bool) -> None:
    case = logged(world, now=NOW)
    main = sent(world, to=world.bo.unit, case=case, now=NOW)
    parallel = sent(world, to=None, kind="somatic_check", case=case, sides=[], now=NOW)
    by = world.alice
    do(actions.begin_plan, by, case=case, agreed=Form.ORAL)
    if arrived:
        do(actions.confirm_arrival, world.bo, referral=main, sides=[S])
    do(actions.record_death, by, case=case)

    assert {again(main).status, again(parallel).status} == {Status.DECEASED}
    assert case_now(case).outcome == (Outcome.ARRIVED if arrived else Outcome.DECEASED)
    with seen_by_all():
        assert not case.follow_ups.open().exists()
        assert not case.plans.filter(ended_at=None).exists()
        assert models.Person.objects.get().do_not_contact
    assert ("owed_by", "substance_centre") in told("citizen_died") + told("die")
    refused(actions.record_death, by, TooLate, case=case)


def test_death_ends_every_case_of_the_citizen(world: World) -> None:
    first, stranger = logged(world, now=NOW), logged(world, now=NOW)
    second = do(
        actions.open_case, world.alice, identity={}, answers=CANNABIS, wishes="", first_contact_on=NOW.date(),
        same_person_as=first.person,
    )  # fmt: skip
    on_its_way = sent(world, to=world.bo.unit, case=second, now=NOW)
    do(actions.record_death, world.alice, case=first)

    assert {case_now(each).outcome for each in (first, second)} == {Outcome.DECEASED}
    assert (again(on_its_way).status, happened(second, "citizen_died")) == (Status.DECEASED, 1)
    assert case_now(stranger).closed_at is None
    refused(actions.record_death, world.alice, TooLate, case=second)


# The end of a case


@pytest.mark.parametrize("outcome", [Outcome.SELF_RESOLVED, Outcome.WITHDRAWN, Outcome.MOVED])
def test_a_named_human_closes_a_case_with_a_reason_drafts_and_all(world: World, outcome: Outcome) -> None:
    case = logged(world, now=NOW)
    returned = sent(world, to=world.bo.unit, case=case, now=NOW)
    no_room(world, returned)
    live = sent(world, to=None, kind="somatic_check", case=case, sides=[], now=NOW)
    refused(actions.close_case, world.alice, Invalid, case=case, outcome=outcome, because=" ")
    refused(actions.close_case, world.alice, Invalid, case=case, outcome=Outcome.ARRIVED, because="Kommet")

    do(actions.close_case, world.alice, case=case, outcome=outcome, because="Løst")

    with seen_by_all():
        assert models.Referral.objects.get(follows=returned).status in (Status.CANCELLED, Status.MOVED)
        stopped = set(case.guarantees.values_list("stopped_by", flat=True))
        assert not case.follow_ups.open().exists()
    assert again(live).status in (Status.WITHDRAWN, Status.MOVED)
    assert stopped == {"withdrawn" if outcome == Outcome.WITHDRAWN else "ended"}
    assert case_now(case).outcome == outcome
    refused(actions.close_case, world.alice, TooLate, case=case, outcome=outcome, because="Løst")


def test_a_case_is_closed_as_lost_contact_by_a_coordinator_after_the_ladder_only(world: World) -> None:
    referral = missed(world)
    case = case_of(referral)
    given: dict[str, Any] = {"case": case, "outcome": Outcome.LOST_CONTACT, "because": "Ingen svarer"}
    refused(actions.close_case, world.alice, NotAllowed, **given)
    refused(actions.close_case, world.dorte, TooLate, **given)
    for channel in (Channel.PHONE, Channel.SMS, Channel.LETTER):
        attempt(world, referral, channel)

    do(actions.close_case, world.dorte, now=NOW + WEEK, **given)
    assert (again(referral).status, case_now(case).outcome) == (Status.LOST_CONTACT, Outcome.LOST_CONTACT)


def test_a_stranger_or_a_service_does_not_close_a_case(world: World) -> None:
    case, _one, _other = dual(world)
    refused(actions.close_case, world.alice, NotAllowed, case=case, outcome=Outcome.SELF_RESOLVED, because="x")


# The first week


def test_contact_is_owed_on_days_1_3_and_7_after_discharge(world: World) -> None:
    answers = CANNABIS | {"circumstances": {"days_since_discharge": 0}}
    case = logged(world, answers=answers, now=NOW)
    days = []
    for day in (1, 3, 7):
        follow_up = task(case, Wait.FIRST_WEEK)
        days.append((follow_up.waits_since.astimezone(NOW.tzinfo).date() - NOW.date()).days)
        stale = follow_up
        do(actions.record_first_week_contact, world.alice, follow_up=follow_up, note="Talt sammen", now=NOW + day * DAY)
        refused(actions.record_first_week_contact, world.alice, TooLate, follow_up=stale, note="Igen")
    assert days == [1, 3, 7]
    assert owed(case) == [("choice", "jobcenter")]
    refused(actions.record_first_week_contact, world.alice, TooLate, follow_up=task(case, Wait.CHOICE), note="Nej")


# The statutory clocks


def test_the_clock_warns_at_half_four_fifths_and_full_and_an_overrun_needs_a_reason(world: World) -> None:
    case = logged(world, now=NOW, first_contact_on=NOW.date())
    with seen_by_all():
        guarantee = case.guarantees.get()
    assert (guarantee.days, guarantee.due_at) == (14, datetime.fromisoformat("2026-12-08T00:00:00+01:00"))
    for day in range(20):
        sweep(NOW + day * DAY)

    assert said_by_the_clock(case, Wait.GUARANTEE) == [
        ("owner", "2026-11-30 12:00"),
        ("owner", "2026-12-05 00:00"),
        ("coordinator", "2026-12-05 00:00"),
        ("owner", "2026-12-08 00:00"),
        ("coordinator", "2026-12-08 00:00"),
    ]
    assert guarantee.overrun(guarantee.due_at) and not guarantee.overrun(guarantee.due_at - timedelta(seconds=1))
    refused(actions.give_overrun_reason, world.alice, Invalid, guarantee=guarantee, reason=" ")
    do(actions.give_overrun_reason, world.alice, guarantee=guarantee, reason="Ingen plads i Aarhus")
    with seen_by_all():
        kept = case.guarantees.get()
    assert (kept.overrun_reason, kept.stopped_at) == ("Ingen plads i Aarhus", None)


def test_a_clock_that_counts_from_receipt_begins_also_where_a_return_has_sent_it(world: World) -> None:
    case = logged(world, answers=DUAL, now=NOW)
    regional = service("dual_diagnosis_regional", world.carla.unit)
    one = sent(world, to=world.bo.unit, case=case, kind="dual_diagnosis_municipal", sides=[S, P], now=NOW,
               covers_next_door=True)  # fmt: skip
    do(actions.return_referral, world.bo, referral=one, why=actions.Return(next_door=regional, **NO_ROOM))
    do(actions.approve_return, world.dorte, referral=one, now=NOW + WEEK)

    with seen_by_all():
        clocks = case.guarantees.filter(right="integrated_14_days").order_by("side")
        assert [(each.side, each.started_on) for each in clocks] == [
            (P, (NOW + WEEK).date()),
            (S, (NOW + WEEK).date()),
        ]


def test_the_citizens_free_choice_stops_one_clock_and_leaves_the_case_open(world: World) -> None:
    case = logged(world, answers=DUAL, now=NOW)
    with seen_by_all():
        guarantee, *others = case.guarantees.order_by("side", "right")
    refused(actions.choose_freely, world.dorte, Invalid, guarantee=guarantee, because=" ")
    do(actions.choose_freely, world.dorte, guarantee=guarantee, because="Privat behandling på Fyn")
    with seen_by_all():
        assert case.guarantees.get(pk=guarantee.pk).stopped_by == "free_choice"
        assert case.guarantees.filter(stopped_at__isnull=True).count() == len(others) > 0
        assert not models.FollowUp.objects.open().filter(guarantee=guarantee).exists()
    assert (case_now(case).closed_at, happened(case, "chosen_freely")) == (None, 1)
    refused(actions.choose_freely, world.dorte, TooLate, guarantee=guarantee, because="Igen")


def test_no_return_and_no_new_match_resets_a_clock(world: World) -> None:
    case = logged(world, now=NOW, first_contact_on=date(2026, 11, 20))
    with seen_by_all():
        before = list(case.guarantees.order_by("pk").values())
    referral = sent(world, to=world.bo.unit, case=case, now=NOW)
    no_room(world, referral)
    do(actions.reassess, world.alice, case=case, answers=CANNABIS, now=NOW + WEEK)
    with seen_by_all():
        assert list(case.guarantees.order_by("pk").values()) == before


def test_what_the_law_let_us_pass_on_is_told_to_the_citizen(world: World) -> None:
    case = logged(world, now=NOW)
    referral = do(
        actions.send_referral, world.alice, case=case, service=service("substance_treatment_outpatient", world.bo.unit),
        sides=[S], role="primary", telling=actions.Telling({}, actions.Statutory(Law.ESSENTIAL, "SUL § 43, akut fare")),
    )  # fmt: skip
    owes = task(case, Wait.TELL_CITIZEN)
    assert (owes.owed_by, owes.owed_worker) == (world.alice.unit, world.alice.user)
    do(actions.cancel_referral, world.alice, referral=referral, because="Forkert")
    assert ("tell_citizen", "jobcenter") in owed(case)  # it was passed on all the same

    refused(actions.tell_citizen_done, world.alice, TooLate, follow_up=task(case, Wait.CHOICE))
    refused(actions.tell_citizen_done, world.dorte, NotAllowed, follow_up=owes)
    do(actions.tell_citizen_done, world.alice, follow_up=owes)
    assert owed(case) == [("choice", "jobcenter")]
    refused(actions.tell_citizen_done, world.alice, TooLate, follow_up=owes)
