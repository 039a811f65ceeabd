"""Planted people for the matrix test: words of theirs in every field that somebody may write in, and one of every thing
that an address can name. One of them has a protected name and address."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.accounts.models import Invitation, Membership, Organisation, Role, Unit, User
from navigator.accounts.sessions import SessionStore
from navigator.audit.models import Purpose
from navigator.database import scope
from pathways.models import Obligation, Service
from referrals import actions, models
from referrals.acting import By
from referrals.actions.follow_ups import open_wait
from referrals.enums import Bulk, Channel, Form, Happening, Lane, Reached, Right, Side, Wait
from tests.helpers.cases import CANNABIS, YES, service
from tests.helpers.looks import looked
from tests.helpers.world import AARHUS, World, build_world

# What the search looks for in every answer. Held: of the case, for those who hold it. Told: of the copy that a receiver was
# sent; taken back, before anybody there had opened it. Hidden: who somebody protected is.
HELD, TOLD, TOLD_BEFORE, TAKEN_BACK = "Hemmelig-Vipstjert", "Fortalt-Mejse", "Fortalt-Spurv", "Fortalt-Drossel"
HIDDEN = "Skjult-Rødhals"


@dataclass(frozen=True)
class Who:
    """Who somebody is: a word that stands in the name and wherever they live or are written to, and their numbers."""

    word: str
    phone: str
    cpr: str

    @property
    def words(self) -> tuple[str, ...]:
        return (self.word, self.word.lower(), self.phone, self.cpr, self.cpr[:6])


OPEN, PROTECTED = Who(HELD, "20997341", "0201919990"), Who(HIDDEN, "20997352", "2512489996")
MARKS = {
    HELD: OPEN.words, TOLD: (TOLD,), TOLD_BEFORE: (TOLD_BEFORE,), TAKEN_BACK: (TAKEN_BACK,), HIDDEN: PROTECTED.words,
}  # fmt: skip


@dataclass
class Planted:
    """The world with the planted people in it, what addresses may name of each, and everybody who may ask."""

    world: World
    former: By
    too_late: By
    neighbour: By
    keys: dict[str, object] = field(default_factory=dict)
    protected: dict[str, object] = field(default_factory=dict)
    users: dict[tuple[UUID, str], User] = field(default_factory=dict)
    sessions: dict[UUID, str] = field(default_factory=dict)

    def user(self, unit: Unit, role: str) -> User:
        """Who has this role in this unit, and no other role; somebody new where nobody has."""
        if (unit.pk, role) not in self.users:
            there = Membership.objects.filter(unit=unit, role=role).select_related("user").first()
            self.users[unit.pk, role] = there.user if there else worker(unit, Role(role)).user
        return self.users[unit.pk, role]

    def session(self, unit: Unit, role: str) -> str:
        """The same, signed in."""
        user = self.user(unit, role)
        if user.pk not in self.sessions:
            self.sessions[user.pk] = session_of(user)
        return self.sessions[user.pk]


def plant() -> Planted:
    """Alice logs both needs and answers for them. A first service has returned each referral; the second, Bo's, has it now;
    from a third it was taken back before anybody there had opened it."""
    now = clock.now() - timedelta(hours=1)
    world = build_world()
    planted = Planted(
        world,
        former=_service_of(world, "Tidligere", "substance_treatment_youth"),
        too_late=_service_of(world, "Forsent", "dual_diagnosis_municipal"),
        neighbour=_neighbour(world),
    )
    at_work = _at_work(world, now=now)
    for who, keys in ((PROTECTED, planted.protected), (OPEN, planted.keys)):
        keys |= at_work
        _live(planted, who, keys, now=now)
        if who is PROTECTED:
            _protect(world, keys, now=now)
    return planted


def _live(planted: Planted, who: Who, keys: dict[str, object], *, now: datetime) -> None:
    """All that happens to one of them; `keys` takes what there is to name."""
    world = planted.world
    case = _case(world, who, now=now)
    keys["returned_id"] = _sent_and_returned(world, case, who, planted.former, now=now).pk
    with scope.scope(world.alice.unit.pk):
        place = service("substance_treatment_outpatient", world.bo.unit)
        referral = _send(case, who, to=place, told=TOLD, by=world.alice, now=now)
    keys |= {"case_id": case.pk, "referral_id": referral.pk, "service_id": place.pk}
    _written_about(world, keys, case, who, referral, now=now)
    _asked_for(world, keys, case, now=now)
    keys["taken_back_id"] = _sent_and_taken_back(world, case, who, planted.too_late, now=now).pk


def worker(unit: Unit, role: Role) -> By:
    """Somebody new in the unit, with this one role; an administrator with the flag that goes with it."""
    create = User.objects.create_superuser if role == Role.ADMINISTRATOR else User.objects.create_user
    user = create(f"{role}.{unit.pk}@matrix.example", None, name=f"{role.label} i prøven")
    Membership.objects.create(user=user, unit=unit, role=role)
    return By(user=user, unit=unit)


def session_of(user: User) -> str:
    """Signed in, without the sign-in page."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _service_of(world: World, name: str, kind: str) -> By:
    """A service of a kind that Bo's unit receives for otherwise."""
    unit = _unit(f"Aarhus {name}", "Modtagelsen", door="substance_centre")
    mine = Service.objects.filter(kind=kind, unit=world.bo.unit).order_by("code")[:1]
    assert Service.objects.filter(pk__in=mine.values("pk")).update(unit=unit)
    return worker(unit, Role.RECEIVER)


