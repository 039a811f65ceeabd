"""What can be done on the row of a list, without leaving it: the next step of what is owed, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navigator.accounts.models import Unit, User
from navigator.web.addresses import address
from navigator.web.templatetags.shown import due, overdue, worded
from referrals import actions, models, workflow
from referrals.acting import capacities
from referrals.actions.bulk import DONE_BY_CONTACT
from referrals.actions.snoozing import NEVER
from referrals.enums import Actor, Status, Urgency, Wait
from referrals.templatetags.handoff import awaited, done_at, owed
from referrals.views import steps
from referrals.views.offers import STEPS

# What answers each wait, the likeliest first. What needs the whole page (a choice, a question, a decision) is a link.
ON_THE_ROW: dict[str, tuple[str, ...]] = {
    Wait.SEEN: ("open_referral",),
    Wait.ANSWER: ("accept_referral", "book_time"),
    Wait.BOOKING: ("book_time",),
    Wait.CHECK_IN: ("record_check_in", "book_time"),
    Wait.VISIT: ("confirm_arrival", "record_no_show", "order_interpreter"),
    Wait.ARRIVAL: ("confirm_arrival", "record_no_show"),
    Wait.CITIZEN_ARRIVAL: ("confirm_arrival", "dispute_arrival"),
    Wait.RE_ENGAGE: ("record_attempt", "book_time"),
    Wait.HAND_OVER: ("log_hand_over",),
    Wait.EFFECT: ("record_effect",),
}
WORDS = {
    "open_referral": gettext_lazy("They have received it"),
    "accept_referral": gettext_lazy("Accept"),
    "book_time": gettext_lazy("Agree a time"),
    "record_check_in": gettext_lazy("Heard from"),
    "confirm_arrival": gettext_lazy("Has arrived"),
    "record_no_show": gettext_lazy("Did not come"),
    "order_interpreter": gettext_lazy("Interpreter is ordered"),
    "dispute_arrival": gettext_lazy("Not met"),
    "record_attempt": gettext_lazy("Note a call"),
    "log_hand_over": gettext_lazy("Note a call"),
    "record_effect": gettext_lazy("Note the answer"),
    "done": gettext_lazy("Done"),
}
SAID = {
    "open_referral": gettext_lazy("Noted: they have received it."),
    "accept_referral": gettext_lazy("Accepted. Agree a time next."),
    "book_time": gettext_lazy("The time is noted."),
    "record_check_in": gettext_lazy("Noted. The next contact is in a fortnight."),
    "confirm_arrival": gettext_lazy("Noted: the citizen has arrived."),
    "record_no_show": gettext_lazy("Noted: did not come. Try to reach the citizen on the next working day."),
    "order_interpreter": gettext_lazy("Noted: an interpreter is ordered."),
    "dispute_arrival": gettext_lazy("Noted: the service has not met the citizen."),
    "record_attempt": gettext_lazy("The attempt is noted."),
    "log_hand_over": gettext_lazy("The call is noted."),
    "record_effect": gettext_lazy("The answer is noted."),
    "done": gettext_lazy("Done. It is off the list."),
}
ACTIONS: dict[str, Callable[..., Any]] = {
    "open_referral": actions.open_referral,
    "accept_referral": actions.accept_referral,
    "book_time": steps.book,
    "record_check_in": actions.record_check_in,
    "confirm_arrival": steps.arrive,
    "record_no_show": actions.record_no_show,
    "order_interpreter": actions.order_interpreter,
    "dispute_arrival": actions.dispute_arrival,
    "record_attempt": actions.record_attempt,
    "log_hand_over": actions.log_hand_over,
    "record_effect": actions.record_effect,
}


@dataclass(frozen=True, slots=True)
class Act:
    """One button of a row: `asks` says that it opens a form first."""

    name: str
    words: Any
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Something else that can be done about a row: a form that opens in it, or a page."""

    url: str
    words: str
    in_row: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One task as a list shows it."""

    task: models.FollowUp
    is_ours: bool
    acts: list[Act]
    may_snooze: bool

    @property
    def may_be_chosen(self) -> bool:
        """For what is done to several at once."""
        return self.is_ours and (self.may_snooze or self.task.waits_for in DONE_BY_CONTACT)


def row(task: models.FollowUp, *, unit: Unit, now: datetime) -> Row:
    """Costs no question to the database: whatever it cannot know is asked when the button is pressed."""
    is_ours = task.owed_by_id == unit.pk
    may_snooze = is_ours and task.urgency != Urgency.ACUTE and task.waits_for not in NEVER
    return Row(task=task, is_ours=is_ours, acts=acts(task, unit=unit, now=now), may_snooze=may_snooze)


def in_words(task: models.FollowUp, *, is_ours: bool, reader: User | None = None) -> dict[str, Any]:
    """What a row says of a task on a case that the unit may read. `reader` is told whose it is, where it is somebody else's."""
    is_late, number, who = overdue(task.due_at), task.case.short_number, task.case.person.shown_as
    service = worded(task.referral.service, "name") if task.referral else ""
    worker = task.owed_worker.name if reader and task.owed_worker and task.owed_worker != reader else ""
    return {
        "is_late": is_late,
        "icon": "warning" if is_late else "time",
        "when": due(task.due_at),
        "what": owed(task) if is_ours else awaited(task),
        "to": done_at(task) if is_ours else address("case", task.case_id),
        "is_acute": task.urgency == Urgency.ACUTE,
        "who": who,
        "number": number,
        "about": " · ".join(filter(None, (who, number, service, worker))),
    }


