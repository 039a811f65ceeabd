"""When a message may go out. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from navigator import clock
from navigator.clock import COPENHAGEN
from referrals.working_days import is_working_day

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=30)
MOST_TRIES = 100  # two days, most of them half an hour apart


def after_try(number: int) -> timedelta:
    """How long to wait after so many tries: 10 s, 40 s, 160 s, 640 s, then half an hour each time."""
    return min(FIRST_PAUSE * 4 ** min(number - 1, 10), LONGEST_PAUSE)


def quiet_until(now: datetime, *, quiet: tuple[time, time]) -> datetime | None:
    """When the quiet hours that it is now end; None outside them. Danish time, also when the hour changes."""
    begins, ends = quiet
    local = now.astimezone(COPENHAGEN)
    if begins <= local.time():
        day = local.date() + timedelta(days=1)
    elif local.time() < ends:
        day = local.date()
    else:
        return None
    return datetime.combine(day, ends, tzinfo=COPENHAGEN)


def next_digest(now: datetime, *, at: time, also_closed: frozenset[tuple[int, int]]) -> datetime:
    """The next time that the daily messages go out: on a working day, after now."""
    day = clock.day_of(now)
    while True:
        goes_out = datetime.combine(day, at, tzinfo=COPENHAGEN)
        if goes_out > now and is_working_day(day, also_closed=also_closed):
            return goes_out
        day += timedelta(days=1)
