"""Every figure against a slow recomputation that reads only what has happened; exact values, masks, files and walls."""

from __future__ import annotations

import csv
import io
import statistics
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from navigator import clock
from navigator.accounts.models import Membership, Role, Unit
from navigator.database import scope
from pathways.models import Answering, Service
from pathways.rulebook import rulebook
from referrals import actions, figure_files, figures, holes, masking, models
from referrals.acting import By
from referrals.enums import Channel, Event, Outcome, Reached, Side, Status, Urgency
from referrals.figures import FIGURES, Chosen, Value
from referrals.measuring import EFFECT_AFTER
from referrals.working_days import add_working_days
from tests.conftest import WORKER, as_owner, as_worker, play_for_a_while
from tests.helpers.cases import CANNABIS, DUAL, logged, sent, service
from tests.helpers.measures import measure
from tests.helpers.pages import at, text
from tests.helpers.world import AARHUS, World
from tests.referrals.test_state_machine import HandOff
from tests.referrals.test_state_machine import SETTINGS as OF_STORIES

MONDAY = datetime.fromisoformat("2026-03-02T10:00:00+01:00")
DAY = timedelta(days=1)
CLOSED = django_settings.ALSO_CLOSED_ON
ALL = Chosen()


@pytest.fixture(autouse=True)
def on_a_monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


def numbers(unit: Unit, *, now: datetime, chosen: Chosen = ALL) -> dict[str, tuple[Any, ...]]:
    """Every figure as the page counts it."""
    with scope.scope(unit.pk):
        return {
            figure.code: (value.counted, value.among) if figure.counted else (value.middle, value.among)
            for figure, value in figures.all_of(unit=unit, chosen=chosen, now=now)
        }


# The slow way: story by story, from what was told and nothing else.


class Told:
    """One case as its events tell it; of the rows themselves only what never changes is read."""

    def __init__(self, case: UUID) -> None:
        events = list(models.CaseEvent.objects.filter(case=case).order_by("pk"))
        self.first_contact = models.Case.objects.get(pk=case).first_contact_on
        self.clocks = list(models.Guarantee.objects.filter(case=case))
        self.events = events
        self.sent = {each.referral_id: each.occurred_at for each in reversed(events) if each.kind == "send"}
        facts = models.Referral.objects.in_bulk([key for key in self.sent if key])
        self.sides = {key: facts[key].sides for key in facts}
        self.acute = {key: facts[key].urgency == "acute" for key in facts}

    def of(self, referral: Any, *kinds: str) -> list[models.CaseEvent]:
        return [each for each in self.events if each.referral_id == referral and each.kind in kinds]

    def arrived(self, referral: Any) -> datetime | None:
        last = self.of(referral, "arrive", "correct")[-1:]
        return last[0].occurred_at if last and last[0].kind == "arrive" else None

    def over(self, referral: Any) -> datetime | None:
        ended = {"returned", "withdrawn", "cancelled", "lost_contact", "deceased", "moved"}
        found = [each for each in self.events if each.referral_id == referral and each.to_status in ended]
        return found[-1].occurred_at if found else None

    def quiet_until(self, referral: Any) -> datetime:
        latest = [self.sent[referral]]
        began = False
        for each in self.events:
            began |= each.referral_id == referral and each.kind == "send"
            if each.referral_id != referral or not began:
                continue
            latest.append(each.recorded_at)
            if each.kind == "book":
                latest.append(datetime.fromisoformat(each.detail["appointment_at"]))
            if each.kind == "waitlist":
                latest.append(clock.end_of_day(date.fromisoformat(each.detail["until"])))
        return max(latest)

    def help(self) -> tuple[Any, datetime] | None:
        arrivals = [(at, self.sent[key], key) for key in self.sent if self.sides[key] and (at := self.arrived(key))]
        return (min(arrivals)[2], min(arrivals)[0]) if arrivals else None

    def clock_states(self, now: datetime) -> list[str]:
        """Of each deadline by law: kept, passed, runs, or stopped for another reason."""
        return [self._clock(each, now) for each in self.clocks]

    def _clock(self, running: models.Guarantee, now: datetime) -> str:
        stopped: tuple[datetime, datetime, str] | None = None  # when it happened, when it was told, why
        by: Any = None
        for each in self.events:
            if each.pk < running.pk and each.kind != "assessed":
                continue
            if stopped is None and each.kind == "track_arrived" and each.detail["side"] == running.side:
                stopped, by = (each.occurred_at, each.recorded_at, "kept"), each.referral_id
            elif stopped is None and each.kind == "case_closed":
                stopped = (each.occurred_at, each.recorded_at, "stopped")
            elif stopped is None and each.kind == "chosen_freely" and each.detail["right"] == running.right:
                if each.detail["side"] == running.side:
                    stopped = (each.occurred_at, each.recorded_at, "stopped")
            elif each.kind in ("correct", "meeting_corrected") and each.referral_id == by and by is not None:
                stopped = by = None
        if stopped is None:
            return "passed" if now >= running.due_at else "runs"
        return "passed" if stopped[0] >= running.due_at else stopped[2]


