"""A duty towards the citizen is done."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from navigator import clock
from referrals import actions, selectors, step_forms
from referrals.enums import Wait
from referrals.views.case import show
from referrals.views.reaching import by, case_or_404


@require_POST
def duty_done(request: HttpRequest, case_id: UUID, follow_up_id: UUID) -> HttpResponse:
    """One click, and a note for whoever wants to write one."""
    found = case_or_404(request, case_id)
    task = selectors.follow_up_for(unit=by(request).unit, case=found, follow_up_id=follow_up_id)
    if task is None or task.waits_for != Wait.OBLIGATION:
        raise Http404
    form = step_forms.NoteForm(request.POST, auto_id=f"id_duty_{task.pk}_%s")
    if not form.is_valid():
        return show(request, found, **{f"duty_{task.pk}": form})
    actions.record_duty_done(follow_up=task, note=form.cleaned_data["note"], by=by(request), now=clock.now())
    messages.success(request, _("Noted as done."))
    return redirect("case", found.pk)
