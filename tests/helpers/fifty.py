"""Fifty of everything: what stands once in the planted world stands there many times, as copies of its rows. Nobody has
done what they say; they are there to be listed."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import models as db
from django.db.models.base import ModelState
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.accounts.models import Change, Invitation, Membership, Role, StaffChange, Unit, User
from navigator.audit.models import Look
from navigator.database import scope
from pathways.models import Service
from referrals import actions, models
from referrals.enums import Bulk, Outcome, RetentionStep, RowState
from referrals.models.case import NextCaseNumber
from tests.helpers.cases import CANNABIS, logged, sent
from tests.helpers.measures import measure
from tests.helpers.planted import Planted
from tests.helpers.world import AARHUS

MORE = 49
Row = TypeVar("Row", bound=db.Model)
Changes = Sequence[dict[str, Any]]
# What one case may have many of. Of each kind of event one is copied.
OF_A_CASE: tuple[type[db.Model], ...] = (
    models.Screening, models.Correction, models.Consent, models.Letter, models.Export, models.Concern,
)  # fmt: skip


def copies(row: Row, changes: Changes = ({},) * MORE) -> list[Row]:
    """One row for each of the changes, with what is sealed in it sealed anew."""
    for each in row._meta.concrete_fields:
        getattr(row, each.attname)
    made = [copy(row) for _ in changes]
    for another, change in zip(made, changes, strict=True):
        another._state, another.pk = ModelState(), uuid7()
        for name, value in change.items():
            setattr(another, name, value)
    return type(row)._default_manager.bulk_create(made)


def plant_the_rest(planted: Planted) -> None:
    """One of what no address names: a visit today, rounds that are over, what is due, a change of who works here."""
    world, keys, now = planted.world, planted.keys, clock.now()
    alice, neighbour = world.alice, planted.neighbour
    Membership.objects.filter(user=alice.user).update(
        role=Role.UNIT_LEADER
    )  # she may see all that others at work there may
    visit = sent(world, to=world.bo.unit, case=logged(world, name="Hemmelig-Vipstjert Besøg"))
    with scope.scope(world.bo.unit.pk):
        at = clock.now() + timedelta(seconds=1)
        actions.book_time(referral=visit, appointment_at=at, by=world.bo, now=clock.now())
    unopened = sent(world, to=world.bo.unit, case=logged(world, name="Hemmelig-Vipstjert Ny"))
    keys |= {"visit_id": visit.pk, "unopened_id": unopened.pk}
    with scope.scope(alice.unit.pk):
        case = models.Case.objects.get(pk=keys["case_id"])
        actions.correct_fact(case=case, fact="address", right="Vej 2", because="Flyttet", by=alice, now=now)
        day, rule = clock.today(), models.RetentionRule.objects.order_by("pk")[0]
        models.RetentionRow.objects.create(
            round_id=keys["round_id"], unit=alice.unit, case=case, step=RetentionStep.values[0], rule=rule,
            ended_on=day, due_on=day,
        )  # fmt: skip
        models.RetentionRound.objects.create(
            unit=alice.unit, asked_by=alice.user, asked_at=now, answered_at=now, approved=False,
            answered_by_id=keys["worker_id"],
        )  # fmt: skip
        _a_job_that_is_done(planted, [keys["follow_up_id"]])  # type: ignore[list-item]
        matches = models.Assessment.objects.get(case=case).explanation["da"]["matches"]
        keys["offered"] = [service["id"] for match in matches for service in match["services"]]
    with scope.scope(neighbour.unit.pk):
        over = actions.open_case(
            identity={}, answers=CANNABIS, wishes="", first_contact_on=clock.today(), by=neighbour, now=now
        )
        actions.close_case(case=over, outcome=Outcome.WITHDRAWN, because="Ro", by=neighbour, now=now)
        models.Case.objects.filter(pk=over.pk).update(closed_at=now - timedelta(days=4000))
        keys["over_id"] = over.pk
    StaffChange.objects.create(
        organisation=alice.unit.organisation, at=now, by=alice.user, what=Change.MOVED, unit=alice.unit, user=alice.user
    )
    measure()


def make_it_fifty(planted: Planted) -> None:
    """Everything stands there as many times more."""
    _people(planted)
    Service.objects.filter(pk__in=Service.objects.filter(unit=None).values("pk")[:MORE]).update(
        unit=planted.world.bo.unit
    )
    with scope.scope(planted.neighbour.unit.pk):
        over = models.Case.objects.get(pk=planted.keys["over_id"])
        copies(over, [{"number": NextCaseNumber()}] * MORE)
    with scope.scope(planted.world.alice.unit.pk):
        _of_one_case(planted)
        many = [_cases(planted.keys[name]) for name in ("referral_id", "visit_id", "unopened_id")]
        _of_the_unit(planted, many[0])


def _people(planted: Planted) -> None:
    """Units, who works there and who is asked to."""
    here, me = planted.world.alice.unit, planted.world.alice.user
    units = Unit.objects.bulk_create(
        Unit(organisation=here.organisation, name=f"Enhed {n}", door="jobcenter", municipality=AARHUS)
        for n in range(MORE)
    )
    users = User.objects.bulk_create(
        User(email=f"{n}@fifty.example", name=f"Medarbejder {n}", password="!") for n in range(MORE)
    )
    Membership.objects.bulk_create(Membership(user=user, unit=here, role=Role.FRONTLINE) for user in users)
    worker = planted.keys["worker_id"]
    Membership.objects.bulk_create(Membership(user_id=worker, unit=unit, role=Role.FRONTLINE) for unit in units)
    Invitation.objects.bulk_create(
        Invitation(unit=here, role=Role.FRONTLINE, email=f"ny{n}@fifty.example", invited_by=me, invited_at=clock.now())
        for n in range(MORE)
    )
    copies(
        StaffChange.objects.latest("at"),
        [{"user": user, "unit": unit} for user, unit in zip(users, units, strict=True)],
    )


def _of_one_case(planted: Planted) -> None:
    """What happens to one citizen again and again."""
    keys, now = planted.keys, clock.now()
    case = models.Case.objects.get(pk=keys["case_id"])
    for model in OF_A_CASE:
        copies(model._default_manager.filter(case=case).order_by("pk")[0])
    kinds = set(case.events.values_list("kind", flat=True))
    for kind in kinds:  # fifty of them, and some of each
        copies(case.events.filter(kind=kind).order_by("pk")[0], ({},) * (1 + MORE // len(kinds)))
    plan = case.plans.get()
    copies(plan.parties.get())
    copies(plan.efforts.get())
    ended = models.Referral.objects.get(pk=keys["returned_id"])
    again = copies(ended)
    copies(ended.disclosures.get(), [{"referral": each} for each in again])
    copies(case, [{"number": NextCaseNumber(), "closed_at": now, "outcome": Outcome.WITHDRAWN}] * MORE)


def _cases(referral_id: object) -> list[models.Case]:
    """Other cases, as far along as this one: what is listed of them, and what is told of them."""
    referral = models.Referral.objects.select_related("case").get(pk=referral_id)
    case = referral.case
    many = copies(case, [{"number": NextCaseNumber()}] * MORE)
    of_case = [{"case": each} for each in many]
    for track in case.tracks.all():
        copies(track, of_case)
    copies(case.assessments.get(), of_case)
    sent_ones = copies(referral, of_case)
    of_both = [{"case": each.case, "referral": each} for each in sent_ones]
    for told in referral.disclosures.all():
        said_yes = copies(told.consent, of_case)
        copies(told, [{"referral": each, "consent": yes} for each, yes in zip(sent_ones, said_yes, strict=True)])
    for task in models.FollowUp.objects.open().filter(case=case, guarantee=None, obligation=None):
        if task.referral_id in (None, referral.pk):
            copies(task, of_both if task.referral_id else of_case)
    copies(models.Measured.objects.get(referral=referral), of_both)
    copies(models.MeasuredCase.objects.get(case=case), of_case)
    for event in referral.events.exclude(notices=None).distinct():
        happened = copies(event, of_both)
        for notice in event.notices.all():
            written = copies(notice, [{"case": each.case, "event": each} for each in happened])
            for delivery in notice.deliveries.all():
                copies(delivery, [{"case": each.case, "notice": each, "opens_with": None} for each in written])
    return many


def _of_the_unit(planted: Planted, cases: list[models.Case]) -> None:
    """What a unit is asked for and looks through, and what its workers have begun."""
    world, keys, now = planted.world, planted.keys, clock.now()
    by, of_case = world.alice, [{"case": each} for each in cases]
    for n in range(MORE):
        actions.keep_draft(draft_id=uuid7(), typed={"name": [f"Kladde {n}"]}, by=by, now=now)
    asked = models.TakeOver.objects.get(pk=keys["take_over_id"])
    said_yes = copies(asked.consent, of_case)
    copies(asked, [{"case": yes.case, "consent": yes} for yes in said_yes])
    told = copies(models.EmergencyAccess.objects.get(pk=keys["access_id"]), of_case)
    models.EmergencySeen.objects.bulk_create(
        models.EmergencySeen(access=each, unit=by.unit, by=by.user, seen_at=now) for each in told[1::2]
    )
    copies(models.RetentionRow.objects.get(round_id=keys["round_id"]), of_case)
    copies(models.RetentionRound.objects.get(unit=by.unit, approved=False))
    copies(Look.objects.get(pk=keys["look_id"]), [{"case": each.pk} for each in cases])
    tasks = models.FollowUp.objects.open().filter(owed_by=by.unit, case__in=cases).values_list("pk", flat=True)[:MORE]
    _a_job_that_is_done(planted, tasks)


def _a_job_that_is_done(planted: Planted, tasks: Sequence[UUID]) -> None:
    """What several tasks at once have come to."""
    until, now = clock.today() + timedelta(days=2), clock.now()
    job = actions.ask_for_bulk(
        kind=Bulk.SNOOZE, follow_ups=list(tasks), because="Ferie", until=until, by=planted.world.alice, now=now
    )
    job.rows.update(state=RowState.DONE)
    models.BulkJob.objects.filter(pk=job.pk).update(done=job.total, ended_at=now)
    planted.keys["job_id"] = job.pk


def several(planted: Planted, number: int) -> str:
    """So many of the services that the match offers, as an address names them."""
    offered: list[UUID] = planted.keys["offered"]  # type: ignore[assignment]
    return "&".join(f"service={each}" for each in offered[:number])
