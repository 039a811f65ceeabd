"""What pages read. Every selector takes the unit; row-level security is the wall behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models as db
from django.utils.translation import ngettext

from navigator.accounts.models import Membership, Notices, Unit, User
from navigator.accounts.permissions import CASE_WORKERS
from navigator.database import scope
from navigator.database.prepared import OneOf, prepared
from navigator.web.paging import PAGE
from navigator.web.templatetags.shown import day, worded
from pathways import matching
from pathways.models import Service
from pathways.rulebook import ServiceOnDate, rulebook
from referrals import doors, models, telling, workflow
from referrals.acting import By, capacities
from referrals.actions.person import digests_of
from referrals.enums import Actor, Event, Happening, Status, Tell, Wait
from referrals.models.case import case_number
from referrals.tracks import Door, sides_served

ACUTE_KINDS = (
    "psychiatric_emergency",
    "psychiatric_emergency_youth",
    "crisis_line",
    "social_acute_offer",
    "somatic_emergency",
)


def named(notices: Iterable[models.Notice]) -> list[models.Notice]:
    """The same notices, each with `about`: how this unit knows the citizen, by the case or by the copy it was sent."""
    notices = list(notices)
    cases = models.Case.objects.filter(pk__in={notice.case_id for notice in notices}).select_related("person__data_key")
    own = {case.pk: f"{case.person.shown_as} · {case.short_number}" for case in cases}
    people = {case.pk: case.person_id for case in cases}
    sent = {notice.event.referral_id for notice in notices if notice.event and notice.case_id not in own}
    copies = models.Disclosure.objects.filter(referral__in=sent - {None}).select_related("data_key", "referral")
    told = {copy.referral_id: copy.told for copy in copies.order_by("disclosed_at")}
    for notice in notices:
        said = told.get(notice.event.referral_id) if notice.event and notice.event.referral_id else None
        by_copy = " · ".join(filter(None, (telling.called(said), said.get("case_number")))) if said else ""
        notice.about = own.get(notice.case_id) or by_copy  # type: ignore[attr-defined]
        notice.is_ours = notice.case_id in own  # type: ignore[attr-defined]
        notice.person_id = people.get(notice.case_id)  # type: ignore[attr-defined]
    return notices


def take_over_for(*, unit: Unit, take_over_id: Any) -> models.TakeOver | None:
    """One request to answer for a citizen, for the unit that was asked."""
    asked = models.TakeOver.objects.filter(asked_unit=unit, pk=take_over_id)
    return asked.select_related("owner_unit__organisation", "asked_by", "data_key").first()


def has_met_half(referral: models.Referral) -> bool:
    """Whether the service has said of one side, and not taken back, that it has met the citizen."""
    said = referral.events.filter(kind__in=[Happening.TRACK_ARRIVED, Happening.MEETING_CORRECTED])
    latest = said.order_by("-recorded_at", "-pk").values_list("kind", flat=True).first()
    return latest == Happening.TRACK_ARRIVED


def is_envelope(referral: models.Referral, *, unit: Unit) -> bool:
    """The service has not opened it, and sees from whom it is and no more."""
    return referral.status == Status.SENT and capacities(referral, unit) == {Actor.RECEIVER}


def export_for(*, unit: Unit, export_id: Any, now: datetime) -> models.Export | None:
    """A copy of everything that this unit has asked for and that is not over."""
    found = models.Export.objects.filter(expires_at__gt=now, unit=unit, pk=export_id)
    return found.select_related("data_key", "case__person").first()


def letter_for(*, unit: Unit, letter_id: Any, now: datetime) -> models.Letter | None:
    """A letter that this unit has asked for and that is not over."""
    found = models.Letter.objects.filter(expires_at__gt=now, unit=unit, pk=letter_id)
    return found.select_related("data_key", "referral").first()


def referrals_to_write_about(case: models.Case) -> list[models.Referral]:
    """The attempts of a case that go on, with their services, the latest first."""
    live = case.referrals.filter(status__in=workflow.LIVE)
    return list(live.select_related("service__organisation").order_by("-pk"))


def with_copies(referrals: Sequence[models.Referral]) -> None:
    """Reads the frozen copies of these referrals, so that `disclosed` costs nothing more."""
    copies = defaultdict(list)
    for copy in _copies(ids=[referral.pk for referral in referrals]) if referrals else []:
        copies[copy.referral_id].append(copy)
    for referral in referrals:
        referral.copies = copies[referral.pk]  # type: ignore[attr-defined]
        for copy in copies[referral.pk]:
            copy.referral = referral


@prepared
def _copies(*, ids: Sequence[UUID]) -> db.QuerySet[models.Disclosure]:
    """The newest of each first."""
    return models.Disclosure.objects.filter(OneOf("referral", ids)).select_related("data_key").order_by("-disclosed_at")


def open_waits(referral: models.Referral) -> list[models.FollowUp]:
    """What the referral waits for now, and who owes it: first what its status waits for."""
    of_status = list(workflow.WAITS_FOR.get(Status(referral.status), ()))
    waits = referral.follow_ups.filter(closed_at__isnull=True).select_related("owed_by__organisation")

    def place(wait: models.FollowUp) -> tuple[bool, bool, datetime]:
        return wait.waits_for == Wait.VISIT, wait.waits_for not in of_status, wait.due_at

    return sorted(waits, key=place)


def waits_of(referral: models.Referral) -> models.FollowUp | None:
    """What the referral waits for before all else, and who owes it."""
    return next(iter(open_waits(referral)), None)


def attempts_since_no_show(referral: models.Referral) -> list[str]:
    """The channels on which contact was tried since the citizen last did not come, the first first."""
    missed = referral.events.filter(kind=Event.MISS).order_by("-recorded_at").values("recorded_at")[:1]
    tried = referral.events.filter(kind=Event.ATTEMPT, recorded_at__gte=db.Subquery(missed))
    return list(tried.order_by("recorded_at").values_list("detail__channel", flat=True))


def next_doors(
    referral: models.Referral, *, on: date, language: str, municipality: str = ""
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The services that fit this citizen besides the one that has the referral, best first, under the kind of help:
    matched anew from the answers. Nothing of the answers is told to whoever asks."""
    with scope.widened_to(referral.owner_unit_id):
        latest = models.Assessment.objects.filter(case=referral.case_id).latest("assessed_at")
        on_its_way = models.Referral.objects.filter(
            case=referral.case_id, status__in=[*workflow.LIVE, Status.DRAFT]
        ).values_list("service", flat=True)
        not_again = {str(service) for service in on_its_way} | {str(referral.service_id)}
        tracks = list(models.Track.objects.filter(case=referral.case_id).values_list("side", flat=True))
    answers = latest.answers | ({"municipality": municipality} if municipality else {})
    matched = matching.match(answers, on=on)
    words = matched.rulebook.catalogue.words
    kinds = {kind["code"]: kind[language] for kind in words["service_kinds"]}
    said = matching.answer(matched, language=language)
    fitting = _in_its_place(referral, doors.doors({"da": said}, words=words), tracks=tracks)
    groups: dict[str, list[tuple[str, str]]] = {}
    for found in said["matches"]:
        for offered in found["services"] if found["kind"] in fitting else ():
            if offered["id"] not in not_again and set(offered["access"]) != {"emergency"}:
                not_again.add(offered["id"])
                groups.setdefault(kinds[found["kind"]], []).append((offered["id"], _offered(offered)))
    return list(groups.items())