def _neighbour(world: World) -> By:
    """Another unit of the organisation that holds the case."""
    return worker(_unit(world.alice.unit.organisation.name, "Naboenheden", door="jobcenter"), Role.FRONTLINE)


def _unit(organisation: str, name: str, *, door: str) -> Unit:
    whose, _made = Organisation.objects.get_or_create(name=organisation)
    return Unit.objects.create(
        organisation=whose,
        name=name,
        door=door,
        municipality=AARHUS,
        email=f"{door}.{organisation[-3:].lower()}.{name[:3]}@matrix.example",
    )


def _case(world: World, who: Who, *, now: datetime) -> models.Case:
    with scope.scope(world.alice.unit.pk):
        return actions.open_case(
            identity={
                "name": f"{who.word} Navn",
                "pseudonym": f"{who.word} kaldenavn",
                "phone": who.phone,
                "cpr": who.cpr,
                "address": f"{who.word}vej 1",
                "email": f"{who.word.lower()}@borger.example",
            },
            answers=CANNABIS,
            wishes=f"{HELD} ønsker",
            first_contact_on=clock.day_of(now),
            by=world.alice,
            now=now,
        )


def _send(
    case: models.Case, who: Who, *, to: Service, told: str, by: By, now: datetime, role: str = "primary"
) -> models.Referral:
    named = (
        {"name": f"{told} Navn"} if who is OPEN else {"name": f"{who.word} Navn", "cpr": who.cpr, "phone": who.phone}
    )
    return actions.send_referral(
        case=case,
        service=to,
        sides=[Side.SUBSTANCE] if role == "primary" else [],
        role=role,
        telling=actions.Telling({"who": named, "message": f"{told} besked"}, YES),
        by=by,
        now=now,
    )


def _sent_and_returned(world: World, case: models.Case, who: Who, former: By, *, now: datetime) -> models.Referral:
    """To the first service, which cannot help; what that made is called back, so that it is sent to Bo by hand."""
    with scope.scope(world.alice.unit.pk):
        to = Service.objects.get(unit=former.unit)
        referral = _send(case, who, to=to, told=TOLD_BEFORE, by=world.alice, now=now)
    why = actions.Return(
        "capacity", next_door=service("substance_treatment_outpatient", world.bo.unit), earliest=date(2035, 1, 8)
    )
    with scope.scope(former.unit.pk):
        actions.open_referral(referral=referral, by=former, now=now)
        actions.return_referral(referral=referral, why=why, by=former, now=now)
    with scope.scope(world.alice.unit.pk):
        for next_one in case.referrals.filter(status="draft"):
            actions.cancel_referral(referral=next_one, because=f"{HELD} fortrudt", by=world.alice, now=now)
    return referral


