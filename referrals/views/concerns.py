"""Concern for a child: that the municipality was notified, and whether it has answered. Read by the unit that did it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from navigator import clock
from navigator.web.paging import cut, place
from referrals import actions, lists, models, selectors
from referrals.concern_forms import ConcernForm
from referrals.errors import Invalid
from referrals.looking import saw_concerns
from referrals.views.reaching import by, case_or_404, municipalities


@require_http_methods(["GET", "POST"])
def concern(request: HttpRequest) -> HttpResponse:
    """Noted from the worry page: about a child that no case here is about."""
    return _page(request, None, municipality=by(request).unit.municipality)


@require_http_methods(["GET", "POST"])
def case_concern(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Noted from a case. Neither the case nor any referral shows it: only this unit sees it."""
    case = case_or_404(request, case_id)
    return _page(request, case, municipality=case.municipality)


def _page(request: HttpRequest, case: models.Case | None, *, municipality: str) -> HttpResponse:
    start = {
        "municipality": municipality,
        "sent_on": clock.today(),
        "sent_time": clock.now().astimezone(clock.COPENHAGEN).strftime("%H:%M"),
    }
    form = ConcernForm(
        request.POST if request.method == "POST" else None,
        initial=start,
        municipalities=list(municipalities().items()),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_concern(case=case, by=by(request), now=clock.now(), **form.noted)
            messages.success(request, _("Noted. The municipality is to answer within six working days."))
            return redirect("concerns")
        except Invalid as refusal:
            form.add_error(None, refusal.sentence)
    context: dict[str, Any] = {"case": case, "form": form, "mistakes": form.mistakes}
    return render(request, "referrals/concern.html", context, status=422 if form.errors else 200)


@require_GET
def concerns(request: HttpRequest) -> HttpResponse:
    """What this unit has notified of: without a receipt, the first due first; and with one, the newest first. Each a page
    at a time."""
    unit, at = by(request).unit, place(request.GET.get("at", ""))
    of_the_answered = request.GET.get("show") == "answered"
    without = lists.concerns_without_receipt(unit=unit)
    waiting = cut(*without, by="receipt_due_at", at=None if of_the_answered else at)
    received = lists.concerns(unit=unit).filter(receipt_at__isnull=False)
    answered = cut(received, by="receipt_at", at=at if of_the_answered else None, newest_first=True)
    names = municipalities()
    for each in waiting.rows + answered.rows:
        each.where = names.get(each.municipality, each.municipality)
    saw_concerns(request, waiting.rows + answered.rows)
    (counts,) = lists.counts(unit, waiting=without)
    return render(request, "referrals/concerns.html", {"waiting": waiting, "answered": answered, "counts": counts})


@require_POST
def concern_received(request: HttpRequest, concern_id: UUID) -> HttpResponse:
    """The municipality has said that it has got it."""
    found = selectors.concern_for(unit=by(request).unit, concern_id=concern_id)
    if found is None:
        raise Http404
    actions.record_receipt(concern=found, by=by(request), now=clock.now())
    messages.success(request, _("The receipt is noted."))
    return redirect("concerns")