def _in_its_place(referral: models.Referral, matched: dict[str, Door], *, tracks: list[str]) -> set[str]:
    """The kinds of help where arrival is arrival on the sides of this referral, and the doors for whoever is in doubt.
    For what is offered beside, the kinds of the same role: a support offer never stands in for treatment."""

    def stands_in(door: Door) -> bool:
        served = sides_served(door, tracks=tracks, doors=matched.values())
        return set(referral.sides) <= set(served) if referral.sides else door.role in (referral.role, "primary")

    return {kind for kind, door in matched.items() if door.role == "fallback" or stands_in(door)}


def _offered(service: dict[str, Any]) -> str:
    named = (
        service["name"]
        if service["organisation"] in service["name"]
        else f"{service['name']}, {service['organisation']}"
    )
    if service["wait_days"] is None:
        return str(named)
    wait = ngettext("wait: %(n)s day", "wait: %(n)s days", service["wait_days"]) % {"n": service["wait_days"]}
    return f"{named} ({wait})"


def other_referrals(referral: models.Referral) -> list[tuple[str, str]]:
    """The other attempts of the same case that this referral could be a duplicate of: service and the day it was sent."""
    with scope.widened_to(referral.owner_unit_id):
        others = models.Referral.objects.filter(case=referral.case_id, sent_at__isnull=False).exclude(pk=referral.pk)
        found = list(others.select_related("service__organisation").order_by("-sent_at"))
    return [
        (str(other.pk), f"{worded(other.service, 'name')}, {day(other.sent_at)}") for other in found if other.sent_at
    ]


