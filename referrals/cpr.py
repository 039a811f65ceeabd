"""CPR numbers and the replacement numbers that stand in for them: read, never guessed. Pure.

The check digit (modulus 11) is no more than a hint: since 2007 numbers are given out that do not fit it. Replacement
numbers: a birthday, a digit, two letters and a digit (X-eCPR: 1 or 7; D-eCPR: 0, 5 or 6; source: DK Core), and older local
numbers whose day is 60 too high.
"""

from __future__ import annotations

import re
from datetime import date

from stdnum.dk import cpr as numbers
from stdnum.exceptions import InvalidFormat, ValidationError

HIDDEN = "••••"
REPLACEMENT = re.compile(r"\d{6}[15670][A-Z]{2}\d")
SIXTY_LATER = re.compile(r"[6-9]\d{9}")
SEARCHED = re.compile(r"(0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])(0[1-9]|1[0-2])\d{2}[- ]?(\d{4}|[15670][A-Z]{2}\d)")


class NotACpr(ValueError):
    """Neither a CPR number nor a replacement. `is_date` says that the date it begins with is what is wrong."""

    def __init__(self, *, is_date: bool) -> None:
        super().__init__("not a CPR number")  # never the number: this ends in logs
        self.is_date = is_date


def read(typed: str) -> str:
    """The ten signs of what somebody typed. Raises NotACpr."""
    said = re.sub(r"[\s-]", "", typed).upper()
    if REPLACEMENT.fullmatch(said) or SIXTY_LATER.fullmatch(said):
        if not _has_a_day(said):
            raise NotACpr(is_date=True)
        return said
    try:
        return str(numbers.validate(said))
    except InvalidFormat:
        raise NotACpr(is_date=False) from None
    except ValidationError:
        raise NotACpr(is_date=True) from None


def is_one(said: str) -> bool:
    """Whether somebody who searches means a CPR number: ten signs that begin with a day and a month. No telephone number
    with its country code does."""
    return SEARCHED.fullmatch(said.strip().upper()) is not None


def born(number: str) -> date | None:
    """The day of birth that a CPR number tells; a replacement number tells none for sure."""
    return numbers.get_birth_date(number) if _is_real(number) else None


def looks_unusual(number: str) -> bool:
    """The check digit does not fit: worth a second look, and no more than that."""
    return _is_real(number) and numbers.checksum(number) != 0


def masked(number: str) -> str:
    """How it is shown until somebody says why they need it."""
    return f"{number[:6]}-{HIDDEN}" if number else ""


def written(number: str) -> str:
    """The whole number as it is written."""
    return f"{number[:6]}-{number[6:]}" if number else ""


def _is_real(number: str) -> bool:
    return number.isdigit() and not SIXTY_LATER.fullmatch(number)


def _has_a_day(number: str) -> bool:
    """Day and month exist in some year; the day may be 60 too high."""
    day, month = int(number[:2]), int(number[2:4])
    try:
        date(2000, month, day - 60 if day > 60 else day)
    except ValueError:
        return False
    return True
