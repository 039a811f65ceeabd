"""When somebody has been tried often enough, and how far a referral has come: tables, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from referrals import attempts, doors
from referrals.enums import Status
from referrals.instruments import Instrument, suggested
from referrals.road import road

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def call(channel: str, reached: str = "no_answer", kind: str = "called") -> tuple[str, dict[str, Any]]:
    return kind, {"channel": channel, "reached": reached}


OPENED: tuple[str, dict[str, Any]] = ("case_opened", {})


@pytest.mark.parametrize(
    ("history", "tried", "enough"),
    [
        ([OPENED], [], False),
        ([OPENED, call("phone"), call("phone"), call("phone")], ["phone"] * 3, False),
        ([OPENED, call("phone"), call("sms")], ["phone", "sms"], False),
        (
            [OPENED, call("phone"), call("phone", "wrong_number"), call("sms", "relative")],
            ["phone", "phone", "sms"],
            True,
        ),
        ([OPENED, call("phone"), call("visit", kind="attempt"), call("sms")], ["phone", "visit", "sms"], True),
        ([OPENED, call("phone"), call("sms"), call("phone", "call_later"), call("sms")], ["sms"], False),
        ([OPENED, call("phone"), call("sms"), call("visit"), ("book", {})], [], False),
        ([call("phone"), ("noted", {}), call("sms"), ("accept", {}), call("visit")], ["phone", "sms", "visit"], True),
    ],
)
def test_only_attempts_in_vain_since_somebody_spoke_with_the_citizen_count(
    history: list[tuple[str, dict[str, Any]]], tried: list[str], enough: bool
) -> None:
    assert attempts.in_vain(history) == tried
    assert attempts.enough(tried) is enough


@pytest.mark.parametrize(
    ("status", "history", "states", "beside"),
    [
        ("sent", ["sent"], "caaaa", False),
        ("question", ["sent", "seen", "question"], "dcaaa", True),
        ("waitlisted", ["sent", "waitlisted"], "ddcaa", True),
        ("visit_cancelled", ["sent", "seen", "accepted", "booked", "visit_cancelled"], "ddcaa", True),
        ("no_show", ["sent", "booked", "no_show"], "dddca", True),
        ("return_asked", ["sent", "seen", "accepted", "return_asked"], "ddcaa", True),
        ("arrived", ["sent", "arrived"], "ddddc", False),
        ("in_course", ["sent", "arrived", "in_course"], "ddddc", True),
        ("cancelled", ["sent", "seen", "cancelled"], "ddaaa", True),
        ("withdrawn", ["sent", "accepted", "booked", "withdrawn"], "dddda", True),
    ],
)
def test_a_referral_stands_where_it_has_come_to(status: str, history: list[str], states: str, beside: bool) -> None:
    found = road(status, [(given, NOON) for given in history])
    assert "".join(station.state[0] for station in found.stations) == states
    assert str(found.beside) == (Status(status).label if beside else "")
    assert found.stations[0].at == NOON


def test_a_station_that_was_lost_again_has_no_date() -> None:
    found = road("accepted", [("sent", NOON), ("arrived", NOON), ("accepted", NOON)])
    assert [station.at for station in found.stations] == [NOON, None, NOON, None, None]


def explained(level: int, side: str, kinds: list[str], rights: list[str], duties: list[str]) -> dict[str, Any]:
    matches = [{"kind": kind, "rights": [{"code": code} for code in rights]} for kind in kinds]
    return {
        "da": {"level": level, "side": side, "matches": matches, "obligations": [{"code": duty} for duty in duties]}
    }


def test_two_matches_differ_in_what_is_new_and_what_is_gone() -> None:
    before = explained(1, "substance", ["a", "b"], ["r"], ["x"])
    after = explained(3, "psychiatry", ["b", "c"], ["r", "s"], ["y"])
    assert doors.difference(before, after) == doors.Difference(
        level=(1, 3), side=("substance", "psychiatry"), new_doors=("c",), gone_doors=("a",), new_rights=("s",),
        gone_rights=(), new_duties=("y",), gone_duties=("x",),
    )  # fmt: skip
    assert not doors.difference(before, before)


def test_a_score_suggests_a_step_only_where_a_cut_off_is_approved() -> None:
    table = Instrument("t", "T", {"substance_use": ((8, "regular"), (16, "misuse"))})
    scores = [suggested(table, ladder="substance_use", score=score) for score in (7, 8, 15, 16)]
    assert scores == ["", "regular", "regular", "misuse"]
    assert suggested(table, ladder="mental_state", score=20) == ""