def other_referral(referral: models.Referral, other_id: str) -> models.Referral | None:
    """One of them. A duplicate is of the same case, whoever has received it."""
    with scope.widened_to(referral.owner_unit_id):
        return models.Referral.objects.filter(case=referral.case_id, pk=other_id).first()


def next_attempts(referral: models.Referral) -> list[models.Referral]:
    """Where the road went on after a return, as far as this unit may see it."""
    return list(referral.followed_by.select_related("service__organisation").order_by("-pk"))


def companion_of(referral: models.Referral) -> models.Companion | None:
    """Who goes along, where anybody does."""
    return models.Companion.objects.filter(referral=referral).select_related("data_key").first()


def guarantees_of(case: models.Case) -> list[models.Guarantee]:
    """The statutory clocks of a case, the running ones first, the next to end first."""
    clocks = _guarantees(case=case)
    return sorted(clocks, key=lambda guarantee: (guarantee.stopped_at is not None, guarantee.due_at, guarantee.side))


@prepared
def _guarantees(*, case: models.Case) -> db.QuerySet[models.Guarantee]:
    return models.Guarantee.objects.filter(case=case).select_related("data_key").order_by("side", "right")


def guarantee_for(case: models.Case, guarantee_id: Any) -> models.Guarantee | None:
    """One statutory clock of a case."""
    return case.guarantees.select_related("case", "data_key").filter(pk=guarantee_id).first()


def draft_for(*, unit: Unit, worker: User, draft_id: Any) -> models.Draft | None:
    """One draft, for whoever writes it."""
    return models.Draft.objects.filter(unit=unit, worker=worker, pk=draft_id).select_related("data_key").first()


def acute_numbers(*, municipality: str, on: date) -> list[ServiceOnDate]:
    """Whom to call in this municipality when it is acute and no life is in danger, young or adult; each number once."""
    catalogue = rulebook(on=on).catalogue
    found = (
        catalogue.services[entry.id]
        for kind in ACUTE_KINDS
        for age in (40, 15)
        for entry in catalogue.directory.find(kind, municipality, age)
    )
    return list({service.phone: service for service in found if service.phone}.values())


def follow_up_for(*, unit: Unit, case: models.Case, follow_up_id: Any) -> models.FollowUp | None:
    """An open task of this unit's on a case."""
    return case.follow_ups.open().filter(owed_by=unit, pk=follow_up_id).first()


def units_to_ask(*, but: Unit) -> list[tuple[str, str]]:
    """The units with somebody at work who could answer for a citizen, by name."""
    return [(str(unit.pk), str(unit)) for unit in _staffed(but=but)]


@prepared
def _staffed(*, but: Unit) -> db.QuerySet[Unit]:
    staffed = Membership.objects.filter(ended_at__isnull=True, role__in=CASE_WORKERS).values("unit")
    units = Unit.objects.filter(pk__in=staffed, closed_on__isnull=True).exclude(pk=but.pk)
    return units.select_related("organisation").order_by("organisation__name")


