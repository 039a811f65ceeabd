"""The table: what is possible, for whom, and that nothing else is."""

from __future__ import annotations

import itertools

import pytest

from referrals import workflow
from referrals.enums import Actor, Event, Status

ENDED = {Status.CLOSED, *workflow.ENDED_WITHOUT}


def test_nothing_leads_out_of_an_ended_referral() -> None:
    assert {status for status, _event in workflow.TABLE} == set(Status) - ENDED


def test_every_status_can_be_reached_and_every_live_one_can_end_in_arrival() -> None:
    assert {step.to for step in workflow.TABLE.values()} | {Status.DRAFT} == set(Status)
    assert all(workflow.step(status, Event.ARRIVE) for status in workflow.LIVE)


def test_every_status_is_live_met_ended_or_a_draft_and_only_one_of_them() -> None:
    parts = [{Status.DRAFT}, set(workflow.LIVE), set(workflow.MET), set(workflow.ENDED_WITHOUT)]
    assert sum(map(len, parts)) == len(set().union(*parts)) == len(Status)


def test_every_live_status_and_a_draft_wait_for_something() -> None:
    assert {Status.DRAFT, *workflow.LIVE} <= set(workflow.WAITS_FOR)


def test_nobody_loses_contact_or_refuses_a_citizen_alone() -> None:
    assert workflow.TABLE[Status.NO_SHOW, Event.LOSE].who == {Actor.COORDINATOR}
    assert [status for status, event in workflow.TABLE if event is Event.LOSE] == [Status.NO_SHOW]
    assert workflow.TABLE[Status.RETURN_ASKED, Event.RETURN].who == {Actor.COORDINATOR}


def test_every_status_has_its_word_in_fhir() -> None:
    assert set(workflow.TASK_STATUS) == set(Status)
    assert workflow.TASK_STATUS[Status.ARRIVED] == "in-progress"
    assert workflow.TASK_STATUS[Status.CLOSED] == "completed"


@pytest.mark.parametrize(
    ("status", "actors", "missing"),
    [
        (Status.SENT, {Actor.SENDER}, {Event.OPEN, Event.ACCEPT, Event.ASK, Event.RETURN}),
        (Status.SENT, {Actor.RECEIVER}, {Event.CANCEL, Event.LOSE, Event.REPLY}),
        (Status.CLOSED, set(Actor), set(Event)),
        (Status.DRAFT, {Actor.RECEIVER}, set(Event) - {Event.DIE}),
    ],
)
def test_what_is_not_possible(status: Status, actors: set[Actor], missing: set[Event]) -> None:
    assert not set(workflow.possible(status, frozenset(actors))) & missing


def test_what_is_not_in_the_table_is_not_possible() -> None:
    for status, event in itertools.product(Status, Event):
        assert (workflow.step(status, event) is not None) == ((status, event) in workflow.TABLE)
