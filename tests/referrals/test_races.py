"""Many at once: one wins, the others hear it in a sentence, and nothing happens twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from navigator.accounts.models import Unit
from navigator.database import scope
from navigator.web.refusals import Refusal
from referrals import actions, models, sweeps
from referrals.acting import By
from referrals.enums import Event, Outcome, Side, Status
from tests.conftest import APP, WORKER, play, play_for_a_while
from tests.helpers.cases import DUAL, YES, logged, sent, service
from tests.helpers.world import World

NOW = datetime.fromisoformat("2026-11-23T10:00:00+01:00")
S, P = Side.SUBSTANCE, Side.PSYCHIATRY
Step = tuple[By, Callable[..., Any], dict[str, Any]]
WHY = {"reason": "capacity", "earliest": date(2027, 1, 1)}


def at_once(steps: Sequence[Step], *, now: datetime = NOW) -> list[str]:
    """All steps at the same moment, each on a connection of its own: what became of each, refusals as their sentence."""
    barrier = threading.Barrier(len(steps))
    outcomes: list[str] = [""] * len(steps)

    def take(n: int, by: By, act: Callable[..., Any], given: dict[str, Any]) -> None:
        try:
            with scope.scope(by.unit.pk):
                barrier.wait(30)
                act(by=by, now=now, **given)
            outcomes[n] = "done"
        except Refusal as refusal:
            outcomes[n] = refusal.sentence
        except Exception as error:
            outcomes[n] = f"broken: {error!r}"
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(n, *step)) for n, step in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert all(outcomes), "somebody is still waiting: a deadlock"
    assert not [outcome for outcome in outcomes if outcome.startswith("broken")], outcomes
    return outcomes


def seen() -> AbstractContextManager[None]:
    return scope.scope(*Unit.objects.values_list("pk", flat=True))


def happened(case: models.Case) -> list[str]:
    with seen():
        return list(case.events.order_by("pk").values_list("kind", flat=True))


def test_sixteen_who_answer_the_same_referral_are_one_answer(committed_world: World) -> None:
    world = committed_world
    case = logged(world, now=NOW)
    referral = sent(world, to=world.bo.unit, case=case, now=NOW)
    before = len(happened(case))

    outcomes = at_once([(world.bo, actions.accept_referral, {"referral": referral})] * 16)

    assert outcomes.count("done") == 1
    assert happened(case)[before:] == ["accept"]
    assert len(set(outcomes)) == 2  # done, and one sentence for all the others


@pytest.mark.parametrize("turn", range(3))
def test_different_answers_at_once_leave_one_consistent_end(committed_world: World, turn: int) -> None:
    world = committed_world
    case = logged(world, now=NOW)
    referral = sent(world, to=world.bo.unit, case=case, now=NOW)
    why = actions.Return(next_door=service("gp", None), **WHY)
    one_each: list[Step] = [
        (world.bo, actions.accept_referral, {"referral": referral}),
        (world.bo, actions.return_referral, {"referral": referral, "why": why}),
        (world.bo, actions.confirm_arrival, {"referral": referral, "sides": [S]}),
        (world.alice, actions.cancel_referral, {"referral": referral, "because": "Forkert"}),
    ]
    outcomes = at_once(one_each[turn:] * 4 + one_each[:turn] * 4)

    with seen():
        changes = list(referral.events.exclude(to_status="").order_by("pk").values_list("from_status", "to_status"))
        ends = [to for _from, to in changes if to in ("arrived", "returned", "cancelled")]
        assert len(ends) == 1
        assert outcomes.count("done") == len(changes) - 1  # the first of the changes was to send it
        assert [from_ for from_, _to in changes[1:]] == [to for _from, to in changes[:-1]]
        assert models.Referral.objects.filter(follows=referral).count() == (ends == ["returned"])
        assert (models.Case.objects.get().closed_at is not None) == (ends == ["arrived"])


def test_two_arrivals_on_the_two_sides_at_once_close_the_case_once(committed_world: World) -> None:
    world = committed_world
    case = logged(world, answers=DUAL, now=NOW)
    one = sent(world, to=world.bo.unit, case=case, sides=[S], now=NOW)
    other = sent(world, to=world.carla.unit, case=case, kind="psychiatry_adult", sides=[P], now=NOW)

    outcomes = at_once(
        [(world.bo, actions.confirm_arrival, {"referral": one, "sides": [S]}),
         (world.carla, actions.confirm_arrival, {"referral": other, "sides": [P]})] * 4
    )  # fmt: skip

    assert outcomes.count("done") == 2
    assert happened(case).count("case_closed") == 1
    with seen():
        assert models.Case.objects.get().outcome == Outcome.ARRIVED
        assert set(models.Referral.objects.values_list("status", flat=True)) == {Status.ARRIVED}


def test_two_coordinators_who_answer_a_return_at_once(committed_world: World) -> None:
    world = committed_world
    case = logged(world, answers=DUAL, now=NOW)
    referral = sent(world, to=world.bo.unit, case=case, sides=[S], now=NOW)
    with scope.scope(world.bo.unit.pk):
        actions.return_referral(
            referral=referral, why=actions.Return(next_door=service("gp", None), **WHY), by=world.bo, now=NOW
        )

    outcomes = at_once(
        [(world.dorte, actions.approve_return, {"referral": referral}),
         (world.dorte, actions.send_back, {"referral": referral, "because": "I er den rette dør"})] * 3
    )  # fmt: skip

    assert outcomes.count("done") == 1
    with seen():
        now_is = models.Referral.objects.get(pk=referral.pk).status
        assert models.Referral.objects.filter(follows=referral).count() == (now_is == Status.RETURNED)
        assert referral.events.filter(kind__in=[Event.RETURN, Event.SEND_BACK]).count() == 1


def test_a_take_over_is_answered_once(committed_world: World) -> None:
    world = committed_world
    case = logged(world, now=NOW)
    with scope.scope(world.alice.unit.pk):
        asked = actions.ask_to_take_over(
            case=case, unit=world.erik.unit, reason="Flytter", ground=YES, by=world.alice, now=NOW
        )

    outcomes = at_once(
        [(world.erik, actions.answer_take_over, {"asked": asked, "accept": n % 2 == 0, "note": "Ikke her"})
         for n in range(8)]
    )  # fmt: skip

    assert outcomes.count("done") == 1
    kinds = happened(case)
    assert kinds.count("owner_changed") + kinds.count("take_over_declined") == 1


def test_the_owner_changes_while_the_service_answers(committed_world: World) -> None:
    """Whoever comes second finds the case all the same, and every row of it says the same owner."""
    world = committed_world
    case = logged(world, now=NOW)
    referral = sent(world, to=world.bo.unit, case=case, now=NOW)
    with scope.scope(world.alice.unit.pk):
        asked = actions.ask_to_take_over(
            case=case, unit=world.erik.unit, reason="Flytter", ground=YES, by=world.alice, now=NOW
        )

    outcomes = at_once(
        [(world.erik, actions.answer_take_over, {"asked": asked, "accept": True, "note": ""}),
         (world.bo, actions.accept_referral, {"referral": referral}),
         (world.alice, actions.reassess, {"case": case, "answers": DUAL})]
    )  # fmt: skip

    assert outcomes[0] == outcomes[1] == "done"
    with seen():
        owner = models.Case.objects.get().owner_unit_id
        for model in (models.Referral, models.CaseEvent, models.FollowUp, models.Notice, models.Guarantee):
            assert set(model._default_manager.values_list("owner_unit", flat=True)) == {owner}, model


def test_a_person_whose_two_cases_change_hands_at_once_is_held_by_both(committed_world: World) -> None:
    world = committed_world
    first = logged(world, now=NOW, name="Karla")
    with scope.scope(world.alice.unit.pk):
        second = actions.open_case(
            identity={}, answers={"municipality": "0751", "age": 30}, wishes="", first_contact_on=NOW.date(),
            same_person_as=first.person, by=world.alice, now=NOW,
        )  # fmt: skip
        asked = [
            actions.ask_to_take_over(case=case, unit=to.unit, reason="Flytter", ground=YES, by=world.alice, now=NOW)
            for case, to in ((first, world.erik), (second, world.carla))
        ]
    outcomes = at_once(
        [(by, actions.answer_take_over, {"asked": one, "accept": True, "note": ""})
         for by, one in zip((world.erik, world.carla), asked, strict=True)]
    )  # fmt: skip

    assert outcomes == ["done", "done"]
    with seen():
        assert {world.alice.unit.pk, world.erik.unit.pk, world.carla.unit.pk} <= set(
            models.Person.objects.get().held_by
        )


def test_the_same_next_door_is_not_made_twice(committed_world: World) -> None:
    world = committed_world
    case = logged(world, now=NOW)
    outcomes = at_once(
        [(world.alice, actions.send_referral, {
            "case": case, "service": service("gp", None), "sides": [S], "role": "primary",
            "telling": actions.Telling({}, actions.Yes()),
        })] * 8
    )  # fmt: skip

    assert outcomes.count("done") == 1
    with seen():
        assert models.Referral.objects.count() == 1


def test_two_referrals_that_call_each_other_duplicates_do_not_both_end(committed_world: World) -> None:
    world = committed_world
    case = logged(world, now=NOW)
    one, other = sent(world, to=world.bo.unit, case=case, now=NOW), sent(world, to=None, kind="gp", case=case, now=NOW)
    outcomes = at_once(
        [(world.bo, actions.return_referral, {"referral": one, "why": actions.Return("duplicate", duplicate_of=other)}),
         (world.alice, actions.return_referral, {"referral": other, "why": actions.Return("duplicate", duplicate_of=one)})]
    )  # fmt: skip

    assert outcomes.count("done") == 1
    with seen():
        assert sorted(models.Referral.objects.values_list("status", flat=True)) == [Status.RETURNED, Status.SENT]


def test_steps_beside_sweeps_all_get_through(committed_world: World) -> None:
    """Sweeps claim what the steps close: nobody deadlocks, and what is over when the sweep comes is not said."""
    world = committed_world
    case = logged(world, now=NOW)
    kinds = ("gp", "somatic_check", "relatives_offer", "social_worker", "withdrawal_gp", "medical_consultation")
    referrals = [sent(world, to=None, kind=kind, case=case, sides=[], now=NOW) for kind in kinds]
    later = NOW + timedelta(days=30)
    done: list[dict[str, int]] = []

    def sweep() -> None:
        done.append(sweeps.sweep(now=later))
        connection.close()

    with play_for_a_while(WORKER):
        sweepers = [threading.Thread(target=sweep) for _ in range(3)]
        for sweeper in sweepers:
            sweeper.start()
    play(APP)
    outcomes = at_once(
        [(world.alice, act, {"referral": referral})
         for referral in referrals for act in (actions.open_referral, actions.accept_referral)], now=later,
    )  # fmt: skip
    for sweeper in sweepers:
        sweeper.join(60)
    with play_for_a_while(WORKER):
        sweeps.sweep(now=later)

    assert outcomes.count("done") >= len(referrals) and len(done) == 3
    with seen():
        assert set(models.Referral.objects.values_list("status", flat=True)) == {Status.ACCEPTED}
        over = models.FollowUp.objects.filter(closed_at__isnull=False, notices__written_at__gt=later)
        assert not over.exists()
        said = list(models.Notice.objects.filter(follow_up__isnull=False).values_list("follow_up", "step"))
        assert len(said) == len(set(said))
        assert not models.FollowUp.objects.due(later).exists()