@prepared
def take_over_asked(*, case: models.Case) -> db.QuerySet[models.TakeOver]:
    """Which unit is asked to answer for the citizen and has not yet said whether it will."""
    asked = models.TakeOver.objects.filter(case=case, answered_at__isnull=True)
    return asked.select_related("asked_unit__organisation")


def unit(unit_id: Any) -> Unit | None:
    """One unit by its id."""
    return Unit.objects.select_related("organisation").filter(pk=unit_id).first()


WHOLE_CASE = (
    "person__data_key",
    "data_key",
    "origin_unit__organisation",
    "owner_unit__organisation",
    "coordinator_unit__organisation",
)


def case_for(*, unit: Unit, case_id: Any) -> models.Case | None:
    """A case that this unit may read as a whole: it logged it, answers for it or coordinates it."""
    return next(iter(_whole_case(unit=unit, case_id=case_id)), None)


@prepared
def _whole_case(*, unit: Unit, case_id: Any) -> db.QuerySet[models.Case]:
    theirs = db.Q(origin_unit=unit) | db.Q(owner_unit=unit) | db.Q(coordinator_unit=unit)
    return models.Case.objects.filter(theirs, pk=case_id).select_related(*WHOLE_CASE)


def personal_link(key: UUID, *, now: datetime) -> models.PersonalLink | None:
    """The link that this opens, while it is open. In its own scope: a guess sees an empty table."""
    return models.PersonalLink.objects.filter(models.PersonalLink.open_at(now), opens_with=key).first()


def own_case(link: models.PersonalLink) -> models.Case | None:
    """The case that a personal link is to, in the scope of its units; none when it is out of use."""
    return models.Case.objects.select_related(*WHOLE_CASE).filter(pk=link.case_id, restricted_at=None).first()


def reminder(key: UUID, *, now: datetime) -> models.Delivery | None:
    """The message that this opens, until the visit. In its own scope: a guess sees an empty table."""
    return models.Delivery.objects.filter(opens_with=key, worthless_after__gt=now).first()


def visit_reminded_of(key: UUID) -> models.FollowUp | None:
    """The visit that such a message reminds of, in the scope of its units, while it stands as it was agreed."""
    found = models.FollowUp.objects.open().filter(notices__deliveries__opens_with=key, case__restricted_at=None)
    related = ("case__owner_unit", "referral__service")
    return found.select_related(*related).first()


def case_by_number(*, unit: Unit, said: str) -> models.Case | None:
    """The case with this number, where the unit may read it as a whole."""
    number = case_number(said)
    found = models.Case.objects.filter(number=number).values_list("pk", flat=True).first() if number else None
    return case_for(unit=unit, case_id=found) if found else None


def emergency_access(*, by: By, access_id: Any) -> models.EmergencyAccess | None:
    """An emergency access, for whoever asked for it."""
    return models.EmergencyAccess.objects.filter(unit=by.unit, by=by.user, pk=access_id).first()


def case_in_emergency(access: models.EmergencyAccess) -> models.Case:
    """The case that an emergency access opens, inside `scope.emergency`."""
    return models.Case.objects.select_related(*WHOLE_CASE).get(pk=access.case_id)


def services(ids: Iterable[Any]) -> list[Service]:
    """Services by their ids, in the order in which they are named, each once."""
    found = Service.objects.select_related("organisation", "unit__organisation", "kind").in_bulk(list(ids))
    return [found[key] for key in dict.fromkeys(ids) if key in found]


