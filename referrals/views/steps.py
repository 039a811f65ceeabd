"""Each step of a referral: a form is read, an action is called, and the page is shown again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from navigator import clock
from referrals import actions, models, selectors, step_forms
from referrals.actions.steps import may
from referrals.enums import Evidence, Side, Status
from referrals.errors import Invalid
from referrals.forms import DesignForm
from referrals.views.offers import STEPS, Standing, form_of
from referrals.views.reaching import by, referral_or_404
from referrals.views.referral import BY_HAND, show

Act = Callable[..., Any]


def book(**given: Any) -> models.Referral:
    """What the form of a booking says, as the action is given it."""
    fields = ("referral", "by", "now", "appointment_at", "interpreter_ordered")
    return actions.book_time(**{name: given[name] for name in fields if name in given})


def arrive(*, referral: models.Referral, now: Any, **given: Any) -> models.Referral:
    """Whoever came as agreed came when it was agreed."""
    sides = [Side(side) for side in given.pop("sides", referral.sides)]
    evidence = given.pop("evidence", Evidence.RECEIVER)
    came_as_agreed = referral.status == Status.BOOKED and referral.appointment_at and referral.appointment_at <= now
    met_at = referral.appointment_at if came_as_agreed else now
    return actions.confirm_arrival(referral=referral, sides=sides, evidence=evidence, met_at=met_at, now=now, **given)


@require_POST
def open_referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The receiver opens it: from now on the sender knows that it was seen."""
    return _take(request, referral_id, "open_referral", actions.open_referral)