def _sent_and_taken_back(world: World, case: models.Case, who: Who, too_late: By, *, now: datetime) -> models.Referral:
    """The citizen has changed their mind in time."""
    with scope.scope(world.alice.unit.pk):
        to = Service.objects.get(unit=too_late.unit)
        referral = _send(case, who, to=to, told=TAKEN_BACK, by=world.alice, now=now, role="support")
        consent = case.consents.get(to_service=to)
        actions.withdraw_consent(case=case, consent=consent, note=f"{HELD} nej", by=world.alice, now=now)
    return referral


def _protect(world: World, keys: dict[str, object], *, now: datetime) -> None:
    """Each record of the person; and the letter and the copy of everything are made, which name them all the same."""
    until = clock.today() + timedelta(days=365)
    with scope.scope(world.alice.unit.pk):
        for record in models.Case.objects.filter(pk__in=[keys["case_id"], keys["other_id"]]):
            actions.protect(case=record, until=until, because="Har vist sit brev.", by=world.alice, now=now)
        assert actions.make_papers(now=clock.now) == 2


def _written_about(
    world: World, keys: dict[str, object], case: models.Case, who: Who, referral: models.Referral, *, now: datetime
) -> None:
    """Notes, screenings, who goes along, another record of the same person, questions that only the two sides see."""
    by = world.alice
    with scope.scope(by.unit.pk):
        actions.add_note(case=case, note=f"{HELD} note", by=by, now=now)
        actions.record_call(
            case=case, channel=Channel.PHONE, reached=Reached.NO_ANSWER, note=f"{HELD} opkald", by=by, now=now
        )
        actions.agree_companion(referral=referral, who=f"{TOLD} følger med", meeting_place="", by=by, now=now)
        actions.record_screening(
            case=case, about="mental_state", instrument="asi", called="", version="", score="4",
            text=f"{HELD} vurdering", step="", made_on=clock.day_of(now), by=by, now=now,
        )  # fmt: skip
        other = actions.open_case(
            identity={"name": f"{who.word} Navn"}, answers=CANNABIS, wishes="", first_contact_on=clock.day_of(now), by=by, now=now
        )  # fmt: skip
        actions.link(case=case, other=other, by=by, now=now)
        keys |= {"other_id": other.pk, "other_number": other.short_number}
        keys["link_id"] = models.PersonLink.objects.latest("linked_at", "pk").pk
        keys["guarantee_id"] = case.guarantees.order_by("pk")[0].pk
        plan = actions.begin_plan(case=case, agreed=Form.ORAL, by=by, now=now)
        actions.add_party(case=case, who=f"{HELD} kontaktperson", phone="", by=by, now=now)
        actions.set_priorities(case=case, priorities=f"{HELD} ønsker ro", by=by, now=now)
        actions.add_effort(
            case=case, lane=Lane.SOCIAL, what=f"{HELD} indsats", party=plan.parties.get().pk, by_on=clock.day_of(now),
            by=by, now=now,
        )  # fmt: skip
        keys["plan_step"] = "end"
        keys["screening_id"] = case.screenings.get().pk
        keys["event_id"] = case.events.filter(kind=Happening.NOTED).order_by("pk")[0].pk
        keys["consent_id"] = case.consents.order_by("pk")[0].pk
        _by_right(keys, case, by=by, now=now)
    with scope.scope(world.bo.unit.pk):
        actions.open_referral(referral=referral, by=world.bo, now=now)
        actions.ask_question(referral=referral, question=f"{TOLD} spørgsmål", by=world.bo, now=now)


