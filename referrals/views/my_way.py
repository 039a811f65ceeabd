"""My way: what the citizen sees of their own case, by a personal link and a code, and what they can say to it.

The link opens its own row; the units on it open the case. Everything here is asked of that one case.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from navigator import clock
from navigator.database import scope
from navigator.web.refusals import Refusal, typed
from referrals import actions, lists, models, overseeing, selectors, workflow
from referrals.acting import Citizen, actors
from referrals.enums import Event, Right, Status, Wait
from referrals.forms import CodeForm, DesignForm
from referrals.looking import saw_own_case
from referrals.models.secure_link import opens_with
from referrals.rights_forms import WhatIsWrongForm
from referrals.views.course import contacts
from referrals.views.plan import agreed
from referrals.views.reaching import by, case_or_404

KEY, LET_IN_UNTIL = "my_way", "my_way_until"  # in the session
LET_IN_FOR = timedelta(minutes=30)
Step = Callable[..., DesignForm | None]


@require_POST
@never_cache
def personal_link(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Made by a worker, shown once and handed over: on paper, or the code another way than the link."""
    found = case_or_404(request, case_id)
    token, code = actions.make_personal_link(case=found, by=by(request), now=clock.now())
    address = settings.PUBLIC_URL + reverse("enter_my_way", args=[token])
    return render(request, "referrals/personal_link.html", {"case": found, "address": address, "code": code})


