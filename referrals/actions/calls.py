"""Calls and notes: what somebody did for the citizen beside the steps of a referral."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from navigator import clock
from referrals import attempts, models, workflow
from referrals.acting import By, Citizen, capacities
from referrals.actions import events, follow_ups
from referrals.actions.steps import at_the_case_of, locked, on_the_whole_case
from referrals.enums import Actor, Channel, Happening, Paper, Reached, Wait
from referrals.errors import Invalid, NotAllowed


@on_the_whole_case
def record_call(
    *, case: models.Case, channel: Channel, reached: Reached, note: str, by: By, now: datetime
) -> models.CaseEvent:
    """Somebody called, wrote or rang at the door, and what came of it. Whoever wants a companion gets one looked for, at
    every service that is on its way."""
    must_read(case, by=by)
    happened = _call(case, None, channel=channel, reached=reached, note=note, by=by, now=now)
    if reached == Reached.WANTS_COMPANION:
        on_their_way = case.referrals.filter(status__in=workflow.LIVE).select_related(
            "sender_unit", "sender", "service"
        )
        for referral in on_their_way:
            follow_ups.open_once(Wait.COMPANION, Actor.SENDER, case=case, referral=referral, now=now)
    return happened


def record_call_about(
    *, referral: models.Referral, channel: Channel, reached: Reached, note: str, by: By, now: datetime
) -> models.CaseEvent:
    """The same about one referral: sender, service and coordinator may call, and each sees what came of it."""
    with at_the_case_of(referral) as case:
        referral = locked(referral)
        if not capacities(referral, by.unit):
            raise NotAllowed(_("Your unit cannot do this on this referral."))
        happened = _call(case, referral, channel=channel, reached=reached, note=note, by=by, now=now)
        if reached == Reached.WANTS_COMPANION and referral.status in workflow.LIVE:
            follow_ups.open_once(Wait.COMPANION, Actor.SENDER, case=case, referral=referral, now=now)
        return happened


@on_the_whole_case
def add_note(*, case: models.Case, note: str, by: By, now: datetime) -> models.CaseEvent:
    """Something that the next reader of the case is to know."""
    if not note.strip():
        raise Invalid(_("Write the note."))
    must_read(case, by=by)
    return events.record(Happening.NOTED, case=case, now=now, by=by, note=note)


@on_the_whole_case
def record_papers(
    *, case: models.Case, paper: Paper, sent_on: date, where_to: str, by: By, now: datetime
) -> models.CaseEvent:
    """A paper was sent by secure post. Kept are its kind, the day and where it went."""
    must_read(case, by=by)
    at = now if sent_on == clock.day_of(now) else clock.start_of_day(sent_on)
    return events.record(Happening.PAPERS_SENT, case=case, now=now, by=by, occurred_at=at, note=where_to, paper=paper)


def must_read(case: models.Case, *, by: By | Citizen) -> None:
    """Raises NotAllowed for a unit that neither logged the case nor answers for it nor coordinates it."""
    if by.unit.pk not in (case.origin_unit_id, case.owner_unit_id, case.coordinator_unit_id):
        raise NotAllowed(_("Your unit does not have this case."))


def _call(
    case: models.Case,
    referral: models.Referral | None,
    *,
    channel: Channel,
    reached: Reached,
    note: str,
    by: By,
    now: datetime,
) -> models.CaseEvent:
    if reached in attempts.SPOKE_WITH_THE_CITIZEN:
        follow_ups.close(case.follow_ups.filter(waits_for=Wait.CONTACT), now=now)
    return events.record(
        Happening.CALLED, case=case, referral=referral, now=now, by=by, note=note, channel=channel, reached=reached
    )
