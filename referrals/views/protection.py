"""Protected name and address: hidden from a step on, shown to whoever may and says why."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from navigator import clock
from navigator.audit.looking import Seen
from referrals import actions, rights_forms
from referrals.looking import saw_revealed
from referrals.views.case import take
from referrals.views.reaching import by, case_or_404


@require_POST
def protect(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """From now on, or for longer."""
    found = case_or_404(request, case_id)
    form = rights_forms.ProtectForm(request.POST, auto_id="id_protect_%s")
    said = _("Name and address are hidden from now on, everywhere.")
    return take(request, found, "protect", form, actions.protect, said=said)


@require_POST
def lift_protection(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """It is over."""
    found = case_or_404(request, case_id)
    form = rights_forms.LiftForm(request.POST, auto_id="id_lift_%s")
    said = _("Name and address are shown again.")
    return take(request, found, "lift", form, actions.lift_protection, said=said)


@require_http_methods(["GET", "POST"])
@never_cache
def show_identity(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Asks why, and then shows who it is, in this one answer."""
    found = case_or_404(request, case_id)
    form = rights_forms.RevealForm(request.POST if request.method == "POST" else None)
    context = {"case": found, "form": form, "mistakes": form.mistakes, "back": reverse("case", args=[found.pk])}
    if request.method == "POST" and form.is_valid():
        context["person"] = actions.reveal(case=found, by=by(request), now=clock.now(), **form.cleaned_data)
        saw_revealed(request, Seen(case=found.pk, person=found.person_id))
    return render(request, "referrals/identity.html", context, status=422 if form.errors else 200)
