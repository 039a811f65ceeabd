"""Every figure against a slow recomputation that reads only what has happened; exact values, masks, files and walls."""

from __future__ import annotations

import csv
import io
import statistics
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from navigator import clock
from navigator.accounts.models import Membership, Role, Unit
from navigator.database import scope
from navigator.web import spreadsheet
from pathways.models import Answering, Service
from pathways.rulebook import rulebook
from referrals import actions, figure_files, figures, holes, masking, models
from referrals.acting import By
from referrals.enums import Form, Side
from referrals.figures import FIGURES, Chosen, Value
from referrals.working_days import add_working_days
from tests.conftest import WORKER, as_owner, as_worker, play_for_a_while
from tests.helpers.cases import CANNABIS, DUAL, logged, sent, service
from tests.helpers.looks import looks_of
from tests.helpers.measures import measure
from tests.helpers.pages import at, text
from tests.helpers.world import AARHUS, World
from tests.referrals.test_state_machine import SETTINGS as OF_STORIES
from tests.referrals.test_state_machine import HandOff

MONDAY = datetime.fromisoformat("2027-03-01T10:00:00+01:00")
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

    def plan(self, today: date) -> list[date]:
        """The days that at most six months may lie between: when the plan began, each meeting, and today."""
        days: list[date] = []
        for each in self.events:
            if each.kind == "plan_begun":
                days = [clock.day_of(each.occurred_at)]
            elif each.kind == "plan_met" and days:
                days.append(date.fromisoformat(each.detail["met_on"]))
            elif each.kind in ("plan_ended", "citizen_died") or (
                each.kind == "case_closed" and each.detail["outcome"] != "arrived"
            ):
                days = []
        return [*days, today] if days else []

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
        plan = told.plan(clock.day_of(now))
        if plan:
            yes["plans"].append(max(later - day for day, later in pairwise(plan)) <= 183 * DAY)
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
        run_state_machine_as_test(machine, settings=settings(OF_STORIES, max_examples=5, stateful_step_count=16))
    assert machine.compared >= 5 * 4  # type: ignore[attr-defined]


# A small history, and exactly what it comes to


def step(by: By, act: Callable[..., Any], referral: models.Referral, now: datetime, **more: Any) -> Any:
    with scope.scope(by.unit.pk):
        return act(referral=referral, by=by, now=now, **more)


def to_bo(world: World, now: datetime, **more: Any) -> models.Referral:
    case = logged(world, now=now, first_contact_on=clock.day_of(now) - 2 * DAY, **more)
    return sent(world, to=world.bo.unit, case=case, now=now)


def arrives(world: World, referral: models.Referral, now: datetime, **more: Any) -> models.Referral:
    found: models.Referral = step(world.bo, actions.confirm_arrival, referral, now, sides=[Side.SUBSTANCE], **more)
    return found


@pytest.fixture
def planted(world: World) -> dict[str, models.Referral]:
    """Seven hand-offs of Alice's, all sent on a Monday in December, and how they went until March."""
    start = datetime.fromisoformat("2026-11-30T10:00:00+01:00")
    found = {
        name: to_bo(world, start) for name in ("soon", "late", "overdue", "returned", "no_show", "again", "silent")
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
    "plans": (0, 0),
    "effect": (1, 2),  # two arrived eight weeks ago or more
}


def test_a_small_history_comes_to_exactly_this(world: World, planted: dict[str, models.Referral]) -> None:
    assert numbers(world.alice.unit, now=MONDAY) == PLANTED
    cases = [each.case_id for each in planted.values()]
    with scope.scope(world.alice.unit.pk, world.bo.unit.pk):
        assert counted_slowly(cases, now=MONDAY) == PLANTED


