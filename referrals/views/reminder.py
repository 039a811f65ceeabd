"""A reminder is answered with one press: by its link, without a code, and nothing is told but the time.

The link opens the row of that message; the units on it open the visit. A mail scanner that follows the link answers nothing:
only a press does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from navigator import clock
from navigator.database import scope
from navigator.web.refusals import Refusal
from referrals import lists, models, selectors
from referrals.acting import Citizen
from referrals.looking import saw_own_case
from referrals.models.secure_link import opens_with
from referrals.views.my_way import STEPS

KEY = "reminder"  # in the session
COMING, CANNOT_COME = "coming", "cannot-come"


@require_GET
def enter_reminder(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the token out of the address at once. What it opens, if anything, is found on the next page."""
    request.session[KEY] = str(opens_with(token))
    return redirect("reminder")


@require_GET
@never_cache
def reminder(request: HttpRequest) -> HttpResponse:
    """When, and the two answers."""
    return _at_the_visit(request, _page)


@require_POST
def answer_reminder(request: HttpRequest) -> HttpResponse:
    """One press. Whoever comes may still say later that they cannot."""
    return _at_the_visit(request, _answer)


@require_GET
def reminder_answered(request: HttpRequest) -> HttpResponse:
    """Another time is to be found. Tells nothing of anybody."""
    return render(request, "referrals/reminder_answered.html")


def _at_the_visit(request: HttpRequest, then: Callable[..., HttpResponse]) -> HttpResponse:
    """In the scope of the visit; where the link opens none, the same page for every reason."""
    key, now = UUID(request.session.get(KEY, str(UUID(int=0)))), clock.now()
    with scope.scope(key):
        reminds = selectors.reminder(key, now=now)
    with scope.scope(*(reminds.units if reminds else ())):
        visit = selectors.visit_reminded_of(key)
        if reminds and visit and visit.referral:
            return then(request, visit, visit.referral, now=now)
    return render(request, "referrals/reminder_over.html", status=410)


def _page(request: HttpRequest, visit: models.FollowUp, referral: models.Referral, *, now: datetime) -> HttpResponse:
    saw_own_case(request, visit.case, guest=UUID(request.session[KEY]))
    context: dict[str, Any] = {"at": visit.waits_since, "says_coming": bool(lists.says_coming([referral]))}
    return render(request, "referrals/reminder.html", context)


def _answer(request: HttpRequest, visit: models.FollowUp, referral: models.Referral, *, now: datetime) -> HttpResponse:
    said = request.POST.get("answer", "")
    if said not in (COMING, CANNOT_COME):
        return redirect("reminder")
    try:
        STEPS[said](referral, Citizen(visit.case.owner_unit, visit.case_id), now)
    except Refusal as refusal:
        messages.info(request, refusal.sentence)
        return redirect("reminder")
    if said == CANNOT_COME:
        return redirect("reminder_answered")
    messages.success(request, _("Thank you. Those you agreed it with can see that you are coming."))
    return redirect("reminder")
