"""Who answers for the citizen: exactly one unit at any time, changed here and nowhere else (rule H3)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from navigator.accounts.models import Unit, User
from navigator.database import scope
from referrals import models, workflow
from referrals.acting import By, Citizen, Guest
from referrals.actions import events, follow_ups, notices, plans
from referrals.actions.consents import settle
from referrals.actions.person import index
from referrals.actions.steps import locked_case, on_the_whole_case
from referrals.enums import Category, Happening, Status, Tell, Told, Wait
from referrals.errors import Invalid, NotAllowed, TooLate
from referrals.grounds import Anonymous, Ground

# Every row of a case says who owns and who coordinates it, history too: policies compare columns of the same row.
ROWS_OF_A_CASE = {
    models.Track: "case",
    models.Assessment: "case",
    models.Guarantee: "case",
    models.Screening: "case",
    models.Consent: "case",
    models.ConsentWithdrawal: "consent__case",
    models.TakeOver: "case",
    models.FollowUp: "case",
    models.Notice: "case",
    models.Delivery: "case",
    models.CaseEvent: "case",
    models.Correction: "case",
    models.Referral: "case",
    models.Companion: "referral__case",
    models.Disclosure: "referral__case",
    models.SecureLink: "referral__case",
    models.PersonalLink: "case",
    models.Plan: "case",
    models.Party: "plan__case",
    models.Effort: "plan__case",
}


def change_owner(
    case: models.Case,
    *,
    to: Unit,
    worker: User | None,
    by: By | Citizen | Guest | None,
    now: datetime,
    because: str = "",
) -> None:
    """From now on `to` answers for the citizen. The case is locked by the caller, in whose transaction this happens."""
    if case.owner_unit_id == to.pk:
        return
    before = case.owner_unit_id
    case.owner_unit, case.owner_worker = to, worker
    with scope.widened_to(to.pk, before):
        case.save(update_fields=["owner_unit", "owner_worker"])
        for model, path in ROWS_OF_A_CASE.items():
            model._default_manager.filter(**{path: case}).update(owner_unit=to)
        hold(case.person, to)
        _pass_on_the_owners_tasks(case, before=before, to=to, worker=worker)
        happened = events.record(
            Happening.OWNER_CHANGED, case=case, now=now, by=by, note=because, before=str(before), after=str(to.pk)
        )
        if not (by and by.unit == to):
            notices.tell(happened, to=to, tells=Tell.OWNER, now=now)
        elif because:  # it was not asked for: whoever had the case hears that somebody has it now, and why
            notices.tell(happened, to=Unit.objects.get(pk=before), tells=Tell.SENDER, now=now)


def change_coordinator(case: models.Case, *, to: Unit | None) -> None:
    """Another unit coordinates the case from now on; it may read it, history too. The caller has locked it."""
    before = case.coordinator_unit_id
    case.coordinator_unit = to
    with scope.widened_to(before, to.pk if to else None):
        case.save(update_fields=["coordinator_unit"])
        for model, path in ROWS_OF_A_CASE.items():
            model._default_manager.filter(**{path: case}).update(coordinator_unit=to)
        if to:
            hold(case.person, to)


def hold(person: models.Person, unit: Unit) -> None:
    """The unit holds a case of this person: it may read who it is, and finds them by their keys."""
    # Two cases of one person may change hands at once.
    person = models.Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if unit.pk in person.held_by:
        return
    person.held_by = [*person.held_by, unit.pk]
    person.save(update_fields=["held_by"])
    with scope.widened_to(unit.pk, person.unit_id):
        index(person, unit=unit)


@on_the_whole_case
def ask_to_take_over(
    *, case: models.Case, unit: Unit, reason: str, ground: Ground, by: By, now: datetime
) -> models.TakeOver:
    """Asks another unit to answer for the citizen. Until it accepts, nothing changes and it sees the reason only; then it
    sees the whole case, with consent or because a law allows it."""
    if by.unit.pk not in (case.owner_unit_id, case.coordinator_unit_id):
        raise NotAllowed(_("Only whoever is responsible for the citizen, or the coordinator, can ask another unit."))
    if case.closed_at:
        raise TooLate(_("This case is closed already."))
    if unit.pk == case.owner_unit_id or not reason.strip():
        raise Invalid(_("Choose another unit, and write why it should take over."))
    if case.take_overs.filter(answered_at__isnull=True).exists():
        raise TooLate(_("Another unit has been asked already, and has not answered yet."))
    basis = _basis_to_answer_for(ground, case=case, unit=unit, by=by, now=now)
    with scope.widened_to(unit.pk):
        asked = models.TakeOver.objects.create(
            case=case,
            data_key_id=case.data_key_id,
            **case.units,
            asked_unit=unit,
            asked_by=by.user,
            asked_at=now,
            reason=reason,
            **basis,
        )
        follow_ups.open_wait(Wait.TAKE_OVER, case=case, owed_by=unit, now=now)
        happened = events.record(Happening.TAKE_OVER_ASKED, case=case, now=now, by=by, note=reason, unit=str(unit.pk))
        notices.tell(happened, to=unit, tells=Tell.OWED_BY, now=now)
    return asked


def answer_take_over(*, asked: models.TakeOver, accept: bool, note: str, by: By, now: datetime) -> None:
    """The other unit takes over, or says why not. Raises TooLate when it has answered already."""
    with (
        scope.widened_to(asked.origin_unit_id, asked.owner_unit_id, asked.coordinator_unit_id),
        transaction.atomic(),
    ):
        case = locked_case(asked.case_id)
        if by.unit.pk != asked.asked_unit_id:
            raise NotAllowed(_("Another unit was asked."))
        if not accept and not note.strip():
            raise Invalid(_("Write why your unit cannot be responsible for the citizen."))
        if accept and asked.answered_at is None:
            _must_still_be_allowed(asked, now=now)
        answered = models.TakeOver.objects.filter(pk=asked.pk, answered_at__isnull=True).update(
            answered_at=now, answered_by=by.user, accepted=accept
        )
        if not answered:
            raise TooLate(_("That has been answered already."))
        follow_ups.close(case.follow_ups.filter(waits_for=Wait.TAKE_OVER), now=now)
        if accept:
            change_owner(case, to=by.unit, worker=by.user, by=by, now=now)
        else:
            happened = events.record(Happening.TAKE_OVER_DECLINED, case=case, now=now, by=by, note=note)
            notices.tell(happened, to=case.owner_unit, tells=Tell.OWNER, now=now)


@on_the_whole_case
def take_over_as_coordinator(*, case: models.Case, because: str, by: By, now: datetime) -> None:
    """The coordinator, who reads the whole case already, answers for the citizen from now on. Nobody is told anything new of
    the citizen, so that no new basis is needed; whoever had the case hears why (rule H3: there is always exactly one)."""
    if case.coordinator_unit_id != by.unit.pk:
        raise NotAllowed(_("Only the coordinator of the case can take it over like this."))
    if case.closed_at:
        raise TooLate(_("This case is closed already."))
    if case.owner_unit_id == by.unit.pk:
        raise TooLate(_("Your unit is responsible for the citizen already."))
    if not because.strip():
        raise Invalid(_("Write why you take over."))
    asked = case.take_overs.filter(answered_at__isnull=True)
    if asked.exists():
        raise TooLate(_("Another unit has been asked already, and has not answered yet."))
    change_owner(case, to=by.unit, worker=by.user, by=by, now=now, because=because)


@on_the_whole_case
def assign(*, case: models.Case, to: User, instead_of: UUID | None, by: By, now: datetime) -> int:
    """A colleague has the case by name from now on, and what this unit owes on it. `instead_of` is who had it when that was
    decided: when somebody else has been chosen meanwhile, nothing is changed. Returns how many tasks came with it."""
    if by.unit.pk not in (case.owner_unit_id, case.coordinator_unit_id):
        raise NotAllowed(_("Your unit does not have this case."))
    if not to.memberships.filter(unit=by.unit, ended_at__isnull=True).exists():
        raise Invalid(_("Choose somebody who works in the unit."))
    owed = case.follow_ups.filter(closed_at__isnull=True, owed_by=by.unit)
    has_it = has_by_name(case, unit=by.unit)
    if has_it == to.pk:
        raise TooLate(_("%(name)s has it already.") % {"name": to.name})
    if has_it != instead_of:
        raise TooLate(_("Somebody was faster: a colleague has been chosen meanwhile. Look at the row again."))
    if case.owner_unit_id == by.unit.pk:
        case.owner_worker = to
        case.save(update_fields=["owner_worker"])
    elif not owed.exists():
        raise Invalid(_("Your unit owes nothing here, and another is responsible for the citizen. Take over first."))
    moved = owed.update(owed_worker=to)
    happened = events.record(Happening.TASK_PASSED_ON, case=case, now=now, by=by, to=str(to.pk))
    if to != by.user:
        notices.tell(happened, to=by.unit, worker=to, tells=Tell.OWED_BY, why=Told.ASSIGNED, now=now)
    return moved


def who_have_by_name(cases: Collection[models.Case], *, unit: Unit) -> dict[UUID, UUID | None]:
    """Who of this unit has each case: who answers for the citizen by name, else who owes what the unit owes first."""
    owed = models.FollowUp.objects.open().filter(owed_by=unit, case__in=cases).order_by("case", "due_at", "pk")
    first = dict(owed.distinct("case").values_list("case", "owed_worker"))
    return {case.pk: case.owner_worker_id if case.owner_unit_id == unit.pk else first.get(case.pk) for case in cases}


def has_by_name(case: models.Case, *, unit: Unit) -> UUID | None:
    """The same of one case."""
    return who_have_by_name([case], unit=unit)[case.pk]


def _basis_to_answer_for(ground: Ground, *, case: models.Case, unit: Unit, by: By, now: datetime) -> dict[str, Any]:
    if isinstance(ground, Anonymous):
        raise Invalid(
            _("Whoever is responsible for the citizen sees the whole case. Ask for a yes, or say what law allows it.")
        )
    return settle(ground, case=case, to=unit, categories=[Category.WHOLE_CASE], by=by, now=now)


def _must_still_be_allowed(asked: models.TakeOver, *, now: datetime) -> None:
    if asked.consent_id is None:
        return
    if not models.Consent.objects.in_force(now).filter(pk=asked.consent_id).exists():
        raise TooLate(
            _("The citizen's consent has run out. Nothing more is passed on before the citizen has been asked.")
        )


@transaction.atomic
def pass_on_tasks(*, of: User, unit: Unit, to: User | None, by: By, now: datetime) -> int:
    """A leaver's or absentee's follow-ups go to a named substitute, or to the unit where none is named; both are told,
    but not somebody who has left already.

    Returns how many were passed on. Their cases follow, so that somebody always answers for the citizen by name.
    """
    if by.unit != unit:
        raise NotAllowed(_("Only a colleague can pass these tasks on."))
    if to and not to.memberships.filter(unit=unit, ended_at__isnull=True).exists():
        raise Invalid(_("Choose somebody who works in the unit."))
    models.Case.objects.filter(owner_unit=unit, owner_worker=of, closed_at__isnull=True).update(owner_worker=to)
    moved = list(models.FollowUp.objects.open().filter(owed_by=unit, owed_worker=of).select_related("case"))
    models.FollowUp.objects.filter(pk__in=[follow_up.pk for follow_up in moved]).update(owed_worker=to)
    if to:  # what comes next on these attempts comes to the substitute
        sent = models.Referral.objects.filter(sender_unit=unit, sender=of)
        sent.filter(status__in=[Status.DRAFT, *workflow.LIVE]).update(sender=to)
    works_here = of.memberships.filter(unit=unit, ended_at__isnull=True).exists()
    for follow_up in moved:
        happened = events.record(
            Happening.TASK_PASSED_ON, case=follow_up.case, now=now, by=by, follow_up=str(follow_up.pk)
        )
        for worker in {of, to} if works_here else {to}:
            notices.tell(happened, to=unit, worker=worker, tells=Tell.OWED_BY, why=Told.ASSIGNED, now=now)
    return len(moved)


def _pass_on_the_owners_tasks(case: models.Case, *, before: UUID, to: Unit, worker: User | None) -> None:
    """What whoever answers for the citizen owes, the new one owes: the choice of a service, the contact that was asked
    for, the statutory clocks; and the plan, where nobody coordinates."""
    theirs = [Wait.CHOICE, Wait.GUARANTEE, Wait.FIRST_WEEK, Wait.CONTACT]
    if not case.coordinator_unit_id:
        theirs += plans.WAITS
    case.follow_ups.filter(closed_at__isnull=True, owed_by=before, waits_for__in=theirs).update(
        owed_by=to, owed_worker=worker
    )