@require_GET
def enter_my_way(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the token out of the address at once. What it opens, if anything, is found on the next page."""
    request.session[KEY] = str(opens_with(token))
    request.session.pop(LET_IN_UNTIL, None)
    return redirect("my_way")


@require_GET
@never_cache
def my_way(request: HttpRequest) -> HttpResponse:
    """The page, once the code has been given; before that, the question for it."""
    return _page(request)


@require_POST
def my_way_enter(request: HttpRequest) -> HttpResponse:
    """Lets in whoever gives the code. A link that is unknown, expired or revoked is refused in the same words."""
    form, key, now = CodeForm(request.POST), _key(request), clock.now()
    if not form.is_valid():
        return _ask_for_code(request, form)  # nothing was tried, so nothing is counted
    with scope.scope(key):
        fits = actions.let_citizen_in(key=key, code=form.cleaned_data["code"], now=now)
    if not fits:
        form.add_error("code", _("The code does not fit, or the link is too old. Ask those who gave it to you."))
        return _ask_for_code(request, form)
    request.session.cycle_key()  # whoever knew the session before is not let in with it
    request.session[LET_IN_UNTIL] = (now + LET_IN_FOR).timestamp()
    return redirect("my_way")


@require_POST
def my_way_leave(request: HttpRequest) -> HttpResponse:
    """Nobody who comes to this browser next sees anything."""
    for name in (KEY, LET_IN_UNTIL):
        request.session.pop(name, None)
    return redirect("my_way")


def with_own_case(view: Step) -> Callable[..., HttpResponse]:
    """A step of the citizen's, in the scope of their own case; it gives back a form where something is missing. Who is
    not let in is asked for the code, and sees what they wrote once more."""

    @wraps(view)
    def inner(request: HttpRequest, **given: Any) -> HttpResponse:
        link = _link(request, now=clock.now())
        if link is None:
            return _ask_for_code(request, CodeForm())
        with scope.scope(*link.units):
            case = selectors.own_case(link)
            if case is None:
                return _ask_for_code(request, CodeForm())
            try:
                wrong = view(request, case, Citizen(case.owner_unit, case.pk), **given)
            except Refusal as refusal:
                messages.info(request, refusal.sentence)
                return redirect("my_way")
        if wrong is not None:
            return _page(request, correct=wrong)
        messages.success(request, _("Thank you. Those who help you can see it."))
        return redirect("my_way")

    return inner


@require_POST
@with_own_case
def my_way_step(request: HttpRequest, case: models.Case, me: Citizen, *, referral_id: UUID, step: str) -> None:
    """One thing that the citizen says about one referral."""
    referral = next((each for each in selectors.referrals_of(case=case) if each.pk == referral_id), None)
    if referral is None or step not in STEPS:
        raise Http404
    STEPS[step](referral, me, clock.now())


@require_POST
@with_own_case
def my_way_withdraw_consent(request: HttpRequest, case: models.Case, me: Citizen, *, consent_id: UUID) -> None:
    """The citizen takes a yes back, without anybody's help."""
    consent = selectors.consent_for(case, consent_id)
    if consent is None:
        raise Http404
    actions.withdraw_consent(case=case, consent=consent, by=me, now=clock.now())


@require_POST
@with_own_case
def my_way_correct(request: HttpRequest, case: models.Case, me: Citizen) -> DesignForm | None:
    """Something that is known is wrong, in the citizen's own words: asked as a right, and answered by a human."""
    form = WhatIsWrongForm(request.POST)
    if not form.is_valid():
        return form
    now, note = clock.now(), form.cleaned_data["note"]
    try:
        actions.ask_right(case=case, right=Right.CORRECTION, asked_on=clock.day_of(now), note=note, by=me, now=now)
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return form
    return None


STEPS: dict[str, Callable[[models.Referral, Citizen, datetime], object]] = {
    "coming": lambda referral, me, now: actions.citizen_says_coming(referral=referral, by=me, now=now),
    "arrived": lambda referral, me, now: actions.citizen_says_arrived(referral=referral, by=me, now=now),
    "cannot-come": lambda referral, me, now: actions.cancel_visit(
        referral=referral, by_service=False, because="", by=me, now=now
    ),
    "companion": lambda referral, me, now: actions.agree_companion(
        referral=referral, who="", meeting_place="", by=me, now=now
    ),
    "changed-my-mind": lambda referral, me, now: actions.withdraw_referral(
        referral=referral,
        wants_instead=_("Said on the citizen’s own page. Ask what they want instead."),
        by=me,
        now=now,
    ),
}
# What somebody is to do next, as it concerns the citizen; a duty or a clock of staff is theirs.
NEXT = {
    Wait.CHOICE: gettext_lazy("find a place with you"),
    Wait.CONTACT: gettext_lazy("get in touch with you"),
    Wait.CONSENT: gettext_lazy("ask you about the next place"),
    Wait.SEEN: gettext_lazy("read what was sent"),
    Wait.ANSWER: gettext_lazy("answer"),
    Wait.REPLY: gettext_lazy("answer a question about you"),
    Wait.BOOKING: gettext_lazy("agree a time with you"),
    Wait.CHECK_IN: gettext_lazy("hear how you are while you wait"),
    Wait.RE_ENGAGE: gettext_lazy("get in touch with you"),
    Wait.CITIZEN_ARRIVAL: gettext_lazy("say that you have been there"),
    Wait.COMPANION: gettext_lazy("find somebody who goes along"),
    Wait.REACH_OUT: gettext_lazy("get in touch with you"),
    Wait.WITHDRAWN: gettext_lazy("agree with you how it goes on"),
    Wait.PLAN: gettext_lazy("make a plan with you"),
}
SAID = {
    "coming": gettext_lazy("I am coming"),
    "arrived": gettext_lazy("I have been there"),
    "cannot-come": gettext_lazy("I cannot come: find another time"),
    "companion": gettext_lazy("I want somebody to go along"),
    "changed-my-mind": gettext_lazy("I have changed my mind"),
}


def _steps(referral: models.Referral, me: Citizen, *, says_coming: bool) -> list[tuple[str, Any]]:
    """What the citizen can say about it now."""
    if referral.status not in workflow.LIVE:
        return []
    possible = workflow.possible(referral.status, actors(referral, me))
    is_on = {
        "coming": referral.status == Status.BOOKED and not says_coming,
        "cannot-come": Event.CANCEL_VISIT in possible,
        "companion": selectors.companion_of(referral) is None,
        "changed-my-mind": Event.WITHDRAW in possible,
    }
    return [(step, said) for step, said in SAID.items() if is_on.get(step, True)]


def _next(wait: models.FollowUp) -> dict[str, Any]:
    """Who is to do what, and by when."""
    return {"who": wait.owed_by, "what": NEXT[Wait(wait.waits_for)], "by": wait.due_at}


def _page(request: HttpRequest, *, correct: DesignForm | None = None) -> HttpResponse:
    link = _link(request, now=clock.now())
    if link is None:
        return _ask_for_code(request, CodeForm())
    with scope.scope(*link.units):
        case = selectors.own_case(link)
        if case is None:
            return _ask_for_code(request, CodeForm())
        me, attempts = Citizen(case.owner_unit, case.pk), selectors.referrals_of(case=case)
        shown = [each for each in attempts if each.status not in (Status.DRAFT, Status.CANCELLED)]
        waits = [wait for wait in selectors.waits_ever(case=case) if not wait.closed_at and wait.waits_for in NEXT]
        form, coming = correct or WhatIsWrongForm(), lists.says_coming(shown)
        saw_own_case(request, case, guest=link.opens_with)
        context = {
            "case": case,
            "controller": case.owner_unit.organisation,
            "referrals": [
                {
                    "referral": each,
                    "says_coming": each.pk in coming,
                    "steps": _steps(each, me, says_coming=each.pk in coming),
                    "next": [_next(wait) for wait in waits if wait.referral_id == each.pk],
                }
                for each in shown
            ],
            "next": [_next(wait) for wait in waits if not wait.referral_id],
            "contacts": contacts(case, shown),
            "guarantees": [each for each in selectors.guarantees_of(case) if not each.stopped_at],
            "consents": selectors.consents_to_take_back(case, now=clock.now()),
            "looks": overseeing.looks_at(case, sent_to=shown),
            **agreed(case),
            "form": form,
            "mistakes": form.mistakes,
        }
        return render(request, "referrals/my_way.html", context, status=422 if form.errors else 200)


def _ask_for_code(request: HttpRequest, form: DesignForm) -> HttpResponse:
    status = 422 if form.errors else 200
    context = {"code": form, "mistakes": form.mistakes, "typed": typed(request)}
    return render(request, "referrals/my_way_code.html", context, status=status)


def _link(request: HttpRequest, *, now: datetime) -> models.PersonalLink | None:
    """The link of whoever is let in; the same nothing for all others."""
    if now.timestamp() >= request.session.get(LET_IN_UNTIL, 0):
        return None
    with scope.scope(_key(request)):
        return selectors.personal_link(_key(request), now=now)


def _key(request: HttpRequest) -> UUID:
    """What this session opens; without a link, nothing."""
    return UUID(request.session.get(KEY, str(UUID(int=0))))
