"""What the figures count, worked out from all that has happened in one case. Pure.

Every date comes from the history, in the order in which it was told. What was corrected is taken back here, and what was
told late stands at the day on which it happened: nobody has to add or subtract anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from navigator import clock
from referrals import models
from referrals.enums import Event, Happening, Outcome, Urgency
from referrals.models.follow_up import Guarantee
from referrals.planning import BETWEEN_MEETINGS
from referrals.workflow import ENDED_WITHOUT
from referrals.working_days import add_working_days

# The service has said something: yes, no, not yet, or what it needs to know. That it has opened it is no answer.
ANSWERS = frozenset({Event.ACCEPT, Event.WAITLIST, Event.BOOK, Event.ASK, Event.ASK_RETURN, Event.RETURN, Event.ARRIVE})
# Our own proposal: when the ladder has told everybody (fixtures/ladders), and the day on which it asks whether it helps.
ANSWER_WITHIN_DAYS, ANSWER_WITHIN_ACUTE = 5, timedelta(hours=2)
SILENT_AFTER_DAYS = 5
EFFECT_AFTER = timedelta(days=42)
Closed = frozenset[tuple[int, int]]


def of_referral(
    sent: models.Referral, *, case: models.Case, history: Iterable[models.CaseEvent], also_closed: Closed
) -> models.Measured | None:
    """The row of one referral; none where it was never sent. `history` is its own, in the order in which it was told."""
    row: models.Measured | None = None
    next_at = datetime.min.replace(tzinfo=clock.COPENHAGEN)
    for event in history:
        if event.kind == Event.SEND and row is None:
            row = _sent(sent, case=case, at=event.occurred_at, also_closed=also_closed)
        if row is None:
            continue
        _happened(row, event)
        next_at = max(next_at, event.recorded_at, _agreed(event) or event.recorded_at)
    if row is None:
        return None
    row.return_reason = sent.return_reason if row.returned_at else ""
    row.days_to_answer = _days(row.began_at, row.answered_at)
    row.days_to_arrival = _days(row.began_at, row.arrived_at)
    if row.arrived_at and sent.sides:
        row.effect_due_at = row.arrived_at + EFFECT_AFTER
    if not row.arrived_at and not row.over_at:
        row.silent_from = add_working_days(next_at, SILENT_AFTER_DAYS, also_closed=also_closed)
    return row


def of_case(
    case: models.Case,
    *,
    measured: Sequence[models.Measured],
    on_a_side: frozenset[UUID],
    history: Sequence[models.CaseEvent],
    guarantees: Iterable[models.Guarantee],
    match: Mapping[str, Any],
) -> models.MeasuredCase:
    """The row of the case itself. `measured` are its referrals' rows, `on_a_side` those of them that are on a side of the
    case: what is offered beside is no help yet. `match` is the latest answer of the rules."""
    on_sides = [row for row in measured if row.referral_id in on_a_side]
    arrivals = [(row.arrived_at, row.began_at, row) for row in on_sides if row.arrived_at]
    helped_at, _sent_at, first = min(arrivals, key=lambda each: each[:2], default=(None, None, None))
    met, late, due_at = _clocks(guarantees, _met(history))
    meet_by, met_late = _plan(history)
    return models.MeasuredCase(
        case_id=case.pk,
        origin_unit_id=case.origin_unit_id,
        owner_unit_id=case.owner_unit_id,
        coordinator_unit_id=case.coordinator_unit_id,
        **_common(case, at=case.opened_at),
        level=match["level"],
        helped_at=helped_at,
        helped_by_id=first.service_id if first else None,
        days_to_help=_days_from(case.first_contact_on, helped_at) if helped_at else None,
        doors_to_help=len([row for row in on_sides if row.began_at <= first.began_at]) if first else None,
        guarantee_met=met,
        guarantee_late=late,
        guarantee_due_at=due_at,
        plan_meet_by=meet_by,
        plan_met_late=met_late,
        gaps=sorted({gap["kind"] for gap in match["gaps"]}),
        unserved=sorted({found["kind"] for found in match["matches"] if not found["services"]}),
    )


def _sent(sent: models.Referral, *, case: models.Case, at: datetime, also_closed: Closed) -> models.Measured:
    acute = sent.urgency == Urgency.ACUTE
    return models.Measured(
        referral_id=sent.pk,
        case_id=case.pk,
        sender_unit_id=sent.sender_unit_id,
        owner_unit_id=sent.owner_unit_id,
        receiver_unit_id=sent.receiver_unit_id,
        coordinator_unit_id=sent.coordinator_unit_id,
        **_common(case, at=at),
        service_id=sent.service_id,
        kind=sent.service.kind_id,
        other_door=sent.other_door,
        answer_due_at=at + ANSWER_WITHIN_ACUTE
        if acute
        else add_working_days(at, ANSWER_WITHIN_DAYS, also_closed=also_closed),
    )


def _common(case: models.Case, *, at: datetime) -> dict[str, Any]:
    return {
        "case_number": case.number,
        "is_protected": case.person.is_protected,
        "is_restricted": case.restricted_at is not None,
        "door": case.door,
        "municipality": case.municipality,
        "month": clock.day_of(at).replace(day=1),
        "began_at": at,
    }


def _happened(row: models.Measured, event: models.CaseEvent) -> None:
    """One more thing has happened to this referral."""
    at = event.occurred_at
    if event.kind in ANSWERS and row.answered_at is None:
        row.answered_at = at
    if event.to_status in ENDED_WITHOUT:
        row.over_at = at
    match event.kind:
        case Event.ARRIVE:
            row.arrived_at = at
        case Event.CORRECT:
            row.arrived_at = row.effect_asked_at = None
        case Event.RETURN:
            row.returned_at = at
        case Event.MISS:
            row.missed_at, row.re_engaged_at = at, None
        case Happening.REFUSED_RETURN:
            row.refused_reasons = [*row.refused_reasons, event.detail["reason"]]
        case Happening.NOTED if "effect" in event.detail:
            row.effect_asked_at = at
    if event.kind in (Event.BOOK, Event.ARRIVE) and row.missed_at and row.re_engaged_at is None:
        row.re_engaged_at = at


def _agreed(event: models.CaseEvent) -> datetime | None:
    """Until when nobody need say anything: the visit that was agreed, or the end of the wait."""
    if event.kind == Event.BOOK:
        return datetime.fromisoformat(event.detail["appointment_at"])
    if event.kind == Event.WAITLIST:
        return clock.end_of_day(date.fromisoformat(event.detail["until"]))
    return None


def _met(history: Iterable[models.CaseEvent]) -> dict[tuple[str, datetime], datetime]:
    """When somebody met the citizen, by the side and the moment it was told; what was corrected is not among them."""
    met: dict[tuple[str, datetime], tuple[datetime, UUID | None]] = {}
    for event in history:
        match event.kind:
            case Happening.TRACK_ARRIVED:
                met[event.detail["side"], event.recorded_at] = (event.occurred_at, event.referral_id)
            case Event.CORRECT | Happening.MEETING_CORRECTED:
                met = {key: said for key, said in met.items() if said[1] != event.referral_id}
    return {key: at for key, (at, _referral) in met.items()}


def _clocks(
    guarantees: Iterable[models.Guarantee], met: Mapping[tuple[str, datetime], datetime]
) -> tuple[bool, bool, datetime | None]:
    """Whether one was kept, whether one was passed, and when the next that runs is due. What stopped in time for another
    reason than arrival was neither kept nor passed."""
    kept, late, running = False, False, list[datetime]()
    for guarantee in guarantees:
        if guarantee.stopped_at is None:
            running.append(guarantee.due_at)
            continue
        stopped_at = guarantee.stopped_at
        if guarantee.stopped_by == Guarantee.Stopped.ARRIVED:
            stopped_at = met.get((guarantee.side, stopped_at), stopped_at)
            kept |= stopped_at < guarantee.due_at
        late |= stopped_at >= guarantee.due_at
    return kept, late, min(running, default=None)


def _plan(history: Iterable[models.CaseEvent]) -> tuple[date | None, bool]:
    """The last day for the next meeting about the plan, none where there is no plan; and whether one was held too late."""
    meet_by, late = None, False
    for event in history:
        match event.kind:
            case Happening.PLAN_BEGUN:
                meet_by, late = clock.day_of(event.occurred_at) + BETWEEN_MEETINGS, False
            case Happening.PLAN_MET if meet_by:
                met_on = date.fromisoformat(event.detail["met_on"])
                late |= met_on > meet_by
                meet_by = met_on + BETWEEN_MEETINGS
            case Happening.PLAN_ENDED | Happening.CITIZEN_DIED:
                meet_by = None
            case Happening.CASE_CLOSED if event.detail["outcome"] != Outcome.ARRIVED:
                meet_by = None
    return meet_by, late


def _days(since: datetime, at: datetime | None) -> int | None:
    return None if at is None else _days_from(clock.day_of(since), at)


def _days_from(day: date, at: datetime) -> int:
    """Whole days in Denmark; what was told to lie before is the same day."""
    return max(0, (clock.day_of(at) - day).days)
