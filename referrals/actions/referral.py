"""The steps of one attempt, from draft to the visit. Arrival and returns have files of their own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from navigator import clock
from pathways.models import Service
from referrals import grounds, links, models, workflow
from referrals.acting import By, Citizen, Guest, actors, capacities
from referrals.actions import consents, events, follow_ups, guarantees, notices
from referrals.actions.case import reopen_case
from referrals.actions.contact import must_have_tried
from referrals.actions.steps import apply, at_the_case_of, live, locked, may, on_the_whole_case, too_late, write
from referrals.enums import Actor, Channel, Custody, Event, Happening, Outcome, Reached, Status, Tell, Urgency, Wait
from referrals.errors import Invalid, NotAllowed, TooLate
from referrals.grounds import Anonymous, Ground, Statutory, Yes

# What is owed beside the road of a referral, and is ticked off when it has been done.
TICKED_OFF = (Wait.TELL_CITIZEN, Wait.REACH_OUT, Wait.TELL_CUSTODY, Wait.WITHDRAWN, Wait.CONSENT_ENDS)


@dataclass(frozen=True, slots=True)
class HandOver:
    """The telephone call that an acute referral begins with: whom the sender spoke with, or that nobody answered."""

    spoke_with: str

    @property
    def answered(self) -> bool:
        return bool(self.spoke_with.strip())


@dataclass(frozen=True, slots=True)
class Telling:
    """What a service is told, and why it may be told."""

    content: dict[str, Any]
    ground: Ground


@on_the_whole_case
def send_referral(
    *,
    case: models.Case,
    service: Service,
    sides: Sequence[str],
    role: str,
    telling: Telling,
    other_door: str = "",
    chosen_because: str = "",
    urgency: Urgency = Urgency.ORDINARY,
    hand_over: HandOver | None = None,
    follows: models.Referral | None = None,
    by: By,
    now: datetime,
) -> models.Referral:
    """Sends a referral to one service: the frozen copy of what is told, the follow-up with its dates, the clocks that
    count from receipt and the history, all in one transaction.

    Raises Invalid without a basis for telling or, for an acute one, without a logged telephone hand-over; TooLate when
    the case is closed or the same service has a live referral.
    """
    if urgency == Urgency.ACUTE and hand_over is None:
        raise Invalid(_("Call the service first, and write whom you spoke with, or that nobody answered."))
    if set(sides) - set(case.tracks.values_list("side", flat=True)):
        raise Invalid(_("Choose a side that the case has."))  # elsewhere nobody could ever arrive
    draft = draft_referral(
        case=case, service=service, sides=sides, role=role, other_door=other_door,
        chosen_because=chosen_because, urgency=urgency, follows=follows, by=by, now=now,
    )  # fmt: skip
    referral = send_draft(draft, case=case, telling=telling, by=by, now=now)
    if hand_over is not None:
        _log_hand_over(referral, hand_over, case=case, by=by, now=now)
    return referral


def draft_referral(
    *,
    case: models.Case,
    service: Service,
    sides: Sequence[str],
    role: str,
    other_door: str = "",
    chosen_because: str = "",
    urgency: str = Urgency.ORDINARY,
    follows: models.Referral | None = None,
    by: By,
    now: datetime,
) -> models.Referral:
    """An attempt that is not sent yet. The case is locked by the caller."""
    if case.closed_at:
        raise TooLate(_("This case is closed. Open a new one if the citizen needs help again."))
    if case.referrals.filter(service=service, status__in=[*workflow.LIVE, Status.DRAFT]).exists():
        raise TooLate(_("There is already an open referral from this case to that service."))
    return models.Referral.objects.create(
        case=case,
        data_key_id=case.data_key_id,
        sides=list(sides),
        service=service,
        role=role,
        other_door=other_door,
        chosen_because=chosen_because,
        sender_unit=by.unit,
        sender=by.user,
        owner_unit_id=case.owner_unit_id,
        receiver_unit_id=service.unit_id,
        coordinator_unit_id=case.coordinator_unit_id,
        urgency=urgency,
        follows=follows,
        status_since=now,
        is_protected=case.person.is_protected,
    )


def send_draft(
    draft: models.Referral, *, case: models.Case, telling: Telling, by: By | None, now: datetime
) -> models.Referral:
    """Freezes what is told, with its basis, and sends; `by` is None where the citizen has agreed to it beforehand and a
    return sends it on. A statutory basis makes a task: the citizen is told what was passed on. Raises Invalid where the
    basis does not suffice, TooLate while the service is closed."""
    if draft.service.is_closed(on=clock.day_of(now)):
        raise TooLate(_("This service is closed for a time. Choose the one that stands in, or another."))
    content, ground = telling.content, telling.ground
    categories = grounds.categories_of(content)
    if isinstance(ground, Anonymous) and grounds.identifies(content, case.person):
        raise Invalid(_("The citizen wants to be anonymous: take out what says who it is."))
    basis = consents.settle(
        ground, case=case, to=draft.service, categories=categories, follows=draft.follows, by=by, now=now
    )
    models.Disclosure.objects.create(
        referral=draft,
        data_key_id=case.data_key_id,
        sender_unit_id=draft.sender_unit_id,
        owner_unit_id=draft.owner_unit_id,
        receiver_unit_id=draft.receiver_unit_id,
        coordinator_unit_id=draft.coordinator_unit_id,
        content=json.dumps(content, ensure_ascii=False),
        categories=categories,
        **basis,
        basis_reason=ground.reason if isinstance(ground, Statutory) else "",
        disclosed_at=now,
        disclosed_by=by.user if by else draft.sender,
    )
    referral = write(locked(draft), Event.SEND, to=Status.SENT, case=case, by=by, now=now, sent_at=now)
    guarantees.start_on_receipt(case, referral, now=now)
    links.want_link(referral, now=now)
    for wait in _to_be_told(ground):
        follow_ups.open_wait(
            wait, case=case, referral=referral, owed_by=draft.sender_unit, worker=draft.sender, now=now
        )
    return referral


def _to_be_told(ground: Ground) -> list[Wait]:
    """Who is to hear of it afterwards, as a task of the sender's."""
    if isinstance(ground, Statutory):
        return [Wait.TELL_CITIZEN]
    return [Wait.TELL_CUSTODY] if isinstance(ground, Yes) and ground.custody == Custody.LATER else []


