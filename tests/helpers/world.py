"""The people and places of the tests: Alice logs, Bo receives, Carla receives on the other side, Dorte coordinates,
and Erik works elsewhere and may see nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange

from navigator.accounts.models import CoordinatorCover, Membership, Organisation, Role, Unit, User
from pathways.models import Service
from referrals.acting import By

PASSWORD = "correct horse battery staple"  # of invented people in a throw-away database
AARHUS, AALBORG = "0751", "0851"


@dataclass(frozen=True)
class World:
    """Each is who acts: a user at work in a unit."""

    alice: By
    bo: By
    carla: By
    dorte: By
    erik: By


def build_places() -> None:
    """The units, and what each answers for: once for all tests, so that the catalogue is the same for each of them and is
    read once."""
    _place("Aarhus Jobcenter", door="jobcenter")
    substance = _place("Aarhus Rusmiddelcenter", door="substance_centre")
    psychiatry = _place("Aarhus Psykiatri", door="psychiatry")
    coordination = _place("Aarhus Koordination", door="social_services")
    _place("Aalborg Jobcenter", door="jobcenter", municipality=AALBORG)
    CoordinatorCover.objects.create(unit=coordination, municipality=AARHUS, valid=DateRange(date(2026, 1, 1), None))
    _receives(substance, "substance_treatment_outpatient", "substance_treatment_youth", "dual_diagnosis_municipal")
    _receives(psychiatry, "psychiatry_adult", "dual_diagnosis_regional")


def build_world() -> World:
    """The people, at work in the places."""
    return World(
        alice=_worker("Alice Jensen", door="jobcenter", role=Role.FRONTLINE),
        bo=_worker("Bo Nielsen", door="substance_centre", role=Role.RECEIVER),
        carla=_worker("Carla Holm", door="psychiatry", role=Role.RECEIVER),
        dorte=_worker("Dorte Lund", door="social_services", role=Role.COORDINATOR),
        erik=_worker("Erik Friis", door="jobcenter", role=Role.FRONTLINE, municipality=AALBORG),
    )


def _place(organisation: str, *, door: str, municipality: str = AARHUS) -> Unit:
    return Unit.objects.create(
        organisation=Organisation.objects.create(name=organisation),
        name="Modtagelsen",
        door=door,
        municipality=municipality,
        email=f"{door}@{municipality}.example",
    )


def _worker(name: str, *, door: str, role: Role, municipality: str = AARHUS) -> By:
    unit = Unit.objects.select_related("organisation").get(door=door, municipality=municipality)
    user = User.objects.create_user(f"{name.split()[0].lower()}@{municipality}.example", PASSWORD, name=name)
    Membership.objects.create(user=user, unit=unit, role=role)
    return By(user=user, unit=unit)


def _receives(unit: Unit, *kinds: str) -> None:
    """The services of these kinds that cover Aarhus are answered for by this unit."""
    covering = models.Q(areas__municipality=AARHUS) | models.Q(areas__region="midtjylland")
    services = Service.objects.filter(covering, kind__in=kinds)
    Service.objects.filter(pk__in=services.values("pk")).update(unit=unit)
