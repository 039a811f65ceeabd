"""What is due is claimed in the database, and what it leads to is written in the same transaction.

Two sweeps at once do not meet (SKIP LOCKED); a sweep that dies keeps nothing half; a row that cannot be swept is put
off for a while and does not stop the others.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from navigator import clock
from navigator.web.models import beat
from referrals import ladder, models
from referrals.delivery.writing import write
from referrals.enums import Tell, Told, Urgency, Wait

logger = logging.getLogger(__name__)

BATCH = 500  # follow-ups a transaction
AFTER_AN_ERROR = timedelta(minutes=10)


def sweep(*, now: datetime | None = None) -> dict[str, int]:
    """Climbs one rung for every follow-up that is due, until none is. Answers with what it did, and leaves a heartbeat."""
    now = now or clock.now()
    did = {"noticed": 0, "put_off": 0}
    while _sweep_batch(now=now, size=BATCH, did=did):
        pass
    beat("sweep", now=clock.now(), did=did)
    return did


def _sweep_batch(*, now: datetime, size: int, did: dict[str, int]) -> int:
    try:
        with transaction.atomic():
            late = _claim(now=now, size=size)
            did["noticed"] += _climb(late, now=now)
            return len(late)
    except Exception:
        logger.exception("A batch of the sweep failed; its follow-ups are taken one by one")
        return _one_by_one(now=now, size=size, did=did)


def _claim(*, now: datetime, size: int) -> list[models.FollowUp]:
    """The next follow-ups that are due and that no other sweep holds."""
    due = models.FollowUp.objects.due(now).order_by("next_at")
    return list(due.select_for_update(of=("self",), skip_locked=True, no_key=True)[:size])


def _climb(late: Sequence[models.FollowUp], *, now: datetime) -> int:
    """Writes the notice of each follow-up's next rung and stores when to look again. Returns how many notices."""
    ladders = models.Ladder.objects.in_bulk({follow_up.ladder_version for follow_up in late})
    notices = []
    for follow_up in late:
        rungs = ladders[follow_up.ladder_version].rungs.of(
            follow_up.waits_for, follow_up.urgency, kind=follow_up.service_kind
        )
        if not _is_done_already(follow_up, rungs[follow_up.step]):
            notices.append(_notice(follow_up, rungs[follow_up.step], now=now))
            if rungs[follow_up.step].tell == Tell.COORDINATOR:
                follow_up.escalated_at = follow_up.escalated_at or now
        follow_up.step += 1
        follow_up.next_at = (
            rungs[follow_up.step].at(follow_up.waits_since, until=follow_up.due_at, also_closed=settings.ALSO_CLOSED_ON)
            if follow_up.step < len(rungs)
            else None
        )
    models.Notice.objects.bulk_create(notices)
    write(notices, now=now)
    models.FollowUp.objects.bulk_update(late, ["step", "next_at", "escalated_at"])
    return len(notices)


def _is_done_already(follow_up: models.FollowUp, rung: ladder.Rung) -> bool:
    """After a no-show each rung asks for one more attempt: one that has been made is not asked for."""
    return follow_up.waits_for == Wait.RE_ENGAGE and rung.tell == Tell.OWED_BY and follow_up.round > follow_up.step + 1


def _notice(follow_up: models.FollowUp, rung: ladder.Rung, *, now: datetime) -> models.Notice:
    to = {
        Tell.OWED_BY: follow_up.owed_by_id,
        Tell.SENDER: follow_up.sender_unit_id,
        Tell.OWNER: follow_up.owner_unit_id,
        # Where no unit coordinates, whoever answers for the citizen hears it.
        Tell.COORDINATOR: follow_up.coordinator_unit_id or follow_up.owner_unit_id,
        # The citizen is written to on behalf of whoever owes the visit.
        Tell.CITIZEN: follow_up.owed_by_id,
    }
    return models.Notice(
        follow_up=follow_up,
        case_id=follow_up.case_id,
        why=Told.SILENCE,
        step=follow_up.step,
        tells=rung.tell,
        to_unit_id=to[rung.tell],
        to_worker_id=follow_up.owed_worker_id if rung.tell == Tell.OWED_BY else None,
        owner_unit_id=follow_up.owner_unit_id,
        coordinator_unit_id=follow_up.coordinator_unit_id,
        urgent=follow_up.urgency == Urgency.ACUTE,
        due_at=follow_up.next_at or now,
        written_at=now,
    )


def _one_by_one(*, now: datetime, size: int, did: dict[str, int]) -> int:
    """The batch again, a row a transaction: what fails is put off and named in the log by its id only."""
    for taken in range(size):
        try:
            with transaction.atomic():
                late = _claim(now=now, size=1)
                if not late:
                    return taken
                try:
                    with transaction.atomic():
                        did["noticed"] += _climb(late, now=now)
                except Exception:
                    logger.exception("Sweep failed on follow-up %s", late[0].pk)
                    models.FollowUp.objects.filter(pk=late[0].pk).update(next_at=now + AFTER_AN_ERROR)
                    did["put_off"] += 1
        except Exception:
            logger.exception("The sweep stopped; the next one goes on")
            return 0
    return size
