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
AARHUS = "0751"


@dataclass(frozen=True)
class World:
    """Each is who acts: a user at work in a unit."""

    alice: By
    bo: By
    carla: By
    dorte: By
    erik: By


def build_world() -> World:
    world = World(
        alice=_worker("Alice Jensen", "Aarhus Jobcenter", door="jobcenter", role=Role.FRONTLINE),
        bo=_worker("Bo Nielsen", "Aarhus Rusmiddelcenter", door="substance_centre", role=Role.RECEIVER),
        carla=_worker("Carla Holm", "Aarhus Psykiatri", door="psychiatry", role=Role.RECEIVER),
        dorte=_worker("Dorte Lund", "Aarhus Koordination", door="social_services", role=Role.COORDINATOR),
        erik=_worker("Erik Friis", "Aalborg Jobcenter", door="jobcenter", role=Role.FRONTLINE, municipality="0851"),
    )
    CoordinatorCover.objects.create(unit=world.dorte.unit, municipality=AARHUS, valid=DateRange(date(2026, 1, 1), None))
    _receives(world.bo.unit, "substance_treatment_outpatient", "substance_treatment_youth", "dual_diagnosis_municipal")
    _receives(world.carla.unit, "psychiatry_adult", "dual_diagnosis_regional")
    return world


def _worker(name: str, organisation: str, *, door: str, role: Role, municipality: str = AARHUS) -> By:
    unit = Unit.objects.create(
        organisation=Organisation.objects.create(name=organisation),
        name="Modtagelsen",
        door=door,
        municipality=municipality,
        email=f"{door}@{municipality}.example",
    )
    user = User.objects.create_user(f"{name.split()[0].lower()}@{municipality}.example", PASSWORD, name=name)
    Membership.objects.create(user=user, unit=unit, role=role)
    return By(user=user, unit=unit)


def _receives(unit: Unit, *kinds: str) -> None:
    """The services of these kinds that cover Aarhus are answered for by this unit."""
    covering = models.Q(areas__municipality=AARHUS) | models.Q(areas__region="midtjylland")
    services = Service.objects.filter(covering, kind__in=kinds)
    Service.objects.filter(pk__in=services.values("pk")).update(unit=unit)
