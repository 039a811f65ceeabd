"""Who has looked at whom, for those who oversee: a leader the own unit, an auditor every unit of the organisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from navigator.web.templatetags.shown import worded
from referrals import models

# The pages that show people, as those who oversee call them. Another one goes by what it was for.
PAGES: dict[str, Any] = dict(MENU) | {
    "case": _("Case"),
    "referral": _("Referral"),
    "search": _("Search"),
    "draft": _("Draft"),
    "choose_service": _("Choose a service"),
    "conference": _("Both sides on one page"),
    "consent": _("Consent"),
    "contact": _("Reaching the citizen"),
    "letters": _("Letters and forms to print"),
    "news": _("News"),
    "plan": _("Coordinated plan"),
    "reassess": _("The need has changed"),
    "rights": _("The citizen's rights"),
    "emergency_case": _("Emergency access"),
    "figure": _("Figures"),
    "figure_file": _("Figures"),
    "figures_file": _("Figures"),
}


# What somebody looked for, as it is said to the citizen.
FOR_THE_CITIZEN = {
    Purpose.HELP: _("to help you on your way"),
    Purpose.RECEIVE: _("to receive you"),
    Purpose.FIND: _("to find your case"),
    Purpose.EMERGENCY: _("in an emergency"),
    Purpose.IDENTIFY: _("to be sure who you are"),
    Purpose.JOURNAL: _("to write it in their own records"),
    Purpose.RIGHTS: _("because you have asked for something"),
    Purpose.OVERSEE: _("to check that nobody looks without reason"),
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


@dataclass(frozen=True, slots=True)
class Seen:
    """For the citizen: on a day, somebody of this unit, or of this service, in this function, for this."""

    day: date
    where: str
    function: str
    purpose: str


def looks_at(case: models.Case, *, sent_to: Iterable[models.Referral]) -> list[Seen]:
    """For the citizen: who has had their case before their eyes, the latest first. Unit, function and what for, as in the
    copy of everything; names of workers are asked for, and told by a human. In the scope of the case."""
    referrals = list(sent_to)
    services = {each.guest: worded(each.service, "name") for each in referrals if each.guest}
    emergencies = models.EmergencyAccess.objects.filter(case=case).values_list("unit", flat=True)
    concerned = [*case.units.values(), *(each.receiver_unit_id for each in referrals), *emergencies]
    # One authority answers for all of its units, also for those that have had the case before.
    authorities = Unit.objects.filter(pk__in=[unit for unit in concerned if unit]).values("organisation")
    units = {unit.pk: unit for unit in Unit.objects.filter(organisation__in=authorities).select_related("organisation")}
    with scope.widened_to(*units, *services):
        found = Look.objects.filter(db.Q(unit__in=units) | db.Q(guest__in=services), case=case.pk)
        looks = list(found.order_by("-looked_at", "-pk")[:MOST_LOOKS])
    return list(dict.fromkeys(_seen(look, units=units, services=services) for look in looks))


def _seen(look: Look, *, units: Mapping[UUID, Unit], services: Mapping[UUID, str]) -> Seen:
    where = str(units[look.unit]) if look.unit else services[look.guest]  # type: ignore[index]
    function = ", ".join(str(Role(role).label) for role in look.roles)
    return Seen(clock.day_of(look.looked_at), where, function, str(FOR_THE_CITIZEN[Purpose(look.purpose)]))
