"""What silence leads to. Pure: a versioned document in, dates out.

    {"version": "2026.1",
     "waits": {"seen": {"ordinary": [{"after": [1, "working_days"], "tell": "owed_by"}, …], "acute": [ … ]}, …}}

Working days for reminders; hours round the clock for what is acute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from navigator import clock
from referrals.enums import Tell, Urgency, Wait
from referrals.working_days import add_working_days

UNITS = ("seconds", "hours", "days", "end_of_day", "working_days")


class MalformedLadder(ValueError):
    """The document cannot be used; the message names the place and what may stand there."""


@dataclass(frozen=True, slots=True)
class Rung:
    """After so much silence, tell somebody."""

    number: int
    unit: str
    tell: Tell

    def at(self, since: datetime, *, also_closed: frozenset[tuple[int, int]]) -> datetime:
        """When the silence that began at `since` reaches this rung."""
        if self.unit == "working_days":
            return add_working_days(since, self.number, also_closed=also_closed)
        if self.unit == "days":  # the same time of day in Denmark, also when the hour changes
            return since.astimezone(clock.COPENHAGEN) + timedelta(days=self.number)
        if self.unit == "end_of_day":
            return clock.end_of_day(since.astimezone(clock.COPENHAGEN).date() + timedelta(days=self.number))
        return since + timedelta(**{self.unit: self.number})


Rungs = dict[tuple[Wait, Urgency], tuple[Rung, ...]]


def parse(document: Any) -> Rungs:
    """The rungs of every wait and urgency. Raises MalformedLadder naming the place."""
    waits = _at(document, "waits", dict, "")
    rungs: Rungs = {}
    for wait in Wait:
        for urgency in Urgency:
            listed = _at(_at(waits, wait, dict, "waits"), urgency, list, f"waits.{wait}")
            place = f"waits.{wait}.{urgency}"
            rungs[wait, urgency] = tuple(_rung(item, f"{place}[{i}]") for i, item in enumerate(listed))
            if not listed:
                raise MalformedLadder(f"{place}: must not be empty, or silence would lead to nothing")
    return rungs


def _rung(item: Any, place: str) -> Rung:
    after = _at(item, "after", list, place)
    match after:
        case [int(number), str(unit)] if number >= 0 and unit in UNITS:
            pass
        case _:
            raise MalformedLadder(f"{place}.after: must be [whole number, unit]; units: {', '.join(UNITS)}")
    tell = item.get("tell")
    if tell not in Tell.values:
        raise MalformedLadder(f"{place}.tell: {tell!r} is unknown; allowed: {', '.join(Tell.values)}")
    return Rung(number, unit, Tell(tell))


def _at(value: Any, key: str, kind: type, place: str) -> Any:
    if not isinstance(value, dict) or not isinstance(value.get(key), kind):
        where = f"{place}.{key}" if place else key
        raise MalformedLadder(f"{where}: must be there and be a {'list' if kind is list else 'object'}")
    return value[key]


def guarantee_due(first_contact_on: date, days: int) -> datetime:
    """A right of `days` calendar days is due when the last of them ends (rules F1)."""
    return clock.end_of_day(first_contact_on + timedelta(days=days))
