"""A service that cannot help says why, and which door is next: the road goes on in the same step."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from navigator import clock
from navigator.web.templatetags.shown import worded
from referrals import actions, models, selectors, telling
from referrals.actions.steps import may
from referrals.enums import Event, Status
from referrals.errors import Invalid
from referrals.step_forms import ReturnForm
from referrals.views.reaching import by, language, municipalities, referral_or_404, words


@require_http_methods(["GET", "POST"])
def return_referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The reasons, each with what it needs; and those that are none, with what to do instead."""
    found = referral_or_404(request, referral_id)
    form = _form(request, found)
    if request.method == "GET":
        may(found, Event.RETURN, by=by(request))
        return _page(request, found, form)
    reason = _reason(request.POST.get("reason", ""))
    if reason and not reason["allowed"]:
        return _not_legitimate(request, found, form)
    if not form.is_valid():
        may(found, Event.RETURN, by=by(request))
        return _page(request, found, form)
    try:
        after = actions.return_referral(referral=found, why=_why(found, form), by=by(request), now=clock.now())
    except Invalid as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, found, form)
    messages.success(request, _what_happens_next(after))
    return redirect("referral", referral_id)


def _form(request: HttpRequest, found: models.Referral) -> ReturnForm:
    data = request.POST if request.method == "POST" else None
    there = (data or request.GET).get("municipality", "")
    tongue, today = language(), clock.today()
    elsewhere = there if there in municipalities() else ""
    return ReturnForm(
        data,
        initial={"reason": "other_municipality"} if elsewhere else None,
        reasons=[(reason["code"], worded(reason)) for reason in words()["decline_reasons"] if reason["allowed"]],
        doors=selectors.next_doors(found, on=today, language=tongue),
        doors_there=selectors.next_doors(found, on=today, language=tongue, municipality=elsewhere) if elsewhere else [],
        others=selectors.other_referrals(found),
    )


def _page(request: HttpRequest, found: models.Referral, form: ReturnForm) -> HttpResponse:
    told = selectors.disclosed(found)
    reasons = {reason["code"]: reason for reason in words()["decline_reasons"]}
    context = {
        "referral": found,
        "called": telling.called(told) if told else "",
        "form": form,
        "allowed": [
            (choice, reasons[str(choice.data["value"])], [form[name] for name in form.ASKED[str(choice.data["value"])]])
            for choice in form["reason"].subwidgets
        ],
        "refused": [reason for reason in reasons.values() if not reason["allowed"]],
        "municipalities": municipalities(),
        "there": (request.POST or request.GET).get("municipality", ""),
        "mistakes": form.mistakes,
    }
    return render(request, "referrals/return.html", context, status=422 if form.errors else 200)


def _not_legitimate(request: HttpRequest, found: models.Referral, form: ReturnForm) -> HttpResponse:
    """Cannot be chosen on the page; whoever sends it all the same is told why not, and the coordinator hears of it."""
    why = actions.Return(request.POST["reason"])
    try:
        actions.return_referral(referral=found, why=why, by=by(request), now=clock.now())
    except actions.NotLegitimate as refusal:
        form.errors.clear()
        form.add_error(None, refusal.sentence)
    return _page(request, found, form)


def _reason(code: str) -> dict[str, Any] | None:
    return next((reason for reason in words()["decline_reasons"] if reason["code"] == code), None)


def _why(found: models.Referral, form: ReturnForm) -> actions.Return:
    other, door = form.said("duplicate_of"), form.said("next_door")
    return actions.Return(
        reason=form.cleaned_data["reason"],
        text=form.said("text") or "",
        next_door=selectors.service(door) if door else None,
        earliest=form.said("earliest"),
        duplicate_of=selectors.other_referral(found, other) if other else None,
    )


def _what_happens_next(after: models.Referral) -> str:
    """Never that the road ended: what happens now."""
    match after.status:
        case Status.QUESTION:
            return _("The question is sent. You keep the referral while the sender answers.")
        case Status.RETURN_ASKED:
            return _("The coordinator looks at it today, so that both sides stay together. Until then it is yours.")
        case Status.WITHDRAWN:
            return _("Noted: what the citizen wants goes before all else. The sender finds another way with them.")
        case Status.RETURNED if after.returned_to:
            return _("The journey goes on at %(door)s, with the same deadline. The sender tells the citizen.") % {
                "door": worded(after.returned_to, "name")
            }
    return _("Noted. The sender can see it.")
