"""Who is told when something happens: the others on the referral, at once, in the same transaction."""

from __future__ import annotations

from datetime import datetime

from navigator.accounts.models import Unit, User
from navigator.database import scope
from referrals import models
from referrals.acting import By, Citizen, Guest
from referrals.delivery.writing import write
from referrals.enums import Event, Happening, Tell, Told, Urgency

# What the other side hears of. The rest stands on the case page.
TOLD_TO_SENDER = frozenset(
    {
        Event.ASK,
        Event.ACCEPT,
        Event.WAITLIST,
        Event.BOOK,
        Event.CANCEL_VISIT,
        Event.MISS,
        Event.ARRIVE,
        Event.CORRECT,
        Event.RETURN,
        Event.WITHDRAW,
        Event.LOSE,
    }
)
TOLD_TO_RECEIVER = frozenset(
    {
        Event.SEND,
        Event.REPLY,
        Event.CANCEL_VISIT,
        Event.WITHDRAW,
        Event.CANCEL,
        Event.SEND_BACK,
        Event.LOSE,
        Event.DIE,
        Event.MOVE,
    }
)
TOLD_TO_COORDINATOR = frozenset({Event.ASK_RETURN, Event.RETURN, Happening.REFUSED_RETURN, Happening.NOBODY_ANSWERED})


def tell_of(
    happened: models.CaseEvent, referral: models.Referral, *, by: By | Citizen | Guest | None, now: datetime
) -> None:
    """Writes a notice for each unit that is to hear of it; never to whoever did it."""
    readers: list[tuple[Unit | None, Tell]] = []
    if happened.kind in TOLD_TO_SENDER:
        readers.append((referral.sender_unit, Tell.SENDER))
    if happened.kind in TOLD_TO_RECEIVER:
        readers.append((referral.receiver_unit, Tell.OWED_BY))
    if happened.kind in TOLD_TO_COORDINATOR:
        readers.append((happened.coordinator_unit or happened.owner_unit, Tell.COORDINATOR))
    for unit, tells in readers:
        if unit is not None and not (isinstance(by, By) and by.unit == unit):
            tell(happened, to=unit, tells=tells, urgent=referral.urgency == Urgency.ACUTE, now=now)


def tell(
    happened: models.CaseEvent,
    *,
    to: Unit,
    tells: Tell,
    now: datetime,
    worker: User | None = None,
    why: Told = Told.HAPPENED,
    urgent: bool = False,
) -> None:
    """One unit, or one worker of it, is told of one event, once."""
    notice = models.Notice(
        case_id=happened.case_id,
        why=why,
        event=happened,
        tells=tells,
        to_unit=to,
        to_worker=worker,
        owner_unit_id=happened.owner_unit_id,
        coordinator_unit_id=happened.coordinator_unit_id,
        urgent=urgent,
        due_at=now,
        written_at=now,
    )
    with scope.widened_to(to.pk):  # it is theirs to read, not the writer's
        models.Notice.objects.bulk_create([notice], ignore_conflicts=True)
        if models.Notice.objects.filter(pk=notice.pk).exists():  # else they have been told already
            write([notice], now=now)