def _by_right(keys: dict[str, object], case: models.Case, *, by: By, now: datetime) -> None:
    """What the citizen has asked for, a copy of everything, and a concern."""
    actions.ask_right(
        case=case, right=Right.RESTRICTION, asked_on=clock.day_of(now), note=f"{HELD} indsigelse", by=by, now=now
    )
    keys["right_event_id"] = case.events.get(kind=Happening.RIGHT_ASKED).pk
    keys["export_id"] = actions.ask_for_export(case=case, note=f"{HELD} kopi", language="da", by=by, now=now).pk
    keys["letter_id"] = actions.ask_for_letter(
        case=case, kind=models.Letter.Kind.CONSENT_FORM, service=service("gp", None), referral=None, language="da", by=by, now=clock.now()
    ).pk  # fmt: skip
    concern = actions.record_concern(
        case=case, about="at_home", channel="phone", municipality=AARHUS, sent_at=now, to_whom=f"{HELD} vagt", note="",
        by=by, now=now,
    )  # fmt: skip
    keys |= {"concern_id": concern.pk, "purpose": Purpose.IDENTIFY}


def _asked_for(world: World, keys: dict[str, object], case: models.Case, *, now: datetime) -> None:
    """A take-over, several tasks at once, an emergency access by somebody else, a draft, news, a look in the sample."""
    by = world.alice
    with scope.scope(by.unit.pk):
        take_over = actions.ask_to_take_over(
            case=case, unit=world.dorte.unit, reason=f"{HELD} flytter", ground=YES, by=by, now=now
        )
        owed = models.FollowUp.objects.open().filter(owed_by=by.unit)
        tasks = list(owed.filter(case=case).exclude(waits_for=Wait.GUARANTEE).order_by("pk"))
        job = actions.ask_for_bulk(
            kind=Bulk.SNOOZE, follow_ups=[tasks[0].pk], because=f"{HELD} ferie",
            until=clock.day_of(now) + timedelta(days=2), by=by, now=now,
        )  # fmt: skip
        for name, wait, about in (
            ("first_week_id", Wait.FIRST_WEEK, {}),
            ("consent_ends_id", Wait.CONSENT_ENDS, {}),
            ("duty_id", Wait.OBLIGATION, {"obligation": Obligation.objects.order_by("pk")[0]}),
            ("reach_out_id", Wait.REACH_OUT, {"referral": models.Referral.objects.get(pk=keys["referral_id"])}),
        ):
            keys[name] = open_wait(wait, case=case, owed_by=by.unit, now=now, **about).pk
        draft = actions.keep_draft(draft_id=uuid7(), typed={"name": [f"{HELD} kladde"]}, by=by, now=now)
        notice = models.Notice.objects.filter(case=case, to_unit=by.unit, read_at=None, event__isnull=False).order_by(
            "pk"
        )[0]
    with scope.scope(world.carla.unit.pk):
        access = actions.open_in_emergency(
            number=case.short_number, reason="Borgeren er faldet om, og ingen svarer.", by=world.carla, now=clock.now()
        )
    keys |= {
        "take_over_id": take_over.pk,
        "follow_up_id": tasks[0].pk,
        "job_id": job.pk,
        "draft_id": draft.pk,
        "notice_id": notice.pk,
        "access_id": access.pk,
        "number": case.short_number,
    }
    last_month = clock.today().replace(day=1) - timedelta(days=10)
    look = looked(case, by=by, at=clock.start_of_day(last_month))
    keys |= {"look_id": look.pk, "month": f"{last_month:%Y-%m}"}


def _at_work(world: World, *, now: datetime) -> dict[str, object]:
    """A colleague of Alice's, somebody invited to her unit, a look of last month that is in the sample, and what is to be
    disposed of."""
    unit = world.alice.unit
    colleague = worker(unit, Role.COORDINATOR)
    invitation = Invitation.objects.create(
        unit=unit, role=Role.FRONTLINE, email="ny@matrix.example", invited_by=colleague.user, invited_at=now
    )
    with scope.scope(unit.pk):
        asked = models.RetentionRound.objects.create(unit=unit, asked_by=world.alice.user, asked_at=now)
    return {
        "worker_id": colleague.user.pk,
        "membership_id": colleague.user.memberships.get().pk,
        "unit_id": unit.pk,
        "invitation_id": invitation.pk,
        "round_id": asked.pk,
    }


_ADDRESS = itertools.count(1)


def some_address() -> str:
    """Each request from a place of its own: no limit on one client is met."""
    n = next(_ADDRESS)
    return f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
