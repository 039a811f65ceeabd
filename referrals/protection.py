"""Protected name and address (CPR-lov § 28): what is decided about the days. Pure."""

from __future__ import annotations

from datetime import date, timedelta

LONGEST = timedelta(days=5 * 366)  # a later day is a slip of the pen


def for_a_year(today: date) -> date:
    """As long as the law normally protects: the last day of it."""
    try:
        return today.replace(year=today.year + 1)
    except ValueError:  # the 29th of February
        return today.replace(year=today.year + 1, day=28)
