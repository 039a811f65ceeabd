"""One table: which event leads where, and who may do it. Everything that moves a referral asks here."""

from __future__ import annotations

from dataclasses import dataclass

from referrals.enums import Actor, Event, Status, Wait

SENDER, RECEIVER, COORDINATOR = Actor.SENDER, Actor.RECEIVER, Actor.COORDINATOR


@dataclass(frozen=True, slots=True)
class Step:
    """Where an event leads, and who may do it."""

    to: Status
    who: frozenset[Actor]


def _steps(*from_: Status, event: Event, to: Status, who: set[Actor]) -> dict[tuple[Status, Event], Step]:
    return {(status, event): Step(to, frozenset(who)) for status in from_}


DRAFT, SENT, SEEN, ACCEPTED, BOOKED = Status.DRAFT, Status.SENT, Status.SEEN, Status.ACCEPTED, Status.BOOKED
LIVE = (SENT, SEEN, ACCEPTED, BOOKED)

TABLE: dict[tuple[Status, Event], Step] = (
    _steps(DRAFT, event=Event.SEND, to=SENT, who={SENDER})
    | _steps(SENT, event=Event.OPEN, to=SEEN, who={RECEIVER})
    | _steps(SENT, SEEN, event=Event.ACCEPT, to=ACCEPTED, who={RECEIVER})
    | _steps(SENT, SEEN, ACCEPTED, BOOKED, event=Event.BOOK, to=BOOKED, who={RECEIVER})
    # A walk-in: whoever comes before anybody has answered has come.
    | _steps(*LIVE, event=Event.ARRIVE, to=Status.ARRIVED, who={RECEIVER})
    | _steps(*LIVE, event=Event.WITHDRAW, to=Status.WITHDRAWN, who={SENDER, RECEIVER, COORDINATOR})
    | _steps(DRAFT, *LIVE, event=Event.CANCEL, to=Status.CANCELLED, who={SENDER, COORDINATOR})
)

# What each live status waits for. The receiver owes it (the sender, where the service has no account here).
WAITS_FOR: dict[Status, Wait] = {SENT: Wait.SEEN, SEEN: Wait.ANSWER, ACCEPTED: Wait.BOOKING, BOOKED: Wait.ARRIVAL}


def step(status: str, event: Event) -> Step | None:
    """The step, or None: this event is not possible now."""
    return TABLE.get((Status(status), event))


def possible(status: str, actors: frozenset[Actor]) -> tuple[Event, ...]:
    """What somebody in these capacities may do now, in the order of the table."""
    return tuple(event for (from_, event), step in TABLE.items() if from_ == status and step.who & actors)