def services_there(
    *, municipality: str, age: int, said: str, on: date, language: str
) -> list[tuple[str, list[ServiceOnDate]]]:
    """Every open service that takes somebody of this age from there, under its kind of help: those whose name, place or
    kind holds every word that was said. Without a word: none."""
    words, groups = said.casefold().split(), []
    for kind in rulebook(on=on).catalogue.words["service_kinds"] if words else ():
        fitting = [
            each
            for each in _open_there(kind["code"], municipality=municipality, age=age, on=on)
            if all(word in f"{kind[language]} {worded(each, 'name')} {each.organisation}".casefold() for word in words)
        ]
        if fitting:
            groups.append((kind[language], fitting))
    return groups


def takes(service: Service, *, municipality: str, age: int, on: date) -> bool:
    """It is open, covers where the citizen lives, and takes somebody of this age."""
    there = _open_there(service.kind_id, municipality=municipality, age=age, on=on)
    return service.pk in {each.id for each in there}


def _open_there(kind: str, *, municipality: str, age: int, on: date) -> list[ServiceOnDate]:
    """Every open service of a kind that takes somebody of this age from there and can be sent to."""
    catalogue = rulebook(on=on).catalogue
    answering = catalogue.municipalities.get(municipality, municipality)
    found = (catalogue.services[entry.id] for entry in catalogue.directory.find(kind, answering, age))
    return [each for each in found if set(each.access) != {"emergency"}]


def service(service_id: Any) -> Service | None:
    """One service, with who runs it and who receives for it."""
    services = Service.objects.select_related("organisation", "unit__organisation", "kind")
    return services.filter(pk=service_id).first()


def unit_names(ids: Iterable[str]) -> dict[str, str]:
    """Units by name, as an old event tells of them."""
    return {str(unit.pk): str(unit) for unit in Unit.objects.filter(pk__in=ids).select_related("organisation")}


def referral_for(*, unit: Unit, referral_id: Any) -> models.Referral | None:
    """A referral that this unit sent, received, answers for or coordinates."""
    return (
        models.Referral.objects.filter(
            db.Q(sender_unit=unit) | db.Q(owner_unit=unit) | db.Q(receiver_unit=unit) | db.Q(coordinator_unit=unit),
            pk=referral_id,
        )
        .select_related(
            "service__organisation",
            "sender_unit__organisation",
            "sender",
            "receiver_unit__organisation",
            "data_key",
            "returned_to__organisation",
        )
        .first()
    )


def disclosed(referral: models.Referral) -> dict[str, Any]:
    """What the receiver was told: the frozen copy, not the case. Empty while nothing was sent."""
    if not hasattr(referral, "copies"):
        with_copies([referral])
    copies: list[models.Disclosure] = referral.copies  # type: ignore[attr-defined]
    return copies[0].told if copies else {}


def may_be_read(referral: models.Referral) -> bool:
    """Whether this unit may read what was sent: not what was taken back before anybody there had opened it."""
    if not hasattr(referral, "copies"):
        with_copies([referral])
    return bool(referral.copies)  # type: ignore[attr-defined]


def disclosure_of(referral: models.Referral) -> models.Disclosure | None:
    """The latest copy with the reason why it could be told; none while nothing was sent."""
    return referral.disclosures.select_related("data_key", "disclosed_by").order_by("-disclosed_at").first()


def said_yes_until(
    case: models.Case, services: Iterable[Service], *, categories: Iterable[str], now: datetime
) -> datetime | None:
    """Until when all of these may be told all of this because of a yes of before; none where one of them may not."""
    receivers = {service.pk for service in services}
    covering = case.consents.in_force(now).filter(categories__contains=list(categories), to_service__in=receivers)
    ends = dict(covering.order_by().values_list("to_service").annotate(until=db.Max("expires_at")))
    return min(ends.values()) if set(ends) == receivers else None


def consents_to_take_back(case: models.Case, *, now: datetime) -> list[tuple[models.Consent, bool]]:
    """For the citizen: every yes that holds, and whether taking it back ends a hand-off that nobody has taken on."""
    ending = models.Disclosure.objects.filter(
        consent__case=case, consent__withdrawal=None, referral__status__in=workflow.NOT_TAKEN_ON
    )
    receivers = set(ending.values_list("consent__to_service", "consent__to_unit"))
    holding = [each for each in consents_of(case) if each.holds(now)]
    return [(each, (each.to_service_id, each.to_unit_id) in receivers) for each in holding]


