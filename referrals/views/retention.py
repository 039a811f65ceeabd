"""Retention: what would be restricted and disposed of and why, and the two people it takes. No citizen is shown here."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from navigator import clock
from referrals import actions, keeping, looking
from referrals.views.reaching import by


@require_GET
def retention(request: HttpRequest) -> HttpResponse:
    """What somebody has asked for, else what is due today; and what was carried out before."""
    me = by(request)
    asked = keeping.asked(unit=me.unit)
    rows = list(asked.rows.all()) if asked else keeping.due(unit=me.unit, now=clock.now())
    looking.saw_kept(request, [row.case_id for row in rows])
    context = {
        "asked": asked,
        "is_mine": asked is not None and asked.asked_by_id == me.user.pk,
        "rows": rows,
        "rounds": keeping.rounds(unit=me.unit),
    }
    return render(request, "referrals/retention.html", context)


@require_POST
def ask_retention(request: HttpRequest) -> HttpResponse:
    """Asks somebody else to approve what is due."""
    actions.ask_for_retention(by=by(request), now=clock.now())
    return redirect("retention")


@require_POST
def answer_retention(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Somebody else approves, and it is carried out; or says no. Whoever asked may take it back."""
    asked = keeping.asked(unit=by(request).unit)
    if asked is None or asked.pk != round_id:
        raise Http404
    approved = request.POST.get("answer") == "approve"
    actions.answer_retention(asked=asked, approved=approved, by=by(request), now=clock.now())
    return redirect("retention")
