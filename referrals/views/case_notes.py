"""What is noted on a case beside its referrals: a call, a note, papers, a screening."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from navigator import clock
from referrals import actions, case_forms, selectors
from referrals.views.case import show, take
from referrals.views.course import screening_form
from referrals.views.reaching import by, case_or_404, referral_or_404
from referrals.views.referral import show as show_referral


@require_POST
def record_call(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Somebody has called the citizen, or written, or rung at the door."""
    found = case_or_404(request, case_id)
    form = case_forms.CallForm(request.POST, auto_id="id_call_%s")
    return take(request, found, "call", form, actions.record_call, said=_("The call is noted."))


@require_POST
def record_call_about(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The same, about one referral: both sides see it."""
    found = referral_or_404(request, referral_id)
    form = case_forms.CallForm(request.POST, auto_id="id_call_%s")
    if not form.is_valid():
        return show_referral(request, found, call=form)
    actions.record_call_about(referral=found, by=by(request), now=clock.now(), **form.cleaned_data)
    messages.success(request, _("The call is noted."))
    return redirect("referral", found.pk)


@require_POST
def add_note(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Something that the next reader is to know."""
    found = case_or_404(request, case_id)
    form = case_forms.AddNoteForm(request.POST, auto_id="id_add_note_%s")
    return take(request, found, "add_note", form, actions.add_note, said=_("The note is saved."))


@require_POST
def record_papers(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A paper went by secure post."""
    found = case_or_404(request, case_id)
    form = case_forms.PapersForm(request.POST, auto_id="id_papers_%s")
    return take(request, found, "papers", form, actions.record_papers, said=_("It is noted that it was sent."))


@require_POST
def record_screening(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A screening that the match asks for. With a judgement, the new match is next, that step ticked."""
    found = case_or_404(request, case_id)
    form: Any = screening_form(selectors.assessment_of(found), request.POST)
    if form is None:
        raise Http404
    if not form.is_valid():
        return show(request, found, screening=form)
    screening = actions.record_screening(case=found, by=by(request), now=clock.now(), **form.cleaned_data)
    if not screening.step:
        messages.success(request, _("The screening is noted."))
        return redirect("case", found.pk)
    messages.success(request, _("The screening is noted. Look through the answers, and match again."))
    return redirect(f"{reverse('reassess', args=[found.pk])}?screening={screening.pk}")