def consents_of(case: models.Case) -> list[models.Consent]:
    """Every yes on a case, the latest first, each with how it was taken back."""
    found = case.consents.select_related(
        "to_service__organisation",
        "to_unit__organisation",
        "from_unit__organisation",
        "withdrawal",
        "taken_by",
        "data_key",
    )
    return list(found.order_by("-given_at", "-pk"))


def consent_for(case: models.Case, consent_id: Any) -> models.Consent | None:
    """One yes on a case."""
    return next((each for each in consents_of(case) if each.pk == consent_id), None)


def told_by(consent: models.Consent) -> list[models.Referral]:
    """Everybody who was told because of this yes, the latest first."""
    told = models.Referral.objects.filter(disclosures__consent=consent).select_related("service__organisation")
    return list(told.distinct().order_by("-sent_at", "-pk"))


def concern_for(*, unit: Unit, concern_id: Any) -> models.Concern | None:
    """One notification, for the unit that made it."""
    return models.Concern.objects.filter(unit=unit, pk=concern_id).first()


def events_of(referral: models.Referral) -> list[models.CaseEvent]:
    """What happened to one referral, oldest first: sender, receiver and coordinator all see it."""
    return list(referral.events.select_related("by", "by_unit__organisation", "data_key").order_by("occurred_at", "pk"))


def assessment_of(case: models.Case) -> models.Assessment:
    """The answers and the match that are in force for the case, frozen."""
    return case.assessments.latest("assessed_at")


@prepared
def latest_assessments(*, case: models.Case) -> db.QuerySet[models.Assessment]:
    """The match in force, and the one before it where there is one."""
    return models.Assessment.objects.filter(case=case).order_by("-assessed_at", "-pk")[:2]


@prepared
def tracks_of(*, case: models.Case) -> db.QuerySet[models.Track]:
    """The sides of a case, with who has met the citizen there."""
    return models.Track.objects.filter(case=case).select_related("arrived_by__service").order_by("side")


@prepared
def waits_ever(*, case: models.Case) -> db.QuerySet[models.FollowUp]:
    """Every step that was ever owed on the case, done or not: what is owed now, and what each event led to. Clocks and
    visits are none."""
    waits = models.FollowUp.objects.filter(case=case).exclude(waits_for__in=[Wait.GUARANTEE, Wait.VISIT])
    return waits.select_related("owed_by__organisation", "referral__service", "obligation").order_by("due_at", "pk")


@prepared
def screenings_of(*, case: models.Case) -> db.QuerySet[models.Screening]:
    """What was screened for, the latest first."""
    return models.Screening.objects.filter(case=case).select_related("data_key", "by").order_by("-made_on", "-pk")


def screening_of(case: models.Case, screening_id: Any) -> models.Screening | None:
    """One screening of a case."""
    return case.screenings.select_related("data_key").filter(pk=screening_id).first()


def sent_together(referral: models.Referral) -> list[models.Referral]:
    """What was sent in the same press, each with what it waits for."""
    waits = models.FollowUp.objects.open().select_related("owed_by__organisation")
    together = models.Referral.objects.filter(
        case=referral.case_id, sender=referral.sender_id, sent_at=referral.sent_at
    ).select_related("service__organisation", "receiver_unit__organisation", "companion__data_key")
    return list(together.prefetch_related(db.Prefetch("follow_ups", queryset=waits, to_attr="waits")).order_by("pk"))


@prepared
def referrals_of(*, case: models.Case) -> db.QuerySet[models.Referral]:
    """Every attempt of a case, newest first."""
    found = models.Referral.objects.filter(case=case).order_by("-sent_at", "-pk")
    return found.select_related("service__organisation", "sender_unit__organisation", "receiver_unit__organisation")