def days_between(first: date | datetime, last: datetime) -> int:
    first = clock.day_of(first) if isinstance(first, datetime) else first
    return max(0, (clock.day_of(last) - first).days)


def counted_slowly(cases: Iterable[UUID], *, now: datetime) -> dict[str, tuple[Any, ...]]:
    """All figures, from the events of these cases."""
    yes: dict[str, list[bool]] = {code: [] for code, figure in FIGURES.items() if figure.counted}
    days: list[int] = []
    doors: list[int] = []
    for told in map(Told, cases):
        for key, since in told.sent.items():
            arrived, over = told.arrived(key), told.over(key)
            for number in (14, 30):
                if since <= now - number * DAY:
                    yes[f"arrived-{number}"].append(arrived is not None and days_between(since, arrived) <= number)
            answers = told.of(key, "accept", "waitlist", "book", "ask", "ask_return", "return", "arrive")
            answered = answers[0].occurred_at if answers else None
            due = since + timedelta(hours=2) if told.acute[key] else add_working_days(since, 5, also_closed=CLOSED)
            if answered or (due <= now and not (over and over < due)):
                yes["answered"].append(answered is not None and answered <= due)
            if not arrived and not over:
                yes["silent"].append(add_working_days(told.quiet_until(key), 5, also_closed=CLOSED) <= now)
            yes["returned"].append(bool(told.of(key, "return")))
            missed = told.of(key, "miss")
            if missed:
                yes["re-engaged"].append(any(each.pk > missed[-1].pk for each in told.of(key, "book", "arrive")))
            if arrived and told.sides[key] and arrived + timedelta(days=56) <= now:
                corrected = told.of(key, "correct")
                asked = [each for each in told.of(key, "noted") if "effect" in each.detail]
                yes["effect"].append(any(not corrected or each.pk > corrected[-1].pk for each in asked))
        helped = told.help()
        if helped:
            days.append(days_between(told.first_contact, helped[1]))
            first = told.sent[helped[0]]
            doors.append(len([key for key, since in told.sent.items() if told.sides[key] and since <= first]))
        states = told.clock_states(now)
        if "passed" in states or ("kept" in states and "runs" not in states):
            yes["guarantee"].append("passed" not in states)
    found: dict[str, tuple[Any, ...]] = {code: (sum(each), len(each)) for code, each in yes.items()}
    found["days-to-help"] = (statistics.median(days) if days else None, len(days))
    found["doors-to-help"] = (statistics.mean(doors) if doors else None, len(doors))
    return found


