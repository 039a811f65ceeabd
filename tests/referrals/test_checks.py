"""What must never be false: the database refuses it, and the nightly check counts what it cannot refuse."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, timedelta

import psycopg
import pytest

from navigator.accounts.models import Membership
from navigator.web.models import Heartbeat
from referrals import checks
from tests.conftest import WORKER, as_owner, play_for_a_while
from tests.helpers.cases import logged, sent
from tests.helpers.world import World

NOW = datetime.fromisoformat("2026-11-23T10:00:00+01:00")
SOUND = {
    "attempts_nobody_follows": 0,
    "cases_nobody_answers_for": 0,
    "overruns_without_a_reason": 0,
    "reminders_of_what_has_ended": 0,
    "slept_through_by_the_sweep": 0,
    "tracks_without_a_next_step": 0,
}


def as_owner_says(*sql: str) -> None:
    """In one transaction; what is deferred is checked at its end."""
    with closing(as_owner()) as owner:
        for statement in sql:
            owner.execute(statement)  # type: ignore[call-overload]
        owner.commit()


def counted(now: datetime = NOW) -> dict[str, int]:
    with play_for_a_while(WORKER):
        return checks.check(now=now)


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        ("UPDATE referrals_followup SET closed_at = now() WHERE waits_for = 'choice'", "nobody_is_lost"),
        ("UPDATE referrals_referral SET status = 'cancelled'", "an_ended_attempt_reminds_nobody"),
        ("UPDATE referrals_referral SET sides = '{social}'", "nobody_is_lost"),
        ("UPDATE referrals_followup SET closed_at = now() WHERE waits_for = 'seen'", "every_attempt_is_followed"),
        ("UPDATE referrals_guarantee SET started_on = started_on + 1", "no_clock_is_reset"),
        ("UPDATE referrals_guarantee SET due_at = due_at + interval '1 day'", "no_clock_is_reset"),
    ],
)
def test_the_database_refuses_to_lose_anybody(committed_world: World, sql: str, constraint: str) -> None:
    if "choice" in sql:
        logged(committed_world, now=NOW)
    else:
        sent(committed_world, to=committed_world.bo.unit, now=NOW)
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        as_owner_says(sql)
    assert refused.value.diag.constraint_name == constraint


def test_an_attempt_that_ended_keeps_no_reminder(committed_world: World) -> None:
    """Also where somebody else would answer for the citizen."""
    case = logged(committed_world, now=NOW)
    sent(committed_world, to=committed_world.bo.unit, case=case, now=NOW)
    sent(committed_world, to=None, kind="gp", case=case, now=NOW)
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        as_owner_says("UPDATE referrals_referral SET status = 'cancelled' WHERE receiver_unit_id IS NULL")
    assert refused.value.diag.constraint_name == "an_ended_attempt_reminds_nobody"


def test_the_check_counts_and_leaves_a_heartbeat(committed_world: World) -> None:
    world = committed_world
    sent(world, to=world.bo.unit, now=NOW)
    logged(world, by=world.erik, now=NOW)
    assert counted() == SOUND
    assert Heartbeat.objects.get(name="check").did == SOUND

    Membership.objects.filter(unit=world.erik.unit).update(ended_at=NOW)
    assert counted(NOW + timedelta(days=30)) == SOUND | {
        "cases_nobody_answers_for": 1,
        "overruns_without_a_reason": 2,
        "slept_through_by_the_sweep": 4,  # the answer, the choice and two clocks: nobody has swept for a month
    }


def test_the_check_sees_what_the_database_was_made_to_let_through(committed_world: World) -> None:
    world = committed_world
    sent(world, to=world.bo.unit, now=NOW, case=logged(world, now=NOW, first_contact_on=date(2026, 11, 23)))
    logged(world, now=NOW)
    off, on = (f"ALTER TABLE referrals_{{}} {verb} TRIGGER USER" for verb in ("DISABLE", "ENABLE"))
    as_owner_says(
        off.format("referral"),
        off.format("followup"),
        "UPDATE referrals_referral SET status = 'cancelled'",
        "UPDATE referrals_followup SET closed_at = now() WHERE waits_for = 'choice'",
        on.format("referral"),
        on.format("followup"),
    )
    assert counted() == SOUND | {"reminders_of_what_has_ended": 1, "tracks_without_a_next_step": 2}