def ladders_of(waits: Iterable[models.FollowUp]) -> dict[str, models.Ladder]:
    """The versions of the ladder that these waits were opened under."""
    return models.Ladder.objects.defer("document").in_bulk({wait.ladder_version for wait in waits})


def steps_ahead(
    follow_up: models.FollowUp, *, ladders: Mapping[str, models.Ladder] | None = None
) -> list[tuple[datetime, Tell]]:
    """Who hears of the silence, and when, from now on: the steps of the ladder that are not yet taken."""
    rungs = (ladders or ladders_of([follow_up]))[follow_up.ladder_version].rungs
    ahead = rungs.of(follow_up.waits_for, follow_up.urgency, kind=follow_up.service_kind)[follow_up.step :]
    until = follow_up.due_at if follow_up.guarantee_id else follow_up.waits_since
    return [
        (rung.at(follow_up.waits_since, until=until, also_closed=settings.ALSO_CLOSED_ON), rung.tell) for rung in ahead
    ]


def links_of(*, unit: Unit, case: models.Case) -> list[models.PersonLink]:
    """The records that somebody in this unit holds to be the same person as this one."""
    return _links(unit=unit, person=case.person_id)


@prepared
def _links(*, unit: Unit, person: UUID) -> db.QuerySet[models.PersonLink]:
    links = models.PersonLink.objects.filter(db.Q(first=person) | db.Q(second=person), unit=unit, unlinked_at=None)
    return links.select_related("first__data_key", "second__data_key", "linked_by").order_by("linked_at")


def rights_asked(case: models.Case) -> list[models.CaseEvent]:
    """What the citizen has asked for by right, the newest first, each with its `answer` where there is one."""
    kinds = [Happening.RIGHT_ASKED, Happening.RIGHT_ANSWERED]
    found = list(
        case.events.filter(kind__in=kinds).select_related("data_key", "by", "by_unit__organisation").order_by("-pk")
    )
    answers = {event.detail["asked"]: event for event in found if event.kind == Happening.RIGHT_ANSWERED}
    asked = [event for event in found if event.kind == Happening.RIGHT_ASKED]
    for event in asked:
        event.answer = answers.get(str(event.pk))  # type: ignore[attr-defined]
    return asked


def corrections_of(case: models.Case) -> list[models.Correction]:
    """What was corrected of the person, the newest first."""
    found = case.corrections.filter(referral=None).select_related("data_key", "case__person", "referral", "event")
    return list(found.order_by("-corrected_at", "-pk"))


def corrections_beside(referral: models.Referral) -> list[models.Correction]:
    """What was wrong in the copy that a service has, the oldest first."""
    return list(referral.corrections.select_related("data_key", "referral").order_by("corrected_at", "pk"))


def parts_of_plan(plan: models.Plan | None) -> tuple[list[models.Party], list[models.Effort]]:
    """Who takes part now; and all efforts, what was done or taken out too."""
    if plan is None:
        return [], []
    parties = plan.parties.filter(left_at__isnull=True).select_related("data_key").order_by("pk")
    return list(parties), list(plan.efforts.select_related("data_key", "party__data_key").order_by("pk"))


def plan_is_asked(case: models.Case) -> bool:
    """Somebody has asked for a plan, and there is none yet."""
    return case.follow_ups.open().filter(waits_for=Wait.PLAN).exists()


def event_of(case: models.Case, event_id: Any, *, kind: str) -> models.CaseEvent | None:
    """One event of this kind on a case."""
    return case.events.filter(kind=kind, pk=event_id).first()


@prepared
def timeline(*, case: models.Case) -> db.QuerySet[models.CaseEvent]:
    """Everything that happened on the case, oldest first."""
    events = models.CaseEvent.objects.filter(case=case).order_by("occurred_at", "pk")
    return events.select_related("by", "by_unit__organisation", "referral__service", "data_key")