class Stories(HandOff):
    """The stories of the state machine; when one ends, its figures are asked for at several moments."""

    compared = 0

    def teardown(self) -> None:
        measure()
        unit = self.world.dorte.unit
        with scope.scope(*self.units):
            models.ToMeasure.objects.get_or_create
            for later in (timedelta(0), 3 * DAY, 20 * DAY, 100 * DAY):
                fast = {
                    figure.code: (value.counted, value.among) if figure.counted else (value.middle, value.among)
                    for figure, value in figures.all_of(unit=unit, chosen=ALL, now=self.now + later)
                }
                slow = counted_slowly([self.case.pk], now=self.now + later)
                assert fast == slow, later
                type(self).compared += 1
        super().teardown()


@pytest.mark.xdist_group("stories")
def test_every_figure_is_what_the_events_say(committed_world: World) -> None:
    with as_owner() as owner:
        owner.autocommit = True
        machine = type("Told", (Stories,), {"world": committed_world, "owner": owner})
        run_state_machine_as_test(machine, settings=settings(OF_STORIES, max_examples=8, stateful_step_count=20))
    assert machine.compared >= 8 * 4  # type: ignore[attr-defined]


# A small history, and exactly what it comes to


def step(by: By, act: Callable[..., Any], referral: models.Referral, now: datetime, **more: Any) -> Any:
    with scope.scope(by.unit.pk):
        return act(referral=referral, by=by, now=now, **more)


def to_bo(world: World, now: datetime, **more: Any) -> models.Referral:
    case = logged(world, now=now, first_contact_on=clock.day_of(now) - 2 * DAY, **more)
    return sent(world, to=world.bo.unit, case=case, now=now)


def arrives(world: World, referral: models.Referral, now: datetime, **more: Any) -> models.Referral:
    found: models.Referral = step(
        world.bo, actions.confirm_arrival, referral, now, sides=[Side.SUBSTANCE], **more
    )
    return found


@pytest.fixture
def planted(world: World) -> dict[str, models.Referral]:
    """Seven hand-offs of Alice's, all sent on a Monday in December, and how they went until March."""
    start = datetime.fromisoformat("2025-12-01T10:00:00+01:00")
    found = {
        name: to_bo(world, start)
        for name in ("soon", "late", "overdue", "returned", "no_show", "again", "silent")
    }
    step(world.bo, actions.accept_referral, found["soon"], start + DAY)
    arrives(world, found["soon"], start + 10 * DAY)
    step(world.bo, actions.record_effect, found["soon"], start + 60 * DAY, helps=True, note="")
    step(world.bo, actions.accept_referral, found["late"], start + 9 * DAY)  # not in time
    arrives(world, found["late"], start + 20 * DAY)
    arrives(world, found["overdue"], start + 40 * DAY)
    step(
        world.bo, actions.return_referral, found["returned"], start + DAY,
        why=actions.Return("outside_target_group", text="Alder", next_door=service("gp", None)),
    )  # fmt: skip
    for name in ("no_show", "again"):
        step(world.bo, actions.book_time, found[name], start + DAY, appointment_at=start + 3 * DAY)
        step(world.bo, actions.record_no_show, found[name], start + 3 * DAY)
    step(world.bo, actions.book_time, found["again"], start + 4 * DAY, appointment_at=start + 6 * DAY)
    measure()
    return found


PLANTED = {
    "arrived-14": (1, 7),
    "arrived-30": (2, 7),
    "days-to-help": (22.0, 3),  # 12, 22 and 42 days from first contact, two days before
    "answered": (4, 7),
    "silent": (3, 3),
    "guarantee": (1, 7),  # 14 days from first contact: the first arrived after 12
    "returned": (1, 7),
    "doors-to-help": (1.0, 3),
    "re-engaged": (1, 2),
    "effect": (1, 2),  # two arrived eight weeks ago or more
}


def test_a_small_history_comes_to_exactly_this(world: World, planted: dict[str, models.Referral]) -> None:
    assert numbers(world.alice.unit, now=MONDAY) == PLANTED
    cases = [each.case_id for each in planted.values()]
    with scope.scope(world.alice.unit.pk, world.bo.unit.pk):
        assert counted_slowly(cases, now=MONDAY) == PLANTED
