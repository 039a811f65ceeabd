"""Pure: by which rule a case is kept, and since when which step is due.

A closed case is first restricted and later disposed of (arkivbekendtgørelsen § 5: no row is deleted). Time is counted from the
last step on it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from referrals.enums import RetentionStep
from referrals.models import RetentionRule

NEVER = date.max


@dataclass(frozen=True, slots=True)
class Kept:
    """How long a case is kept: the rule, and from which days on each step is due."""

    rule: RetentionRule
    ended_on: date
    restrict_on: date
    dispose_on: date

    def step(self, *, is_restricted: bool, today: date) -> RetentionStep | None:
        """What is due today. Nothing is disposed of before it was restricted, or by a rule that nobody has confirmed."""
        if not is_restricted:
            return RetentionStep.RESTRICT if today >= self.restrict_on else None
        return RetentionStep.DISPOSE if today >= self.dispose_on and self.rule.confirmed_by else None


def kept(rules: Iterable[RetentionRule], *, outcome: str, sides: Collection[str], ended_on: date) -> Kept | None:
    """By the rule of the case's outcome; of several sides, the one that keeps it longest. None without a rule: it is kept."""
    there = {rule.side: rule for rule in rules if rule.outcome == outcome}
    fitting = [rule for side in sides or [""] if (rule := there.get(side) or there.get(""))]
    if not fitting:
        return None
    rule = max(fitting, key=lambda each: (each.dispose_after is None, each.dispose_after or 0, each.restrict_after))
    dispose_on = NEVER if rule.dispose_after is None else months_after(ended_on, rule.dispose_after)
    return Kept(rule, ended_on, months_after(ended_on, rule.restrict_after), dispose_on)


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where there is no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
