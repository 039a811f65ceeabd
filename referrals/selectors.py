"""What pages read. Every selector takes the unit; row-level security is the wall behind it."""

from __future__ import annotations

import json
from typing import Any

from django.db import models as db

from navigator.accounts.models import Unit
from referrals import models, workflow
from referrals.actions.person import digests_of
from referrals.enums import Tell
from referrals.models.case import case_number

PAGE = 25


def follow_ups_owed(*, unit: Unit) -> db.QuerySet[models.FollowUp]:
    """What this unit owes, the longest due first."""
    return (
        models.FollowUp.objects.open()
        .filter(owed_by=unit)
        .select_related("case__person__data_key", "referral__service", "referral__sender_unit__organisation", "owner_unit")
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
    """What the clock has told this unit and what is still true, newest first."""
    return (
        models.Notice.objects.filter(to_unit=unit, follow_up__closed_at__isnull=True)
        .exclude(tells=Tell.OWED_BY)
        .select_related("case", "follow_up__referral__service", "follow_up__owed_by__organisation")
        .order_by("-written_at", "-pk")
    )


def arrived_lately(*, unit: Unit) -> db.QuerySet[models.Referral]:
    """Referrals of this unit that have ended with arrival, newest first."""
    return (
        models.Referral.objects.filter(sender_unit=unit, status="arrived")
        .select_related("case__person__data_key", "service")
        .order_by("-status_since", "-pk")
    )


def inbox(*, unit: Unit) -> db.QuerySet[models.Referral]:
    """What was sent to this unit and has not arrived or ended, the longest waiting first."""
    return (
        models.Referral.objects.filter(receiver_unit=unit, status__in=workflow.LIVE)
        .select_related("service", "sender_unit__organisation", "data_key")
        .order_by("status_since", "pk")
    )


def case_for(*, unit: Unit, case_id: Any) -> models.Case | None:
    """A case that this unit may read as a whole: it logged it, answers for it or coordinates it."""
    return (
        models.Case.objects.filter(db.Q(origin_unit=unit) | db.Q(owner_unit=unit) | db.Q(coordinator_unit=unit))
        .select_related("person__data_key", "data_key", "owner_unit__organisation", "coordinator_unit__organisation")
        .filter(pk=case_id)
        .first()
    )


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
    copy = referral.disclosures.select_related("data_key").latest("disclosed_at")
    return json.loads(copy.content)  # type: ignore[no-any-return]


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
