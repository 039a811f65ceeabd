"""What pages read. Every selector takes the unit; row-level security is the wall behind it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models as db

from navigator.accounts.models import Unit
from pathways.models import Municipality, Service
from referrals import models, workflow
from referrals.actions.person import digests_of
from referrals.enums import Tell, Urgency, Wait
from referrals.models.case import case_number

PAGE = 25


def follow_ups_owed(*, unit: Unit) -> db.QuerySet[models.FollowUp]:
    """What this unit owes on cases that it may read, the longest due first. What it owes as a receiver is its inbox."""
    return (
        models.FollowUp.objects.open()
        .filter(db.Q(sender_unit=unit) | db.Q(owner_unit=unit) | db.Q(coordinator_unit=unit), owed_by=unit)
        .select_related(
            "case__person__data_key", "referral__service", "referral__sender_unit__organisation", "owner_unit"
        )
        .order_by("due_at", "pk")
    )


def follow_ups_awaited(*, unit: Unit) -> db.QuerySet[models.FollowUp]:
    """What others owe on hand-offs that this unit sent or answers for, the longest due first."""
    return (
        models.FollowUp.objects.open()
        .filter(db.Q(sender_unit=unit) | db.Q(owner_unit=unit))
        .exclude(owed_by=unit)
        .select_related("case__person__data_key", "referral__service", "owed_by__organisation")
        .order_by("due_at", "pk")
    )


def alerts(*, unit: Unit) -> db.QuerySet[models.Notice]:
    """What the clock has told this unit of the silence of others and what is still true: the latest of each silence."""
    latest = (
        models.Notice.objects.filter(to_unit=unit, follow_up__closed_at__isnull=True)
        .exclude(follow_up__owed_by=unit)
        .order_by("follow_up", "-step")
        .distinct("follow_up")
    )
    return (
        models.Notice.objects.filter(pk__in=latest.values("pk"))
        .select_related("case__person__data_key", "follow_up__referral__service", "follow_up__owed_by__organisation")
        .order_by("follow_up__due_at", "pk")
    )


def arrived_lately(*, unit: Unit) -> db.QuerySet[models.Referral]:
    """Referrals of this unit that have ended with arrival, newest first."""
    return (
        models.Referral.objects.filter(sender_unit=unit, status="arrived")
        .select_related("case__person__data_key", "service")
        .order_by("-status_since", "-pk")
    )


def inbox(*, unit: Unit) -> db.QuerySet[models.Referral]:
    """What was sent to this unit and has not arrived or ended, the longest due first. `due_at` is when this unit owes the
    next step; `told` reads from `copies`, the frozen copy, never from the case."""
    follow_ups = models.FollowUp.objects.open().filter(referral=db.OuterRef("pk"))
    copies = models.Disclosure.objects.select_related("data_key").order_by("-disclosed_at")
    return (
        models.Referral.objects.filter(receiver_unit=unit, status__in=workflow.LIVE)
        .select_related("service", "sender_unit__organisation", "data_key")
        .prefetch_related(db.Prefetch("disclosures", queryset=copies, to_attr="copies"))
        .annotate(due_at=db.Subquery(follow_ups.order_by("due_at").values("due_at")[:1]))
        .order_by(db.F("due_at").asc(nulls_last=True), "pk")
    )


def inbox_count(*, unit: Unit) -> int:
    """How many referrals wait in the inbox."""
    return models.Referral.objects.filter(receiver_unit=unit, status__in=workflow.LIVE).count()


def waits_of(referral: models.Referral) -> models.FollowUp | None:
    """What the referral waits for now, and who owes it."""
    return referral.follow_ups.filter(closed_at__isnull=True).select_related("owed_by__organisation").first()


def case_for(*, unit: Unit, case_id: Any) -> models.Case | None:
    """A case that this unit may read as a whole: it logged it, answers for it or coordinates it."""
    return (
        models.Case.objects.filter(db.Q(origin_unit=unit) | db.Q(owner_unit=unit) | db.Q(coordinator_unit=unit))
        .select_related("person__data_key", "data_key", "owner_unit__organisation", "coordinator_unit__organisation")
        .filter(pk=case_id)
        .first()
    )


def case_by_number(*, unit: Unit, said: str) -> models.Case | None:
    """The case with this number, where the unit may read it as a whole."""
    number = case_number(said)
    found = models.Case.objects.filter(number=number).values_list("pk", flat=True).first() if number else None
    return case_for(unit=unit, case_id=found) if found else None


def service(service_id: Any) -> Service | None:
    """One service, with who runs it and who receives for it."""
    services = Service.objects.select_related("organisation", "unit__organisation", "kind")
    return services.filter(pk=service_id).first()


def municipalities(*, on: date) -> list[tuple[str, str]]:
    """Code and name of every municipality that there is on this day."""
    there = Municipality.objects.filter(valid_from__lte=on).exclude(valid_to__lte=on)
    return list(there.values_list("code", "name"))


def unit_names(ids: Iterable[str]) -> dict[str, str]:
    """Units by name, as an old event tells of them."""
    return {str(unit.pk): str(unit) for unit in Unit.objects.filter(pk__in=ids).select_related("organisation")}


def referral_for(*, unit: Unit, referral_id: Any) -> models.Referral | None:
    """A referral that this unit sent, received or coordinates."""
    return (
        models.Referral.objects.filter(
            db.Q(sender_unit=unit) | db.Q(receiver_unit=unit) | db.Q(coordinator_unit=unit), pk=referral_id
        )
        .select_related("service", "sender_unit__organisation", "sender", "receiver_unit", "data_key")
        .first()
    )


def disclosed(referral: models.Referral) -> dict[str, Any]:
    """What the receiver was told: the frozen copy, not the case."""
    copies = getattr(referral, "copies", None) or referral.disclosures.select_related("data_key").order_by(
        "-disclosed_at"
    )
    return json.loads(copies[0].content)


def disclosure_of(referral: models.Referral) -> models.Disclosure:
    """The latest copy with the reason why it could be told."""
    return referral.disclosures.select_related("data_key", "disclosed_by").latest("disclosed_at")


def events_of(referral: models.Referral) -> list[models.CaseEvent]:
    """What happened to one referral, oldest first: sender, receiver and coordinator all see it."""
    return list(referral.events.select_related("by", "by_unit__organisation", "data_key").order_by("occurred_at", "pk"))


def assessment_of(case: models.Case) -> models.Assessment:
    """The answers and the match that are in force for the case, frozen."""
    return case.assessments.latest("assessed_at")


def referrals_of(case: models.Case) -> list[models.Referral]:
    """Every attempt of a case, newest first, with what each live one waits for."""
    waits = models.FollowUp.objects.open().select_related("owed_by__organisation")
    return list(
        case.referrals.select_related(
            "service__organisation", "sender_unit__organisation", "receiver_unit__organisation"
        )
        .prefetch_related(db.Prefetch("follow_ups", queryset=waits, to_attr="waits"))
        .order_by("-sent_at", "-pk")
    )


def steps_ahead(follow_up: models.FollowUp) -> list[tuple[datetime, Tell]]:
    """Who hears of the silence, and when, from now on: the steps of the ladder that are not yet taken."""
    rungs = models.Ladder.objects.get(pk=follow_up.ladder_version).rungs
    ahead = rungs[Wait(follow_up.waits_for), Urgency(follow_up.urgency)][follow_up.step :]
    return [(rung.at(follow_up.waits_since, also_closed=settings.ALSO_CLOSED_ON), rung.tell) for rung in ahead]


def links_of(*, unit: Unit, case: models.Case) -> list[models.PersonLink]:
    """The records that somebody in this unit holds to be the same person as this one."""
    person = case.person_id
    links = models.PersonLink.objects.filter(db.Q(first=person) | db.Q(second=person), unit=unit, unlinked_at=None)
    return list(links.select_related("first__data_key", "second__data_key", "linked_by").order_by("linked_at"))


def timeline(case: models.Case) -> list[models.CaseEvent]:
    """Everything that happened on the case, oldest first."""
    return list(
        case.events.select_related("by", "by_unit__organisation", "referral__service", "data_key").order_by(
            "occurred_at", "pk"
        )
    )


def cases_found_by(*, unit: Unit, said: str) -> list[models.Case]:
    """Cases of this unit's people, found exactly: by name or part of a name, pseudonym, telephone, CPR or case number."""
    return list(_cases(unit=unit, said=said, identity={"name": said, "pseudonym": said, "phone": said, "cpr": said}))


