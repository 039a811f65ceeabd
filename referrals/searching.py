"""Finds a case by what somebody has said of it. By how a name begins, and else exactly; within the unit's own people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models as db

from navigator.accounts.models import Unit
from referrals import models, names, selectors
from referrals.actions.person import digests_of, start_digest
from referrals.models.case import case_number

CANDIDATES = 500  # names that are opened and looked at for one search; more want more letters
BEGINNINGS = 4  # of what was said, the longest, that are looked up; the opened name is compared with all of it
CPR = re.compile(r"(0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])(0[1-9]|1[0-2])\d{2}[- ]?\d{4}")


@dataclass(frozen=True, slots=True)
class Found:
    """The cases that fit, for the pages of a list; whether so many names fit that not all were looked at."""

    cases: db.QuerySet[models.Case]
    too_many: bool = False


def is_cpr(said: str) -> bool:
    """Ten digits that begin with a day and a month. A replacement number's day begins 60 days later."""
    return CPR.fullmatch(said.strip()) is not None


def search(*, unit: Unit, said: str, by_cpr: bool) -> Found:
    """By case number, telephone, name, part of a name, pseudonym; by CPR number where `by_cpr` says so."""
    people, too_many = _by_name(unit=unit, said=said)
    exact = {"name": said, "phone": said} | ({"cpr": said} if by_cpr and is_cpr(said) else {})
    digests = [digest for _kind, digest in digests_of(exact)]
    known = models.PersonKey.objects.filter(unit=unit, digest__in=digests).values("person")
    fitting = db.Q(person__in=known) | db.Q(person__in=people)
    if number := case_number(said):
        fitting |= db.Q(number=number)
    return Found(selectors.with_live_referrals(models.Case.objects.filter(fitting)), too_many)


def _by_name(*, unit: Unit, said: str) -> tuple[Iterable[Any], bool]:
    """Who has a name that begins so: found by the keyed beginnings, and then compared with the opened name."""
    beginnings = sorted({each for each in names.sought(said) if len(each) > 1}, key=len, reverse=True)[:BEGINNINGS]
    if not beginnings:
        return [], False
    candidates = models.Person.objects.select_related("data_key")
    for beginning in beginnings:
        has_it = models.PersonKey.objects.filter(unit=unit, digest=start_digest(beginning, unit=unit))
        candidates = candidates.filter(pk__in=has_it.values("person"))
    opened = list(candidates.order_by("-pk")[: CANDIDATES + 1])
    fitting = [person.pk for person in opened[:CANDIDATES] if _is_called(person, said)]
    return fitting, len(opened) > CANDIDATES


def _is_called(person: models.Person, said: str) -> bool:
    return names.fits(person.name, said) or names.fits(person.pseudonym, said)
