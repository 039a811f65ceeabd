"""The one clock. Pure code is given `now` or `today`; only actions, views and tasks ask here."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The date in Denmark now."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The date in Denmark at a moment."""
    return moment.astimezone(COPENHAGEN).date()


def start_of_day(day: date) -> datetime:
    """The first moment of a Danish day."""
    return datetime.combine(day, time(), tzinfo=COPENHAGEN)


def end_of_day(day: date) -> datetime:
    """The last moment of a Danish day, as the first moment of the next: intervals are half-open."""
    return start_of_day(day + timedelta(days=1))
