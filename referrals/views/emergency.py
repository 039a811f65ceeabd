"""Emergency access: asked for with the case number and a reason; the case, to read; and what leaders and auditors see of it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from navigator import clock
from navigator.accounts.permissions import AUDITORS, PROTECTED_READERS
from navigator.database import scope
from navigator.web.paging import cut, place
from referrals import actions, lists, looking, models, selectors
from referrals.emergency_forms import EmergencyForm
from referrals.errors import Invalid, TooLate
from referrals.rights_forms import RevealForm
from referrals.views.course import contacts
from referrals.views.reaching import by


@require_http_methods(["GET", "POST"])
def emergency(request: HttpRequest) -> HttpResponse:
    """Asks for the number and the reason. A case of one's own is opened as it always is."""
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        own = selectors.case_by_number(unit=by(request).unit, said=form.cleaned_data["number"])
        if own is not None:
            return redirect("case", own.pk)
        try:
            access = actions.open_in_emergency(by=by(request), now=clock.now(), **form.cleaned_data)
            return redirect("emergency_case", access.pk)
        except Invalid as refusal:
            looking.saw_found(request, [], by_cpr=False)  # whoever tries numbers can be seen to
            form.add_error("number", refusal.sentence)
    context = {"form": form, "mistakes": form.mistakes}
    return render(request, "referrals/emergency.html", context, status=422 if form.errors else 200)


@require_GET
def emergency_case(request: HttpRequest, access_id: UUID) -> HttpResponse:
    """The case, to read, while the access lasts; every look is marked in the access log."""
    access = _lasting_or_404(request, access_id)
    with scope.emergency(access.pk):
        case = selectors.case_in_emergency(access)
        looking.saw_in_emergency(request, case, access)
        attempts = selectors.referrals_of(case=case)
        context = {
            "access": access,
            "case": case,
            "referrals": attempts,
            "contacts": contacts(case, attempts),
            "events": list(reversed(selectors.timeline(case=case))),
            "may_read_protected": bool(PROTECTED_READERS & request.roles),  # type: ignore[attr-defined]
        }
        return render(request, "referrals/emergency_case.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
def emergency_identity(request: HttpRequest, access_id: UUID) -> HttpResponse:
    """Asks why a protected name is needed, and then shows it, in this one answer."""
    access = _lasting_or_404(request, access_id)
    with scope.emergency(access.pk):
        case = selectors.case_in_emergency(access)
    form = RevealForm(request.POST if request.method == "POST" else None)
    context = {
        "case": case,
        "form": form,
        "mistakes": form.mistakes,
        "back": reverse("emergency_case", args=[access.pk]),
    }
    if request.method == "POST" and form.is_valid():
        given = {"by": by(request), "now": clock.now(), **form.cleaned_data}
        context["person"] = actions.reveal_in_emergency(access=access, **given)
        looking.saw_revealed_in_emergency(request, case, access)
    else:
        looking.saw_in_emergency(request, case, access)
    return render(request, "referrals/identity.html", context, status=422 if form.errors else 200)


def _lasting_or_404(request: HttpRequest, access_id: UUID) -> models.EmergencyAccess:
    """The access of whoever asks, while it lasts."""
    access = selectors.emergency_access(by=by(request), access_id=access_id)
    if access is None:
        raise Http404
    if access.ends_at <= clock.now():
        raise TooLate(_("The half hour is over. If it is still urgent, open the case again with a reason."))
    return access


@require_GET
def emergencies(request: HttpRequest) -> HttpResponse:
    """What nobody here has looked at, the oldest first; and what somebody has, the newest first. Each a page at a time."""
    unit, at = by(request).unit, place(request.GET.get("at", ""))
    of_the_seen = request.GET.get("show") == "seen"
    to_see, told = lists.emergencies_to_see(unit=unit), lists.emergencies(unit=unit)
    waiting = cut(to_see, by="opened_at", at=None if of_the_seen else at)
    seen = cut(told.filter(seen_by__unit=unit), by="opened_at", at=at if of_the_seen else None, newest_first=True)
    looking.saw_emergencies(request, waiting.rows + seen.rows)
    context = {
        "waiting": waiting,
        "seen": seen,
        "count": to_see.count(),
        "audits": bool(AUDITORS & request.roles),  # type: ignore[attr-defined]
    }
    return render(request, "referrals/emergencies.html", context)


@require_POST
def emergency_seen(request: HttpRequest, access_id: UUID) -> HttpResponse:
    """It has been looked at."""
    access = lists.emergencies(unit=by(request).unit).filter(pk=access_id).first()
    if access is None:
        raise Http404
    actions.mark_emergency_as_seen(access=access, by=by(request), now=clock.now())
    return redirect("emergencies")
