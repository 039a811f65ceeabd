"""What a coordinator does on a row of the board: gives it to a colleague, takes over, notes a call."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from navigator import clock
from referrals import actions, board_forms, selectors, step_forms
from referrals.actions.ownership import has_by_name
from referrals.errors import Invalid, NotAllowed, TooLate
from referrals.views.follow_ups import after, show_form, task_to_do
from referrals.views.reaching import by, case_or_404


@require_http_methods(["GET", "POST"])
def board_assign(request: HttpRequest, follow_up_id: UUID) -> HttpResponse:
    """A colleague has the case from now on. Whoever decides it twice at once hears that somebody was faster."""
    task, unit = task_to_do(request, follow_up_id), by(request).unit
    case, colleagues = case_or_404(request, task.case_id), selectors.colleagues(unit=by(request).unit)
    form = board_forms.AssignForm(
        request.POST or None, colleagues=colleagues, initial={"instead_of": has_by_name(case, unit=unit)}
    )
    said = _("Give to a colleague")
    if request.method == "GET" or not form.is_valid():
        return show_form(request, task, "assign", form, words=said)
    to = next(each for each in colleagues if str(each.pk) == form.cleaned_data["to"])
    try:
        actions.assign(case=case, to=to, instead_of=form.cleaned_data["instead_of"], by=by(request), now=clock.now())
    except Invalid as refusal:
        return show_form(request, task, "assign", form, refusal=refusal, words=said)
    return after(request, task, _("%(name)s has it now.") % {"name": to.name})


@require_http_methods(["GET", "POST"])
def board_take_over(request: HttpRequest, follow_up_id: UUID) -> HttpResponse:
    """The coordinator answers for the citizen from now on."""
    task = task_to_do(request, follow_up_id)
    case, unit = case_or_404(request, task.case_id), by(request).unit
    if case.owner_unit_id == unit.pk:
        raise TooLate(_("Your unit is responsible for the citizen already."))
    if case.coordinator_unit_id != unit.pk:
        raise NotAllowed(_("Only the coordinator of the case can take it over like this."))
    form = board_forms.TakeOverHereForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return show_form(request, task, "take_over", form, words=_("Take over"))
    actions.take_over_as_coordinator(case=case, by=by(request), now=clock.now(), **form.cleaned_data)
    return after(request, task, _("You are now responsible for the citizen."))


@require_http_methods(["GET", "POST"])
def board_call(request: HttpRequest, follow_up_id: UUID) -> HttpResponse:
    """Contact with the citizen, noted where the row stands."""
    task = task_to_do(request, follow_up_id)
    case, form = case_or_404(request, task.case_id), step_forms.AttemptForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return show_form(request, task, "call", form, words=_("Note a call"))
    actions.record_call(case=case, by=by(request), now=clock.now(), **form.cleaned_data)
    return after(request, task, _("The call is noted."))
