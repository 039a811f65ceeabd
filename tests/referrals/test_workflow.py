"""The table: what is possible, for whom, and that nothing else is."""

from __future__ import annotations

import itertools

import pytest

from referrals import workflow
from referrals.enums import Actor, Event, Status

ENDED = {Status.ARRIVED, Status.WITHDRAWN, Status.CANCELLED}


def test_nothing_leads_out_of_an_ended_referral() -> None:
    assert {status for status, _event in workflow.TABLE} == set(Status) - ENDED


def test_every_status_can_be_reached_and_every_live_one_can_end_in_arrival() -> None:
    assert {step.to for step in workflow.TABLE.values()} | {Status.DRAFT} == set(Status)
    assert all(workflow.step(status, Event.ARRIVE) for status in workflow.LIVE)


def test_every_live_status_waits_for_something() -> None:
    assert set(workflow.WAITS_FOR) == set(workflow.LIVE)


def test_only_the_receiver_says_that_somebody_has_arrived() -> None:
    for status in workflow.LIVE:
        assert workflow.TABLE[status, Event.ARRIVE].who == {Actor.RECEIVER}


@pytest.mark.parametrize(
    ("status", "actors", "expected"),
    [
        (Status.SENT, {Actor.RECEIVER}, {Event.OPEN, Event.ACCEPT, Event.BOOK, Event.ARRIVE, Event.WITHDRAW}),
        (Status.SENT, {Actor.SENDER}, {Event.WITHDRAW, Event.CANCEL}),
        (Status.BOOKED, {Actor.RECEIVER}, {Event.BOOK, Event.ARRIVE, Event.WITHDRAW}),
        (Status.ARRIVED, {Actor.SENDER, Actor.RECEIVER, Actor.COORDINATOR}, set()),
        (Status.DRAFT, {Actor.RECEIVER}, set()),
    ],
)
def test_what_is_possible(status: Status, actors: set[Actor], expected: set[Event]) -> None:
    assert set(workflow.possible(status, frozenset(actors))) == expected


def test_what_is_not_in_the_table_is_not_possible() -> None:
    for status, event in itertools.product(Status, Event):
        assert (workflow.step(status, event) is not None) == ((status, event) in workflow.TABLE)
