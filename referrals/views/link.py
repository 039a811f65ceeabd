"""A service without an account answers one referral: a link, a code that came another way, and only the next step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from navigator import clock
from navigator.audit.looking import Seen
from navigator.database import scope
from navigator.web.refusals import Refusal, typed
from referrals import actions, links, models, selectors, telling, workflow
from referrals.acting import Guest, actors
from referrals.enums import Event, Side
from referrals.forms import ArrivalForm, BookForm, CodeForm, DesignForm, GuestQuestionForm
from referrals.looking import saw_as_guest
from referrals.models.secure_link import opens_with
from referrals.views.cpr import shown
from referrals.views.steps import book

GUEST, LET_IN_UNTIL = "guest", "guest_until"  # in the session
LET_IN_FOR = timedelta(minutes=60)
ORDER = "interpreter"  # an answer beside the steps of the table


@require_GET
def enter_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the token out of the address at once. What it opens, if anything, is found on the next page."""
    request.session[GUEST] = str(opens_with(token))
    request.session.pop(LET_IN_UNTIL, None)
    return redirect("link")


@require_GET
def link(request: HttpRequest) -> HttpResponse:
    """The referral, once the code has been given; before that, the way to a code."""
    return _page(request)


@require_POST
def link_code(request: HttpRequest) -> HttpResponse:
    """Asks for a code. Whether there is such a link is not told by the answer."""
    with scope.scope(_guest(request)):
        found = links.found(_guest(request), now=clock.now())
        if found:
            links.want_code(found, now=clock.now())
    messages.success(request, _("A code is on its way. It can take a minute."))
    return redirect("link")


@require_http_methods(["POST"])
def link_enter(request: HttpRequest) -> HttpResponse:
    """Lets in whoever gives the code. That counts as having seen the referral."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _page(request, code=form)  # nothing was tried, so nothing is counted
    now = clock.now()
    with scope.scope(_guest(request)):
        found = links.found(_guest(request), now=now)
        if found is None or not links.try_code(found, form.cleaned_data["code"], now=now):
            form.add_error(
                "code", _("The code does not fit, or it has expired. Ask for a new one, or call the sender.")
            )
            return _page(request, code=form)
        actions.open_referral(referral=found.referral, by=Guest(_guest(request)), now=now)
        request.session[LET_IN_UNTIL] = (now + LET_IN_FOR).timestamp()
    return redirect("link")


@require_POST
def link_answer(request: HttpRequest, event: str) -> HttpResponse:
    """One answer: take on, ask, agree a time, the interpreter is ordered, has arrived, did not come."""
    now = clock.now()
    with scope.scope(_guest(request)):
        found = links.found(_guest(request), now=now)
        if found is None or not _is_let_in(request, now) or event not in ANSWERS:
            return _page(request)
        form = _form(event, found.referral, request)
        if form and not form.is_valid():
            return _page(request, **{event: form})
        try:
            ANSWERS[event](found.referral, form.cleaned_data if form else {}, Guest(_guest(request)), now)
        except Refusal as refusal:
            messages.info(request, refusal.sentence)
            return _page(request)
    messages.success(request, _("Thank you. The sender can see your answer."))
    return redirect("link")


def _arrive(referral: models.Referral, said: dict[str, Any], by: Guest, now: datetime) -> object:
    sides = [Side(side) for side in said.get("sides", referral.sides)]
    return actions.confirm_arrival(referral=referral, sides=sides, by=by, now=now)


ANSWERS: dict[str, Callable[[models.Referral, dict[str, Any], Guest, datetime], object]] = {
    Event.ACCEPT: lambda referral, said, by, now: actions.accept_referral(referral=referral, by=by, now=now),
    Event.ASK: lambda referral, said, by, now: actions.ask_question(
        referral=referral, question=said["question"], by=by, now=now
    ),
    Event.BOOK: lambda referral, said, by, now: book(referral=referral, by=by, now=now, **said),
    ORDER: lambda referral, said, by, now: actions.order_interpreter(referral=referral, by=by, now=now),
    Event.MISS: lambda referral, said, by, now: actions.record_no_show(referral=referral, by=by, now=now),
    Event.ARRIVE: _arrive,
}


def _form(event: str, referral: models.Referral, request: HttpRequest) -> DesignForm | None:
    data = request.POST if request.method == "POST" else None
    if event == Event.BOOK:
        return BookForm(data, language=selectors.disclosed(referral).get("interpreter", ""))
    if event == Event.ASK:
        return GuestQuestionForm(data)
    if event == Event.ARRIVE and len(referral.sides) > 1:
        return ArrivalForm(data, sides=referral.sides)
    return None


def _page(request: HttpRequest, **bound: DesignForm) -> HttpResponse:
    """The same page for a link that is unknown, expired, revoked or not yet opened by its code. What was written and could
    not be taken is shown once more: in its form, or beside what stands there now."""
    now = clock.now()
    with scope.scope(_guest(request)):
        if links.has_ended(_guest(request)):
            return render(request, "referrals/link_ended.html", {"typed": typed(request)}, status=410)
    status = 422 if any(form.errors for form in bound.values()) else 200
    if not _is_let_in(request, now):
        form = bound.get("code", CodeForm())
        context = {"code": form, "mistakes": form.mistakes, "typed": typed(request)}
        return render(request, "referrals/link_code.html", context, status=status)
    with scope.scope(_guest(request)):
        found = links.found(_guest(request), now=now)
        if found is None:
            request.session.pop(LET_IN_UNTIL)
            return redirect("link")
        referral = found.referral
        saw_as_guest(request, referral, guest=_guest(request))
        told = selectors.disclosed(referral)
        possible: set[str] = set(workflow.possible(referral.status, actors(referral, Guest(_guest(request)))))
        if referral.lacks_interpreter:
            possible.add(ORDER)
        forms = {event: _form(event, referral, request) for event in ANSWERS if event in possible}
        context = {
            "referral": referral,
            "controller": referral.sender_unit.organisation,
            "told": told,
            "called": telling.called(told),
            "corrections": selectors.corrections_beside(referral),
            "answers": {event: bound.get(event, form) for event, form in forms.items()},
            "mistakes": [mistake for form in bound.values() for mistake in form.mistakes],
            "typed": [] if bound else typed(request),
        }
        return render(request, "referrals/link.html", context, status=status)


@require_POST
@never_cache
def link_cpr(request: HttpRequest) -> HttpResponse:
    """The CPR number in full, for a guest who says what for."""
    if not _is_let_in(request, clock.now()):
        raise Http404
    guest = _guest(request)
    with scope.scope(guest):
        found = links.found(guest, now=clock.now())
        if found is None:
            raise Http404
        number = selectors.disclosed(found.referral).get("who", {}).get("cpr", "")
        seen = Seen(case=found.referral.case_id, referral=found.referral.pk)
        return shown(request, number, seen, {}, guest=guest)


def _guest(request: HttpRequest) -> UUID:
    """What this session opens; without a link, nothing."""
    return UUID(request.session.get(GUEST, str(UUID(int=0))))


def _is_let_in(request: HttpRequest, now: datetime) -> bool:
    return bool(now.timestamp() < request.session.get(LET_IN_UNTIL, 0))