def possibly_the_same(*, unit: Unit, identity: dict[str, str]) -> list[models.Case]:
    """Cases of people who may be this one: the same CPR number, telephone or full name."""
    digests = [digest for kind, digest in digests_of(identity) if kind != models.PersonKey.Kind.NAME_PART]
    people = models.PersonKey.objects.filter(unit=unit, digest__in=digests).values("person")
    return list(_with_live_referrals(models.Case.objects.filter(person__in=people)))


def _cases(*, unit: Unit, said: str, identity: dict[str, str]) -> db.QuerySet[models.Case]:
    digests = {digest for _kind, digest in digests_of(identity)} | {
        digest for _kind, digest in digests_of({"pseudonym": identity["pseudonym"]})
    }
    people = models.PersonKey.objects.filter(unit=unit, digest__in=digests).values("person")
    number = case_number(said)
    return _with_live_referrals(models.Case.objects.filter(db.Q(person__in=people) | db.Q(number=number)))


def _with_live_referrals(cases: db.QuerySet[models.Case]) -> db.QuerySet[models.Case]:
    live = models.Referral.objects.filter(status__in=workflow.LIVE).select_related("service")
    return (
        cases.select_related("person__data_key", "owner_unit__organisation")
        .prefetch_related(db.Prefetch("referrals", queryset=live, to_attr="live_referrals"))
        .order_by("closed_at", "-opened_at")[:PAGE]
    )
