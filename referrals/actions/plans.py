"""The coordinated plan: asked for by anybody who helps, made by whoever coordinates, and the citizen's in every step."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from navigator import clock
from navigator.accounts.models import Unit
from navigator.web.templatetags.shown import day
from referrals import ladder, models, planning, workflow
from referrals.acting import By, capacities
from referrals.actions import events, follow_ups, notices
from referrals.actions.calls import must_read
from referrals.actions.steps import at_the_case_of, locked, on_the_whole_case, too_late
from referrals.enums import Form, Happening, Lane, Left, Outcome, Tell, Wait
from referrals.errors import Invalid, NotAllowed, TooLate

WAITS = (Wait.PLAN, Wait.PLAN_MEETING)
DUTY = "coordination_plan"  # the obligation of the rules that an approved plan fulfils


def plan_of(case: models.Case) -> models.Plan | None:
    """The plan that the case has now."""
    return case.plans.filter(ended_at__isnull=True).first()


@on_the_whole_case
def ask_for_plan(*, case: models.Case, because: str, by: By, now: datetime) -> None:
    """Somebody on the case asks whoever coordinates for a plan; or, where there is one, for a meeting before its day."""
    must_read(case, by=by)
    _ask(case, None, because=because, by=by, now=now)


def ask_for_plan_about(*, referral: models.Referral, because: str, by: By, now: datetime) -> None:
    """The same by a service that has the citizen: everybody who treats them may (R 3.3.4)."""
    with at_the_case_of(referral) as case:
        if not capacities(referral, by.unit):
            raise NotAllowed(_("Your unit cannot do this on this referral."))
        if (referral := locked(referral)).status in workflow.ENDED_WITHOUT:
            raise too_late(referral)
        _ask(case, referral, because=because, by=by, now=now)


@on_the_whole_case
def begin_plan(*, case: models.Case, agreed: Form, by: By, now: datetime) -> models.Plan:
    """The citizen has said yes; nothing of a plan is written before that."""
    _must_coordinate(case, by=by)
    if plan_of(case):
        raise TooLate(_("There is a plan already."))
    plan = models.Plan.objects.create(
        case=case, data_key_id=case.data_key_id, **case.units, begun_at=now, agreed=agreed
    )
    events.record(Happening.PLAN_BEGUN, case=case, now=now, by=by, agreed=agreed)
    _to_approve(case, now=now)
    return plan


@on_the_whole_case
def add_party(*, case: models.Case, who: str, phone: str, by: By, now: datetime) -> None:
    """Somebody takes part. Nothing is sent to them from here: what they are told of, the citizen has said yes to."""
    plan = _plan_to_write(case, by=by)
    if not who.strip():
        raise Invalid(_("Write who takes part."))
    models.Party.objects.create(plan=plan, data_key_id=case.data_key_id, **case.units, who=who.strip(), phone=phone)


@on_the_whole_case
def remove_party(*, case: models.Case, party: str, by: By, now: datetime) -> None:
    """They take part no more. What they still do in the plan must be passed on first."""
    plan = _plan_to_write(case, by=by)
    found = plan.parties.filter(pk=party, left_at__isnull=True).first()
    if found is None:
        raise TooLate(_("They no longer take part already."))
    if found.efforts.filter(left_at__isnull=True).exists():
        raise Invalid(_("%(who)s still does something in the plan. Take that out first.") % {"who": found.who})
    found.left_at = now
    found.save(update_fields=["left_at"])


@on_the_whole_case
def agree_plan_meeting(*, case: models.Case, on: date, by: By, now: datetime) -> None:
    """The day of the next meeting, at most six months after the last one; reminders begin a fortnight before it."""
    _set_meeting(_plan_to_write(case, by=by), case, on=on, now=now)


@on_the_whole_case
def hold_plan_meeting(*, case: models.Case, met_on: date, next_on: date, by: By, now: datetime) -> None:
    """The meeting was held, and the next one has its day."""
    plan = _plan_to_write(case, by=by)
    if met_on > clock.day_of(now):
        raise Invalid(_("The meeting has not taken place yet. Write the day when it was held."))
    before, plan.met_on = plan.met_on, met_on
    plan.save(update_fields=["met_on"])
    _set_meeting(plan, case, on=next_on, now=now)
    events.record(
        Happening.PLAN_MET, case=case, now=now, by=by,
        met_on=str(met_on), next_on=str(next_on), before=str(before) if before else "",
    )  # fmt: skip


@on_the_whole_case
def set_priorities(*, case: models.Case, priorities: str, by: By, now: datetime) -> None:
    """What matters to the citizen, in their own words. The plan is to be approved anew."""
    plan = _plan_to_write(case, by=by)
    if not priorities.strip():
        raise Invalid(_("Write what matters to the citizen, in their own words."))
    plan.priorities, plan.approved_at = priorities.strip(), None
    plan.save(update_fields=["priorities", "approved_at"])
    _to_approve(case, now=now)


@on_the_whole_case
def add_effort(*, case: models.Case, lane: Lane, what: str, party: str, by_on: date, by: By, now: datetime) -> None:
    """Somebody does something until a day. The plan is to be approved anew."""
    plan = _plan_to_write(case, by=by)
    does_it = plan.parties.filter(pk=party, left_at__isnull=True).first()
    if does_it is None:
        raise Invalid(_("Choose somebody who takes part."))
    if by_on < clock.day_of(now):
        raise Invalid(_("Write a day to come."))
    models.Effort.objects.create(
        plan=plan, data_key_id=case.data_key_id, **case.units, lane=lane, what=what.strip(), party=does_it, by_on=by_on
    )
    plan.approved_at = None
    plan.save(update_fields=["approved_at"])
    _to_approve(case, now=now)


@on_the_whole_case
def leave_effort(*, case: models.Case, effort: str, left_as: Left, by: By, now: datetime) -> None:
    """It is done, or taken out. Less to do needs no new approval."""
    plan = _plan_to_write(case, by=by)
    if not plan.efforts.filter(pk=effort, left_at__isnull=True).update(left_at=now, left_as=left_as):
        raise TooLate(_("That has been done already."))


@on_the_whole_case
def approve_plan(*, case: models.Case, manages: bool, by: By, now: datetime) -> None:
    """The citizen has heard the whole plan, can manage it, and wants it so. The duty to make one is done."""
    plan = _plan_to_write(case, by=by)
    lacking = planning.missing(
        plan,
        parties=plan.parties.filter(left_at__isnull=True),
        efforts=plan.efforts.filter(left_at__isnull=True),
    )
    if lacking:
        raise Invalid(_("Still missing: %(steps)s.") % {"steps": "; ".join(map(str, lacking))})
    if not manages:
        raise Invalid(_("Ask whether it is too much. Take something out if it is."))
    plan.approved_at = now
    plan.save(update_fields=["approved_at"])
    done = case.follow_ups.open()
    follow_ups.close(done.filter(waits_for=Wait.PLAN), now=now)
    follow_ups.close(done.filter(waits_for=Wait.OBLIGATION, obligation__code=DUTY), now=now)
    events.record(Happening.PLAN_APPROVED, case=case, now=now, by=by)


@on_the_whole_case
def end_plan(*, case: models.Case, because: str, by: By, now: datetime) -> None:
    """The citizen does not want it any more, or it is over. Another one can be begun."""
    plan = _plan_to_write(case, by=by)
    if not because.strip():
        raise Invalid(_("Write why."))
    plan.ended_at = now
    plan.save(update_fields=["ended_at"])
    follow_ups.close(case.follow_ups.filter(waits_for__in=WAITS), now=now)
    events.record(Happening.PLAN_ENDED, case=case, now=now, by=by, note=because)


def _ask(case: models.Case, referral: models.Referral | None, *, because: str, by: By, now: datetime) -> None:
    if not because.strip():
        raise Invalid(_("Write why."))
    _must_go_on(case)
    plan = plan_of(case)
    if plan is None and case.follow_ups.open().filter(waits_for=Wait.PLAN).exists():
        raise TooLate(_("That has been asked already: whoever coordinates is to make a plan."))
    if plan:
        meeting = case.follow_ups.open().filter(waits_for=Wait.PLAN_MEETING)
        if meeting.filter(waits_since__lte=now).exists():
            raise TooLate(_("A meeting has been asked for already, or is due."))
        follow_ups.close(meeting, now=now)
    _owe(case, Wait.PLAN_MEETING if plan else Wait.PLAN, now=now)
    asked = events.record(Happening.PLAN_ASKED, case=case, referral=referral, now=now, by=by, note=because)
    to = _coordinates(case)
    if by.unit != to:
        notices.tell(asked, to=to, tells=Tell.COORDINATOR, now=now)


def _set_meeting(plan: models.Plan, case: models.Case, *, on: date, now: datetime) -> None:
    today = clock.day_of(now)
    latest = planning.latest_meeting(plan)
    if not today <= on <= max(latest, today):
        raise Invalid(
            _("The next meeting is at most six months after the last one: by %(day)s.") % {"day": day(latest)}
        )
    plan.next_meeting_on = on
    plan.save(update_fields=["next_meeting_on"])
    follow_ups.close(case.follow_ups.filter(waits_for=Wait.PLAN_MEETING), now=now)
    _owe(case, Wait.PLAN_MEETING, now=now, since=ladder.morning_of(on))


def _to_approve(case: models.Case, *, now: datetime) -> None:
    if not case.follow_ups.open().filter(waits_for=Wait.PLAN).exists():
        _owe(case, Wait.PLAN, now=now)


def _owe(case: models.Case, wait: Wait, *, now: datetime, since: datetime | None = None) -> None:
    follow_ups.open_wait(wait, case=case, owed_by=_coordinates(case), now=now, since=since)


def _coordinates(case: models.Case) -> Unit:
    """Who makes the plan: the coordinator, or whoever answers for the citizen where nobody coordinates."""
    return case.coordinator_unit or case.owner_unit


def _must_coordinate(case: models.Case, *, by: By) -> None:
    if by.unit.pk not in (case.owner_unit_id, case.coordinator_unit_id):
        raise NotAllowed(_("Only whoever is responsible for the citizen, or the coordinator, writes the plan."))
    _must_go_on(case)


def _must_go_on(case: models.Case) -> None:
    """A plan goes on after arrival, and ends with any other end."""
    if case.closed_at and case.outcome != Outcome.ARRIVED:
        raise TooLate(_("This case is closed. Open a new one if the citizen needs help again."))


def _plan_to_write(case: models.Case, *, by: By) -> models.Plan:
    _must_coordinate(case, by=by)
    plan = plan_of(case)
    if plan is None:
        raise TooLate(_("There is no plan. It begins with the citizen's yes."))
    return plan