def possibly_the_same(*, unit: Unit, identity: dict[str, str], case: models.Case | None = None) -> list[models.Case]:
    """Cases of people who may be this one: the same CPR number, telephone or full name; besides `case`, the others of its
    person. Those of whom most agrees come first, then those that are open. Nobody whose name and address are protected is
    found by what somebody types."""
    digests = [digest for _kind, digest in digests_of(identity)]
    return _of_people(
        unit=unit, digests=digests, person=case.person_id if case else None, but=case.pk if case else None
    )


@prepared
def _of_people(
    *, unit: Unit, digests: Sequence[bytes], person: UUID | None, but: UUID | None
) -> db.QuerySet[models.Case]:
    keys = models.PersonKey.objects.filter(OneOf("digest", digests), unit=unit)
    agreeing = keys.filter(person=db.OuterRef("person")).values("person").annotate(n=db.Count("pk")).values("n")
    fitting = db.Q(person__in=keys.values("person"))
    found = models.Case.objects.filter(fitting | db.Q(person=person) if person else fitting)
    others = found.exclude(pk=but) if but else found
    likeliest = db.Subquery(agreeing).desc(nulls_last=True)
    return with_live_referrals(others).order_by(likeliest, db.F("closed_at").desc(nulls_first=True), "-opened_at")[
        :PAGE
    ]


def with_live_referrals(cases: db.QuerySet[models.Case]) -> db.QuerySet[models.Case]:
    """Each with who it is about, who answers for it and what is on its way."""
    live = models.Referral.objects.filter(status__in=workflow.LIVE).select_related("service")
    return cases.select_related("person__data_key", "owner_unit__organisation").prefetch_related(
        db.Prefetch("referrals", queryset=live, to_attr="live_referrals")
    )


def colleagues(*, unit: Unit) -> db.QuerySet[User]:
    """Who works in the unit now, and who still has open tasks there by name."""
    works_here = db.Q(memberships__unit=unit, memberships__ended_at__isnull=True)
    owes = models.FollowUp.objects.open().filter(owed_by=unit).values("owed_worker")
    return User.objects.filter(works_here | db.Q(pk__in=owes)).distinct().order_by("name", "pk")


def tasks_by_worker(*, unit: Unit) -> list[tuple[str, int]]:
    """How many open tasks each has by name in this unit."""
    owed = models.FollowUp.objects.open().filter(owed_by=unit, owed_worker__isnull=False)
    return list(owed.values_list("owed_worker__name").annotate(count=db.Count("pk")).order_by("owed_worker__name"))


def notices_of(by: By) -> str:
    """How this worker is told by e-mail in this unit."""
    found = Membership.objects.filter(user=by.user, unit=by.unit, ended_at__isnull=True).values_list(
        "notices", flat=True
    )
    return found.first() or Notices.SINGLE


def about(task: models.FollowUp) -> str:
    """Whom a task is about, as this unit knows them: by the case, or by the copy it was sent."""
    case = models.Case.objects.select_related("person__data_key").filter(pk=task.case_id).first()
    if case is not None:
        return f"{case.person.shown_as} · {case.short_number}"
    told = disclosed(task.referral) if task.referral else {}
    return " · ".join(filter(None, (telling.called(told), told.get("case_number"))))


def bulk_job(*, unit: Unit, job_id: Any) -> models.BulkJob | None:
    """What this unit has asked for, and how far it is."""
    return models.BulkJob.objects.filter(unit=unit, pk=job_id).first()


def bulk_rows(job: models.BulkJob) -> list[models.BulkRow]:
    """What became of each, those that were not done first; each with `about` and `case`, as far as this unit knows the citizen."""
    found = list(
        job.rows.select_related("follow_up__owed_by__organisation", "follow_up__referral").order_by("-state", "pk")
    )
    cases = models.Case.objects.filter(pk__in=[row.follow_up.case_id for row in found])
    known = {case.pk: case for case in cases.select_related("person__data_key")}
    for row in found:
        case = known.get(row.follow_up.case_id)
        row.about = f"{case.person.shown_as} · {case.short_number}" if case else ""  # type: ignore[attr-defined]
        row.case = case  # type: ignore[attr-defined]
    return found
