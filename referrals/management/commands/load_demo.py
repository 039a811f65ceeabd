"""About 200 invented people at a few invented units, on their way: some early, some late, some lost from sight."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from navigator import clock
from navigator.accounts.models import CoordinatorCover, Membership, Organisation, Unit, User
from navigator.database import scope
from pathways.models import Service
from pathways.rulebook import rulebook
from referrals import actions, doors, models, telling, tracks
from referrals.acting import By
from referrals.enums import Basis, Event, Side, Status

FIXTURES = settings.ROOT / "fixtures/demo"
PASSWORD = "ingen-forkert-dør"  # printed by bin/demo, and refused in production
CASES = 200
AGES = (10, 16, 30, 70)  # one of each group that services part people into

# How far the people have come, and how long ago their case was opened: (last event or None, days ago).
STAGES: list[tuple[Event | None, tuple[int, int]]] = [
    (None, (0, 0)),
    (None, (1, 6)),
    (Event.SEND, (0, 1)),
    (Event.SEND, (2, 9)),
    (Event.OPEN, (1, 8)),
    (Event.ACCEPT, (2, 12)),
    (Event.BOOK, (4, 20)),
    (Event.BOOK, (10, 30)),
    (Event.ARRIVE, (8, 60)),
    (Event.ARRIVE, (20, 90)),
    (Event.CANCEL, (2, 15)),
]


class Command(BaseCommand):
    help = "Fills the demo with invented people. Loads once; refused in production."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo people are not for production: these settings do not allow them.")
        units = _read("organisations")
        if not User.objects.filter(email=_address(units["units"][0]["key"])).exists():
            _fill(units, say=self.stdout.write)
        self.stdout.write("\n".join(_sign_ins(units)))


@transaction.atomic
def _fill(units: dict[str, Any], *, say: Callable[[str], object]) -> None:
    chance = random.Random(2026)  # the same people every time
    workers = {unit["key"]: _unit(unit) for unit in units["units"]}
    CoordinatorCover.objects.create(
        unit=workers[units["coordinates"]].unit, municipality="0751", valid=DateRange(date(2026, 1, 1), None)
    )
    needs = _read("needs")["needs"]
    people = _people(chance)
    for n in range(CASES):
        need = chance.choices(needs, weights=[need["weight"] for need in needs])[0]
        _story(need, next(people), by=workers[need["from"]], stage=STAGES[n % len(STAGES)], chance=chance)
        if n % 50 == 49:
            say(f"{n + 1} of {CASES} invented cases")


def _unit(unit: dict[str, Any]) -> By:
    made = Unit.objects.create(
        organisation=Organisation.objects.create(name=unit["organisation"]),
        name=unit["name"],
        door=unit["door"],
        municipality=unit["municipality"],
        email=f"{unit['key']}@enhed.example",
    )
    user = User.objects.create_user(_address(unit["key"]), PASSWORD, name=unit["worker"])
    Membership.objects.bulk_create(Membership(user=user, unit=made, role=role) for role in unit["roles"])
    offered = rulebook(on=clock.today()).catalogue.directory
    for kind, age in itertools.product(unit["receives"], AGES):
        here = [entry.id for entry in offered.find(kind, unit["municipality"], age)]
        Service.objects.filter(pk__in=here).update(unit=made)
    return By(user=user, unit=made)


def _people(chance: random.Random) -> Iterator[dict[str, str]]:
    """Who they are: most by name, some by pseudonym, some by nothing; a few with an official test CPR number."""
    words = _read("people")
    names = [f"{given} {family} (opdigtet)" for given in words["given"] for family in words["family"]]
    chance.shuffle(names)
    cpr = iter(words["cpr"])
    for n, name in enumerate(names):
        if n % 13 == 5:
            yield {"pseudonym": words["pseudonyms"][n // 13 % len(words["pseudonyms"])]}
        elif n % 29 == 7:
            yield {}
        else:
            yield {"name": name} | ({"cpr": number} if n % 30 == 2 and (number := next(cpr, "")) else {})


def _story(
    need: dict[str, Any],
    identity: dict[str, str],
    *,
    by: By,
    stage: tuple[Event | None, tuple[int, int]],
    chance: random.Random,
) -> None:
    last, days_ago = stage
    opened = _office_hours(clock.now() - timedelta(days=chance.randint(*days_ago)), chance)
    with scope.scope(by.unit.pk):
        case = actions.open_case(
            identity=identity,
            answers={"municipality": "0751", "role": "professional"} | need["answers"],
            wishes=need["wishes"],
            first_contact_on=opened.date(),
            by=by,
            now=opened,
        )
        if last is None:
            return
        referral = _send(case, by=by, now=_soon(opened, chance, hours=3))
    _answer(referral, sender=by, last=last, chance=chance)


def _send(case: models.Case, *, by: By, now: datetime) -> models.Referral:
    """Sends to the first matched door with a service, as the page would."""
    assessment = case.assessments.get()
    words = rulebook(on=clock.today()).catalogue.words
    offered = doors.doors(assessment.explanation, words=words)
    match = next(m for m in assessment.explanation["da"]["matches"] if m["role"] == "primary")
    service = Service.objects.get(pk=match["services"][0]["id"])
    return actions.send_referral(
        case=case,
        service=service,
        sides=tracks.sides_served(
            offered[match["kind"]], tracks=[track.side for track in case.tracks.all()], doors=offered.values()
        ),
        role=match["role"],
        telling=actions.Telling(
            telling.what_is_told(
                case=case, assessment=assessment, words=words, municipality="Aarhus", message="Ring gerne først.", by=by
            ),
            Basis.CONSENT_ORAL,
        ),
        rights=match["rights"],
        by=by,
        now=now,
    )


def _answer(referral: models.Referral, *, sender: By, last: Event, chance: random.Random) -> None:
    """What the receiver did, up to the last event; the sender answers for a service without an account."""
    assert referral.sent_at is not None
    unit = referral.receiver_unit
    by = (
        By(user=User.objects.get(memberships__unit=unit, memberships__role="receiver"), unit=unit)
        if unit and (unit.memberships.filter(role="receiver").exists())
        else sender
    )
    if unit and by is sender and last is not Event.CANCEL:
        return  # nobody there has looked yet
    now = referral.sent_at
    visit = _office_hours(now + timedelta(days=chance.randint(6, 12)), chance)
    with scope.scope(by.unit.pk):
        if last is Event.CANCEL:
            with scope.scope(sender.unit.pk):
                actions.cancel_referral(
                    referral=referral, because="Sendt ved en fejl.", by=sender, now=_soon(now, chance)
                )
            return
        for event in (Event.OPEN, Event.ACCEPT, Event.BOOK, Event.ARRIVE):
            if last is Event.SEND or now >= clock.now() or referral.status == Status.ARRIVED:
                return
            now = visit if event is Event.ARRIVE else _soon(now, chance)
            if event is Event.ARRIVE and visit >= clock.now():
                return
            match event:
                case Event.OPEN:
                    referral = actions.open_referral(referral=referral, by=by, now=now)
                case Event.ACCEPT:
                    referral = actions.accept_referral(referral=referral, by=by, now=now)
                case Event.BOOK:
                    referral = actions.book_time(referral=referral, appointment_at=visit, by=by, now=now)
                case Event.ARRIVE:
                    sides = [Side(side) for side in referral.sides]
                    actions.confirm_arrival(referral=referral, sides=sides, by=by, now=now)
            if event is last:
                return


def _soon(moment: datetime, chance: random.Random, *, hours: int = 20) -> datetime:
    return moment + timedelta(minutes=chance.randint(10, hours * 60))


def _office_hours(moment: datetime, chance: random.Random) -> datetime:
    """A moment of that day between eight and four; never one that is still to come on the day itself."""
    local = moment.astimezone(clock.COPENHAGEN)
    at_work = local.replace(
        hour=chance.randint(8, 15), minute=chance.choice([0, 10, 15, 30, 45]), second=0, microsecond=0
    )
    return min(at_work, local) if local.date() == clock.today() else at_work


def _read(name: str) -> dict[str, Any]:
    return json.loads((FIXTURES / f"{name}.json").read_text())


def _address(key: str) -> str:
    return f"{key}@demo.example"


def _sign_ins(units: dict[str, Any]) -> list[str]:
    """The demo's sign-ins, one a line."""
    lines = [f"  {_address(unit['key']):32} {unit['worker']}, {unit['organisation']}" for unit in units["units"]]
    return ["Sign in as one of these invented workers:", *lines, f"Password for all: {PASSWORD}"]