@require_POST
def ask_question(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Information is missing: the sender is asked."""
    said = gettext_lazy("The question is sent. You keep the referral while the sender answers.")
    return _take(request, referral_id, "ask_question", actions.ask_question, said=said)


@require_POST
def answer_question(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The sender answers, and the service goes on."""
    said = gettext_lazy("The answer is sent. The service goes on from where it stood.")
    return _take(request, referral_id, "answer_question", actions.answer_question, said=said)


@require_POST
def accept_referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The service takes the citizen on."""
    said = gettext_lazy("Accepted. The sender can see it. Agree a time with the citizen.")
    return _take(request, referral_id, "accept_referral", actions.accept_referral, said=said)


@require_POST
def put_on_waiting_list(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Accepted, with a date."""
    said = gettext_lazy("The citizen is on the waiting list, and the sender can see until when.")
    return _take(request, referral_id, "put_on_waiting_list", actions.put_on_waiting_list, said=said)


@require_POST
def book_time(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """A visit is agreed, or moved."""
    return _take(
        request, referral_id, "book_time", book, said=gettext_lazy("The time is noted, and the sender can see it.")
    )


@require_POST
def order_interpreter(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Whoever had not ordered an interpreter when the visit was agreed has done so."""
    said = gettext_lazy("Noted: an interpreter is ordered.")
    return _take(request, referral_id, "order_interpreter", actions.order_interpreter, said=said)


@require_POST
def cancel_visit(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The visit is off; a new time is owed."""
    said = gettext_lazy("The visit is cancelled. A new time is to be agreed.")
    return _take(request, referral_id, "cancel_visit", actions.cancel_visit, said=said)


@require_POST
def confirm_arrival(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The citizen has been met; where the service serves two sides, on which; where the sender says so, how they know."""
    said = gettext_lazy("Noted: the citizen has arrived. The sender can see it.")
    return _take(request, referral_id, "confirm_arrival", arrive, said=said)


@require_POST
def correct_arrival(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The arrival was a mistake."""
    said = gettext_lazy("The arrival is corrected. The deadlines run on.")
    return _take(request, referral_id, "correct_arrival", actions.correct_arrival, said=said)


@require_POST
def dispute_arrival(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The service has not met the citizen who says to have come."""
    said = gettext_lazy("Noted. The sender finds out with the citizen what has happened.")
    return _take(request, referral_id, "dispute_arrival", actions.dispute_arrival, said=said)


@require_POST
def record_no_show(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The citizen did not come."""
    said = gettext_lazy("Noted. Nothing ends: try to reach the citizen on the next working day.")
    return _take(request, referral_id, "record_no_show", actions.record_no_show, said=said)


@require_POST
def record_attempt(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """New contact was tried."""
    said = gettext_lazy("The attempt is noted.")
    return _take(request, referral_id, "record_attempt", actions.record_attempt, said=said)


@require_POST
def lose_contact(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The coordinator decides that contact is lost."""
    said = gettext_lazy("Noted. The case stays open: somebody is to decide how it goes on.")
    return _take(request, referral_id, "lose_contact", actions.lose_contact, said=said)


@require_POST
def record_check_in(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Somebody on the waiting list was heard from."""
    said = gettext_lazy("Noted. The next contact is in a fortnight.")
    return _take(request, referral_id, "record_check_in", actions.record_check_in, said=said)


@require_POST
def correct_meeting(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """That one side had met the citizen was a mistake."""
    said = gettext_lazy("Corrected. The deadline of that side runs on.")
    return _take(request, referral_id, "correct_meeting", actions.correct_meeting, said=said)


@require_POST
def start_course(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Treatment or support has begun."""
    return _take(request, referral_id, "start_course", actions.start_course, said=gettext_lazy("Noted."))


@require_POST
def close_course(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The course has ended at the service."""
    return _take(request, referral_id, "close_course", actions.close_course, said=gettext_lazy("Noted."))


@require_POST
def record_effect(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Six weeks later: does it help?"""
    return _take(
        request, referral_id, "record_effect", actions.record_effect, said=gettext_lazy("The answer is noted.")
    )


@require_POST
def approve_return(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The coordinator agrees to a return, or names a better door."""

    def approve(*, next_door: str, **given: Any) -> models.Referral:
        return actions.approve_return(next_door=selectors.service(next_door) if next_door else None, **given)

    said = gettext_lazy("Approved. The next door has taken over, and the deadline is the same.")
    return _take(request, referral_id, "approve_return", approve, said=said)


@require_POST
def send_back(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The coordinator does not agree to a return."""
    said = gettext_lazy("The service is asked to answer anyway.")
    return _take(request, referral_id, "send_back", actions.send_back, said=said)


@require_POST
def withdraw_referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The citizen does not want this one."""
    said = gettext_lazy("Noted: what the citizen wants goes before all else. The case is open for another choice.")
    return _take(request, referral_id, "withdraw_referral", actions.withdraw_referral, said=said)


@require_POST
def cancel_referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The sender takes it back."""
    said = gettext_lazy("The referral is taken back. The case asks for another choice.")
    return _take(request, referral_id, "cancel_referral", actions.cancel_referral, said=said)


@require_POST
def agree_companion(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Who goes along, and where they meet."""
    said = gettext_lazy("Noted. Now both are to say yes.")
    return _take(request, referral_id, "agree_companion", actions.agree_companion, said=said)


@require_POST
def confirm_companion(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The companion, the citizen or both have said yes."""
    found = referral_or_404(request, referral_id)
    form = step_forms.ConfirmCompanionForm(request.POST, auto_id="id_confirm_companion_%s")
    if selectors.companion_of(found) is None:
        raise Http404
    if not form.is_valid():
        return show(request, found, confirm_companion=form)
    actions.confirm_companion(referral=found, by=by(request), now=clock.now(), **form.cleaned_data)
    return redirect("referral", referral_id)


@require_POST
def log_hand_over(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Another call about an acute referral."""
    return _take(request, referral_id, "log_hand_over", actions.log_hand_over, said=gettext_lazy("The call is noted."))


@require_POST
def task_done(request: HttpRequest, referral_id: UUID, follow_up_id: UUID) -> HttpResponse:
    """The citizen was told, or was reached in another way."""
    found = referral_or_404(request, referral_id)
    mine = {wait.pk: wait for wait in selectors.open_waits(found) if wait.owed_by == by(request).unit}
    task = mine.get(follow_up_id)
    if task is None or task.waits_for not in BY_HAND:
        raise Http404
    actions.tell_citizen_done(follow_up=task, by=by(request), now=clock.now())
    messages.success(request, _("Done. It is off the list."))
    return redirect("referral", referral_id)


def _take(request: HttpRequest, referral_id: UUID, name: str, action: Act, *, said: Any = "") -> HttpResponse:
    """Reads the step's form and takes the step. Nothing that was typed is lost: what is wrong comes back with the page."""
    found = referral_or_404(request, referral_id)
    form = form_of(name, Standing(found, by(request), clock.now()), request.POST)
    if form is not None and not form.is_valid():
        _still_possible(request, found, name)
        return show(request, found, **{name: form})
    try:
        action(referral=found, by=by(request), now=clock.now(), **(form.cleaned_data if form else {}))
    except Invalid as refusal:
        if form is None:
            raise
        return _refused(request, found, name, form, refusal)
    if said:
        messages.success(request, str(said))
    return redirect("inbox") if request.POST.get("back") == "inbox" else redirect("referral", referral_id)


def _still_possible(request: HttpRequest, found: models.Referral, name: str) -> None:
    """Before a mistake is spoken of: somebody who was faster, or a unit that may not do it, is answered first."""
    event = STEPS[name].event
    if event is not None:
        may(found, event, by=by(request))


def _refused(
    request: HttpRequest, found: models.Referral, name: str, form: DesignForm, refusal: Invalid
) -> HttpResponse:
    form.add_error(None, refusal.sentence)
    return show(request, found, **{name: form})
