"""What was written to be said is sent: at least once, each with a key of its own, by as many workers as there are.

No transaction is open while a relay is spoken to: a lock on the row would make a worker's step (an arrival, a change of
owner) wait for somebody's mail server. Instead, whoever sends holds an advisory lock of the session on the message. It
blocks nobody's rows, two workers never send the same, and a worker that is killed lets go of it at once: then the message
is sent again, with the same key.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from navigator import clock
from navigator.accounts.models import Unit
from navigator.database import scope
from navigator.database.alone import alone
from navigator.web.models import beat
from referrals import models
from referrals.delivery import addressing, bounces, consequences, email, sms, texts, timing
from referrals.delivery.addressing import Drop, Fail, Hold, Send
from referrals.delivery.channels import Message, Refused, TryAgain
from referrals.delivery.reasons import Reason
from referrals.enums import Channel, DeliveryState, Tell

logger = logging.getLogger(__name__)

PAGE = 100
KEEP_GOING = 120  # seconds; then the next knock goes on: well below the time limit of a task
STUCK_AFTER = timedelta(minutes=10)
MANY_TRIES = 5
DID = ("handed_over", "dropped", "held", "try_again", "failed", "bounced", "put_off")


def deliver(*, now: datetime | None = None) -> dict[str, int]:
    """Sends what is due, until nothing is. Answers with what it did, and leaves a heartbeat."""
    now = now or clock.now()
    did = Counter(dict.fromkeys(DID, 0))
    did["bounced"] = bounces.act_on_reports(now=now)
    did["dropped"] = _drop_what_is_over(now=now)
    give_way = time.monotonic() + KEEP_GOING
    with closing(_Pass(now=now, did=did)) as a_pass:
        for row in _due(now):
            if time.monotonic() > give_way:
                break
            a_pass.handle(*row)
    beat("deliver", now=clock.now(), did=dict(did) | {"stuck": stuck(now=now)})
    return dict(did)


def stuck(*, now: datetime) -> int:
    """How many messages nobody has touched for too long, or that were tried again and again."""
    pending = models.Delivery.objects.filter(state=DeliveryState.PENDING)
    return pending.filter(Q(try_at__lte=now - STUCK_AFTER) | Q(tries__gte=MANY_TRIES)).count()


def messages_of(unit: Unit, *, at_most: int) -> list[tuple[models.Delivery, str, str]]:
    """The latest messages to this unit and to the citizens that it answers for, with their words."""
    rows = (
        models.Delivery.objects.filter(Q(to_unit=unit) | Q(owner_unit=unit) | Q(coordinator_unit=unit))
        .select_related("notice__follow_up", "notice__to_worker", "to_unit__organisation")
        .order_by("-try_at", "-pk")[:at_most]
    )
    return [(row, *_words([row], language="da")) for row in rows]


def _over(now: datetime) -> list[tuple[Reason, Q]]:
    """When a pending message is not true or not of use any more. A later rung of the same silence for the same reader says
    it better; one for another reader does not, or an outage would hide the first rungs from those they were for."""
    later = models.Notice.objects.filter(
        follow_up=OuterRef("notice__follow_up"),
        tells=OuterRef("notice__tells"),
        to_unit=OuterRef("to_unit"),
        step__gt=OuterRef("notice__step"),
    )
    return [
        (Reason.DONE, Q(notice__follow_up__closed_at__isnull=False)),
        (Reason.READ, Q(notice__read_at__isnull=False)),
        (Reason.LATE, Q(worthless_after__lte=now)),
        (Reason.SUPERSEDED, Q(Exists(later))),
    ]


def _drop_what_is_over(*, now: datetime) -> int:
    """Also what waits for the morning: whoever looks sees at once that the citizen will not be written to."""
    pending = models.Delivery.objects.filter(state=DeliveryState.PENDING)
    return sum(
        pending.filter(over).update(state=DeliveryState.DROPPED, reason=reason, ended_at=now)
        for reason, over in _over(now)
    )


def _due(now: datetime) -> Iterator[tuple[UUID, bool, UUID, UUID | None]]:
    """Each message that is due once, the longest due first: (id, in a digest?, unit, worker). Others may be at them too."""
    pending = models.Delivery.objects.filter(state=DeliveryState.PENDING, try_at__lte=now).order_by("try_at", "pk")
    after = Q()
    while page := list(
        pending.filter(after).values_list("pk", "in_digest", "to_unit", "notice__to_worker", "try_at")[:PAGE]
    ):
        yield from (row[:4] for row in page)
        last_id, last_at = page[-1][0], page[-1][4]
        after = Q(try_at__gt=last_at) | Q(try_at=last_at, pk__gt=last_id)


class _Pass:
    """One go through what is due: a connection to the relay, what it did, and which channels do not answer."""

    def __init__(self, *, now: datetime, did: Counter[str]) -> None:
        self.now, self.did = now, did
        self.channels = {Channel.EMAIL: email.Email(), Channel.SMS: sms.gateway()}
        self.away: set[Channel] = set()

    def close(self) -> None:
        for channel in self.channels.values():
            channel.close()

    def handle(self, delivery_id: UUID, in_digest: bool, unit_id: UUID, worker_id: UUID | None) -> None:
        """One message, or one digest, alone. One that breaks is put off and does not stop the others."""
        same = Q(in_digest=True, to_unit=unit_id, notice__to_worker=worker_id) if in_digest else Q(pk=delivery_id)
        with alone(worker_id.int ^ unit_id.int if in_digest and worker_id else delivery_id.int) as nobody_else:
            batch = list(self._still_due(same)) if nobody_else else []
            if not batch:
                return
            try:
                self._give(batch)
            except (OperationalError, InterfaceError):
                raise  # the database is away: nothing can be put off
            except Exception:
                logger.exception("Delivery %s failed", delivery_id)
                self._put_off(batch, Reason.ERROR, count_it=True)
                self.did["put_off"] += len(batch)

    def _still_due(self, same: Q) -> QuerySet[models.Delivery]:
        """Asked once more, now that nobody else can be at it."""
        over = Q()
        for _reason, each in _over(self.now):
            over |= each
        due = models.Delivery.objects.filter(same, ~over, state=DeliveryState.PENDING, try_at__lte=self.now)
        return due.select_related("notice__follow_up", "notice__to_worker", "to_unit").order_by("pk")

    def _give(self, batch: list[models.Delivery]) -> None:
        first = batch[0]
        with scope.scope(*first.units):
            decision = addressing.decide(first, now=self.now)
        if isinstance(decision, (Send, Fail)) and decision.left:
            for each in batch:
                consequences.somebody_has_left(each, decision.left, now=self.now)
        match decision:
            case Hold(until):
                models.Delivery.objects.filter(pk__in=_keys(batch)).update(try_at=until)
                self.did["held"] += len(batch)
            case Drop(reason):
                for each in batch:
                    self.did["dropped"] += consequences.end(each, DeliveryState.DROPPED, reason=reason, now=self.now)
            case Fail(reason, channel):
                self._fail(batch, reason, channel=channel)
            case Send() if decision.channel not in self.away:
                self._send(batch, decision)

    def _send(self, batch: list[models.Delivery], to: Send) -> None:
        if batch[0].tries >= timing.MOST_TRIES:
            self._fail(batch, Reason.GAVE_UP, channel=to.channel)
            return
        with scope.scope(*batch[0].units):
            subject, text = _words(batch, language=to.language)
        # Counted before: a message that kills the worker waits longer each time, and the others get their turn.
        self._put_off(batch, Reason.TIMED_OUT, count_it=True)
        try:
            self.channels[to.channel].send(Message(key=str(batch[0].pk), to=to.to, subject=subject, text=text))
        except TryAgain as error:
            self._put_off(batch, error.reason, count_it=False)
            self.did["try_again"] += len(batch)
            if error.everybody:
                self.away.add(to.channel)
        except Refused as error:
            self._fail(batch, error.reason, channel=to.channel)
        else:
            for each in batch:
                consequences.handed_over(each, channel=to.channel, now=self.now)
            self.did["handed_over"] += len(batch)

    def _fail(self, batch: list[models.Delivery], reason: Reason, *, channel: Channel | None) -> None:
        for each in batch:
            self.did["failed"] += consequences.became_a_task(
                each, DeliveryState.FAILED, reason, channel=channel, now=self.now
            )

    def _put_off(self, batch: list[models.Delivery], reason: Reason, *, count_it: bool) -> None:
        first = batch[0]
        models.Delivery.objects.filter(pk__in=_keys(batch), state=DeliveryState.PENDING).update(
            reason=reason,
            tries=F("tries") + int(count_it),
            try_at=self.now + timing.after_try(first.tries + 1),
            sent_with=first.pk if first.in_digest else None,
        )


def _keys(batch: list[models.Delivery]) -> list[UUID]:
    return [each.pk for each in batch]


def _words(batch: list[models.Delivery], *, language: str) -> tuple[str, str]:
    """Subject and text. Nothing about the case goes in but random numbers in an address."""
    first = batch[0]
    if first.in_digest:
        return texts.digest(language=language, link=addressing.front_page(), count=len(batch))
    link = addressing.link_of(first)
    if first.notice.tells == Tell.CITIZEN:
        return texts.to_citizen(language=language, link=link)
    return texts.to_colleague(language=language, link=link, urgent=first.notice.urgent)