def test_what_is_told_late_or_corrected_comes_right(world: World) -> None:
    start = MONDAY - 40 * DAY
    referral = to_bo(world, start)
    measure()
    assert numbers(world.alice.unit, now=MONDAY)["arrived-14"] == (0, 1)
    arrives(world, referral, MONDAY, met_at=start + 5 * DAY)  # told five weeks late
    measure()
    said = numbers(world.alice.unit, now=MONDAY)
    assert (said["arrived-14"], said["days-to-help"], said["guarantee"]) == ((1, 1), (7.0, 1), (1, 1))
    step(world.bo, actions.correct_arrival, referral, MONDAY + DAY, because="En anden borger")
    measure()
    said = numbers(world.alice.unit, now=MONDAY + DAY)
    assert (said["arrived-14"], said["days-to-help"], said["guarantee"]) == ((0, 1), (None, 0), (0, 1))
    assert measure() == 0


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gaps=st.lists(st.sampled_from([1, 60, 182, 183, 184, 200]), max_size=3), until=st.sampled_from([0, 183, 184]))
def test_plans_are_met_about_within_six_months(world: World, gaps: list[int], until: int) -> None:
    """Whatever lies between the meetings: the figure is what the events say, and what anybody can count."""
    with transaction.atomic():
        case, now = logged(world, answers=DUAL, now=MONDAY), MONDAY
        by = {"case": case, "by": world.dorte}
        with scope.scope(world.dorte.unit.pk):
            actions.begin_plan(**by, agreed=Form.ORAL, now=now)
            for gap in gaps:
                now += gap * DAY
                actions.hold_plan_meeting(**by, met_on=clock.day_of(now), next_on=clock.day_of(now), now=now)
        now += until * DAY
        measure()
        said = numbers(world.dorte.unit, now=now)["plans"]
        with scope.scope(world.dorte.unit.pk):
            assert counted_slowly([case.pk], now=now)["plans"] == said
            assert said == (int(max([*gaps, until]) <= 183), 1)
            actions.end_plan(**by, because="Borgeren vil ikke mere", now=now)
        measure()
        assert numbers(world.dorte.unit, now=now)["plans"] == (0, 0)
        transaction.set_rollback(True)


def test_nothing_is_lost_while_another_is_worked_off(committed_world: World) -> None:
    """Somebody's step is not committed yet while the notes of the same case are worked off."""
    referral = to_bo(committed_world, MONDAY - DAY)
    with as_owner() as other:  # a step by somebody else, half done
        with scope.scope(committed_world.bo.unit.pk):
            event = models.CaseEvent.objects.filter(referral=referral).values().latest("pk")
        before = event["id"]
        columns = "case_id, referral_id, data_key_id, origin_unit_id, owner_unit_id, coordinator_unit_id, sender_unit_id, receiver_unit_id, from_status, recorded_at, by_id, by_unit_id, detail, note, corrects_id"
        other.execute(
            f"INSERT INTO referrals_caseevent (id, kind, to_status, occurred_at, {columns})"  # type: ignore[arg-type]
            f" SELECT gen_random_uuid(), 'arrive', 'arrived', %s, {columns} FROM referrals_caseevent WHERE id = %s",
            [MONDAY, before],
        )
        with play_for_a_while(WORKER):
            assert actions.measure_what_has_changed() > 0
        assert numbers(committed_world.alice.unit, now=MONDAY + 20 * DAY)["arrived-14"] == (0, 1)
        other.commit()
    with play_for_a_while(WORKER):
        assert actions.measure_what_has_changed() == 1
    assert numbers(committed_world.alice.unit, now=MONDAY + 20 * DAY)["arrived-14"] == (1, 1)


def test_one_at_a_time_and_a_case_that_fails_stops_no_other(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (to_bo(committed_world, MONDAY - DAY) for _ in range(2))
    measured = actions.measuring.measuring.of_case  # type: ignore[attr-defined]

    def fails(case: models.Case, **more: Any) -> models.MeasuredCase:
        if case.pk == first.case_id:
            raise ValueError("broken")
        return measured(case, **more)  # type: ignore[no-any-return]

    with as_worker() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [actions.measuring.ONE_AT_A_TIME])  # type: ignore[attr-defined]
        with play_for_a_while(WORKER):
            assert actions.measure_what_has_changed() == 0
    with play_for_a_while(WORKER):
        with monkeypatch.context() as patched:
            patched.setattr("referrals.measuring.of_case", fails)
            assert actions.measure_what_has_changed() > 0
            assert set(models.ToMeasure.objects.values_list("case", flat=True)) == {first.case_id}
        assert actions.measure_what_has_changed() > 0
        assert set(models.Measured.objects.values_list("pk", flat=True)) == {first.pk, second.pk}


