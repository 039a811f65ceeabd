"""The coordinated plan on one page, in the order in which it is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from navigator import clock
from referrals import actions, models, plan_forms, planning, selectors
from referrals.enums import Left
from referrals.errors import Invalid
from referrals.forms import DesignForm
from referrals.views.reaching import by, case_or_404, referral_or_404
from referrals.views.referral import show as show_referral

STEPS: dict[str, tuple[Callable[..., Any], Callable[..., Any], Any]] = {
    "ask": (plan_forms.AskForPlanForm, actions.ask_for_plan, gettext_lazy("Whoever coordinates is told.")),
    "begin": (plan_forms.BeginPlanForm, actions.begin_plan, gettext_lazy("Good. Now: who takes part?")),
    "party": (plan_forms.PartyForm, actions.add_party, gettext_lazy("Noted.")),
    "meeting": (plan_forms.MeetingForm, actions.agree_plan_meeting, gettext_lazy("The day is noted.")),
    "met": (plan_forms.MetForm, actions.hold_plan_meeting, gettext_lazy("The meeting is noted.")),
    "priorities": (plan_forms.PrioritiesForm, actions.set_priorities, gettext_lazy("Noted.")),
    "effort": (plan_forms.EffortForm, actions.add_effort, gettext_lazy("Noted.")),
    "remove": (plan_forms.RemovePartyForm, actions.remove_party, gettext_lazy("They no longer take part.")),
    "leave": (plan_forms.LeaveEffortForm, actions.leave_effort, gettext_lazy("Noted.")),
    "approve": (plan_forms.ApproveForm, actions.approve_plan, gettext_lazy("The plan is approved.")),
    "end": (plan_forms.EndPlanForm, actions.end_plan, gettext_lazy("The plan is ended.")),
}


@require_GET
def plan(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The plan of one case, or how one begins."""
    return _show(request, case_or_404(request, case_id))


@require_POST
def plan_step(request: HttpRequest, case_id: UUID, step: str) -> HttpResponse:
    """One step of it. What was typed is shown again where something is wrong."""
    found = case_or_404(request, case_id)
    if step not in STEPS:
        raise Http404
    of_case = actions.plan_of(found)
    form = _form(step, of_case, selectors.parts_of_plan(of_case)[0], request.POST)
    if not form.is_valid():
        return _show(request, found, **{step: form})
    _form_of_it, action, said = STEPS[step]
    try:
        action(case=found, by=by(request), now=clock.now(), **form.cleaned_data)
    except Invalid as refusal:
        form.add_error(None, refusal.sentence)
        return _show(request, found, **{step: form})
    messages.success(request, said)
    return redirect("plan", found.pk)


@require_POST
def ask_for_plan(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """A service that has the citizen asks for a plan, or for a meeting before its day."""
    found = referral_or_404(request, referral_id)
    form = plan_forms.AskForPlanForm(request.POST, auto_id="id_plan_%s")
    if not form.is_valid():
        return show_referral(request, found, plan=form)
    actions.ask_for_plan_about(referral=found, by=by(request), now=clock.now(), **form.cleaned_data)
    messages.success(request, _("Whoever coordinates is told."))
    return redirect("referral", found.pk)


def _show(request: HttpRequest, case: models.Case, **bound: DesignForm) -> HttpResponse:
    """The page; a form that came back wrong takes the place of its empty one."""
    found, unit = actions.plan_of(case), by(request).unit
    parties, efforts = selectors.parts_of_plan(found)
    open_now = [each for each in efforts if not each.left_at]
    context = {
        "case": case,
        "plan": found,
        "road": planning.road(found, parties=parties, efforts=open_now),
        "parties": parties,
        "lanes": planning.lanes(open_now),
        "done": [each for each in efforts if each.left_as == Left.DONE],
        "is_much": len(open_now) > planning.MANY,
        "is_asked": selectors.plan_is_asked(case),
        "may_write": unit.pk in (case.owner_unit_id, case.coordinator_unit_id),
        "mistakes": [mistake for form in bound.values() for mistake in form.mistakes],
        **{step: bound.get(step) or _form(step, found, parties) for step in STEPS},
    }
    return render(request, "referrals/plan.html", context, status=422 if context["mistakes"] else 200)


def agreed(case: models.Case) -> dict[str, Any]:
    """What is agreed now, for a page that tells of the plan besides other things."""
    found = actions.plan_of(case)
    efforts = [each for each in selectors.parts_of_plan(found)[1] if not each.left_at]
    return {"plan": found, "lanes": [(lane, some) for lane, some in planning.lanes(efforts) if some]}


def _form(step: str, plan: models.Plan | None, parties: list[models.Party], data: Any = None) -> Any:
    kind, known = STEPS[step][0], {"auto_id": f"id_{step}_%s"}
    if step == "effort":
        return kind(data, parties=parties, **known)
    if step == "priorities" and plan:
        return kind(data, initial={"priorities": plan.priorities}, **known)
    return kind(data, **known)
