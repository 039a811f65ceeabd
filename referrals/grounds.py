"""Why somebody else may be told, as whoever tells gives it; and whether it still holds when the other comes to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from navigator import clock
from navigator.accounts.models import Unit
from pathways.models import Service
from referrals import consenting, models, needs
from referrals.enums import Basis, Category, Custody, Form, GivenBy, Law
from referrals.errors import TooLate


@dataclass(frozen=True, slots=True)
class Yes:
    """The citizen, or who decides for them, says yes now, to what was read or shown. It is recorded as a consent."""

    form: Form = Form.ORAL
    given_by: GivenBy = GivenBy.CITIZEN
    custody: Custody | None = None
    child_says: str = ""
    paper_at: str = ""
    note: str = ""
    next_door: bool = False
    lasts: timedelta = consenting.LASTS_AT_MOST


@dataclass(frozen=True, slots=True)
class SaidYes:
    """The citizen has said yes before, and it still holds; `at` is known where one referral follows another."""

    at: models.Consent | None = None


@dataclass(frozen=True, slots=True)
class Statutory:
    """A law lets it be told without consent. The citizen is told afterwards."""

    law: Law
    reason: str


@dataclass(frozen=True, slots=True)
class Anonymous:
    """The citizen wants to be anonymous, and nothing that is told says who it is."""


Ground = Yes | SaidYes | Statutory | Anonymous

OF_FIELD = {
    "who": Category.IDENTITY,
    "needs": Category.NEEDS,
    "wishes": Category.WISHES,
    "message": Category.MESSAGE,
}


def categories_of(content: Mapping[str, Any]) -> list[Category]:
    """What kinds of data are told. The frame (case number, age, municipality, sender) belongs to the need."""
    found = {Category.NEEDS} | {category for field, category in OF_FIELD.items() if content.get(field)}
    who = content.get("who", {})
    if "phone" in who:
        found.add(Category.CONTACT)
        if len(who) == 1:
            found.discard(Category.IDENTITY)
    return sorted(found)


def identifies(content: Mapping[str, Any], person: models.Person) -> bool:
    """Whether anything that is told says who it is: another field than the pseudonym, or in words what we know of them."""
    if set(content.get("who", {})) - {"pseudonym"}:
        return True
    said = " ".join(str(content.get(field, "")) for field in ("message", "wishes")).casefold()
    known = (person.name, person.cpr, person.cpr.replace("-", ""), person.phone, person.address, person.email)
    return any(each.strip() and each.strip().casefold() in said for each in known)


def age_of(person: models.Person, answers: Mapping[str, Any], *, on: date) -> int | None:
    """By the date of birth where it is known, else as it was answered last."""
    if person.birth_date:
        return needs.age_on(on, born=date.fromisoformat(person.birth_date))
    return answers.get("age")


def asked(
    case: models.Case, answers: Mapping[str, Any], *, to: Service | Unit, by: Unit, now: datetime
) -> consenting.Asked:
    """What has to be asked before this receiver is told."""
    age = age_of(case.person, answers, on=clock.day_of(now))
    return consenting.asked(age=age, from_health=is_health(by), to_health=is_health(to))


def is_health(each: Service | Unit) -> bool:
    """Whether a service or a unit belongs to the health service."""
    if isinstance(each, Service):
        return consenting.is_health(sector=each.kind.sector, law=each.kind.law)
    return consenting.is_health(door=each.door)


def holds(referral: models.Referral, *, now: datetime) -> bool:
    """Whether what was sent may still be passed on: a consent that was renewed counts, one that ran out does not."""
    copy = referral.disclosures.select_related("consent__withdrawal").latest("disclosed_at")
    if copy.basis != Basis.CONSENT or copy.consent is None or copy.consent.holds(now):
        return True
    again = models.Consent.objects.filter(case=referral.case_id).in_force(now)
    return again.covering(copy.categories, to=referral.service).exists()


def must_hold(referral: models.Referral, *, now: datetime) -> None:
    """Raises TooLate where nobody may be told any more."""
    if not holds(referral, now=now):
        raise TooLate(
            _("The citizen's consent has run out. Nothing more is passed on before the citizen has been asked.")
        )
