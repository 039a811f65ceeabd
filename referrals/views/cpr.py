"""A CPR number in full: for whoever says what for. It stands in one answer, never in an address, and is kept nowhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from navigator.audit.looking import Seen
from navigator.audit.models import Purpose
from navigator.web.htmx import render_page_or_fragment
from referrals import cpr, selectors
from referrals.looking import saw_revealed
from referrals.views.reaching import case_or_404, referral_or_404

PURPOSES = (Purpose.IDENTIFY, Purpose.JOURNAL)


@require_POST
@never_cache
def show_cpr(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The number of a case that the unit has."""
    case = case_or_404(request, case_id)
    return shown(request, case.person.cpr, Seen(case=case.pk, person=case.person_id), {"case": case})


@require_POST
@never_cache
def show_cpr_told(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The number as the service was told it. What it has not opened shows it only its envelope."""
    referral = referral_or_404(request, referral_id)
    if selectors.is_envelope(referral, unit=request.unit):  # type: ignore[attr-defined]
        raise Http404
    number = selectors.disclosed(referral).get("who", {}).get("cpr", "")
    return shown(request, number, Seen(case=referral.case_id, referral=referral.pk), {"referral": referral})


def shown(
    request: HttpRequest, number: str, seen: Seen, back: dict[str, Any], *, guest: UUID | None = None
) -> HttpResponse:
    """The answer with the number; 404 without a purpose that we know, or where there is none."""
    said = request.POST.get("purpose", "")
    if said not in PURPOSES or not number:
        raise Http404
    saw_revealed(request, seen, purpose=Purpose(said), guest=guest)
    context = {"whole": cpr.written(number), **back}
    return render_page_or_fragment(request, "referrals/cpr.html", "referrals/_cpr_shown.html", context)
