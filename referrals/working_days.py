"""Danish working days. Pure, but for the list of days on which everybody here is closed too."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import holidays

from navigator.clock import COPENHAGEN

HOLIDAYS = holidays.country_holidays("DK")


def is_working_day(day: date, *, also_closed: frozenset[tuple[int, int]]) -> bool:
    """Monday to Friday, no public holiday, and none of the (month, day) on which offices are closed besides."""
    return day.weekday() < 5 and day not in HOLIDAYS and (day.month, day.day) not in also_closed


def add_working_days(moment: datetime, days: int, *, also_closed: frozenset[tuple[int, int]]) -> datetime:
    """The same time of day, `days` working days on. Counted in Denmark, so that a change of the hour moves nothing."""
    local = moment.astimezone(COPENHAGEN)
    day = local.date()
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day, also_closed=also_closed)
    return datetime.combine(day, local.time(), tzinfo=COPENHAGEN)


def resumed(now: datetime, *, began: datetime, stopped: datetime, also_closed: frozenset[tuple[int, int]]) -> datetime:
    """When a clock of working days would have begun, had it not stood still from `stopped` until now: as many working
    days ago as it had run, and the hours that it had run on its last. A weekend counts for nothing on either side.
    """
    began, stopped = (moment.astimezone(COPENHAGEN).replace(tzinfo=None) for moment in (began, stopped))
    local = now.astimezone(COPENHAGEN).replace(tzinfo=None)
    run, day = 0, stopped.date()
    while day > began.date():
        run += is_working_day(day, also_closed=also_closed)
        day -= timedelta(days=1)
    back = local.date()
    while run:
        run -= is_working_day(back, also_closed=also_closed)
        back -= timedelta(days=1)
    hours = datetime.combine(back, stopped.time()) - datetime.combine(back, began.time())
    return (datetime.combine(back, local.time()) - hours).replace(tzinfo=COPENHAGEN)
