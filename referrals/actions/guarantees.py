"""The statutory clocks: started at first contact, stopped by arrival, the citizen's own withdrawal or free choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from navigator import clock
from pathways.models import Right
from referrals import doors, models
from referrals.acting import By
from referrals.actions import events, follow_ups
from referrals.actions.steps import locked_case
from referrals.enums import Happening, Side, Wait
from referrals.errors import Invalid, TooLate
from referrals.ladder import guarantee_due
from referrals.tracks import sides_served

FROM_RECEIPT = "integrated_14_days"  # counts from the region's receipt of the referral (rule F1)


def start(
    case: models.Case, *, rights: Iterable[Mapping[str, Any]], sides: Iterable[str], on: date, now: datetime
) -> None:
    """Starts the clock of each right with days, on each side. One that runs already is never reset (rule H4)."""
    for side in sides:
        for right in rights:
            if right["days"] and side in Side.values:
                _start(case, side=side, right=right["code"], days=right["days"], on=on, now=now)


def start_on_receipt(case: models.Case, referral: models.Referral, *, now: datetime) -> None:
    """The clocks that count from the day on which the service receives the referral, whichever way it came."""
    rights = Right.objects.filter(kinds=referral.service.kind_id, code=FROM_RECEIPT).values("code", "days")
    start(case, rights=rights, sides=referral.sides, on=clock.day_of(now), now=now)


def _start(case: models.Case, *, side: str, right: str, days: int, on: date, now: datetime) -> None:
    guarantee, started = models.Guarantee.objects.get_or_create(
        case=case,
        side=side,
        right=right,
        defaults={
            "data_key_id": case.data_key_id,
            **case.units,
            "days": days,
            "started_on": on,
            "due_at": guarantee_due(on, days),
        },
    )
    if started:
        follow_ups.open_wait(
            Wait.GUARANTEE,
            case=case,
            guarantee=guarantee,
            owed_by=case.owner_unit,
            worker=case.owner_worker,
            since=clock.start_of_day(on),
            now=now,
        )


def stop(
    case: models.Case, *, because: models.Guarantee.Stopped, now: datetime, sides: Iterable[str] | None = None
) -> None:
    """Stops the clocks of these sides, or of all."""
    running = case.guarantees.filter(stopped_at__isnull=True)
    if sides is not None:
        running = running.filter(side__in=list(sides))
    _stop(running, because=because, now=now)


def _stop(running: QuerySet[models.Guarantee], *, because: models.Guarantee.Stopped, now: datetime) -> None:
    follow_ups.close(models.FollowUp.objects.filter(guarantee__in=running.values("pk")), now=now)
    running.update(stopped_at=now, stopped_by=because)


def resume(case: models.Case, *, sides: Iterable[str], now: datetime) -> None:
    """The arrival was a mistake: the clocks run on as if they had never stopped."""
    stopped = case.guarantees.filter(side__in=list(sides), stopped_by=models.Guarantee.Stopped.ARRIVED)
    for guarantee in list(stopped):
        guarantee.stopped_at, guarantee.stopped_by = None, ""
        guarantee.save(update_fields=["stopped_at", "stopped_by"])
        before = guarantee.follow_ups.order_by("closed_at", "pk").last()
        follow_ups.open_wait(
            Wait.GUARANTEE,
            case=case,
            guarantee=guarantee,
            owed_by=case.owner_unit,
            worker=case.owner_worker,
            since=clock.start_of_day(guarantee.started_on),
            now=now,
            said=before.step if before else 0,
        )


@transaction.atomic
def choose_freely(*, guarantee: models.Guarantee, because: str, by: By, now: datetime) -> None:
    """The citizen has chosen another provider than the one whose clock runs: that clock stops (rule F2), the others do
    not, and the case stays open until the citizen has arrived there."""
    if not because.strip():
        raise Invalid(_("Write which provider the citizen has chosen."))
    case = locked_case(guarantee.case_id)
    running = models.Guarantee.objects.filter(pk=guarantee.pk, stopped_at__isnull=True)
    if not running.exists():
        raise TooLate(_("That deadline does not run any more."))
    _stop(running, because=models.Guarantee.Stopped.FREE_CHOICE, now=now)
    events.record(
        Happening.CHOSEN_FREELY, case=case, now=now, by=by, note=because, right=guarantee.right, side=guarantee.side
    )


@transaction.atomic
def give_overrun_reason(*, guarantee: models.Guarantee, reason: str, by: By, now: datetime) -> None:
    """An overrun is never silent: why it happened is registered (rule F1). The clock runs on."""
    if not reason.strip():
        raise Invalid(_("Write why the deadline was passed."))
    guarantee.overrun_reason = reason
    guarantee.save(update_fields=["overrun_reason"])
    events.record(
        Happening.OVERRUN_REASONED,
        case=guarantee.case,
        now=now,
        by=by,
        note=reason,
        right=guarantee.right,
        side=guarantee.side,
    )


def of_first_contact(
    explanation: Mapping[str, Any], *, words: Mapping[str, Any], tracks: Sequence[str]
) -> list[tuple[Mapping[str, Any], list[Side]]]:
    """The rights of the matched doors that count from first contact, each with the tracks its door serves."""
    offered = doors.doors(explanation, words=words)
    return [
        (right, sides_served(offered[match["kind"]], tracks=tracks, doors=offered.values()))
        for match in explanation["da"]["matches"]
        for right in match["rights"]
        if right["code"] != FROM_RECEIPT
    ]
