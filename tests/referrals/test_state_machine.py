"""Whatever happens to a person, in whatever order, by whomever and however late: nobody is lost.

Hypothesis makes up the stories: events by the right and the wrong actors, clock jumps and sweeps. After every step the
whole of what is stored is read, and what must always hold is asked of it. Everything is committed, so that the
database's own constraints speak too.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import psycopg
from django.conf import settings as django_settings
from django.core.exceptions import ObjectDoesNotExist
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from navigator.accounts.models import CoordinatorCover, Unit
from navigator.database import scope
from navigator.database.walls import people_models
from navigator.web.refusals import Refusal
from referrals import actions, models, sweeps, workflow
from referrals.acting import By, Citizen, capacities
from referrals.actions.ownership import ROWS_OF_A_CASE
from referrals.actions.referral import TICKED_OFF
from referrals.enums import (
    Basis,
    Channel,
    Custody,
    Event,
    Evidence,
    Happening,
    Law,
    Outcome,
    Reached,
    Side,
    Status,
    Tell,
    Urgency,
    Wait,
)
from tests.conftest import WORKER, as_owner, play_for_a_while
from tests.helpers.cases import CANNABIS, DUAL, service
from tests.helpers.world import World

MONDAY = datetime.fromisoformat("2026-11-23T10:00:00+01:00")
MORE = int(os.environ.get("NAVIGATOR_STORIES", "0"))  # other stories each time, for a night of searching
SETTINGS = settings(
    max_examples=MORE or 20,
    stateful_step_count=25,
    derandomize=not MORE,
    phases=[Phase.generate],  # a story that fails is read sooner than it is made shorter
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
Rows = dict[str, dict[UUID, dict[str, Any]]]

ON_ITS_WAY = {Status.DRAFT, *workflow.LIVE}
MAY_OUTLIVE = {Wait.TELL_CITIZEN, Wait.REACH_OUT, Wait.TELL_CUSTODY}
WHO_OPENS_A_ROW = {"origin_unit_id", "owner_unit_id", "coordinator_unit_id", "sender_unit_id", "receiver_unit_id"}
YES = actions.Yes(custody=Custody.INFORMED)  # of an adult, and of somebody of 17
TOLD = actions.Telling({}, YES)
GROUNDS: dict[str, Callable[[bool], Any]] = {
    "yes": lambda covers: replace(YES, next_door=covers),
    "brief": lambda covers: replace(YES, next_door=covers, lasts=timedelta(days=2)),
    "later": lambda covers: replace(YES, next_door=covers, custody=Custody.LATER),
    "said": lambda covers: actions.SaidYes(),
    "law": lambda covers: actions.Statutory(Law.DANGER, "Akut fare"),
    "anonymous": lambda covers: actions.Anonymous(),  # nobody here wants to be: refused
}
DOORS = {  # kind → whose
    "substance_treatment_outpatient": "bo",
    "psychiatry_adult": "carla",
    "dual_diagnosis_municipal": "bo",
    "gp": None,
    "somatic_check": None,
}
# Steps that the table alone decides: it says who may, and then they may.
BY_THE_TABLE: dict[Event, tuple[Callable[..., Any], dict[str, Any]]] = {
    Event.OPEN: (actions.open_referral, {}),
    Event.ASK: (actions.ask_question, {"question": "?"}),
    Event.REPLY: (actions.answer_question, {"answer": "!"}),
    Event.ACCEPT: (actions.accept_referral, {}),
    Event.CANCEL_VISIT: (actions.cancel_visit, {"by_service": True, "because": "Ferie"}),
    Event.START: (actions.start_course, {}),
    Event.CLOSE: (actions.close_course, {"note": "Færdig"}),
    Event.SEND_BACK: (actions.send_back, {"because": "I er den rette dør"}),
    Event.WITHDRAW: (actions.withdraw_referral, {"wants_instead": "Intet nu"}),
    Event.CANCEL: (actions.cancel_referral, {"because": "Forkert"}),
}
EVERYBODY = ("alice", "bo", "carla", "dorte", "erik")


def _one_of(*events: Event) -> Any:
    """A rule of the story for steps that are possible now."""

    def possible(self: HandOff) -> list[Event]:
        return [
            event
            for event in events
            if any(workflow.step(row["status"], event) for row in self.rows["referral"].values())
        ]

    @precondition(lambda self: bool(possible(self)))
    @rule(m=st.integers(0, 5), n=st.integers(0, 5))
    def take_it(self: HandOff, m: int, n: int) -> None:
        now = possible(self)
        self.decided_by_the_table(now[m % len(now)], n, "right")

    return take_it


class HandOff(RuleBasedStateMachine):
    world: World
    owner: psycopg.Connection[Any]
    told: ClassVar[set[str]] = set()  # by all stories together

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY
        self.units = list(Unit.objects.values_list("pk", flat=True))
        self.ladder = models.Ladder.in_force().rungs
        self.swept_at: datetime | None = None

    def teardown(self) -> None:
        with self.owner.transaction():
            self.owner.execute("SET CONSTRAINTS ALL DEFERRED")
            for model in people_models():
                self.owner.execute(f"DELETE FROM {model._meta.db_table}")  # type: ignore[arg-type]

    # The story

    @initialize(
        dual=st.booleans(),
        discharged=st.sampled_from([None, None, 0, 5]),
        days_ago=st.sampled_from([0, 3, 20]),
        young=st.sampled_from([False, False, False, True]),
        come_to=st.sampled_from(
            [None, Event.SEND, Event.ACCEPT, Event.BOOK, Event.MISS, Event.ARRIVE, Event.ASK_RETURN]
        ),
    )
    def needs_are_logged(
        self, dual: bool, discharged: int | None, days_ago: int, young: bool, come_to: Event | None
    ) -> None:
        answers: dict[str, Any] = DUAL if dual else CANNABIS
        answers = answers | {"age": 17} if young else answers
        if discharged is not None:
            answers = answers | {"circumstances": {"days_since_discharge": discharged}}
        with scope.scope(self.world.alice.unit.pk):
            self.case = actions.open_case(
                identity={"name": "Karla"}, answers=answers, wishes="", by=self.world.alice, now=self.now,
                first_contact_on=(self.now - timedelta(days=days_ago)).date(),
            )  # fmt: skip
        self.before: Rows = {}
        self.rows = self.read()
        self.first_clocks: dict[UUID, tuple[Any, Any]] = {}
        if come_to:
            self.come_to(come_to)

    def come_to(self, event: Event) -> None:
        """The beginning of many stories, so that they get further: sent, and on its way or back."""
        sides = [row["side"] for row in self.rows["track"].values()]
        self.take(
            "owner", actions.send_referral, case=self.case, sides=sides, role="primary", telling=TOLD,
            service=service("dual_diagnosis_municipal", self.world.bo.unit),
        )  # fmt: skip
        (referral,) = (models.Referral(**row) for row in self.rows["referral"].values())
        visit = self.now + timedelta(days=2)
        why = actions.Return("other_municipality", next_door=service("gp", None))
        road: list[tuple[Event, Callable[..., Any], dict[str, Any]]] = [
            (Event.ACCEPT, actions.accept_referral, {}),
            (Event.BOOK, actions.book_time, {"appointment_at": visit}),
            (Event.MISS, actions.record_no_show, {}),
        ]
        turns = {
            Event.ARRIVE: (actions.confirm_arrival, {"sides": sides}),
            Event.ASK_RETURN: (actions.return_referral, {"why": why}),
        }
        if event in turns:
            act, given = turns[event]
            assert self.take("bo", act, referral=referral, **given)
            return
        for name, act, given in road:
            if event is Event.SEND:
                return
            self.now = visit if name is Event.MISS else self.now
            assert self.take("bo", act, referral=referral, **given)
            if name is event:
                return

    @rule(
        kind=st.sampled_from(sorted(DOORS)),
        both=st.booleans(),
        beside=st.integers(0, 3),
        by=st.sampled_from(["owner", "owner", "owner", *EVERYBODY]),
        acute=st.booleans(),
        answered=st.booleans(),
        covers=st.booleans(),
        basis=st.sampled_from(["yes", "yes", "brief", "later", "said", "law", "anonymous"]),
    )
    def send(
        self, kind: str, both: bool, beside: int, by: str, acute: bool, answered: bool, covers: bool, basis: str
    ) -> None:
        open_sides = [row["side"] for row in self.rows["track"].values() if not row["arrived_at"]]
        own = [side for side in open_sides if both or (side == Side.PSYCHIATRY) == (kind == "psychiatry_adult")]
        whose = DOORS[kind]
        self.take(
            by, actions.send_referral, case=self.case, sides=[] if not beside else own or open_sides[:1], role="primary",
            service=service(kind, getattr(self.world, whose).unit if whose else None),
            telling=actions.Telling({}, GROUNDS[basis](covers)),
            urgency=Urgency.ACUTE if acute else Urgency.ORDINARY,
            hand_over=actions.HandOver("Mette" if answered else "") if acute else None,
        )  # fmt: skip

    @precondition(lambda self: self.rows["referral"])
    @rule(event=st.sampled_from(sorted(BY_THE_TABLE)), n=st.integers(0, 7), by=st.sampled_from(["right", *EVERYBODY]))
    def the_table_decides(self, event: Event, n: int, by: str) -> None:
        self.decided_by_the_table(event, n, by)

    service_answers = _one_of(Event.OPEN, Event.ASK, Event.ACCEPT)
    sender_answers = _one_of(Event.REPLY)
    visit_is_off = _one_of(Event.CANCEL_VISIT)
    course_goes_on = _one_of(Event.START, Event.CLOSE)
    coordinator_answers = _one_of(Event.SEND_BACK)
    attempt_ends = _one_of(Event.WITHDRAW, Event.CANCEL)

    def decided_by_the_table(self, event: Event, n: int, by: str) -> None:
        """Whatever it is, by whomever: it is done exactly when the table says so."""
        referral = self.pick(n, event)
        act, given = BY_THE_TABLE[event]
        step = workflow.step(referral.status, event)
        who = self.who(by, referral, event)
        done = self.take(who, act, referral=referral, **given)
        sees = {
            referral.sender_unit_id,
            referral.owner_unit_id,
            referral.receiver_unit_id,
            referral.coordinator_unit_id,
        }
        may = step is not None and bool(step.who & capacities(referral, who.unit)) and who.unit.pk in sees
        if may and (
            event is Event.REPLY or (referral.status == Status.SENT and who.unit.pk == referral.receiver_unit_id)
        ):
            may = self.may_still_be_told(referral)
        if event is Event.OPEN and referral.status != Status.SENT:
            may = True  # opening it again changes nothing
        assert done == may, f"{event} on {referral.status} by {who.unit}: {'done' if done else 'refused'}"

    @precondition(lambda self: self.rows["referral"])
    @rule(
        n=st.integers(0, 7),
        hours=st.sampled_from([-1, 1, 30, 24 * 9]),
        by=st.sampled_from(["right"] * 4 + [*EVERYBODY]),
    )
    def book(self, n: int, hours: int, by: str) -> None:
        referral = self.pick(n, Event.BOOK)
        done = self.take(
            self.who(by, referral, Event.BOOK), actions.book_time, referral=referral,
            appointment_at=self.now + timedelta(hours=hours),
        )  # fmt: skip
        assert not (done and hours < 0)

    @precondition(lambda self: self.rows["referral"])
    @rule(n=st.integers(0, 7), days=st.integers(-1, 90))
    def waitlist(self, n: int, days: int) -> None:
        referral = self.pick(n, Event.WAITLIST)
        until = (self.now + timedelta(days=days)).date()
        self.take(
            self.who("right", referral, Event.WAITLIST), actions.put_on_waiting_list, referral=referral, until=until
        )

    @precondition(lambda self: self.some(Status.BOOKED, Status.NO_SHOW))
    @rule(n=st.integers(0, 7), wait=st.booleans(), by=st.sampled_from(["right", "right", "alice"]))
    def no_show(self, n: int, wait: bool, by: str) -> None:
        referral = self.pick(n, Event.MISS)
        if wait and referral.appointment_at:
            self.now = max(self.now, referral.appointment_at)
        self.take(self.who(by, referral, Event.MISS), actions.record_no_show, referral=referral)

    @precondition(lambda self: self.some(Status.NO_SHOW))
    @rule(
        channels=st.sampled_from(
            [[Channel.PHONE], [Channel.PHONE] * 3, [Channel.PHONE, Channel.SMS, Channel.VISIT, Channel.PHONE]]
        ),
        reached=st.sampled_from(Reached),
        lose=st.sampled_from([True, True, False]),
        by=st.sampled_from(["dorte", "dorte", "alice", "bo"]),
    )
    def attempts(self, channels: list[Channel], reached: Reached, lose: bool, by: str) -> None:
        referral = self.pick(0, Event.LOSE)
        for channel in channels:
            self.take("alice", actions.record_attempt, referral=referral, channel=channel, reached=reached, note="")
        if lose:
            done = self.take(by, actions.lose_contact, referral=referral, because="Ingen svarer")
            assert not done or by == "dorte"

    @precondition(lambda self: self.some(*workflow.LIVE))
    @rule(
        n=st.integers(0, 7), half=st.booleans(), evidence=st.sampled_from(Evidence),
        by=st.sampled_from(["right", "right", "right", *EVERYBODY]),
    )  # fmt: skip
    def arrive(self, n: int, half: bool, evidence: Evidence, by: str) -> None:
        referral = self.pick(n, Event.ARRIVE)
        sides = referral.sides[:1] if half else referral.sides
        done = self.take(
            self.who(by, referral, Event.ARRIVE),
            actions.confirm_arrival,
            referral=referral,
            sides=sides,
            evidence=evidence,
        )
        if done:
            self.arrival_ended_its_own_track_only(referral.pk)

    @precondition(lambda self: self.some(Status.ARRIVED))
    @rule(n=st.integers(0, 3), by=st.sampled_from(["right", "right", "alice"]))
    def correct(self, n: int, by: str) -> None:
        referral = self.pick(n, Event.CORRECT)
        done = self.take(
            self.who(by, referral, Event.CORRECT), actions.correct_arrival, referral=referral, because="En anden"
        )
        assert not done or self.now - referral.status_since <= timedelta(days=7)

    @precondition(lambda self: self.some(*workflow.MET))
    @rule(n=st.integers(0, 3), helps=st.booleans())
    def effect(self, n: int, helps: bool) -> None:
        self.take("receiver", actions.record_effect, referral=self.pick(n, None, workflow.MET), helps=helps, note="")

    @precondition(lambda self: self.some(*workflow.LIVE))
    @rule(
        n=st.integers(0, 7),
        reason=st.sampled_from(
            ["capacity", "other_municipality", "missing_information", "citizen_declined", "already_in_course", "duplicate",
             "not_motivated", "no_diagnosis"]
        ),
        to=st.sampled_from(["gp", "somatic_check", "psychiatry_adult", "coordinator", None]),
        by=st.sampled_from(["right", "right", "right", "alice", "erik"]),
    )  # fmt: skip
    def give_back(self, n: int, reason: str, to: str | None, by: str) -> None:
        referral = self.pick(n, Event.ASK_RETURN)
        others = [pk for pk in self.rows["referral"] if pk != referral.pk]
        why = actions.Return(
            reason, "tekst", service(to, self.world.carla.unit if to == "psychiatry_adult" else None) if to else None,
            date(2027, 1, 1), models.Referral(pk=others[n % len(others)], case_id=self.case.pk) if others else None,
        )  # fmt: skip
        self.take(
            self.who(by, referral, Event.ASK_RETURN), actions.return_referral, referral=referral, why=why,
            refused_but_logged=reason.startswith("no"),
        )  # fmt: skip

    @precondition(lambda self: self.some(Status.RETURN_ASKED))
    @rule(by=st.sampled_from(["right", "right", "bo", "alice"]))
    def approve(self, by: str) -> None:
        referral = self.pick(0, Event.SEND_BACK)
        self.take(self.who(by, referral, Event.SEND_BACK), actions.approve_return, referral=referral)

    @precondition(lambda self: self.some(Status.DRAFT))
    @rule(by=st.sampled_from(["right", "right", "bo"]), called=st.booleans())
    def send_on(self, by: str, called: bool) -> None:
        referral = self.pick(0, Event.SEND)
        call = actions.HandOver("Mette") if called else None
        done = self.take(
            self.who(by, referral, Event.SEND), actions.send_on, referral=referral, telling=TOLD, hand_over=call
        )
        assert not done or called or referral.urgency == Urgency.ORDINARY

    @precondition(lambda self: self.rows["referral"])
    @rule(
        n=st.integers(0, 7),
        what=st.sampled_from(
            ["says", "disputes", "wants", "agrees", "confirms", "calls", "calls in vain", "heard from", "not met"]
        ),
    )
    def beside_the_road(self, n: int, what: str) -> None:
        referral = self.pick(n, Event.ARRIVE)
        match what:
            case "says":
                self.take("alice", actions.citizen_says_arrived, referral=referral)
            case "disputes":
                self.take("receiver", actions.dispute_arrival, referral=referral, note="")
            case "wants" | "agrees":
                who = "Nanna" if what == "agrees" else ""
                self.take("alice", actions.agree_companion, referral=referral, who=who, meeting_place="")
            case "heard from":
                self.take("alice", actions.record_check_in, referral=referral, note="")
            case "not met":
                self.take("receiver", actions.correct_meeting, referral=referral, because="En anden")
            case "confirms":
                self.take("alice", actions.confirm_companion, referral=referral, companion=True, citizen=True)
            case _:
                call = actions.HandOver("Mette" if what == "calls" else "")
                self.take("alice", actions.log_hand_over, referral=referral, hand_over=call)

    @precondition(lambda self: any(row["answered_at"] is None for row in self.rows["takeover"].values()))
    @rule(accept=st.booleans(), n=st.integers(0, 3), by=st.sampled_from(["asked", "asked", "alice"]))
    def answer_take_over(self, accept: bool, n: int, by: str) -> None:
        asked = list(self.rows["takeover"].values())[-1 - n % len(self.rows["takeover"])]
        who = next(one for one in self.everybody() if one.unit.pk == asked["asked_unit_id"]) if by == "asked" else by
        self.take(who, actions.answer_take_over, asked=models.TakeOver(**asked), accept=accept, note="Ikke her")

    @precondition(lambda self: self.rows["consent"])
    @rule(n=st.integers(0, 5), by=st.sampled_from(["citizen", "owner", "owner", "alice", "erik"]))
    def withdraw_consent(self, n: int, by: str) -> None:
        consents = [row["id"] for row in self.rows["consent"].values()]
        consent = models.Consent(**self.rows["consent"][consents[n % len(consents)]])
        before = consent.pk in self.rows["consentwithdrawal"]

        def alone(**given: Any) -> None:
            actions.withdraw_consent(**given | {"by": Citizen(given["by"].unit, self.case.pk)})

        act = alone if by == "citizen" else actions.withdraw_consent
        done = self.take("owner" if by == "citizen" else by, act, case=self.case, consent=consent)
        assert done == (not before) or by in ("alice", "erik")
        if done:
            case = self.rows["case"][self.case.pk]
            assert case["closed_at"] or self.waits(Wait.WITHDRAWN), "nobody is to agree how it goes on"

    @precondition(lambda self: self.rows["consent"])
    @rule(n=st.integers(0, 5), brief=st.booleans())
    def renew_consent(self, n: int, brief: bool) -> None:
        consents = list(self.rows["consent"].values())
        yes = replace(YES, lasts=timedelta(days=2)) if brief else YES
        consent = models.Consent(**consents[n % len(consents)])
        self.take("owner", actions.renew_consent, case=self.case, consent=consent, yes=yes)

    @precondition(lambda self: self.waits(*TICKED_OFF, Wait.FIRST_WEEK))
    @rule(n=st.integers(0, 3))
    def a_task_is_done(self, n: int) -> None:
        row = self.waits(*TICKED_OFF, Wait.FIRST_WEEK)[n:][:1]
        for each in row:
            task = models.FollowUp(**each)
            who = next(one for one in self.everybody() if one.unit.pk == each["owed_by_id"])
            if each["waits_for"] == Wait.FIRST_WEEK:
                self.take(who, actions.record_first_week_contact, follow_up=task, note="")
            else:
                self.take(who, actions.tell_citizen_done, follow_up=task)

    @rule(what=st.sampled_from(["move", "18", "match", "leave", "rare", "take over", "chosen"]), rare=st.integers(0, 5), by=st.sampled_from(EVERYBODY),
          outcome=st.sampled_from(Outcome), to=st.sampled_from(["0751", "0851", "0101"]))  # fmt: skip
    def life_goes_on(self, what: str, rare: int, by: str, outcome: Outcome, to: str) -> None:
        match what:
            case "move":
                self.take("owner", actions.record_move, case=self.case, municipality=to)
            case "18":
                self.take("owner", actions.record_18th_birthday, case=self.case)
            case "match":
                self.take("owner", actions.reassess, case=self.case, answers=DUAL)
            case "chosen":
                clocks = [models.Guarantee(**row) for row in self.rows["guarantee"].values()]
                for guarantee in clocks[:1]:
                    self.take("owner", actions.choose_freely, guarantee=guarantee, because="Et andet sted")
            case "take over":
                unit = getattr(self.world, by).unit
                self.take("owner", actions.ask_to_take_over, case=self.case, unit=unit, reason="Flytter", ground=YES)
            case "leave":
                one = self.everybody()[EVERYBODY.index(by)]
                self.take(by, actions.pass_on_tasks, of=one.user, unit=one.unit, to=None)
            case "rare" if rare == 0:
                self.take("owner", actions.record_death, case=self.case)
            case "rare" if rare < 3:
                self.take(by, actions.close_case, case=self.case, outcome=outcome, because="Skrevet ned")

    @rule(hours=st.sampled_from([1, 6, 24, 72, 24 * 8, 24 * 45]), sweep=st.booleans())
    def time_passes(self, hours: int, sweep: bool) -> None:
        self.now += timedelta(hours=hours)
        if sweep:
            self.sweep()

    @rule()
    def sweep(self) -> None:
        with play_for_a_while(WORKER):
            actions.remind_of_consents(now=self.now)
            assert actions.remind_of_consents(now=self.now) == 0, "asked again"
            sweeps.sweep(now=self.now)
            assert sweeps.sweep(now=self.now) == {"noticed": 0, "put_off": 0}, "said again"
        self.keep()
        self.everything_due_was_said()

    # What always holds

    @invariant()
    def always(self) -> None:
        self.one_owner_always()
        self.an_open_track_has_an_attempt_or_a_task()
        self.an_attempt_on_its_way_is_followed_and_one_that_ended_is_not()
        self.nothing_is_said_of_a_wait_that_is_over_and_nothing_twice()
        self.no_clock_is_reset()
        self.history_only_grows_and_follows_the_table()
        self.a_closed_case_says_how_it_ended()
        self.nothing_was_told_without_a_basis()
        self.nothing_withdrawn_is_read_anew()

    def nothing_was_told_without_a_basis(self) -> None:
        for copy in self.rows["disclosure"].values():
            referral, consent = self.rows["referral"][copy["referral_id"]], self.rows["consent"].get(copy["consent_id"])
            match copy["basis"]:
                case Basis.STATUTORY:
                    assert consent is None and copy["law"] in Law.values and copy["basis_reason"]
                case Basis.CONSENT:
                    assert consent is not None and consent["case_id"] == referral["case_id"]
                    here = consent["to_service_id"] == referral["service_id"]
                    assert here or (consent["next_door"] and referral["follows_id"])
                    assert set(copy["categories"]) <= set(consent["categories"])
                    assert consent["given_at"] <= copy["disclosed_at"] < consent["expires_at"]
                    withdrawn = self.rows["consentwithdrawal"].get(consent["id"])
                    assert withdrawn is None or withdrawn["withdrawn_at"] >= copy["disclosed_at"]
                case other:
                    raise AssertionError(f"told as {other}")

    def nothing_withdrawn_is_read_anew(self) -> None:
        """Whoever had not opened it when the yes was taken back sees nothing of it, and the hand-off has ended."""
        withdrawn = [
            row for row in self.rows["disclosure"].values() if row["consent_id"] in self.rows["consentwithdrawal"]
        ]
        for copy in withdrawn:
            referral = self.rows["referral"][copy["referral_id"]]
            opened = [
                row for row in self.rows["caseevent"].values()
                if row["referral_id"] == referral["id"] and row["from_status"] == Status.SENT
                and row["kind"] not in (Event.WITHDRAW, Event.CANCEL, Event.DIE, Event.MOVE)
            ]  # fmt: skip
            assert referral["status"] not in (*workflow.UNANSWERED, Status.RETURN_ASKED)
            if not opened and referral["receiver_unit_id"]:
                with scope.scope(referral["receiver_unit_id"]):
                    sees = {unit["id"] for unit in models.Disclosure.objects.filter(pk=copy["id"]).values("id")}
                also = {referral["sender_unit_id"], referral["owner_unit_id"], referral["coordinator_unit_id"]}
                assert not sees or referral["receiver_unit_id"] in also

    def one_owner_always(self) -> None:
        case = self.rows["case"][self.case.pk]
        for model in ROWS_OF_A_CASE:
            for row in self.rows[model._meta.model_name or ""].values():
                assert row["owner_unit_id"] == case["owner_unit_id"], model
                assert row["coordinator_unit_id"] == case["coordinator_unit_id"], model

    def an_open_track_has_an_attempt_or_a_task(self) -> None:
        if self.rows["case"][self.case.pk]["closed_at"]:
            return
        covered = {side for row in self.referrals(ON_ITS_WAY) for side in row["sides"]}
        waiting = {row["side"] for row in self.rows["track"].values() if not row["arrived_at"]} - covered
        choices = self.waits(Wait.CHOICE)
        assert len(choices) == bool(waiting)
        for each in choices:
            assert (each["owed_by_id"] == each["owner_unit_id"] and each["next_at"]) or each["step"]

    def an_attempt_on_its_way_is_followed_and_one_that_ended_is_not(self) -> None:
        waits = {row["referral_id"]: row for row in self.waits()}
        for row in self.referrals(ON_ITS_WAY):
            assert row["id"] in waits, row["status"]
        ended = {row["id"] for row in self.referrals(workflow.ENDED_WITHOUT)}
        assert not [row for row in self.waits() if row["referral_id"] in ended and row["waits_for"] not in MAY_OUTLIVE]
        statuses = {row["id"]: row["status"] for row in self.rows["referral"].values()}
        for row in self.waits():
            if row["waits_for"] in workflow.OF_A_STATUS and row["referral_id"]:
                assert row["waits_for"] in workflow.WAITS_FOR[statuses[row["referral_id"]]], "a wait of another status"

    def nothing_is_said_of_a_wait_that_is_over_and_nothing_twice(self) -> None:
        said = [(row["follow_up_id"], row["step"]) for row in self.rows["notice"].values() if row["follow_up_id"]]
        assert len(said) == len(set(said))
        for notice in self.rows["notice"].values():
            if wait := self.rows["followup"].get(notice["follow_up_id"]):
                assert wait["closed_at"] is None or notice["written_at"] <= wait["closed_at"]
        assert len(self.rows["delivery"]) == len(self.rows["notice"])

    def no_clock_is_reset(self) -> None:
        case = self.rows["case"][self.case.pk]
        arrived_once = {
            row["detail"].get("side") for row in self.rows["caseevent"].values() if row["kind"] == "track_arrived"
        }
        for pk, row in self.rows["guarantee"].items():
            assert self.first_clocks.setdefault(pk, (row["started_on"], row["due_at"])) == (
                row["started_on"],
                row["due_at"],
            )
            running = [wait for wait in self.waits(Wait.GUARANTEE) if wait["guarantee_id"] == pk]
            assert len(running) == (row["stopped_at"] is None)
            match row["stopped_by"]:
                case "arrived":
                    assert row["side"] in arrived_once
                case "withdrawn" | "ended":
                    assert case["closed_at"]
        said = [
            (wait["guarantee_id"], notice["step"])
            for notice in self.rows["notice"].values()
            if (wait := self.rows["followup"].get(notice["follow_up_id"])) and wait["guarantee_id"]
        ]
        assert len(said) == len(set(said)), "a warning was said again"

    def history_only_grows_and_follows_the_table(self) -> None:
        for pk, row in self.before.get("caseevent", {}).items():
            kept = {key: value for key, value in row.items() if key not in WHO_OPENS_A_ROW}
            assert kept.items() <= self.rows["caseevent"][pk].items()
        last: dict[UUID, str] = {}
        for _pk, row in sorted(self.rows["caseevent"].items()):
            if row["to_status"]:
                step = workflow.step(row["from_status"], Event(row["kind"]))
                assert step is not None and step.to == row["to_status"]
                assert last.get(row["referral_id"], Status.DRAFT) == row["from_status"]
                last[row["referral_id"]] = row["to_status"]
                if row["to_status"] in workflow.ENDED_WITHOUT and row["kind"] != Event.DIE:
                    assert row["note"] or row["detail"], "an ending without a reason"
        assert all(row["status"] == last.get(pk, Status.DRAFT) for pk, row in self.rows["referral"].items())

    def a_closed_case_says_how_it_ended(self) -> None:
        case = self.rows["case"][self.case.pk]
        if case["closed_at"]:
            on_tracks = [row for row in self.referrals(ON_ITS_WAY) if row["sides"]]
            assert not on_tracks and not [row for row in self.waits() if row["referral_id"] is None]
        if case["outcome"] == Outcome.ARRIVED:
            assert all(row["arrived_at"] for row in self.rows["track"].values())

    def arrival_ended_its_own_track_only(self, referral: UUID) -> None:
        arrived = {row["side"] for row in self.rows["track"].values() if row["arrived_at"]}
        for pk, row in self.before["referral"].items():
            after = self.rows["referral"][pk]
            over = bool(row["sides"]) and set(row["sides"]) <= arrived and row["status"] in ON_ITS_WAY
            if pk != referral and not over:
                assert (after["status"], self.waits_of(pk, self.before)) == (
                    row["status"],
                    self.waits_of(pk, self.rows),
                )
            elif pk != referral:
                assert after["status"] in (Status.CANCELLED, Status.ARRIVED)

    def everything_due_was_said(self) -> None:
        for row in self.waits():
            rungs = self.ladder.of(row["waits_for"], row["urgency"], kind=row["service_kind"])
            at = [
                rung.at(row["waits_since"], until=row["due_at"], also_closed=django_settings.ALSO_CLOSED_ON)
                for rung in rungs
            ]
            assert all(when > self.now for when in at[row["step"] :]), "a rung that is due was not said"
            assert row["next_at"] == (at[row["step"]] if row["step"] < len(at) else None)
            said = {n["step"] for n in self.rows["notice"].values() if n["follow_up_id"] == row["id"]}
            skipped = row["waits_for"] == Wait.RE_ENGAGE
            assert skipped or said == set(range(min(said, default=row["step"]), row["step"])), "a rung was left out"
            if not said and row["step"] and not skipped:
                before = [
                    w for w in self.rows["followup"].values() if w["waits_for"] == row["waits_for"] and w["closed_at"]
                ]
                assert before or all(rung.tell == Tell.CITIZEN for rung in rungs[: row["step"]])

    # How it is told

    def take(self, by: str | By, act: Callable[..., Any], *, refused_but_logged: bool = False, **given: Any) -> bool:
        """Takes a step, in the scope of whoever takes it. A refusal, or not seeing it at all, changes nothing."""
        who = self.named(by, given.get("referral"))
        try:
            with scope.scope(who.unit.pk):
                act(by=who, now=self.now, **given)
        except Refusal:
            done = False
        except ObjectDoesNotExist:
            case = self.rows["case"][self.case.pk]
            sees = {case["owner_unit_id"], case["coordinator_unit_id"]}
            assert who.unit.pk not in sees, "an owner or coordinator did not find it"
            done = False
        else:
            done = True
        self.keep()
        if not done:
            logged = {"caseevent", "notice", "delivery", "tomeasure"} if refused_but_logged else set()
            assert {name: rows for name, rows in self.rows.items() if name not in logged} == {
                name: rows for name, rows in self.before.items() if name not in logged
            }, "a refused step has changed something"
        return done

    def keep(self) -> None:
        self.before, self.rows = self.rows, self.read()
        self.told |= {row["kind"] for row in self.rows["caseevent"].values()}

    def read(self) -> Rows:
        with scope.scope(*self.units):
            return {
                model._meta.model_name or "": {
                    row[model._meta.pk.attname]: row for row in model._default_manager.values()
                }
                for model in people_models()
            }

    def everybody(self) -> list[By]:
        return [getattr(self.world, name) for name in EVERYBODY]

    def named(self, by: str | By, referral: models.Referral | None) -> By:
        if isinstance(by, By):
            return by
        case = self.rows["case"][self.case.pk]
        unit = case["owner_unit_id"]
        if by == "receiver" and referral:
            unit = referral.receiver_unit_id or referral.sender_unit_id
        return (
            next(one for one in self.everybody() if one.unit.pk == unit)
            if by in ("owner", "receiver")
            else getattr(self.world, by)
        )

    def who(self, by: str, referral: models.Referral, event: Event) -> By:
        """'right' is the first who may, were it possible."""
        if by != "right":
            return self.named(by, referral)
        step = workflow.step(referral.status, event)
        allowed = step.who if step else frozenset()
        return next((one for one in self.everybody() if capacities(referral, one.unit) & allowed), self.world.alice)

    def may_still_be_told(self, referral: models.Referral) -> bool:
        """By the rows alone: a law, a consent that holds, or another one of the same receiver."""
        copies = [row for row in self.rows["disclosure"].values() if row["referral_id"] == referral.pk]
        copy = max(copies, key=lambda row: row["disclosed_at"])
        if copy["basis"] != Basis.CONSENT:
            return True
        holding = [
            row for row in self.rows["consent"].values()
            if row["id"] not in self.rows["consentwithdrawal"] and self.now < row["expires_at"]
        ]  # fmt: skip
        return any(
            row["id"] == copy["consent_id"]
            or (row["to_service_id"] == referral.service_id and set(copy["categories"]) <= set(row["categories"]))
            for row in holding
        )

    def pick(self, n: int, event: Event | None, statuses: Any = ()) -> models.Referral:
        """The nth of those on which it is possible, else of all."""
        rows = list(self.rows["referral"].values())
        fitting = [
            row for row in rows if (event and workflow.step(row["status"], event)) or row["status"] in statuses
        ] or rows
        return models.Referral(**fitting[n % len(fitting)])

    def some(self, *statuses: Status) -> bool:
        return bool(self.referrals(statuses))

    def referrals(self, statuses: Any) -> list[dict[str, Any]]:
        return [row for row in self.rows["referral"].values() if row["status"] in statuses]

    def waits(self, *kinds: Wait) -> list[dict[str, Any]]:
        """What is open, of these kinds or of all."""
        rows = self.rows["followup"].values()
        return [row for row in rows if row["closed_at"] is None and (not kinds or row["waits_for"] in kinds)]

    def waits_of(self, referral: UUID, rows: Rows) -> list[tuple[Any, ...]]:
        waits = [row for row in rows["followup"].values() if row["referral_id"] == referral]
        return sorted((row["waits_for"], row["waits_since"], row["closed_at"] is None, row["step"]) for row in waits)


def test_nobody_is_lost(committed_world: World) -> None:
    CoordinatorCover.objects.create(
        unit=committed_world.erik.unit, municipality="0851", valid=DateRange(date(2026, 1, 1), None)
    )
    with as_owner() as owner:
        HandOff.world, HandOff.owner = committed_world, owner
        owner.commit()
        run_state_machine_as_test(HandOff, settings=SETTINGS)
    happened = {Event.SEND, Event.ACCEPT, Event.BOOK, Event.MISS, Event.ARRIVE, Happening.CONSENT_WITHDRAWN}
    assert HandOff.told >= happened  # not about nothing
