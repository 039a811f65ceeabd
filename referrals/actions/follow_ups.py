"""Who owes what now: the waits of a referral and of a case, opened and closed with what they wait for."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from navigator.accounts.models import Unit, User
from referrals import models, workflow
from referrals.enums import Status, Urgency, Wait


def follow_status(referral: models.Referral, *, case: models.Case, now: datetime) -> None:
    """Closes what the referral waited for and opens what its new status waits for."""
    close(referral.follow_ups.all(), now=now)
    wait = workflow.WAITS_FOR.get(Status(referral.status))
    if wait is None:
        return
    since = max(now, referral.appointment_at) if wait is Wait.ARRIVAL and referral.appointment_at else now
    owed_by, worker = (
        (referral.receiver_unit, None) if referral.receiver_unit else (referral.sender_unit, referral.sender)
    )
    _open(
        wait,
        case=case,
        referral=referral,
        owed_by=owed_by,
        worker=worker,
        urgency=Urgency(referral.urgency),
        since=since,
        now=now,
    )


def keep_choice(case: models.Case, *, now: datetime) -> None:
    """A track with no live referral and no arrival is a task of the owner's at once (rule H3: nobody is let go)."""
    covered = {
        side
        for sides in case.referrals.filter(status__in=workflow.LIVE).values_list("sides", flat=True)
        for side in sides
    }
    waiting = case.tracks.filter(arrived_at__isnull=True).exclude(side__in=covered).exists()
    choices = case.follow_ups.filter(referral=None, waits_for=Wait.CHOICE)
    if case.closed_at or not waiting:
        close(choices, now=now)
    elif not choices.open().exists():
        _open(
            Wait.CHOICE,
            case=case,
            referral=None,
            owed_by=case.owner_unit,
            worker=case.owner_worker,
            urgency=Urgency.ORDINARY,
            since=now,
            now=now,
        )


def close(follow_ups: QuerySet[models.FollowUp], *, now: datetime) -> None:
    """What was waited for has come, or is no longer waited for."""
    follow_ups.filter(closed_at__isnull=True).update(closed_at=now, next_at=None)


def _open(
    wait: Wait,
    *,
    case: models.Case,
    referral: models.Referral | None,
    owed_by: Unit,
    worker: User | None,
    urgency: Urgency,
    since: datetime,
    now: datetime,
) -> None:
    in_force = models.Ladder.in_force()
    first = in_force.rungs[wait, urgency][0].at(since, also_closed=settings.ALSO_CLOSED_ON)
    models.FollowUp.objects.create(
        case=case,
        referral=referral,
        owed_by=owed_by,
        owed_worker=worker,
        sender_unit=referral.sender_unit if referral else case.origin_unit,
        owner_unit=case.owner_unit,
        coordinator_unit=case.coordinator_unit,
        waits_for=wait,
        urgency=urgency,
        opened_at=now,
        waits_since=since,
        due_at=first,
        next_at=first,
        ladder_version=in_force.version,
    )
