"""Who has looked at whom, for those who oversee: a leader the own unit, an auditor every unit of the organisation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models as db
from django.utils.translation import gettext_lazy as _

from navigator import clock
from navigator.accounts.models import Role, Unit, User
from navigator.accounts.navigation import MENU
from navigator.accounts.permissions import AUDITORS
from navigator.audit.models import Look, Purpose
from navigator.database import scope
from referrals import models

# The pages that show people, as those who oversee call them. Another one goes by what it was for.
PAGES: dict[str, Any] = dict(MENU) | {
    "case": _("Case"),
    "referral": _("Referral"),
    "search": _("Search"),
    "draft": _("Draft"),
    "choose_service": _("Choose a service"),
    "emergency_case": _("Emergency access"),
    "figure": _("Figures"),
    "figure_file": _("Figures"),
    "figures_file": _("Figures"),
}


MOST_LOOKS = 500  # lines of the log that a citizen's own page reads


@dataclass(frozen=True, slots=True)
class Line:
    """One look in words: who, in which unit, at what; and whether the same worker has done something on the case."""

    look: Look
    who: str
    unit: Unit | None
    page: Any
    number: str
    has_acted: bool


def overseen(unit: Unit, *, roles: frozenset[Role]) -> list[Unit]:
    """The units whose log somebody may read who oversees in this unit."""
    if not AUDITORS & roles:
        return [unit]
    return list(unit.organisation.units.select_related("organisation").order_by("name", "pk"))


def looks(
    units: Iterable[Unit], *, worker: UUID | None = None, day: date | None = None, purpose: str = ""
) -> db.QuerySet[Look]:
    """The lines of these units. What overseeing itself has shown only where it is asked for."""
    found = Look.objects.filter(unit__in=[unit.pk for unit in units])
    found = found.filter(purpose=purpose) if purpose else found.exclude(purpose=Purpose.OVERSEE)
    if worker:
        found = found.filter(user=worker)
    if day:
        found = found.filter(looked_at__gte=clock.start_of_day(day), looked_at__lt=clock.end_of_day(day))
    return found


def lines(found: Iterable[Look], *, units: Iterable[Unit]) -> list[Line]:
    """The same in words, with the numbers of cases that the units hold. In the scope of these units."""
    found, known = list(found), {unit.pk: unit for unit in units}
    people = User.objects.in_bulk({look.user for look in found if look.user})
    cases = {look.case for look in found if look.case}
    numbers = {case.pk: case.short_number for case in models.Case.objects.filter(pk__in=cases).only("number")}
    acted = set(
        models.CaseEvent.objects.filter(case__in=cases, by__in=people).values_list("case_id", "by_id").distinct()
    )
    return [
        Line(
            look=look,
            who=people[look.user].name if look.user in people else "",
            unit=known.get(look.unit),  # type: ignore[arg-type]
            page=PAGES.get(look.what, look.get_purpose_display()),
            number=numbers.get(look.case, ""),  # type: ignore[arg-type]
            has_acted=(look.case, look.user) in acted,
        )
        for look in found
    ]


def workers(units: Iterable[Unit]) -> list[User]:
    """Everybody who works in these units or has."""
    return list(User.objects.filter(memberships__unit__in=list(units)).distinct().order_by("name", "pk"))


def looks_at(case: models.Case, *, also: Iterable[UUID | None]) -> list[tuple[date, str]]:
    """For the citizen: on which days which unit has looked at their case, the latest first; `also` those that it was sent
    to. Names of workers are asked for, and told by a human."""
    with scope.widened_to(*also):
        found = Look.objects.filter(case=case.pk, unit__isnull=False).order_by("-looked_at", "-pk")
        seen = dict.fromkeys(
            (clock.day_of(at), unit) for at, unit in found.values_list("looked_at", "unit")[:MOST_LOOKS]
        )
    units = Unit.objects.select_related("organisation").in_bulk({unit for _day, unit in seen})
    return [(day, str(units[unit])) for day, unit in seen if unit in units]