def test_each_unit_counts_what_it_has_a_part_in(world: World, planted: dict[str, models.Referral]) -> None:
    assert numbers(world.bo.unit, now=MONDAY)["returned"] == (1, 7)
    assert numbers(world.dorte.unit, now=MONDAY) == PLANTED
    empty = {code: (None, 0) if figure.middle else (0, 0) for code, figure in FIGURES.items()}
    for other in (world.erik, world.carla):
        assert numbers(other.unit, now=MONDAY) == empty
    with scope.scope(
        world.bo.unit.pk
    ):  # what is about the case is no business of the service's, but where it answers now
        owned = models.Case.objects.filter(owner_unit=world.bo.unit).count()
        assert models.MeasuredCase.objects.count() == owned == 3


def chosen(**given: Any) -> Chosen:
    return replace(ALL, **given)


def test_a_choice_and_its_parts_agree_with_the_whole(world: World, planted: dict[str, models.Referral]) -> None:
    of: dict[str, Any] = {"unit": world.alice.unit, "now": MONDAY}
    with scope.scope(world.alice.unit.pk):
        for figure in FIGURES.values():
            whole = figures.whole(figure, chosen=ALL, **of)
            for part in figure.columns:
                lines = figures.parted(figure, part, chosen=ALL, **of)
                assert sum(line.value.among for line in lines) == whole.among, (figure.code, part)
                assert sum(line.value.counted for line in lines) == whole.counted, (figure.code, part)
            rows = figures.among(figure, chosen=ALL, **of)
            assert len(rows) == whole.among and len([row for row in rows if row.is_counted]) == whole.counted
        (returned,) = figures.parted(FIGURES["returned"], "reason", chosen=chosen(reason="outside_target_group"), **of)
        assert (returned.key, returned.value) == ("outside_target_group", Value(1, 1))
        assert numbers(world.alice.unit, now=MONDAY, chosen=chosen(municipality="0851"))["returned"] == (0, 0)
        assert numbers(world.alice.unit, now=MONDAY, chosen=chosen(month=date(2026, 11, 1)))["returned"] == (1, 7)
        assert numbers(world.alice.unit, now=MONDAY, chosen=chosen(since=date(2026, 12, 1)))["returned"] == (0, 0)
        by_service = numbers(world.alice.unit, now=MONDAY, chosen=chosen(service=planted["soon"].service_id))
        assert by_service == {code: said for code, said in PLANTED.items() if FIGURES[code].by_service}


# What leaves the unit


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=8))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_nobody_can_work_out_a_small_number(drawn: list[tuple[int, int]]) -> None:
    lines = [(counted, counted + rest) for counted, rest in drawn]
    hidden, total_is = masking.masked(lines)
    whole = (sum(counted for counted, _ in lines), sum(among for _, among in lines))
    known = [line for n, line in enumerate(lines) if n not in hidden] + ([] if total_is else [whole])
    if not total_is and hidden:
        assert len(hidden) > 1
        known.append(tuple(whole[n] - sum(lines[k][n] for k in range(len(lines)) if k not in hidden) for n in (0, 1)))  # type: ignore[arg-type]
    for counted, among in known:
        assert not {counted, among, among - counted} & {1, 2, 3, 4}


def test_masks_exactly() -> None:
    assert masking.masked([(3, 10), (20, 40), (30, 60)]) == ({0, 1}, False)  # one alone would be the sum less the rest
    assert masking.masked([(10, 20), (20, 40)]) == (frozenset(), False)
    assert masking.masked([(2, 2)]) == ({0}, True)
    assert masking.masked([(2, 10), (3, 12), (50, 90)]) == ({0, 1}, False)
    assert masking.masked([(0, 0), (0, 8)]) == (frozenset(), False)
    assert masking.masked([(97, 100), (50, 100)]) == ({0, 1}, False)
    assert masking.masked([(97, 100), (0, 0)]) == ({0, 1}, True)  # three are left over, and nobody to hide them among