def _log_hand_over(referral: models.Referral, hand_over: HandOver, *, case: models.Case, by: By, now: datetime) -> None:
    """Who took the call; or nobody, and then the coordinator hears it at once and the sender goes on calling."""
    kind = Happening.CALLED_OVER if hand_over.answered else Happening.NOBODY_ANSWERED
    happened = events.record(kind, case=case, referral=referral, now=now, by=by, note=hand_over.spoke_with)
    if hand_over.answered:
        follow_ups.close(referral.follow_ups.filter(waits_for=Wait.HAND_OVER), now=now)
        return
    notices.tell_of(happened, referral, by=None, now=now)
    follow_ups.open_once(Wait.HAND_OVER, Actor.SENDER, case=case, referral=referral, now=now)


def log_hand_over(*, referral: models.Referral, hand_over: HandOver, by: By, now: datetime) -> None:
    """Another call about an acute referral."""
    with at_the_case_of(referral) as case:
        referral = live(referral)
        if not capacities(referral, by.unit) & {Actor.SENDER, Actor.COORDINATOR}:
            raise NotAllowed(_("Your unit cannot do this on this referral."))
        _log_hand_over(referral, hand_over, case=case, by=by, now=now)


def send_on(
    *, referral: models.Referral, telling: Telling, by: By, now: datetime, hand_over: HandOver | None = None
) -> models.Referral:
    """The citizen has agreed that the next door is told: the draft that a return made is sent. Raises Invalid for an
    acute one without a logged telephone hand-over."""
    if referral.urgency == Urgency.ACUTE and hand_over is None:
        raise Invalid(_("Call the service first, and write whom you spoke with, or that nobody answered."))
    with at_the_case_of(referral) as case:
        may(locked(referral), Event.SEND, by=by)
        sent = send_draft(referral, case=case, telling=telling, by=by, now=now)
        if hand_over is not None:
            _log_hand_over(sent, hand_over, case=case, by=by, now=now)
        return sent


def open_referral(*, referral: models.Referral, by: By | Guest, now: datetime) -> models.Referral:
    """The receiver has it on the screen. Opening it again changes nothing."""
    if referral.status != Status.SENT:
        return referral
    with at_the_case_of(referral) as case:
        referral = locked(referral)
        if referral.status in workflow.ENDED_WITHOUT:
            raise TooLate(_("It was taken back before you opened it. You need do nothing."))
        if referral.status != Status.SENT:
            return referral  # a colleague was faster: nothing to say no to
        return apply(referral, Event.OPEN, case=case, by=by, now=now)


def ask_question(*, referral: models.Referral, question: str, by: By | Guest, now: datetime) -> models.Referral:
    """Information is missing: back with the sender, whose answer resumes it. No return, no ending."""
    if not question.strip():
        raise Invalid(_("Write what you need to know."))
    with at_the_case_of(referral) as case:
        return apply(referral, Event.ASK, case=case, by=by, now=now, note=question)


