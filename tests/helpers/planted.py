"""One planted person for the matrix test: words of theirs in every field that somebody may write in, and one of every
thing that an address can name."""

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
from referrals.enums import Bulk, Channel, Happening, Reached, Right, Side, Wait
from tests.helpers.cases import CANNABIS, YES, service
from tests.helpers.looks import looked
from tests.helpers.world import AARHUS, World, build_world

# What the search looks for in every answer. Held: of the case, for those who hold it. Told: of the copy that a receiver was sent.
HELD, TOLD, TOLD_BEFORE = "Hemmelig-Vipstjert", "Fortalt-Mejse", "Fortalt-Spurv"
PHONE, CPR = "20997341", "0201919990"
MARKS = {HELD: (HELD, PHONE, CPR, CPR[:6]), TOLD: (TOLD,), TOLD_BEFORE: (TOLD_BEFORE,)}


@dataclass
class Planted:
    """The world with the planted person in it, what addresses may name, and everybody who may ask."""

    world: World
    former: By
    neighbour: By
    keys: dict[str, object] = field(default_factory=dict)
    sessions: dict[tuple[UUID, str], str] = field(default_factory=dict)

    def session(self, unit: Unit, role: str) -> str:
        """Signed in: who has this role in this unit, and no other role; somebody new where nobody has."""
        if (unit.pk, role) not in self.sessions:
            there = Membership.objects.filter(unit=unit, role=role).select_related("user").first()
            self.sessions[unit.pk, role] = session_of(there.user if there else worker(unit, Role(role)).user)
        return self.sessions[unit.pk, role]


def plant() -> Planted:
    """Alice logs the need and answers for it. A first service has returned the referral; the second, Bo's, has it now."""
    now = clock.now() - timedelta(hours=1)
    world = build_world()
    planted = Planted(world, former=_former(world), neighbour=_neighbour(world))
    case = _case(world, now=now)
    planted.keys["returned_id"] = _sent_and_returned(world, case, planted.former, now=now).pk
    with scope.scope(world.alice.unit.pk):
        place = service("substance_treatment_outpatient", world.bo.unit)
        referral = _send(case, to=place, told=TOLD, by=world.alice, now=now)
    planted.keys |= {"case_id": case.pk, "referral_id": referral.pk, "service_id": place.pk}
    _written_about(planted, case, referral, now=now)
    _asked_for(planted, case, now=now)
    _at_work(planted, case, now=now)
    return planted


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


def _former(world: World) -> By:
    """A service of the same kind that Bo's unit receives for."""
    unit = _unit("Aarhus Tidligere", "Modtagelsen", door="substance_centre")
    mine = Service.objects.filter(kind="substance_treatment_youth", unit=world.bo.unit).order_by("code")[:1]
    assert Service.objects.filter(pk__in=mine.values("pk")).update(unit=unit)
    return worker(unit, Role.RECEIVER)


def _neighbour(world: World) -> By:
    """Another unit of the organisation that holds the case."""
    return worker(_unit(world.alice.unit.organisation.name, "Naboenheden", door="jobcenter"), Role.FRONTLINE)


def _unit(organisation: str, name: str, *, door: str) -> Unit:
    whose, _made = Organisation.objects.get_or_create(name=organisation)
    return Unit.objects.create(
        organisation=whose, name=name, door=door, municipality=AARHUS, email=f"{door}.{name[:3]}@matrix.example"
    )


def _case(world: World, *, now: datetime) -> models.Case:
    with scope.scope(world.alice.unit.pk):
        return actions.open_case(
            identity={
                "name": f"{HELD} Navn",
                "pseudonym": f"{HELD} kaldenavn",
                "phone": PHONE,
                "cpr": CPR,
                "address": f"{HELD}vej 1",
                "email": f"{HELD.lower()}@borger.example",
            },
            answers=CANNABIS,
            wishes=f"{HELD} ønsker",
            first_contact_on=clock.day_of(now),
            by=world.alice,
            now=now,
        )


def _send(case: models.Case, *, to: Service, told: str, by: By, now: datetime) -> models.Referral:
    return actions.send_referral(
        case=case,
        service=to,
        sides=[Side.SUBSTANCE],
        role="primary",
        telling=actions.Telling({"who": {"name": f"{told} Navn"}, "message": f"{told} besked"}, YES),
        by=by,
        now=now,
    )