def leads(by: By) -> By:
    Membership.objects.create(user=by.user, unit=by.unit, role=Role.UNIT_LEADER)
    return by


def lines_of(response: Any) -> list[list[str]]:
    body = b"".join(response.streaming_content).decode("utf-8")
    assert body.startswith("\ufeff")
    return list(csv.reader(io.StringIO(body[1:]), delimiter=";"))


def test_whoever_is_protected_is_in_every_case_of_theirs(world: World) -> None:
    first = logged(world)
    by, now = world.alice, clock.now()
    with scope.scope(by.unit.pk):
        second = actions.open_case(
            identity={}, answers=CANNABIS, wishes="", first_contact_on=clock.today(), same_person_as=first.person,
            by=by, now=now,
        )  # fmt: skip
        sent(world, to=world.bo.unit, case=second)
        measure()
        actions.protect(case=first, until=clock.day_of(MONDAY) + 90 * DAY, because="Brev", by=by, now=now)
    measure()
    with scope.scope(by.unit.pk):
        assert list(models.MeasuredCase.objects.values_list("is_protected", flat=True)) == [True, True]
        assert models.Measured.objects.get(case=second.pk).is_protected


def test_files_hold_case_numbers_and_mask_what_is_small_or_protected(
    world: World, planted: dict[str, models.Referral]
) -> None:
    dorte = at(world.dorte)
    with scope.scope(world.alice.unit.pk):
        protected = models.Case.objects.get(pk=planted["late"].case_id)
        numbers_ = {models.Case.objects.get(pk=each.case_id).short_number for each in planted.values()}
        actions.protect(
            case=protected, until=clock.day_of(MONDAY) + 90 * DAY, because="Brev", by=world.alice, now=MONDAY
        )
    measure()
    head, *rows = lines_of(dorte.get(reverse("figure_file", args=["returned"])))
    assert head == [
        "Sag", "Begyndt", "Talt med", "Tilbud", "Hvor borgeren dukkede op", "Kommune", "Besvaret", "Ankommet",
        "Endt uden ankomst", "Returneret", "Årsag",
    ]  # fmt: skip
    assert {row[0] for row in rows} == numbers_ and len(rows) == 7
    (hidden,) = [row for row in rows if row[0] == protected.short_number]
    assert hidden[3:6] == ["beskyttet"] * 3
    assert {row[5] for row in rows} == {"Aarhus", "beskyttet"}
    _head, *more = lines_of(dorte.get(reverse("figures_file")))
    told = {row[0]: row[3:6] for row in more if not row[1]}
    assert told["Returneret"] == ["skjult"] * 3 and told["Stille nu"] == ["skjult"] * 3
    page = text(dorte.get(reverse("figure", args=["returned"]), {"paper": "1"}))
    assert "skjult" in page and "1 af 7" not in page
    assert not any(number in page for number in numbers_)
    assert "1 af 7" in text(dorte.get(reverse("figure", args=["returned"])))