def answer_question(*, referral: models.Referral, answer: str, by: By, now: datetime) -> models.Referral:
    """The sender answers, and the receiver's clock goes on from where it stood."""
    if not answer.strip():
        raise Invalid(_("Write the answer."))
    with at_the_case_of(referral) as case:
        return apply(referral, Event.REPLY, case=case, by=by, now=now, note=answer)


def accept_referral(*, referral: models.Referral, by: By | Guest, now: datetime) -> models.Referral:
    """The service takes the citizen on."""
    with at_the_case_of(referral) as case:
        return apply(referral, Event.ACCEPT, case=case, by=by, now=now)


def put_on_waiting_list(*, referral: models.Referral, until: date, by: By | Guest, now: datetime) -> models.Referral:
    """Accepted, with a date. The statutory clocks run on."""
    if until <= clock.day_of(now):
        raise Invalid(_("Give the date when the wait ends; it must be still to come."))
    with at_the_case_of(referral) as case:
        return apply(
            referral, Event.WAITLIST, case=case, by=by, now=now, waits_until=until, detail={"until": until.isoformat()}
        )


def book_time(
    *,
    referral: models.Referral,
    appointment_at: datetime,
    by: By | Guest,
    now: datetime,
    interpreter_ordered: bool | None = None,
) -> models.Referral:
    """A visit is agreed. Raises Invalid for a time that has passed."""
    if appointment_at <= now:
        raise Invalid(_("That time has passed. Give a time that is still to come."))
    with at_the_case_of(referral) as case:
        return apply(
            referral,
            Event.BOOK,
            case=case,
            by=by,
            now=now,
            appointment_at=appointment_at,
            interpreter_ordered=interpreter_ordered,
            detail={"appointment_at": appointment_at.isoformat()},
        )


def order_interpreter(*, referral: models.Referral, by: By | Guest, now: datetime) -> models.Referral:
    """An interpreter is ordered for the visit that is agreed. Pressing it again changes nothing. Raises TooLate where no
    visit is agreed any more, or nobody needs an interpreter for it."""
    with at_the_case_of(referral) as case:
        referral = locked(referral)
        if not actors(referral, by):
            raise NotAllowed(_("Your unit cannot do this on this referral."))
        if referral.status == Status.BOOKED and referral.interpreter_ordered:
            return referral
        if not referral.lacks_interpreter:
            raise too_late(referral)
        referral.interpreter_ordered = True
        referral.save(update_fields=["interpreter_ordered"])
        events.record(Happening.INTERPRETER_ORDERED, case=case, referral=referral, now=now, by=by)
        return referral


def cancel_visit(
    *, referral: models.Referral, by_service: bool, because: str, by: By | Citizen, now: datetime
) -> models.Referral:
    """The visit is off, a new time is owed. The second time that the service cancels, the coordinator hears it."""
    with at_the_case_of(referral) as case:
        cancelled = locked(referral).visits_cancelled + by_service
        referral = apply(
            referral,
            Event.CANCEL_VISIT,
            case=case,
            by=by,
            now=now,
            note=because,
            visits_cancelled=cancelled,
            detail={"by_service": by_service},
        )
        if cancelled > 1 and by_service:
            happened = referral.events.filter(kind=Event.CANCEL_VISIT).latest("pk")
            reader = case.coordinator_unit or case.owner_unit
            notices.tell(happened, to=reader, tells=Tell.COORDINATOR, now=now)
        return referral


def record_no_show(*, referral: models.Referral, by: By | Guest, now: datetime) -> models.Referral:
    """The citizen did not come. Contact is tried anew; nothing ends. Raises TooLate before the time of the visit."""
    with at_the_case_of(referral) as case:
        referral = locked(referral)
        may(referral, Event.MISS, by=by)
        if referral.appointment_at is None or now < referral.appointment_at:
            raise TooLate(_("The visit has not taken place yet."))
        return apply(referral, Event.MISS, case=case, by=by, now=now)


def record_check_in(*, referral: models.Referral, note: str, by: By, now: datetime) -> None:
    """Somebody on the waiting list was heard from; the next contact is owed from now."""
    with at_the_case_of(referral) as case:
        referral = locked(referral)
        asked = referral.follow_ups.open().filter(waits_for=Wait.CHECK_IN)
        if not asked.exists():
            raise TooLate(_("Nobody waits for that any more."))
        follow_ups.close(asked, now=now)
        follow_ups.open_once(Wait.CHECK_IN, Actor.RECEIVER, case=case, referral=referral, now=now)
        events.record(Happening.HEARD_FROM, case=case, referral=referral, now=now, by=by, note=note)


