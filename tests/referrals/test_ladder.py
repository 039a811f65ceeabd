"""When silence becomes a problem: dates, with weekends, holidays, the change of the hour and the turn of the year."""

from __future__ import annotations

import copy
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.clock import COPENHAGEN
from referrals import ladder
from referrals.enums import Tell, Urgency, Wait
from referrals.ladder import MalformedLadder, Rung, guarantee_due
from referrals.working_days import add_working_days, resumed

DOCUMENT = json.loads(Path("fixtures/ladders/2026.1.json").read_text())
CLOSED = frozenset({(6, 5), (12, 24), (12, 31)})


def dk(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN)


@pytest.mark.parametrize(
    ("since", "days", "expected"),
    [
        ("2026-11-23T10:15", 1, "2026-11-24T10:15"),  # Monday → Tuesday
        ("2026-11-27T10:15", 1, "2026-11-30T10:15"),  # Friday → Monday
        ("2026-11-28T23:00", 1, "2026-11-30T23:00"),  # Saturday → Monday
        ("2026-12-23T09:00", 1, "2026-12-28T09:00"),  # Christmas Eve closed, two holidays, a weekend
        ("2026-12-30T09:00", 1, "2027-01-04T09:00"),  # New Year's Eve closed, New Year's Day, a weekend
        ("2027-03-24T12:00", 1, "2027-03-30T12:00"),  # Maundy Thursday to Easter Monday
        ("2026-03-27T14:00", 1, "2026-03-30T14:00"),  # over the change to summer time: the same time of day
        ("2026-10-23T14:00", 3, "2026-10-28T14:00"),  # over the change back
        ("2026-11-23T10:15", 0, "2026-11-23T10:15"),
    ],
)
def test_working_days_on_is_the_same_time_of_day(since: str, days: int, expected: str) -> None:
    assert add_working_days(dk(since), days, also_closed=CLOSED) == dk(expected)


@pytest.mark.parametrize(
    ("began", "stopped", "now", "expected"),
    [
        ("2026-11-23T10:00", "2026-11-23T14:00", "2026-11-25T09:00", "2026-11-25T05:00"),  # four hours had run
        ("2026-11-27T12:00", "2026-11-30T12:00", "2026-12-02T12:00", "2026-12-01T12:00"),  # a weekend within it
        ("2026-11-24T12:00", "2026-11-25T12:00", "2026-11-30T12:00", "2026-11-29T12:00"),  # a weekend behind it
        ("2026-11-27T16:00", "2026-11-30T08:00", "2026-12-02T08:00", "2026-12-01T16:00"),  # eight hours short of a day
        ("2026-12-23T12:00", "2026-12-28T12:00", "2027-01-04T12:00", "2027-01-03T12:00"),  # Christmas in it
        ("2026-03-27T12:00", "2026-03-30T12:00", "2026-03-31T12:00", "2026-03-30T12:00"),  # and the change of the hour
    ],
)
def test_a_clock_that_stood_still_goes_on_with_as_many_working_days(
    began: str, stopped: str, now: str, expected: str
) -> None:
    assert resumed(dk(now), began=dk(began), stopped=dk(stopped), also_closed=CLOSED) == dk(expected)


@given(
    minutes=st.integers(0, 350 * 24 * 60),
    ran=st.integers(0, 20 * 24 * 60),
)
def test_a_clock_that_did_not_stand_still_is_as_far_as_before(minutes: int, ran: int) -> None:
    """Resumed at once, its next rungs come when they would have come."""
    moment = dk("2026-01-05T08:00") + timedelta(minutes=minutes)
    now = moment + timedelta(minutes=ran)
    since = resumed(now, began=moment, stopped=now, also_closed=CLOSED)
    for days in (3, 4, 5):
        due, before = (add_working_days(each, days, also_closed=CLOSED) for each in (since, moment))
        if before > now:
            assert due == before


@pytest.mark.parametrize(
    ("rung", "since", "expected"),
    [
        (Rung(30, "seconds", Tell.SENDER), "2026-11-23T10:15:00", "2026-11-23T10:15:30"),
        (Rung(2, "hours", Tell.SENDER), "2026-11-28T23:00", "2026-11-29T01:00"),
        (Rung(1, "days", Tell.SENDER), "2026-10-24T14:00", "2026-10-25T14:00"),
        (Rung(0, "end_of_day", Tell.OWED_BY), "2026-11-23T10:15", "2026-11-24T00:00"),
        (Rung(0, "end_of_day", Tell.OWED_BY), "2026-12-31T23:59", "2027-01-01T00:00"),
        (Rung(0, "morning", Tell.CITIZEN), "2026-11-23T10:15", "2026-11-23T08:00"),
        (Rung(-2, "days", Tell.CITIZEN), "2026-03-30T10:15", "2026-03-28T10:15"),
    ],
)
def test_a_rung_is_reached(rung: Rung, since: str, expected: str) -> None:
    assert rung.at(dk(since), until=dk(since), also_closed=CLOSED) == dk(expected)


def test_two_hours_are_two_hours_in_the_night_that_has_an_hour_more() -> None:
    since = dk("2026-10-25T01:30")
    reached = Rung(2, "hours", Tell.SENDER).at(since, until=since, also_closed=CLOSED)

    assert (reached - since).total_seconds() == 7200


@pytest.mark.parametrize(
    ("first_contact", "days", "expected"),
    [
        (date(2026, 12, 17), 14, "2027-01-01T00:00"),  # due when 31 December ends
        (date(2026, 12, 18), 14, "2027-01-02T00:00"),
        (date(2026, 3, 15), 14, "2026-03-30T00:00"),  # the 14th day has 23 hours
    ],
)
def test_a_guarantee_is_due_when_its_last_day_ends(first_contact: date, days: int, expected: str) -> None:
    assert guarantee_due(first_contact, days) == dk(expected)


def test_the_published_ladder_says_what_every_silence_leads_to() -> None:
    rungs = ladder.parse(DOCUMENT)

    assert rungs.of(Wait.SEEN, Urgency.ORDINARY) == (
        Rung(1, "working_days", Tell.OWED_BY),
        Rung(2, "working_days", Tell.SENDER),
        Rung(3, "working_days", Tell.COORDINATOR),
    )
    for (_kind, wait, _urgency), steps in rungs.by_place.items():
        assert steps[-1].tell == (Tell.CITIZEN if wait is Wait.VISIT else Tell.COORDINATOR)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["waits"], None, r"waits: must be there and be a object"),
        (["waits", "seen"], None, r"waits\.seen: must be there"),
        (["waits", "seen", "acute"], [], r"waits\.seen\.acute: must not be empty"),
        (
            ["waits", "seen", "acute", 0, "after"],
            [2, "fortnights"],
            r"waits\.seen\.acute\[0\]\.after: .*units: seconds",
        ),
        (["waits", "seen", "acute", 0, "after"], [-1, "hours"], r"waits\.seen\.acute\[0\]\.after"),
        (["kinds"], {"gp": {"sees": {}}}, r"kinds\.gp: 'sees' is unknown; allowed: choice"),
        (["kinds"], {"gp": {"seen": {"ordinary": []}}}, r"kinds\.gp\.seen\.ordinary: must not be empty"),
        (
            ["waits", "seen", "acute", 1, "tell"],
            "nobody",
            r"waits\.seen\.acute\[1\]\.tell: 'nobody' .*allowed: owed_by",
        ),
    ],
)
def test_a_malformed_ladder_is_refused_with_the_place(path: list[Any], value: Any, message: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    at = document
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value

    with pytest.raises(MalformedLadder, match=message):
        ladder.parse(document)
