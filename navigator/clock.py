"""The one clock. Pure code is given `now` or `today`; only actions, views and tasks ask here."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return timezone.now()


def today() -> date:
    """The date in Denmark now."""
    return now().astimezone(COPENHAGEN).date()


def end_of_day(day: date) -> datetime:
    """The last moment of a Danish day, as the first moment of the next: intervals are half-open."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=COPENHAGEN)
