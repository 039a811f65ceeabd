"""Who owes what now: waits are opened with what they wait for, and closed with it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from navigator import clock
from navigator.accounts.models import Unit, User
from pathways.models import Obligation
from referrals import models, workflow
from referrals.enums import Actor, Event, Status, Tell, Urgency, Wait
from referrals.working_days import resumed


def follow_status(referral: models.Referral, event: Event, *, case: models.Case, now: datetime) -> None:
    """Closes what the referral no longer waits for and opens what its new status waits for.

    What is waited for before and after goes on with its clock; a new time is a new wait.
    """
    wanted = workflow.WAITS_FOR.get(Status(referral.status), {})
    waiting = referral.follow_ups.filter(waits_for__in=workflow.OF_A_STATUS)
    kept = set() if event in (Event.BOOK, Event.WAITLIST) else set(wanted)
    close(waiting.exclude(waits_for__in=kept), now=now)
    close(referral.follow_ups.filter(waits_for__in=_over_with(referral.status)), now=now)
    still_open = set(waiting.open().values_list("waits_for", flat=True))
    for wait, actor in wanted.items():
        # Does it help? Asked once, six weeks after arrival, and not about what is offered beside.
        if wait is Wait.EFFECT and not (event is Event.ARRIVE and referral.sides):
            continue
        if wait not in still_open:
            unit, worker = _who(actor, referral, case=case)
            before = _before(wait, referral)
            open_wait(
                wait,
                case=case,
                referral=referral,
                owed_by=unit,
                worker=worker,
                now=now,
                since=_since(wait, referral, now),
                said=before.step if before else 0,
            )


def _over_with(status: str) -> tuple[Wait, ...]:
    """What is owed beside the steps of an attempt, and is over with this status. That the citizen is to be told what was
    passed on is not: it was passed on all the same."""
    if status in (Status.DECEASED, Status.MOVED):
        return tuple(Wait)
    if status in (*workflow.MET, *workflow.ENDED_WITHOUT):
        return (Wait.HAND_OVER, Wait.COMPANION, Wait.CITIZEN_ARRIVAL, Wait.REACH_OUT)
    if status in (Status.ACCEPTED, Status.WAITLISTED, Status.BOOKED):
        return (Wait.HAND_OVER,)  # the service has answered
    return ()


def keep_choice(case: models.Case, *, now: datetime) -> None:
    """A track with no live referral and no arrival is a task of the owner's at once (rule H3: nobody is let go)."""
    on_their_way = (*workflow.LIVE, Status.DRAFT)
    covered = {
        side
        for sides in case.referrals.filter(status__in=on_their_way).values_list("sides", flat=True)
        for side in sides
    }
    waiting = case.tracks.filter(arrived_at__isnull=True).exclude(side__in=covered).exists()
    choices = case.follow_ups.filter(referral=None, waits_for=Wait.CHOICE)
    if case.closed_at or not waiting:
        close(choices, now=now)
    elif not choices.open().exists():
        open_wait(Wait.CHOICE, case=case, owed_by=case.owner_unit, worker=case.owner_worker, now=now)


def close(follow_ups: QuerySet[models.FollowUp], *, now: datetime) -> None:
    """What was waited for has come, or is no longer waited for."""
    follow_ups.filter(closed_at__isnull=True).update(closed_at=now, next_at=None)


def open_wait(
    wait: Wait,
    *,
    case: models.Case,
    owed_by: Unit,
    now: datetime,
    worker: User | None = None,
    referral: models.Referral | None = None,
    guarantee: models.Guarantee | None = None,
    obligation: Obligation | None = None,
    urgency: Urgency = Urgency.ORDINARY,
    since: datetime | None = None,
    round: int = 1,
    said: int = 0,
) -> models.FollowUp:
    """Somebody owes a step from now on. The first `said` rungs have been said before, and are not said again."""
    in_force = models.Ladder.in_force()
    since = since or now
    urgency = Urgency(referral.urgency) if referral else urgency
    kind = referral.service.kind_id if referral else ""
    until = guarantee.due_at if guarantee else since
    rungs = in_force.rungs.of(wait, urgency, kind=kind)
    times = [rung.at(since, until=until, also_closed=settings.ALSO_CLOSED_ON) for rung in rungs]
    # A reminder to the citizen that would come too late is left out; staff hear of everything.
    rest = range(min(said, len(rungs)), len(rungs))
    step = next((n for n in rest if times[n] >= now or rungs[n].tell != Tell.CITIZEN), len(rungs))
    return models.FollowUp.objects.create(
        case=case,
        referral=referral,
        guarantee=guarantee,
        obligation=obligation,
        owed_by=owed_by,
        owed_worker=worker,
        sender_unit=referral.sender_unit if referral else case.origin_unit,
        owner_unit=case.owner_unit,
        coordinator_unit=case.coordinator_unit,
        waits_for=wait,
        urgency=urgency,
        service_kind=kind,
        round=round,
        opened_at=now,
        waits_since=since,
        due_at=guarantee.due_at if guarantee else since if wait is Wait.VISIT else times[0],
        step=step,
        next_at=times[step] if step < len(times) else None,
        ladder_version=in_force.version,
    )


def open_once(wait: Wait, actor: Actor, *, case: models.Case, referral: models.Referral, now: datetime) -> None:
    """Somebody on the referral owes it, unless that is known already."""
    if not referral.follow_ups.open().filter(waits_for=wait).exists():
        unit, worker = _who(actor, referral, case=case)
        open_wait(wait, case=case, referral=referral, owed_by=unit, worker=worker, now=now)


def _who(actor: Actor, referral: models.Referral, *, case: models.Case) -> tuple[Unit, User | None]:
    """Who owes it: the unit, and the worker where one is known."""
    if actor is Actor.COORDINATOR and case.coordinator_unit:
        return case.coordinator_unit, None
    if actor is Actor.RECEIVER and referral.receiver_unit:
        return referral.receiver_unit, None
    works_there = referral.sender.memberships.filter(unit=referral.sender_unit, ended_at__isnull=True).exists()
    return referral.sender_unit, referral.sender if works_there else None


def _before(wait: Wait, referral: models.Referral) -> models.FollowUp | None:
    """The receiver's clock that a question or a return has stopped: it goes on, and says nothing twice."""
    if wait is not Wait.ANSWER:
        return None
    return referral.follow_ups.filter(waits_for=wait, closed_at__isnull=False).order_by("closed_at", "pk").last()


def _since(wait: Wait, referral: models.Referral, now: datetime) -> datetime:
    """What the ladder counts from. A question stops the receiver's clock, and its answer resumes it where it stood."""
    if wait in (Wait.VISIT, Wait.ARRIVAL) and referral.appointment_at:
        return referral.appointment_at
    if wait is Wait.EFFECT and referral.arrived_at:
        return referral.arrived_at
    if wait is Wait.BOOKING and referral.status == Status.WAITLISTED and referral.waits_until:
        return clock.end_of_day(referral.waits_until)
    before = _before(wait, referral)
    if before is None or before.closed_at is None:
        return now
    if referral.urgency == Urgency.ACUTE:
        return now - (before.closed_at - before.waits_since)
    return resumed(now, began=before.waits_since, stopped=before.closed_at, also_closed=settings.ALSO_CLOSED_ON)
