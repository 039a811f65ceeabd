"""What somebody may do with a referral now: the workflow's table, in words, with the form that each step asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from navigator import clock
from navigator.web.templatetags.shown import worded
from referrals import lists, models, selectors, step_forms, workflow
from referrals.acting import By, capacities
from referrals.actions.arrival import CORRECTABLE_FOR
from referrals.attempts import ATTEMPTS_BEFORE_LOST, CHANNELS_BEFORE_LOST
from referrals.enums import Actor, Event, Status, Urgency, Wait
from referrals.forms import ArrivalForm, BookForm, CancelForm, DesignForm
from referrals.views.reaching import language

MAY_HAVE_COMPANION = (*workflow.LIVE,)


@dataclass
class Standing:
    """One referral, as one unit stands to it now."""

    referral: models.Referral
    by: By
    now: datetime

    @cached_property
    def actors(self) -> frozenset[Actor]:
        return capacities(self.referral, self.by.unit)

    @cached_property
    def waits(self) -> list[models.FollowUp]:
        return selectors.open_waits(self.referral)

    @cached_property
    def waits_for(self) -> set[str]:
        return {wait.waits_for for wait in self.waits}

    @cached_property
    def told(self) -> dict[str, Any]:
        return selectors.disclosed(self.referral)

    @property
    def visit_has_been(self) -> bool:
        at = self.referral.appointment_at
        return at is not None and at <= self.now

    @cached_property
    def tried(self) -> list[str]:
        return selectors.attempts_since_no_show(self.referral)

    @property
    def missing_attempts(self) -> str:
        """What is to be tried before a coordinator may decide that contact is lost; empty when nothing is."""
        more = ATTEMPTS_BEFORE_LOST - len(self.tried)
        if more > 0:
            return ngettext(
                "%(n)s more attempt, on at least two channels in all, before the coordinator may give contact up.",
                "%(n)s more attempts, on at least two channels in all, before the coordinator may give contact up.",
                more,
            ) % {"n": more}
        if len(set(self.tried)) < CHANNELS_BEFORE_LOST:
            return _("Try on another channel too before the coordinator may give contact up.")
        return ""

    @property
    def effect_is_asked(self) -> bool:
        return any(wait.waits_for == Wait.EFFECT and wait.due_at <= self.now + lists.SOON for wait in self.waits)


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the page offers it. `when` says what the workflow's table cannot know."""

    event: Event | None
    title: Any
    button: Any
    form: Callable[[Standing, Any], DesignForm] | None = None
    hint: Any = ""
    when: Callable[[Standing], bool] = lambda standing: True


def _plain(form: type[DesignForm]) -> Callable[[Standing, Any], DesignForm]:
    return lambda standing, data: form(data, auto_id=f"id_{form.__name__.lower()}_%s")


def _book(standing: Standing, data: Any) -> BookForm:
    return BookForm(data, auto_id="id_book_%s", language=standing.told.get("interpreter", ""))


def _arrival(standing: Standing, data: Any) -> ArrivalForm:
    by_service = Actor.RECEIVER in standing.actors
    return ArrivalForm(data, auto_id="id_arrival_%s", sides=standing.referral.sides, by_service=by_service)


def _cancel_visit(standing: Standing, data: Any) -> DesignForm:
    by_service = "service" if Actor.RECEIVER in standing.actors else "citizen"
    return step_forms.CancelVisitForm(data, auto_id="id_cancel_visit_%s", initial={"by_service": by_service})


def _because(key: str, label: Any, hint: Any = "") -> Callable[[Standing, Any], DesignForm]:
    def form(standing: Standing, data: Any) -> DesignForm:
        made = step_forms.BecauseForm(data, auto_id=f"id_{key}_%s")
        made.fields["because"].label, made.fields["because"].help_text = label, hint
        return made

    return form


def _approve(standing: Standing, data: Any) -> DesignForm:
    found = standing.referral
    named = _("The one that was named: %(door)s") % {"door": worded(found.returned_to, "name")}
    doors = selectors.next_doors(found, on=clock.today(), language=language())
    return step_forms.ApproveForm(data, auto_id="id_approve_%s", doors=doors, named=named)


def _companion(standing: Standing, data: Any) -> DesignForm:
    agreed = selectors.companion_of(standing.referral)
    initial = {"who": agreed.who, "meeting_place": agreed.meeting_place} if agreed else None
    return step_forms.CompanionForm(data, auto_id="id_companion_%s", initial=initial)


def _is_live(standing: Standing) -> bool:
    return standing.referral.status in workflow.LIVE


def _is_sender(standing: Standing) -> bool:
    return bool({Actor.SENDER, Actor.COORDINATOR} & standing.actors)


def _has_met_half(standing: Standing) -> bool:
    """An integrated service has met the citizen on one side, and not yet on the other."""
    if (
        not _is_live(standing)
        or len(standing.referral.sides) < 2
        or not standing.actors & {Actor.RECEIVER, Actor.COORDINATOR}
    ):
        return False
    return selectors.has_met_half(standing.referral)


