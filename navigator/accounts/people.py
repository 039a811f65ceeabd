"""Who works in an organisation, and who is asked to: what its local administrator reads. Whatever is not of the
organisation is not found."""

from __future__ import annotations

from uuid import UUID

from django.db import models as db

from navigator.accounts.models import Invitation, Membership, Organisation, StaffChange, Unit, User


def units(organisation: Organisation) -> db.QuerySet[Unit]:
    """All units, those that are open first; each with `people`: how many work there."""
    at_work = db.Count("memberships__user", filter=db.Q(memberships__ended_at=None), distinct=True)
    return (
        organisation.units.annotate(people=at_work)
        .select_related("organisation")
        .order_by(db.F("closed_on").asc(nulls_first=True), "name")
    )


def unit(organisation: Organisation, unit_id: UUID) -> Unit | None:
    """One unit of the organisation."""
    return units(organisation).filter(pk=unit_id).first()


def at_work(unit: Unit) -> list[Membership]:
    """Who works there now, as what."""
    return list(unit.memberships.filter(ended_at=None).select_related("user").order_by("user__name", "user_id", "role"))


def worker(organisation: Organisation, worker_id: UUID) -> User | None:
    """Somebody who works in the organisation, or has."""
    return User.objects.filter(memberships__unit__organisation=organisation, pk=worker_id).distinct().first()


def work_of(worker: User, organisation: Organisation) -> list[Membership]:
    """What somebody does in the organisation now."""
    now = worker.memberships.filter(ended_at=None, unit__organisation=organisation)
    return list(now.select_related("user", "unit__organisation").order_by("unit__name", "role", "pk"))


def membership(organisation: Organisation, membership_id: UUID) -> Membership | None:
    """One role of somebody in one unit of the organisation, while it lasts."""
    now = Membership.objects.filter(ended_at=None, unit__organisation=organisation, pk=membership_id)
    return now.select_related("user", "unit__organisation").first()


def open_invitations(organisation: Organisation) -> db.QuerySet[Invitation]:
    """Those that nobody has accepted or withdrawn, the latest first."""
    open_ones = Invitation.objects.filter(unit__organisation=organisation, accepted_at=None, withdrawn_at=None)
    return open_ones.select_related("unit", "unit__organisation").order_by("-invited_at", "-pk")


def changes(organisation: Organisation) -> db.QuerySet[StaffChange]:
    """Every change of who works where."""
    return StaffChange.objects.filter(organisation=organisation).select_related("by", "user", "unit")
