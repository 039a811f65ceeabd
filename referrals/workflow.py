"""One table: which event leads where, and who may do it. Everything that moves a referral asks here.

The loop closes at arrival, not at booking. Nothing here ends a referral by time: silence escalates (ladder.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from referrals.enums import Actor, Event, Status, Wait

S, R, C, CITIZEN = Actor.SENDER, Actor.RECEIVER, Actor.COORDINATOR, Actor.CITIZEN


@dataclass(frozen=True, slots=True)
class Step:
    """Where an event leads, and who may do it."""

    to: Status
    who: frozenset[Actor]


def _on(event: Event, from_: Iterable[Status], to: Status, *who: Actor) -> dict[tuple[Status, Event], Step]:
    return {(status, event): Step(to, frozenset(who)) for status in from_}


DRAFT, SENT, SEEN, QUESTION = Status.DRAFT, Status.SENT, Status.SEEN, Status.QUESTION
ACCEPTED, WAITLISTED, BOOKED = Status.ACCEPTED, Status.WAITLISTED, Status.BOOKED
VISIT_CANCELLED, NO_SHOW, RETURN_ASKED = Status.VISIT_CANCELLED, Status.NO_SHOW, Status.RETURN_ASKED
ARRIVED, IN_COURSE = Status.ARRIVED, Status.IN_COURSE

UNANSWERED = (SENT, SEEN, QUESTION)
LIVE = (*UNANSWERED, ACCEPTED, WAITLISTED, BOOKED, VISIT_CANCELLED, NO_SHOW, RETURN_ASKED)
MET = (ARRIVED, IN_COURSE, Status.CLOSED)
ENDED_WITHOUT = (
    Status.RETURNED,
    Status.WITHDRAWN,
    Status.CANCELLED,
    Status.LOST_CONTACT,
    Status.DECEASED,
    Status.MOVED,
)

TABLE: dict[tuple[Status, Event], Step] = (
    _on(Event.SEND, [DRAFT], SENT, S)
    | _on(Event.OPEN, [SENT], SEEN, R)
    # Missing information is a question, never a return: it goes back to the sender and is resumed.
    | _on(Event.ASK, [SENT, SEEN], QUESTION, R)
    | _on(Event.REPLY, [QUESTION], SEEN, S)
    | _on(Event.ACCEPT, UNANSWERED, ACCEPTED, R)
    | _on(Event.WAITLIST, [*UNANSWERED, ACCEPTED, WAITLISTED], WAITLISTED, R)
    | _on(Event.BOOK, [*UNANSWERED, ACCEPTED, WAITLISTED, BOOKED], BOOKED, R)
    | _on(Event.BOOK, [VISIT_CANCELLED, NO_SHOW], BOOKED, R, S, C)
    | _on(Event.CANCEL_VISIT, [BOOKED], VISIT_CANCELLED, R, S, CITIZEN)
    | _on(Event.MISS, [BOOKED], NO_SHOW, R)
    | _on(Event.ATTEMPT, [NO_SHOW], NO_SHOW, R, S, C)
    # A walk-in: whoever comes before anybody has answered has come.
    | _on(Event.ARRIVE, LIVE, ARRIVED, R, S, C)
    | _on(Event.CORRECT, [ARRIVED], ACCEPTED, R, C)
    | _on(Event.START, [ARRIVED], IN_COURSE, R)
    | _on(Event.CLOSE, [ARRIVED, IN_COURSE], Status.CLOSED, R)
    # A return takes effect with the next door. In a dual case the coordinator approves it or sends it back.
    | _on(Event.RETURN, [*UNANSWERED, ACCEPTED, WAITLISTED, BOOKED, VISIT_CANCELLED, NO_SHOW], Status.RETURNED, R)
    | _on(Event.ASK_RETURN, [*UNANSWERED, ACCEPTED, WAITLISTED, BOOKED, VISIT_CANCELLED, NO_SHOW], RETURN_ASKED, R)
    | _on(Event.RETURN, [RETURN_ASKED], Status.RETURNED, C)
    | _on(Event.SEND_BACK, [RETURN_ASKED], SEEN, C)
    | _on(Event.WITHDRAW, LIVE, Status.WITHDRAWN, S, R, C, CITIZEN)
    | _on(Event.CANCEL, [DRAFT, *LIVE], Status.CANCELLED, S, C)
    # Nobody else, never by a clock, and only after the re-engagement ladder (actions.lose_contact).
    | _on(Event.LOSE, [NO_SHOW], Status.LOST_CONTACT, C)
    | _on(Event.DIE, [DRAFT, *LIVE, ARRIVED, IN_COURSE], Status.DECEASED, S, R, C)
    | _on(Event.MOVE, [DRAFT, *LIVE], Status.MOVED, S, C)
)

# Nobody at the service has said yes to the citizen: a consent that is taken back ends it.
NOT_TAKEN_ON = (*UNANSWERED, RETURN_ASKED)

# What each status waits for, and who owes it. Where the service has no account here, the sender owes its part. While
# the coordinator decides on a return, the receiver still owes the answer.
WAITS_FOR: dict[Status, dict[Wait, Actor]] = {
    DRAFT: {Wait.CONSENT: S},
    SENT: {Wait.SEEN: R},
    SEEN: {Wait.ANSWER: R},
    QUESTION: {Wait.REPLY: S},
    ACCEPTED: {Wait.BOOKING: R},
    WAITLISTED: {Wait.CHECK_IN: R, Wait.BOOKING: R},  # the time is owed from the day on which the wait ends
    BOOKED: {Wait.VISIT: R, Wait.ARRIVAL: R},
    VISIT_CANCELLED: {Wait.BOOKING: R},
    NO_SHOW: {Wait.RE_ENGAGE: R},
    RETURN_ASKED: {Wait.ANSWER: R, Wait.DECISION: C},
    ARRIVED: {Wait.EFFECT: R},
    IN_COURSE: {Wait.EFFECT: R},
    Status.CLOSED: {Wait.EFFECT: R},
}
OF_A_STATUS = frozenset(wait for waits in WAITS_FOR.values() for wait in waits)

# FHIR R4 Task.status for each status; our code is the Task.businessStatus. Our 'closed' is FHIR's 'completed'.
TASK_STATUS: dict[Status, str] = {
    DRAFT: "draft",
    SENT: "requested",
    SEEN: "requested",
    QUESTION: "requested",
    ACCEPTED: "accepted",
    WAITLISTED: "on-hold",
    BOOKED: "accepted",
    VISIT_CANCELLED: "accepted",
    NO_SHOW: "on-hold",
    RETURN_ASKED: "requested",
    ARRIVED: "in-progress",
    IN_COURSE: "in-progress",
    Status.CLOSED: "completed",
    Status.RETURNED: "rejected",
    Status.WITHDRAWN: "cancelled",
    Status.CANCELLED: "cancelled",
    Status.LOST_CONTACT: "failed",
    Status.DECEASED: "cancelled",
    Status.MOVED: "cancelled",
}


def step(status: str, event: Event) -> Step | None:
    """The step, or None: this event is not possible now."""
    return TABLE.get((Status(status), event))


@cache  # asked for each row of a list
def possible(status: str, actors: frozenset[Actor]) -> tuple[Event, ...]:
    """What somebody in these capacities may do now, in the order of the table."""
    return tuple(event for (from_, event), step in TABLE.items() if from_ == status and step.who & actors)
