"""What silence leads to. Pure: a versioned document in, dates out.

    {"version": "2026.2",
     "waits": {"seen": {"ordinary": [{"after": [1, "working_days"], "tell": "owed_by"}, …], "acute": [ … ]}, …},
     "kinds": {"family_outpatient_clinic": {"seen": { … }}}}

Working days for reminders; hours round the clock for what is acute; a share of the clock for guarantees; days before,
and the morning of, a visit. What `kinds` says of a kind of service goes before `waits`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from navigator import clock
from referrals.enums import Tell, Urgency, Wait
from referrals.working_days import add_working_days

UNITS = ("seconds", "hours", "days", "end_of_day", "morning", "working_days", "percent")
MORNING = time(8)


class MalformedLadder(ValueError):
    """The document cannot be used; the message names the place and what may stand there."""


@dataclass(frozen=True, slots=True)
class Rung:
    """After so much silence, tell somebody."""

    number: int
    unit: str
    tell: Tell

    def at(self, since: datetime, *, until: datetime, also_closed: frozenset[tuple[int, int]]) -> datetime:
        """When the silence that began at `since` reaches this rung. `until` ends the clock that percents are of."""
        if self.unit == "percent":
            return since + (until - since) * self.number / 100
        if self.unit == "working_days":
            return add_working_days(since, self.number, also_closed=also_closed)
        if self.unit == "days":  # the same time of day in Denmark, also when the hour changes
            return since.astimezone(clock.COPENHAGEN) + timedelta(days=self.number)
        if self.unit in ("end_of_day", "morning"):
            day = clock.day_of(since) + timedelta(days=self.number)
            return morning_of(day) if self.unit == "morning" else clock.end_of_day(day)
        return since + timedelta(**{self.unit: self.number})


@dataclass(frozen=True, slots=True)
class Rungs:
    """What each silence leads to, by kind of service, wait and urgency; "" is every kind."""

    by_place: dict[tuple[str, Wait, Urgency], tuple[Rung, ...]]

    def of(self, wait: str, urgency: str, *, kind: str = "") -> tuple[Rung, ...]:
        """The rungs of one wait, the service kind's own where it has them."""
        own = self.by_place.get((kind, Wait(wait), Urgency(urgency)))
        return own or self.by_place["", Wait(wait), Urgency(urgency)]


def parse(document: Any) -> Rungs:
    """The rungs of every wait and urgency. Raises MalformedLadder naming the place."""
    waits = _at(document, "waits", dict, "")
    by_place = {}
    for wait in Wait:
        for urgency in Urgency:
            by_place["", wait, urgency] = _rungs(_at(waits, wait, dict, "waits"), urgency, f"waits.{wait}")
    for kind, differing in document.get("kinds", {}).items():
        for name, by_urgency in differing.items():
            if name not in Wait.values:
                raise MalformedLadder(f"kinds.{kind}: {name!r} is unknown; allowed: {', '.join(Wait.values)}")
            for urgency in Urgency:
                by_place[kind, Wait(name), urgency] = _rungs(by_urgency, urgency, f"kinds.{kind}.{name}")
    return Rungs(by_place)


def _rungs(by_urgency: Any, urgency: Urgency, place: str) -> tuple[Rung, ...]:
    listed = _at(by_urgency, urgency, list, place)
    if not listed:
        raise MalformedLadder(f"{place}.{urgency}: must not be empty, or silence would lead to nothing")
    return tuple(_rung(item, f"{place}.{urgency}[{i}]") for i, item in enumerate(listed))


def _rung(item: Any, place: str) -> Rung:
    after = _at(item, "after", list, place)
    match after:
        case [int(number), str(unit)] if unit in UNITS and (number >= 0 or unit == "days"):
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


def morning_of(day: date) -> datetime:
    """When a day's reminders come."""
    return datetime.combine(day, MORNING, tzinfo=clock.COPENHAGEN)


def guarantee_due(first_contact_on: date, days: int) -> datetime:
    """A right of `days` calendar days is due when the last of them ends (rules F1)."""
    return clock.end_of_day(first_contact_on + timedelta(days=days))