def _may_be_corrected(standing: Standing) -> bool:
    return standing.now - standing.referral.status_since <= CORRECTABLE_FOR


# By the name of the URL that takes the step, in the order in which a page shows them.
STEPS: dict[str, Step] = {
    "open_referral": Step(Event.OPEN, gettext_lazy("They have received it"), gettext_lazy("They have received it")),
    "log_hand_over": Step(
        None,
        gettext_lazy("Note the call to the service"),
        gettext_lazy("Note the call"),
        _plain(step_forms.HandOverForm),
        gettext_lazy("An acute referral is handed over by telephone. Note every call."),
        lambda standing: (
            _is_live(standing)
            and standing.referral.urgency == Urgency.ACUTE
            and Actor.SENDER in standing.actors
            and Wait.HAND_OVER in standing.waits_for
        ),
    ),
    "answer_question": Step(
        Event.REPLY, gettext_lazy("Answer the question"), gettext_lazy("Send the answer"), _plain(step_forms.AnswerForm)
    ),
    "approve_return": Step(
        Event.RETURN,
        gettext_lazy("Approve the return"),
        gettext_lazy("Approve: the next door takes over"),
        _approve,
        gettext_lazy("The journey goes on in the same step and with the same deadline."),
        lambda standing: standing.referral.status == Status.RETURN_ASKED,
    ),
    "send_back": Step(
        Event.SEND_BACK,
        gettext_lazy("Ask the service to answer anyway"),
        gettext_lazy("Send back to the service"),
        _because("send_back", gettext_lazy("Why are they to answer?")),
    ),
    "accept_referral": Step(Event.ACCEPT, gettext_lazy("Accept"), gettext_lazy("Accept")),
    "confirm_arrival": Step(
        Event.ARRIVE, gettext_lazy("The citizen has arrived"), gettext_lazy("The citizen has arrived"), _arrival
    ),
    "dispute_arrival": Step(
        None,
        gettext_lazy("We have not met the citizen"),
        gettext_lazy("We have not met the citizen"),
        _plain(step_forms.NoteForm),
        gettext_lazy("Then the sender finds out with the citizen what has happened."),
        lambda standing: (
            Wait.CITIZEN_ARRIVAL in standing.waits_for and bool(standing.actors & {Actor.RECEIVER, Actor.COORDINATOR})
        ),
    ),
    "record_no_show": Step(
        Event.MISS,
        gettext_lazy("The citizen did not come"),
        gettext_lazy("The citizen did not come"),
        hint=gettext_lazy("Nothing ends: from now on you try to reach the citizen."),
        when=lambda standing: standing.visit_has_been,
    ),
    "record_attempt": Step(
        Event.ATTEMPT,
        gettext_lazy("Note a call or another contact"),
        gettext_lazy("Note a call"),
        _plain(step_forms.AttemptForm),
    ),
    "book_time": Step(Event.BOOK, gettext_lazy("Agree a time"), gettext_lazy("Note the time"), _book),
    "order_interpreter": Step(
        None,
        gettext_lazy("Interpreter is ordered"),
        gettext_lazy("Interpreter is ordered"),
        when=lambda standing: (
            bool(standing.actors) and standing.referral.lacks_interpreter and not standing.visit_has_been
        ),
    ),
    "put_on_waiting_list": Step(
        Event.WAITLIST,
        gettext_lazy("Put on the waiting list"),
        gettext_lazy("Put on the waiting list"),
        _plain(step_forms.WaitingListForm),
    ),
    "ask_question": Step(
        Event.ASK, gettext_lazy("Ask the sender a question"), gettext_lazy("Ask"), _plain(step_forms.QuestionForm)
    ),
    "cancel_visit": Step(
        Event.CANCEL_VISIT,
        gettext_lazy("Cancel the visit"),
        gettext_lazy("Cancel the visit"),
        _cancel_visit,
        gettext_lazy("A new time is to be agreed. Nothing else changes."),
    ),
    "record_effect": Step(
        None,
        gettext_lazy("Does it help?"),
        gettext_lazy("Note the answer"),
        _plain(step_forms.EffectForm),
        gettext_lazy("Six weeks have passed. If it does not help, another choice is made; nobody is dropped."),
        lambda standing: standing.effect_is_asked,
    ),
    "start_course": Step(Event.START, gettext_lazy("The programme has begun"), gettext_lazy("The programme has begun")),
    "close_course": Step(
        Event.CLOSE, gettext_lazy("End the programme"), gettext_lazy("End the programme"), _plain(step_forms.NoteForm)
    ),
    "correct_arrival": Step(
        Event.CORRECT,
        gettext_lazy("The arrival was a mistake"),
        gettext_lazy("Correct the arrival"),
        _because("correct", gettext_lazy("What was wrong?")),
        gettext_lazy("Possible for a week. The correction can be seen, and the deadlines run on."),
        _may_be_corrected,
    ),
    "correct_meeting": Step(
        None,
        gettext_lazy("That we have met the citizen was a mistake"),
        gettext_lazy("Correct it"),
        _because("correct_meeting", gettext_lazy("What was wrong?")),
        gettext_lazy("The correction can be seen, and the deadline of that side runs on."),
        _has_met_half,
    ),
    "record_check_in": Step(
        None,
        gettext_lazy("We have heard from the citizen"),
        gettext_lazy("Note it"),
        _plain(step_forms.NoteForm),
        gettext_lazy("Whoever waits is heard from every fortnight, so that nobody gives up unseen."),
        lambda standing: bool(standing.actors) and Wait.CHECK_IN in standing.waits_for,
    ),
    "agree_companion": Step(
        None,
        gettext_lazy("Somebody goes along"),
        gettext_lazy("Save"),
        _companion,
        when=lambda standing: _is_live(standing) and _is_sender(standing),
    ),
    "withdraw_referral": Step(
        Event.WITHDRAW,
        gettext_lazy("The citizen does not want it"),
        gettext_lazy("Note what the citizen wants"),
        _plain(step_forms.WithdrawForm),
        gettext_lazy("Help is voluntary. The wish is respected, and the case stays open for another choice."),
    ),
    "lose_contact": Step(
        Event.LOSE,
        gettext_lazy("Decide that contact is lost"),
        gettext_lazy("Contact is lost"),
        _because("lose", gettext_lazy("Why can nobody reach the citizen, and what was tried?")),
        when=lambda standing: not standing.missing_attempts,
    ),
    "cancel_referral": Step(
        Event.CANCEL,
        gettext_lazy("Take the referral back"),
        gettext_lazy("Take back"),
        lambda standing, data: CancelForm(data, auto_id="id_cancel_%s"),
        gettext_lazy("Only for a mistake or a duplicate. The case asks for another choice."),
    ),
}
# What is most often next, by status. The first of these that are possible stand open; the rest unfold.
FIRST: dict[str, tuple[str, ...]] = {
    Status.SENT: ("open_referral", "accept_referral"),
    Status.SEEN: ("accept_referral",),
    Status.QUESTION: ("answer_question",),
    Status.ACCEPTED: ("book_time",),
    Status.WAITLISTED: ("book_time",),
    Status.BOOKED: ("confirm_arrival", "record_no_show", "order_interpreter"),
    Status.VISIT_CANCELLED: ("book_time",),
    Status.NO_SHOW: ("record_attempt",),
    Status.RETURN_ASKED: ("approve_return", "send_back"),
    Status.ARRIVED: ("record_effect", "start_course"),
    Status.IN_COURSE: ("record_effect",),
    Status.CLOSED: ("record_effect",),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that this unit may take now."""

    name: str
    step: Step
    form: DesignForm | None
    title: Any = ""

    @property
    def is_open(self) -> bool:
        return bool(self.form and self.form.errors)


def form_of(name: str, standing: Standing, data: Any = None) -> DesignForm | None:
    """The form that a step asks for; None where it asks nothing."""
    make = STEPS[name].form
    form = make(standing, data) if make else None
    return form if form and form.fields else None


def offers(standing: Standing, *, bound: Mapping[str, DesignForm]) -> tuple[list[Offer], list[Offer]]:
    """What stands open, and what unfolds. A form that came back wrong takes the place of its empty one."""
    possible = workflow.possible(standing.referral.status, standing.actors)
    found = [
        Offer(name, step, bound.get(name) or form_of(name, standing), _title(name, step, standing))
        for name, step in STEPS.items()
        if (step.event is None or step.event in possible) and step.when(standing)
    ]
    first = _first(standing)
    return [offer for offer in found if offer.name in first], [offer for offer in found if offer.name not in first]


def _title(name: str, step: Step, standing: Standing) -> Any:
    if name == "book_time" and standing.referral.status == Status.BOOKED:
        return _("Agree another time")
    return step.title


def _first(standing: Standing) -> tuple[str, ...]:
    """Whoever is not the service has nothing to confirm before the visit has been."""
    if Wait.CITIZEN_ARRIVAL in standing.waits_for and Actor.RECEIVER in standing.actors:
        return ("confirm_arrival", "dispute_arrival")
    if Wait.HAND_OVER in standing.waits_for and Actor.SENDER in standing.actors:
        return ("log_hand_over",)
    first = FIRST.get(standing.referral.status, ())
    if Actor.RECEIVER not in standing.actors and not standing.visit_has_been:
        return tuple(name for name in first if name != "confirm_arrival")
    return first


def may_return(standing: Standing) -> bool:
    """Whether the service may say that it cannot help, and name the next door."""
    possible = workflow.possible(standing.referral.status, standing.actors)
    return Event.RETURN in possible and standing.referral.status != Status.RETURN_ASKED