@pytest.mark.parametrize("said", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_spreadsheet_is_given_no_formula(said: str) -> None:
    assert spreadsheet.safe(said) == f"'{said}"
    assert (
        "".join(figure_files.written([[said, 3, "Åben; dør"]])) == f'\ufeff{_quoted(chr(39) + said)};3;"Åben; dør"\r\n'
    )


def _quoted(said: str) -> str:
    return f'"{said}"' if "\r" in said else said


def test_a_file_is_written_while_it_is_read(world: World) -> None:
    read = 0

    def lines() -> Iterator[list[int]]:
        nonlocal read
        for read in range(10_000):
            yield [read] * 8

    parts = figure_files.written(lines())
    assert (next(parts), read) == ("\ufeff", 0)
    next(parts)
    assert read == figure_files.AT_ONCE - 1
    tracemalloc.start()
    rest = sum(part.count("\r\n") for part in parts)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rest == 10_000 - figure_files.AT_ONCE and most < 500_000


# The pages


def test_only_coordinators_and_leaders_read_figures_and_each_sees_the_rows_behind(
    world: World, planted: dict[str, models.Referral]
) -> None:
    for name, args in (
        ("figures", []),
        ("figure", ["silent"]),
        ("holes", []),
        ("figures_file", []),
        ("figure_file", ["silent"]),
    ):
        assert at(world.alice).get(reverse(name, args=args)).status_code == 403
    alice_at_work = leads(world.alice)
    alice = at(alice_at_work)
    page = text(alice.get(reverse("figures")))
    assert "14 pct. 1 af 7" in page and "22 dage af 3" in page
    assert at(world.dorte).get(reverse("figure", args=["unknown"])).status_code == 404
    page = text(alice.get(reverse("figure", args=["silent"])))
    with scope.scope(world.alice.unit.pk):
        for name, referral in planted.items():
            number = models.Case.objects.get(pk=referral.case_id).short_number
            assert (number in page) == (name in ("no_show", "again", "silent")), name
    shown = {planted[name].case_id for name in ("no_show", "again", "silent")}
    assert {("oversee", case) for case in shown} == set(looks_of(alice_at_work, "purpose", "case"))


def test_the_choice_speaks_the_language_of_the_page_and_keeps_what_was_chosen_besides(world: World) -> None:
    dorte, address = at(world.dorte), f"{reverse('figure', args=['returned'])}?month=2026-11-01&paper=1"
    page = dorte.get(address)
    assert ("De sidste 12 måneder" in text(page), "The last 12 months" in text(page)) == (True, False)
    kept = '<input type="hidden" name="paper" value="1">', '<input type="hidden" name="month" value="2026-11-01"'
    assert [page.content.decode().count(each) for each in (*kept, 'name="reason"')] == [1, 1, 0]
    dorte.cookies["django_language"] = "en"
    page = dorte.get(reverse("figures"))
    assert ("De sidste 12 måneder" in text(page), "The last 12 months" in text(page)) == (False, True)
    assert not any(each in page.content.decode() for each in kept)


def test_the_pages_ask_the_same_however_many_rows(world: World, django_assert_num_queries: Any) -> None:
    dorte = at(world.dorte)
    to_bo(world, MONDAY - 3 * DAY)
    measure()
    addresses = [reverse("figures"), f"{reverse('figure', args=['silent'])}?by=service", reverse("holes")]
    once = [_asked(dorte, address) for address in addresses]
    for _ in range(4):
        to_bo(world, MONDAY - 3 * DAY)
    measure()
    assert [_asked(dorte, address) for address in addresses] == once


def _asked(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len([each for each in queries if "audit_look" not in each["sql"]])


def test_a_hole_is_named_with_an_example_and_nobody_in_it(world: World) -> None:
    with scope.scope(world.alice.unit.pk):
        before = logged(world, answers=DUAL, now=MONDAY - 3 * DAY).assessments.get().explanation["da"]
    assert before["gaps"] == []
    kind = before["matches"][0]["kind"]
    Service.objects.filter(kind=kind).update(valid_to=clock.day_of(MONDAY - 10 * DAY))
    case = logged(world, answers=DUAL, now=MONDAY - 2 * DAY, name="Karla Kendt")
    measure()
    of: dict[str, Any] = {"unit": world.dorte.unit, "chosen": ALL}
    with scope.scope(world.dorte.unit.pk):
        words = rulebook(on=clock.today()).catalogue.words
        (hole,) = holes.gaps("gaps", words=words, **of)
        unserved = holes.gaps("unserved", words=words, **of)
        said = case.assessments.get().explanation["da"]
    assert (hole.kind, hole.municipality, hole.cases, hole.ages, hole.level) == (
        kind,
        AARHUS,
        1,
        "30–64",
        said["level"],
    )
    assert list(hole.instead) == said["gaps"][0]["substitute"]
    assert {each.kind for each in unserved} == {
        each["kind"] for one in (before, said) for each in one["matches"] if not each["services"]
    }
    page = text(at(world.dorte).get(reverse("holes")))
    assert "30–64 år, niveau" in page and "Karla" not in page and case.short_number not in page
    assert "30–64" not in text(at(world.dorte).get(reverse("holes"), {"paper": "1"}))


def test_services_that_return_refuse_and_are_chosen_against_the_match_are_named(
    world: World, planted: dict[str, models.Referral]
) -> None:
    start = MONDAY - 20 * DAY
    refused = to_bo(world, start)
    with pytest.raises(actions.NotLegitimate):
        step(world.bo, actions.return_referral, refused, start + DAY, why=actions.Return("not_abstinent"))
    measure()
    of: dict[str, Any] = {"unit": world.dorte.unit, "chosen": ALL}
    with scope.scope(world.dorte.unit.pk):
        assert holes.refused(**of) == [("not_abstinent", 1)]
        (bo,) = holes.services(now=MONDAY, **of)
        assert holes.other_doors(**of) == []
    assert (bo.service.pk, bo.received, bo.due, bo.answered, bo.arrived, bo.returned, bo.promised) == (
        refused.service_id, 8, 8, 4, 3, 1, 14,
    )  # fmt: skip
    assert list(bo.reasons) == [("outside_target_group", 1)]
    assert bo.median_arrival == 20.0 and bo.breaks_the_promise and bo.is_few
    dorte = at(world.dorte)
    whole, printed = (dorte.get(reverse("holes"), said) for said in ({}, {"paper": "1"}))
    assert [number for _reason, number in whole.context["refused"]] == [1]
    assert [number for _reason, number in printed.context["refused"]] == [None]
    for page, is_whole in ((whole, True), (printed, False)):
        shown = page.content.decode()
        assert ('<div class="no-print">' in shown, ">skjult<" in shown) == (is_whole, not is_whole)


def test_why_people_are_returned_leaves_the_unit_only_where_no_reason_and_no_rest_is_few(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {(10,): True, (5, 5): True, (5,): True, (): True, (6, 4): False, (9,): False}
    of = {
        numbers: holes.OfService(
            service("substance_treatment_outpatient", world.bo.unit), received=20, due=20, answered=10, median_answer=None,
            median_arrival=None, arrived=10, returned=10, reasons=[("other", each) for each in numbers], promised=None,
        )
        for numbers in told
    }  # fmt: skip
    assert {numbers: each.reasons_may_be_told for numbers, each in of.items()} == told
    monkeypatch.setattr(holes, "services", lambda **_asked: [of[5, 5], of[6, 4]])
    for address, shown in (("", [[5, 5], [6, 4]]), ("?paper=1", [[5, 5], []])):
        page = at(world.dorte).get(reverse("holes") + address)
        assert [[number for _reason, number in each] for _of, each in page.context["services"]] == shown


def test_who_answers_is_counted_shown_and_ranked_after_fit_and_wait(world: World) -> None:
    start = MONDAY - 30 * DAY
    sent_ = [to_bo(world, start) for _ in range(10)]
    for referral in sent_[:4]:
        step(world.bo, actions.accept_referral, referral, start + DAY)
    measure()
    of = sent_[0].service_id
    with scope.scope(*Unit.objects.values_list("pk", flat=True)):
        assert actions.count_answers(now=MONDAY) == 1
    row = Answering.objects.get()
    assert (row.service_id, row.received, row.answered, row.median_days) == (of, 10, 4, 1)
    assert row.leaves_unanswered
    catalogue = rulebook(on=clock.today()).catalogue
    assert catalogue.services[of].answering == row
    case = logged(world, now=MONDAY)
    assert "Lader ofte henvisninger ligge" in text(at(world.alice).get(reverse("choose_service", args=[case.pk, of])))
    version = catalogue.version
    with scope.scope(*Unit.objects.values_list("pk", flat=True)):
        actions.count_answers(now=MONDAY)  # the same again is no new version of the catalogue
    assert rulebook(on=clock.today()).catalogue.version == version
    for referral in sent_[4:8]:
        step(world.bo, actions.accept_referral, referral, MONDAY)