def acts(task: models.FollowUp, *, unit: Unit, now: datetime) -> list[Act]:
    """What this unit may do about this task without leaving the list."""
    if task.waits_for in (*DONE_BY_CONTACT, Wait.OBLIGATION):
        return [Act("done", WORDS["done"])] if task.owed_by_id == unit.pk else []
    if task.referral is None:
        return []
    mine = capacities(task.referral, unit)
    possible = workflow.possible(task.referral.status, mine)
    return [
        Act(name, WORDS[name], asks=_asks(name, task.referral, mine))
        for name in ON_THE_ROW.get(task.waits_for, ())
        if not (name == "open_referral" and Actor.RECEIVER in mine)  # our own: it is read on its page
        and (STEPS[name].event in possible if STEPS[name].event else _may_without_event(name, mine))
        and _is_time_for(name, task.referral, mine, now=now)
    ]


def _may_without_event(name: str, mine: frozenset[Actor]) -> bool:
    return bool(
        mine & ({Actor.SENDER, Actor.COORDINATOR} if name == "log_hand_over" else {Actor.RECEIVER, Actor.COORDINATOR})
    )


def _is_time_for(name: str, referral: models.Referral, mine: frozenset[Actor], *, now: datetime) -> bool:
    """A visit that has not been is neither confirmed nor missed, and for one that has been nothing is ordered any more.
    Whoever hears of an early arrival says so on the page."""
    has_been = referral.appointment_at is not None and referral.appointment_at <= now
    if name == "order_interpreter":
        return referral.lacks_interpreter and not has_been
    if name not in ("confirm_arrival", "record_no_show"):
        return True
    return has_been if referral.status == Status.BOOKED else name == "confirm_arrival"


def _asks(name: str, referral: models.Referral, mine: frozenset[Actor]) -> bool:
    if name == "confirm_arrival":
        return len(referral.sides) > 1 or Actor.RECEIVER not in mine
    return STEPS[name].form is not None


def what_now(task: models.FollowUp) -> str:
    """How the referral stands after the step, for the row that it was taken on."""
    if task.referral is None:
        return ""
    return _("Now: %(status)s") % {"status": task.referral.get_status_display()}
