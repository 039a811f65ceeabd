"""What can be changed on a case beside its referrals, as the page offers it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from navigator import clock
from navigator.accounts.permissions import PROTECTED_READERS
from referrals import grounds, models, rights_forms, selectors, step_forms
from referrals.acting import By
from referrals.forms import DesignForm
from referrals.views.reaching import by, municipalities


def take_over_form(case: models.Case, answers: dict[str, Any], who: By, data: Any = None) -> step_forms.AskTakeOverForm:
    """Which unit is asked, why, and why it may see the case."""
    asked = grounds.asked(case, answers, to=case.owner_unit, by=who.unit, now=clock.now())
    units = selectors.units_to_ask(but=case.owner_unit)
    return step_forms.AskTakeOverForm(data, auto_id="id_take_over_%s", units=units, asked=asked)


def protection_of(request: HttpRequest, bound: dict[str, DesignForm]) -> dict[str, Any]:
    """The forms about protected name and address; lifting and showing are for those who may read it."""
    return {
        "protect": bound.get("protect") or rights_forms.ProtectForm(auto_id="id_protect_%s"),
        "lift": bound.get("lift") or rights_forms.LiftForm(auto_id="id_lift_%s"),
        "may_read_protected": bool(PROTECTED_READERS & request.roles),  # type: ignore[attr-defined]
    }


def life(
    request: HttpRequest, case: models.Case, assessment: models.Assessment, bound: dict[str, DesignForm]
) -> dict[str, Any]:
    """The forms that this unit may use now: whoever answers for the citizen, and the coordinator."""
    unit = by(request).unit
    is_coordinator = unit.pk == case.coordinator_unit_id
    answers_for = unit.pk == case.owner_unit_id or is_coordinator
    if case.closed_at or not answers_for:
        return {"may_change": False}
    elsewhere = [row for row in municipalities().items() if row[0] != case.municipality]
    asked = next(iter(selectors.take_over_asked(case=case)), None)
    return {
        "may_change": True,
        "is_child": assessment.answers["age"] < 18,
        "asked": asked,
        "take_over": bound.get("take_over") or take_over_form(case, assessment.answers, by(request)),
        "move": bound.get("move") or step_forms.MoveForm(auto_id="id_move_%s", municipalities=elsewhere),
        "close": bound.get("close") or step_forms.CloseCaseForm(auto_id="id_close_%s", coordinator=is_coordinator),
    }
