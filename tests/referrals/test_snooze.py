"""A task is put off: one's own reminder waits, nobody else hears later, and it is done once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine

from navigator.database import scope
from referrals import actions, models
from referrals.acting import By
from referrals.enums import Bulk, Happening, RowState, Urgency, Wait
from referrals.errors import Invalid, NotAllowed, TooLate
from referrals.tasks import work_off_bulk
from tests.conftest import WORKER, play_for_a_while
from tests.helpers.cases import logged, sent
from tests.helpers.snapshot import everything
from tests.helpers.world import World
from tests.referrals.test_sweeps import notices, sweep_as_worker

MONDAY = datetime.fromisoformat("2026-11-23T10:00:00+01:00")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def time_machine_at_monday() -> Iterator[None]:
    """The task asks the clock itself."""
    with time_machine.travel(MONDAY, tick=False):
        yield


def no_show(world: World, *, name: str = "Mikkel Opfundet") -> models.FollowUp:
    """Bo is to reach a citizen who did not come on Monday: reminded on Tuesday, Friday and the next Wednesday."""
    start = MONDAY - 5 * DAY
    referral = sent(world, to=world.bo.unit, case=logged(world, now=start, name=name), now=start)
    with scope.scope(world.bo.unit.pk):
        actions.accept_referral(referral=referral, by=world.bo, now=start + HOUR)
        actions.book_time(referral=referral, appointment_at=MONDAY - HOUR, by=world.bo, now=start + 2 * HOUR)
        actions.record_no_show(referral=referral, by=world.bo, now=MONDAY)
        return models.FollowUp.objects.select_related("referral").get(referral=referral, waits_for=Wait.RE_ENGAGE)


def put_off(task: models.FollowUp, by: By, until: date, because: str = "På ferie", now: datetime = MONDAY) -> None:
    with scope.scope(by.unit.pk):
        actions.snooze(follow_up=task, until=until, because=because, by=by, now=now)


def test_own_reminders_come_as_one_that_morning_and_the_sender_hears_when_they_always_would(
    committed_world: World,
) -> None:
    world = committed_world
    task = no_show(world)
    put_off(task, world.bo, date(2026, 12, 1))
    with scope.scope(world.bo.unit.pk):
        task.refresh_from_db()
        assert task.snoozed_until == datetime.fromisoformat("2026-12-01T08:00:00+01:00")
        assert (task.step, task.next_at) == (1, task.snoozed_until)
        (event,) = models.CaseEvent.objects.filter(kind=Happening.SNOOZED)
        assert (event.note, event.detail) == ("På ferie", {"until": "2026-12-01", "wait": "re_engage"})
        assert (
            bytes(models.CaseEvent.objects.filter(pk=event.pk).values_list("note", flat=True)[0]) != b"P\xc3\xa5 ferie"
        )
    for day in range(20):
        sweep_as_worker(MONDAY + day * DAY)
    told = [(who, when) for who, _unit, when in notices()]
    assert told == [
        ("owed_by", "Tue 08:00"),
        ("owed_by", "Wed 10:00"),
        ("sender", "Thu 10:00"),
        ("coordinator", "Mon 10:00"),
    ]


def test_the_last_day_is_before_anybody_else_hears(world: World) -> None:
    task = no_show(world)
    with scope.scope(world.bo.unit.pk):
        assert actions.latest_day(task, now=MONDAY) == date(2026, 12, 3)  # the sender hears on that day at ten
    before = everything()
    for until, because, refusal in (
        (date(2026, 12, 4), "x", Invalid),
        (date(2026, 11, 23), "x", Invalid),
        (date(2026, 12, 1), " ", Invalid),
    ):
        with pytest.raises(refusal):
            put_off(task, world.bo, until, because)
    with pytest.raises(NotAllowed):
        put_off(task, world.alice, date(2026, 12, 1))
    assert everything() == before


def test_what_is_acute_or_statutory_is_never_put_off(world: World) -> None:
    sent(
        world, to=world.bo.unit, now=MONDAY, urgency=Urgency.ACUTE, hand_over=actions.HandOver("Vagten"),
    )  # fmt: skip
    with scope.scope(world.bo.unit.pk, world.alice.unit.pk):
        for task in models.FollowUp.objects.open().select_related("referral"):
            if task.urgency == Urgency.ACUTE or task.waits_for == Wait.GUARANTEE:
                assert actions.latest_day(task, now=MONDAY) is None, task.waits_for
        assert models.FollowUp.objects.filter(waits_for=Wait.GUARANTEE).exists()


def test_a_statutory_deadline_is_the_last_day(world: World) -> None:
    case = logged(world, now=MONDAY, first_contact_on=date(2026, 11, 14))
    referral = sent(world, to=world.bo.unit, case=case, now=MONDAY)
    with scope.scope(world.bo.unit.pk):
        actions.put_on_waiting_list(referral=referral, until=date(2026, 12, 24), by=world.bo, now=MONDAY)
        task = models.FollowUp.objects.select_related("referral").get(waits_for=Wait.CHECK_IN)
    with scope.scope(world.bo.unit.pk, world.alice.unit.pk):
        ends = models.Guarantee.objects.order_by("due_at").first()
        assert ends is not None
        assert actions.latest_day(task, now=MONDAY) == date(2026, 11, 28)
    with pytest.raises(Invalid, match=r"28\. november"):
        put_off(task, world.bo, date(2026, 11, 29))


def test_what_is_done_meanwhile_is_not_put_off(world: World) -> None:
    task = no_show(world)
    with scope.scope(world.bo.unit.pk):
        actions.confirm_arrival(referral=task.referral, sides=["substance"], by=world.bo, now=MONDAY)
    with pytest.raises(TooLate):
        put_off(task, world.bo, date(2026, 12, 1))


def test_when_the_last_write_fails_nothing_is_kept(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    task = no_show(committed_world)
    before = everything()

    def broken(*args: object, **given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("referrals.actions.events.record", broken)
    with pytest.raises(RuntimeError):
        put_off(task, committed_world.bo, date(2026, 12, 1))
    assert everything() == before


# Several at once


def asked(world: World, chosen: list[models.FollowUp], **given: object) -> models.BulkJob:
    with scope.scope(world.bo.unit.pk):
        return actions.ask_for_bulk(
            follow_ups=[task.pk for task in chosen], by=world.bo, now=MONDAY,
            **({"kind": Bulk.SNOOZE, "until": date(2026, 12, 1), "because": "På ferie"} | given),  # type: ignore[arg-type]
        )  # fmt: skip


def test_the_task_twice_does_each_row_once_and_says_what_was_not_done(
    committed_world: World, time_machine_at_monday: None
) -> None:
    world = committed_world
    late, met = no_show(world), no_show(world, name="Karla Opfundet")
    job = asked(world, [late, met])
    with scope.scope(world.bo.unit.pk):
        actions.confirm_arrival(referral=met.referral, sides=["substance"], by=world.bo, now=MONDAY)
    with play_for_a_while(WORKER):
        work_off_bulk()
        work_off_bulk()
    with scope.scope(world.bo.unit.pk):
        job = models.BulkJob.objects.get(pk=job.pk)
        assert (job.total, job.done, job.failed, job.because) == (2, 1, 1, "")
        assert job.ended_at is not None
        assert {(row.follow_up_id, row.state, row.said) for row in job.rows.all()} == {
            (late.pk, RowState.DONE, ""),
            (met.pk, RowState.FAILED, "Det er allerede gjort."),
        }
        assert models.CaseEvent.objects.filter(kind=Happening.SNOOZED).count() == 1


def test_a_row_that_breaks_is_told_and_stops_nobody(
    committed_world: World, time_machine_at_monday: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = committed_world
    first, second = no_show(world), no_show(world, name="Karla Opfundet")
    job = asked(world, [first, second])
    really = actions.snooze

    def breaks_on_the_first(**given: object) -> None:
        really(**given)  # type: ignore[arg-type]
        if given["follow_up"] == first:
            raise RuntimeError

    monkeypatch.setattr("referrals.actions.bulk.snooze", breaks_on_the_first)
    with play_for_a_while(WORKER):
        work_off_bulk()
    with scope.scope(world.bo.unit.pk):
        job = models.BulkJob.objects.get(pk=job.pk)
        assert (job.done, job.failed) == (1, 1)
        assert models.FollowUp.objects.get(pk=first.pk).snoozed_until is None


def test_nobody_asks_for_what_another_unit_owes(world: World) -> None:
    task = no_show(world)
    before = everything()
    with scope.scope(world.bo.unit.pk), pytest.raises(Invalid):
        actions.ask_for_bulk(kind=Bulk.SNOOZE, follow_ups=[task.pk], by=world.bo, now=MONDAY)
    with scope.scope(world.alice.unit.pk), pytest.raises(NotAllowed):
        actions.ask_for_bulk(kind=Bulk.DONE, follow_ups=[task.pk], by=world.alice, now=MONDAY)
    assert everything() == before


def test_an_attempt_asks_what_came_of_it_and_is_not_ticked_off(
    committed_world: World, time_machine_at_monday: None
) -> None:
    world = committed_world
    job = asked(world, [no_show(world)], kind=Bulk.DONE)
    with play_for_a_while(WORKER):
        work_off_bulk()
    with scope.scope(world.bo.unit.pk):
        (row,) = models.BulkRow.objects.filter(job=job)
        assert (row.state, row.said) == (RowState.FAILED, "Denne kræver mere end et kryds. Klar den for sig.")
