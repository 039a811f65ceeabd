"""Finds a case by what somebody has said of it. By how a name begins, and else exactly; within the unit's own people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models as db

from navigator.accounts.models import Unit
from referrals import cpr, models, names, selectors
from referrals.actions.person import digests_of, protected_digest, start_digest
from referrals.models.case import case_number

CANDIDATES = 500  # names that are opened and looked at for one search; more want more letters


@dataclass(frozen=True, slots=True)
class Found:
    """The cases that fit, for the pages of a list; whether so many names fit that not all were looked at."""

    cases: db.QuerySet[models.Case]
    too_many: bool = False


def search(*, unit: Unit, said: str, by_cpr: bool, protected: bool = False) -> Found:
    """By case number, telephone, name, part of a name, pseudonym; by CPR number where `by_cpr` says so. Whose name and
    address are protected is found by case number only, unless `protected` says that the reader may find them."""
    people, too_many = _by_name(unit=unit, said=said, protected=protected)
    exact = {"name": said, "phone": said} | ({"cpr": said} if by_cpr and cpr.is_one(said) else {})
    digests = _where([digest for _kind, digest in digests_of(exact)], protected=protected)
    known = models.PersonKey.objects.filter(unit=unit, digest__in=digests).values("person")
    fitting = db.Q(person__in=known) | db.Q(person__in=people)
    if number := case_number(said):
        fitting |= db.Q(number=number)
    return Found(selectors.with_live_referrals(models.Case.objects.filter(fitting)), too_many)


def _where(digests: list[bytes], *, protected: bool) -> list[bytes]:
    return [*digests, *map(protected_digest, digests)] if protected else digests


def _by_name(*, unit: Unit, said: str, protected: bool) -> tuple[Iterable[Any], bool]:
    """Who has a name that begins so: found by the keyed beginnings, and then compared with the opened name."""
    beginnings = [beginning for beginning in names.sought(said) if len(beginning) > 1]
    if not beginnings:
        return [], False
    candidates = models.Person.objects.select_related("data_key")
    for beginning in beginnings:
        digests = _where([start_digest(beginning, unit=unit)], protected=protected)
        has_it = models.PersonKey.objects.filter(unit=unit, digest__in=digests)
        candidates = candidates.filter(pk__in=has_it.values("person"))
    opened = list(candidates.order_by("-pk")[: CANDIDATES + 1])
    fitting = [person.pk for person in opened[:CANDIDATES] if _is_called(person.unhidden(), said)]
    return fitting, len(opened) > CANDIDATES


def _is_called(person: models.Person, said: str) -> bool:
    return names.fits(person.name, said) or names.fits(person.pseudonym, said)