def _sent_and_returned(world: World, case: models.Case, former: By, *, now: datetime) -> models.Referral:
    """To the first service, which cannot help; what that made is called back, so that it is sent to Bo by hand."""
    with scope.scope(world.alice.unit.pk):
        referral = _send(case, to=Service.objects.get(unit=former.unit), told=TOLD_BEFORE, by=world.alice, now=now)
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


def _written_about(planted: Planted, case: models.Case, referral: models.Referral, *, now: datetime) -> None:
    """Notes, screenings, who goes along, another record of the same person, questions that only the two sides see."""
    world, keys, by = planted.world, planted.keys, planted.world.alice
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
            identity={"name": f"{HELD} Navn"}, answers=CANNABIS, wishes="", first_contact_on=clock.day_of(now), by=by, now=now
        )  # fmt: skip
        actions.link(case=case, other=other, by=by, now=now)
        keys["other_number"] = other.short_number
        keys["link_id"] = models.PersonLink.objects.get().pk
        keys["guarantee_id"] = case.guarantees.order_by("pk")[0].pk
        keys["screening_id"] = case.screenings.get().pk
        keys["event_id"] = case.events.filter(kind=Happening.NOTED).order_by("pk")[0].pk
        keys["consent_id"] = case.consents.order_by("pk")[0].pk
        _by_right(planted, case, now=now)
    with scope.scope(world.bo.unit.pk):
        actions.open_referral(referral=referral, by=world.bo, now=now)
        actions.ask_question(referral=referral, question=f"{TOLD} spørgsmål", by=world.bo, now=now)


def _by_right(planted: Planted, case: models.Case, *, now: datetime) -> None:
    """What the citizen has asked for, a copy of everything, a concern, and what is to be disposed of."""
    keys, by = planted.keys, planted.world.alice
    actions.ask_right(
        case=case, right=Right.RESTRICTION, asked_on=clock.day_of(now), note=f"{HELD} indsigelse", by=by, now=now
    )
    keys["right_event_id"] = case.events.get(kind=Happening.RIGHT_ASKED).pk
    keys["export_id"] = actions.ask_for_export(case=case, note=f"{HELD} kopi", language="da", by=by, now=now).pk
    keys["letter_id"] = actions.ask_for_letter(
        case=case, kind=models.Letter.Kind.CONSENT_FORM, service=service("gp", None), referral=None, language="da", by=by, now=now
    ).pk  # fmt: skip
    concern = actions.record_concern(
        case=case, about="at_home", channel="phone", municipality=AARHUS, sent_at=now, to_whom=f"{HELD} vagt", note="",
        by=by, now=now,
    )  # fmt: skip
    asked = models.RetentionRound.objects.create(unit=by.unit, asked_by=by.user, asked_at=now)
    keys |= {"concern_id": concern.pk, "round_id": asked.pk, "purpose": Purpose.IDENTIFY}


def _asked_for(planted: Planted, case: models.Case, *, now: datetime) -> None:
    """A take-over, several tasks at once, an emergency access by somebody else, a draft, news."""
    world, keys, by = planted.world, planted.keys, planted.world.alice
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
        notice = models.Notice.objects.filter(to_unit=by.unit, read_at=None, event__isnull=False).order_by("pk")[0]
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


def _at_work(planted: Planted, case: models.Case, *, now: datetime) -> None:
    """A colleague of Alice's, somebody invited to her unit, and a look of last month that is in the sample."""
    unit = planted.world.alice.unit
    colleague = worker(unit, Role.COORDINATOR)
    invitation = Invitation.objects.create(
        unit=unit, role=Role.FRONTLINE, email="ny@matrix.example", invited_by=colleague.user, invited_at=now
    )
    last_month = clock.today().replace(day=1) - timedelta(days=10)
    look = looked(case, by=planted.world.alice, at=clock.start_of_day(last_month))
    planted.keys |= {
        "worker_id": colleague.user.pk,
        "membership_id": colleague.user.memberships.get().pk,
        "unit_id": unit.pk,
        "invitation_id": invitation.pk,
        "look_id": look.pk,
        "month": f"{last_month:%Y-%m}",
    }


_ADDRESS = itertools.count(1)


def some_address() -> str:
    """Each request from a place of its own: no limit on one client is met."""
    n = next(_ADDRESS)
    return f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