def record_attempt(
    *, referral: models.Referral, channel: Channel, reached: Reached, note: str, by: By, now: datetime
) -> models.Referral:
    """New contact was tried, on some channel, with some result."""
    with at_the_case_of(referral) as case:
        referral = apply(
            referral,
            Event.ATTEMPT,
            case=case,
            by=by,
            now=now,
            note=note,
            detail={"channel": channel, "reached": reached},
        )
        for follow_up in referral.follow_ups.open().filter(waits_for=Wait.RE_ENGAGE):
            follow_up.round += 1
            follow_up.save(update_fields=["round"])
        if reached == Reached.WANTS_COMPANION:
            follow_ups.open_once(Wait.COMPANION, Actor.SENDER, case=case, referral=referral, now=now)
        return referral


def lose_contact(*, referral: models.Referral, because: str, by: By, now: datetime) -> models.Referral:
    """A coordinator decides, with a reason, after the re-engagement ladder: never a clock, never alone.

    Raises TooLate before three attempts on at least two channels since the citizen last did not come.
    """
    if not because.strip():
        raise Invalid(_("Write why nobody can reach the citizen, and what was tried."))
    with at_the_case_of(referral) as case:
        may(locked(referral), Event.LOSE, by=by)
        if case.coordinator_unit_id is None:
            raise NotAllowed(_("Only a coordinator can decide that contact is lost."))
        must_have_tried(referral)
        return apply(referral, Event.LOSE, case=case, by=by, now=now, note=because)


def start_course(*, referral: models.Referral, by: By, now: datetime) -> models.Referral:
    """Treatment or support has begun."""
    with at_the_case_of(referral) as case:
        return apply(referral, Event.START, case=case, by=by, now=now)


def close_course(*, referral: models.Referral, note: str, by: By, now: datetime) -> models.Referral:
    """The course has ended at the service."""
    with at_the_case_of(referral) as case:
        return apply(referral, Event.CLOSE, case=case, by=by, now=now, note=note)


def withdraw_referral(
    *, referral: models.Referral, wants_instead: str, by: By | Citizen, now: datetime
) -> models.Referral:
    """The citizen does not want this one: recorded, not overridden. The track is a task again until a human closes it."""
    if not wants_instead.strip():
        raise Invalid(_("Write what the citizen wants instead; 'nothing now' is an answer too."))
    with at_the_case_of(referral) as case:
        return apply(referral, Event.WITHDRAW, case=case, by=by, now=now, note=wants_instead)


def cancel_referral(*, referral: models.Referral, because: str, by: By, now: datetime) -> models.Referral:
    """The sender takes it back: a mistake or a duplicate. The case stays open and asks for another choice."""
    if not because.strip():
        raise Invalid(_("Write why it is taken back: a mistake, or a duplicate of which."))
    with at_the_case_of(referral) as case:
        return apply(referral, Event.CANCEL, case=case, by=by, now=now, note=because)


def record_effect(*, referral: models.Referral, helps: bool, note: str, by: By, now: datetime) -> None:
    """Six weeks after arrival: does it help? 'No' opens the need again, and with it the choice of another door (rule
    E9). What is going on at the service goes on; the clocks that arrival has stopped stay stopped."""
    with at_the_case_of(referral) as case:
        referral = locked(referral)
        asked = referral.follow_ups.open().filter(waits_for=Wait.EFFECT)
        if not asked.exists():
            raise TooLate(_("That has been answered already."))
        if not capacities(referral, by.unit) & {Actor.RECEIVER, Actor.COORDINATOR} and by.unit != case.owner_unit:
            raise NotAllowed(_("Your unit cannot do this on this referral."))
        follow_ups.close(asked, now=now)
        events.record(Happening.NOTED, case=case, referral=referral, now=now, by=by, note=note, effect=helps)
        if not helps and case.outcome in ("", Outcome.ARRIVED):
            case.tracks.filter(arrived_by=referral).update(arrived_at=None, arrived_by=None)
            if case.closed_at:
                reopen_case(case, by=by, now=now)
            follow_ups.keep_choice(case, now=now)


def tell_citizen_done(*, follow_up: models.FollowUp, by: By, now: datetime) -> None:
    """The citizen was told what the law let us pass on, was reached in another way than by a message, or it was agreed how
    it goes on after a consent: what is ticked off."""
    if by.unit.pk != follow_up.owed_by_id:
        raise NotAllowed(_("Another unit owes that."))
    with transaction.atomic():
        asked = models.FollowUp.objects.open().filter(pk=follow_up.pk, waits_for__in=TICKED_OFF)
        if not asked.update(closed_at=now, next_at=None):
            raise TooLate(_("That has been done already."))
