"""About 200 invented people at a few invented units, on their way: some early, some late, some lost from sight."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from navigator import clock
from navigator.accounts.models import CoordinatorCover, Membership, Organisation, Role, Unit, User
from navigator.database import scope
from pathways.models import Service
from pathways.rulebook import rulebook
from referrals import actions, consenting, doors, grounds, models, selectors, telling, tracks
from referrals.acting import By
from referrals.enums import Channel, Custody, Event, Form, GivenBy, Reached, Side, Status

FIXTURES = settings.ROOT / "fixtures/demo"
PASSWORD = "ingen-forkert-dør"  # printed by bin/demo, and refused in production
CASES = 200
AGES = (10, 16, 30, 70)  # one of each group that services part people into

# How far the people have come, how long ago their case was opened, and how many of every hundred stand there.
STAGES: list[tuple[str, tuple[int, int], int]] = [
    ("chosen_today", (0, 0), 4),
    ("not_chosen", (1, 6), 5),
    ("sent", (0, 1), 6),
    ("sent", (2, 9), 5),
    ("seen", (1, 8), 6),
    ("turned_away", (1, 2), 1),
    ("question", (2, 7), 5),
    ("answered", (3, 8), 3),
    ("accepted", (2, 12), 6),
    ("waitlisted", (6, 25), 5),
    ("booked", (4, 9), 7),
    ("booked_today", (5, 12), 3),
    ("unconfirmed", (10, 24), 5),
    ("visit_cancelled", (8, 16), 3),
    ("no_show", (12, 24), 4),
    ("attempted", (14, 30), 4),
    ("returned", (6, 20), 5),
    ("return_asked", (3, 10), 3),
    ("arrived", (9, 60), 8),
    ("in_course", (20, 90), 5),
    ("closed", (70, 120), 2),
    ("cancelled", (2, 15), 2),
    ("withdrawn", (5, 30), 2),
    ("lost_contact", (40, 70), 1),
]
# What happens on the way to each stage, in order. A visit that has been is confirmed, missed or passed over in silence.
ROAD: dict[str, tuple[str, ...]] = {
    "seen": ("open",),
    "turned_away": ("open", "turn_away"),
    "question": ("open", "ask"),
    "answered": ("open", "ask", "reply"),
    "accepted": ("open", "accept"),
    "waitlisted": ("open", "waitlist"),
    "booked": ("open", "accept", "book"),
    "booked_today": ("open", "accept", "book"),
    "unconfirmed": ("open", "accept", "book"),
    "visit_cancelled": ("open", "accept", "book", "cancel_visit"),
    "no_show": ("open", "accept", "book", "miss"),
    "attempted": ("open", "accept", "book", "miss", "attempt", "attempt"),
    "returned": ("open", "return"),
    "return_asked": ("open", "return"),
    "arrived": ("open", "accept", "book", "arrive"),
    "in_course": ("open", "accept", "book", "arrive", "start"),
    "closed": ("open", "accept", "book", "arrive", "start", "close"),
    "cancelled": ("cancel",),
    "withdrawn": ("open", "withdraw"),
    "lost_contact": ("open", "accept", "book", "miss", "attempt", "attempt", "attempt", "lose"),
}
HAS_BEEN = {"miss", "arrive"}  # after the visit
QUESTIONS = [
    ("Er borgeren i medicinsk behandling nu?", "Ja, hos egen læge, siden foråret."),
    ("Hvornår på dagen er borgeren bedst at få fat i?", "Om eftermiddagen, gerne med en sms først."),
    ("Har borgeren brug for at få nogen med?", "Nej, det klarer borgeren selv."),
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
    for beside in units["beside"]:
        _work_beside(beside, unit=workers[beside["unit"]].unit)
    coordinator = workers[units["coordinates"]]
    CoordinatorCover.objects.create(unit=coordinator.unit, municipality="0751", valid=DateRange(date(2026, 1, 1), None))
    receivers = {by.unit.pk: by for by in workers.values()}
    needs, people = _read("needs")["needs"], _people(chance)
    stages = [(_days(*days, chance), stage) for stage, days, share in STAGES for _ in range(share * CASES // 100)]
    for n, (days_ago, stage) in enumerate(sorted(stages, reverse=True), start=1):
        need = chance.choices(needs, weights=[need["weight"] for need in needs])[0]
        story = Story(workers[need["from"]], coordinator, receivers, stage, days_ago, chance)
        story.tell(need, next(people))
        if n % 50 == 0:
            say(f"{n} of {len(stages)} invented cases")
    _take_back_and_notify(workers[needs[0]["from"]])


def _take_back_and_notify(by: By) -> None:
    """One yes is taken back before anybody has opened it; and two notifications of concern, one without its receipt."""
    now = clock.now()
    with scope.scope(by.unit.pk):
        unopened = models.Consent.objects.filter(disclosures__referral__status=Status.SENT, from_unit=by.unit)
        for consent in unopened.select_related("case").order_by("pk")[:1]:
            actions.withdraw_consent(case=consent.case, consent=consent, note="Vil hellere selv ringe.", by=by, now=now)
        for days in (11, 2):
            actions.record_concern(
                case=None, about="at_home", channel="online", municipality="0751", to_whom="Børn og Unge", note="",
                sent_at=now - timedelta(days=days), by=by, now=now,
            )  # fmt: skip


def _days(least: int, most: int, chance: random.Random) -> int:
    """So many days ago; in whole weeks where it is long ago. The catalogue is read once for each day that was."""
    days = chance.randint(least, most)
    return days if days < 14 else days // 7 * 7


def _unit(unit: dict[str, Any]) -> By:
    made = Unit.objects.create(
        organisation=Organisation.objects.create(
            name=unit["organisation"],
            contact=f"{unit['phone']}, kontakt.{unit['key']}@enhed.example",
            dpo_contact=f"dpo.{unit['key']}@enhed.example",
        ),
        name=unit["name"],
        door=unit["door"],
        municipality=unit["municipality"],
        email=f"{unit['key']}@enhed.example",
        phone=unit["phone"],
        secure_channel=f"sikkerpost.{unit['key']}@enhed.example",
    )
    user = User.objects.create_user(_address(unit["key"]), PASSWORD, name=unit["worker"])
    Membership.objects.bulk_create(Membership(user=user, unit=made, role=role) for role in unit["roles"])
    offered = rulebook(on=clock.today()).catalogue.directory
    for kind, age in itertools.product(unit["receives"], AGES):
        here = [entry.id for entry in offered.find(kind, unit["municipality"], age)]
        Service.objects.filter(pk__in=here).update(unit=made)
    return By(user=user, unit=made)


def _work_beside(beside: dict[str, Any], *, unit: Unit) -> None:
    """Somebody who leads, oversees, lets in or edits, in a unit that is there."""
    create = User.objects.create_superuser if Role.ADMINISTRATOR in beside["roles"] else User.objects.create_user
    user = create(_address(beside["key"]), PASSWORD, name=beside["worker"])
    Membership.objects.bulk_create(Membership(user=user, unit=unit, role=role) for role in beside["roles"])


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


@dataclass
class Story:
    """One invented person's way, as far as their stage. Each step is taken by whoever would take it."""

    sender: By
    coordinator: By
    receivers: dict[UUID, By]
    stage: str
    days_ago: int
    chance: random.Random

    def tell(self, need: dict[str, Any], identity: dict[str, str]) -> None:
        opened = _office_hours(clock.now() - timedelta(days=self.days_ago), self.chance)
        with scope.scope(self.sender.unit.pk):
            case = actions.open_case(
                identity=identity,
                answers={"municipality": "0751", "role": "professional"} | need["answers"],
                wishes=need["wishes"],
                first_contact_on=opened.date(),
                by=self.sender,
                now=opened,
            )
            if self.stage in ("chosen_today", "not_chosen"):
                return
            sent_at = _soon(opened, self.chance, hours=3)
            covers = self.chance.random() < 0.5
            referral = _send(case, by=self.sender, now=sent_at, covers_next_door=covers)
        self.walk(referral, sent_at)

    def walk(self, referral: models.Referral, now: datetime) -> None:
        """The steps of the stage, each a while after the last, and none that is still to come."""
        receiver = self.receivers.get(referral.receiver_unit_id) if referral.receiver_unit_id else self.sender
        road = ROAD.get(self.stage, ())
        if receiver is None or not road:
            return
        visit = self.visit(now)
        for event in road:
            now = max(visit, now) + timedelta(hours=1) if event in HAS_BEEN else _soon(now, self.chance)
            if now >= clock.now():
                return
            by = {"reply": self.sender, "cancel": self.sender, "lose": self.coordinator}.get(event, receiver)
            with scope.scope(by.unit.pk):
                referral = self.step(event, referral, by=by, now=now, visit=visit)

    def visit(self, sent_at: datetime) -> datetime:
        """When the visit was agreed for: today, still to come, or some days after the referral was sent."""
        if self.stage == "booked_today":
            return clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=self.chance.choice([-2, 2]))
        if self.stage in ("booked", "visit_cancelled"):
            return _office_hours(clock.now() + timedelta(days=self.chance.randint(1, 10)), self.chance)
        return _office_hours(sent_at + timedelta(days=self.chance.randint(4, 6)), self.chance)

    def step(self, event: str, referral: models.Referral, *, by: By, now: datetime, visit: datetime) -> models.Referral:
        """One step, in words that somebody could have written."""
        common: dict[str, Any] = {"referral": referral, "by": by, "now": now}
        question, answer = QUESTIONS[int(referral.pk.int % len(QUESTIONS))]
        match event:
            case "open":
                return actions.open_referral(**common)
            case "ask":
                return actions.ask_question(question=question, **common)
            case "reply":
                return actions.answer_question(answer=answer, **common)
            case "accept":
                return actions.accept_referral(**common)
            case "waitlist":
                until = clock.today() + timedelta(days=self.chance.randint(5, 40))
                return actions.put_on_waiting_list(until=until, **common)
            case "book":
                return actions.book_time(appointment_at=visit, **common)
            case "cancel_visit":
                return actions.cancel_visit(
                    by_service=self.chance.random() < 0.5, because="Sygdom. Ny tid aftales.", **common
                )
            case "miss":
                return actions.record_no_show(**common)
            case "attempt":
                channel = self.chance.choice([Channel.PHONE, Channel.SMS, Channel.LETTER])
                if referral.events.filter(kind=Event.ATTEMPT).exists():
                    channel = Channel.VISIT
                reached = self.chance.choice([Reached.NO_ANSWER, Reached.CALL_LATER, Reached.RELATIVE])
                return actions.record_attempt(channel=channel, reached=reached, note="", **common)
            case "lose":
                return actions.lose_contact(because="Flyttet uden adresse, og telefonen er lukket.", **common)
            case "arrive":
                return actions.confirm_arrival(sides=[Side(side) for side in referral.sides], **common)
            case "start":
                return actions.start_course(**common)
            case "close":
                return actions.close_course(note="Forløbet er gennemført.", **common)
            case "withdraw":
                return actions.withdraw_referral(wants_instead="Vil gerne vente til efter nytår.", **common)
            case "cancel":
                return actions.cancel_referral(because="Sendt ved en fejl.", **common)
            case "turn_away":
                return self.try_to_turn_away(common)
            case "return":
                return self.return_to_the_next_door(common)
        raise AssertionError(event)

    def try_to_turn_away(self, common: dict[str, Any]) -> models.Referral:
        """For a reason that is none: it stays where it is, and the coordinator hears of it."""
        door = Service.objects.filter(kind="social_worker", areas__municipality="0751").order_by("code")[0]
        with suppress(actions.NotLegitimate):
            actions.return_referral(why=actions.Return("has_mental_disorder", next_door=door), **common)
        return models.Referral.objects.get(pk=common["referral"].pk)

    def return_to_the_next_door(self, common: dict[str, Any]) -> models.Referral:
        """In a dual case the coordinator decides; where a return is only asked for, they have not done so yet."""
        referral = common["referral"]
        found = selectors.next_doors(referral, on=clock.today(), language="da")
        door = next((Service.objects.get(pk=pk) for _kind, doors_ in found for pk, _name in doors_), None)
        if door is None:
            return actions.ask_question(question=QUESTIONS[0][0], **common)
        earliest = clock.today() + timedelta(days=45)
        why = actions.Return("capacity", next_door=door, earliest=earliest)
        referral = actions.return_referral(why=why, **common)
        if referral.status == Status.RETURN_ASKED and self.stage == "returned":
            later = min(common["now"] + timedelta(hours=3), clock.now())
            with scope.scope(self.coordinator.unit.pk):
                return actions.approve_return(referral=referral, by=self.coordinator, now=later)
        return referral


def _send(case: models.Case, *, by: By, now: datetime, covers_next_door: bool) -> models.Referral:
    """Sends to the first matched door with a service, as the page would."""
    assessment = case.assessments.get()
    age = assessment.answers["age"]
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
            _yes(age, by=by, next_door=covers_next_door),
        ),
        by=by,
        now=now,
    )


def _yes(age: int, *, by: By, next_door: bool) -> grounds.Yes:
    """What is said at this age: by those with custody under 15, and with them told under 18. In writing from health."""
    form = Form.WRITTEN if by.unit.door in consenting.HEALTH_DOORS else Form.ORAL
    yes = grounds.Yes(form=form, custody=Custody.INFORMED, next_door=next_door)
    if age >= consenting.OWN_CONSENT:
        return yes
    return replace(yes, given_by=GivenBy.CUSTODY_BOTH, child_says="Det er okay, at de ved det.")


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
    lines += [
        f"  {_address(each['key']):32} {each['worker']}, {', '.join(str(Role(role).label) for role in each['roles'])}"
        for each in units["beside"]
    ]
    return ["Sign in as one of these invented workers:", *lines, f"Password for all: {PASSWORD}"]
