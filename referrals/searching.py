"""Finds a case by what somebody has said of it. By how a name begins, and else exactly; within the unit's own people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models as db

from navigator.accounts.models import Unit
from navigator.database.prepared import OneOf, prepared
from navigator.web.paging import Page, Place, nearest, page
from referrals import cpr, models, names, selectors
from referrals.actions.person import digests_of, protected_digest, start_digest
from referrals.models.case import case_number

CANDIDATES = 500  # names that are opened and looked at for one search; more want more letters
BEGINNINGS = 4  # of what was said, the longest, that are looked up; the opened name is compared with all of it


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the cases that fit, the newest first; whether so many names fit that not all were looked at."""

    page: Page
    too_many: bool = False


def search(
    *, unit: Unit, said: str, by_cpr: bool, at: Place | None, protected: bool = False, also_restricted: bool = False
) -> Found:
    """By case number, telephone, name, part of a name, pseudonym; by CPR number where `by_cpr` says so. Whose name and
    address are protected is found by case number only, unless `protected` says that the reader may find them. Closed cases
    that are restricted only for those who oversee."""
    people, too_many = _by_name(unit=unit, said=said, protected=protected)
    exact = {"name": said, "phone": said} | ({"cpr": said} if by_cpr and cpr.is_one(said) else {})
    digests = _where([digest for _kind, digest in digests_of(exact)], protected=protected)
    people += [person for (person,) in _known(unit=unit, digests=digests)]
    case = case_number(said) or 0  # no case has 0

    def beyond(at: Place | None, descending: bool, number: int) -> list[models.Case]:
        place = {"at": at and at.at, "pk": at and at.pk}
        return _cases(also_restricted, descending, number, people=people, case=case, **place)

    return Found(page(beyond, by="opened_at", at=at, newest_first=True), too_many)


@prepared
def _known(*, unit: Unit, digests: list[bytes]) -> db.QuerySet[Any, tuple[UUID]]:
    """Who is registered here with exactly this."""
    return models.PersonKey.objects.filter(OneOf("digest", digests), unit=unit).values_list("person")


@prepared
def _cases(
    also_restricted: bool, descending: bool, number: int, /, *, people: list[UUID], case: int, at: Any, pk: Any
) -> db.QuerySet[models.Case]:
    fitting = models.Case.objects.filter(OneOf("person", people) | db.Q(number=case), disposed_at=None)
    if not also_restricted:
        fitting = fitting.filter(db.Q(restricted_at=None) | db.Q(closed_at=None))
    place = Place(at, pk) if at else None
    return nearest(selectors.with_live_referrals(fitting), by="opened_at", at=place, descending=descending)[:number]


def _where(digests: list[bytes], *, protected: bool) -> list[bytes]:
    return [*digests, *map(protected_digest, digests)] if protected else digests


def _by_name(*, unit: Unit, said: str, protected: bool) -> tuple[list[UUID], bool]:
    """Who has a name that begins so: found by the keyed beginnings, and then compared with the opened name."""
    beginnings = sorted({each for each in names.sought(said) if len(each) > 1}, key=len, reverse=True)[:BEGINNINGS]
    if not beginnings:
        return [], False
    digests = {
        f"digests_{n}": _where([start_digest(beginning, unit=unit)], protected=protected)
        for n, beginning in enumerate(beginnings)
    }
    opened = _candidates(unit=unit, **digests)
    fitting = [person.pk for person in opened[:CANDIDATES] if _is_called(person.unhidden(), said)]
    return fitting, len(opened) > CANDIDATES


@prepared
def _candidates(*, unit: Unit, **digests: list[bytes]) -> db.QuerySet[models.Person]:
    found = models.Person.objects.select_related("data_key")
    for fitting in digests.values():
        has_it = models.PersonKey.objects.filter(OneOf("digest", fitting), unit=unit)
        found = found.filter(pk__in=has_it.values("person"))
    return found.order_by("-pk")[: CANDIDATES + 1]


def _is_called(person: models.Person, said: str) -> bool:
    return names.fits(person.name, said) or names.fits(person.pseudonym, said)
