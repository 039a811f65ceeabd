"""What the citizen has said yes to: what it covers, asked once more, and taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from navigator import clock
from navigator.web.templatetags.shown import worded
from pathways.models import Service
from referrals import actions, consent_texts, grounds, models, selectors, step_forms
from referrals.consent_forms import ConsentForm
from referrals.enums import Status, Wait
from referrals.errors import Invalid
from referrals.views.reaching import by, case_or_404, language


@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest, case_id: UUID, consent_id: UUID) -> HttpResponse:
    """What one yes covers and who was told; and the button that takes it back, with what that leads to."""
    case, found = _found(request, case_id, consent_id)
    form = step_forms.NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.withdraw_consent(case=case, consent=found, by=by(request), now=clock.now(), **form.cleaned_data)
        messages.success(request, _("The consent is withdrawn. Agree with the citizen how it goes on."))
        return redirect("case", case.pk)
    context = {
        "case": case,
        "consent": found,
        "holds": found.holds(clock.now()),
        "told": selectors.told_by(found),
        "unopened": Status.SENT,
        "form": form,
        "mistakes": form.mistakes,
    }
    return render(request, "referrals/consent.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def renew_consent(request: HttpRequest, case_id: UUID, consent_id: UUID) -> HttpResponse:
    """The citizen is asked once more, before or after it has run out."""
    case, found = _found(request, case_id, consent_id)
    receiver, now = found.receiver, clock.now()
    answers = selectors.assessment_of(case).answers
    asked = grounds.asked(case, answers, to=receiver, by=by(request).unit, now=now)
    form = ConsentForm(request.POST if request.method == "POST" else None, asked=asked)
    if request.method == "POST" and form.is_valid():
        try:
            actions.renew_consent(case=case, consent=found, yes=form.yes, by=by(request), now=now)
            messages.success(request, _("Noted. The yes holds from today."))
            return redirect("case", case.pk)
        except Invalid as refusal:
            form.add_error(None, refusal.sentence)
    name = worded(receiver, "name") if isinstance(receiver, Service) else str(receiver)
    context = {
        "case": case,
        "consent": found,
        "form": form,
        "consent_text": consent_texts.asked(language(), receivers=name),
        "mistakes": form.mistakes,
    }
    return render(request, "referrals/renew_consent.html", context, status=422 if form.errors else 200)


@require_POST
def case_task_done(request: HttpRequest, case_id: UUID, follow_up_id: UUID) -> HttpResponse:
    """How it goes on after a consent has been agreed with the citizen: the task is ticked off."""
    found = case_or_404(request, case_id)
    task = selectors.follow_up_for(unit=by(request).unit, case=found, follow_up_id=follow_up_id)
    if task is None or task.waits_for not in (Wait.WITHDRAWN, Wait.CONSENT_ENDS):
        raise Http404
    actions.tell_citizen_done(follow_up=task, by=by(request), now=clock.now())
    messages.success(request, _("Done. It is off the list."))
    return redirect("case", case_id)


def shown(case: models.Case) -> list[dict[str, Any]]:
    """Every yes of a case as its page lists it: those that hold first."""
    now = clock.now()
    rows = [{"consent": each, "holds": each.holds(now)} for each in selectors.consents_of(case)]
    return sorted(rows, key=lambda row: not row["holds"])


def _found(request: HttpRequest, case_id: UUID, consent_id: UUID) -> tuple[models.Case, models.Consent]:
    case = case_or_404(request, case_id)
    found = selectors.consent_for(case, consent_id)
    if found is None:
        raise Http404
    return case, found
