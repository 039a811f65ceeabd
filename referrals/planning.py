"""The coordinated plan, step by step: consent, parties, meeting, priorities, efforts, approval (R 3.3.4; K L5277-5310). Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from navigator import clock
from referrals.enums import Lane
from referrals.models import Effort, Party, Plan
from referrals.road import Road, Station

BETWEEN_MEETINGS = timedelta(days=183)  # at most six months (R 3.3.4); right `plan_meeting_6_months`
MANY = 5  # efforts at a time, from where on the page asks whether it is too much: our own number, the source names none

STATIONS = {
    "agreed": _("Consent"),
    "parties": _("Taking part"),
    "met": _("Meeting"),
    "priorities": _("What matters"),
    "efforts": _("Who does what"),
    "approved": _("Approval"),
}


def taken(plan: Plan | None, *, parties: Collection[Party], efforts: Collection[Effort]) -> dict[str, bool]:
    """Which steps have been taken, in their order."""
    return {
        "agreed": plan is not None,
        "parties": bool(parties),
        "met": bool(plan and plan.met_on),
        "priorities": bool(plan and plan.priorities),
        "efforts": bool(efforts),
        "approved": bool(plan and plan.approved_at),
    }


def road(plan: Plan | None, *, parties: Collection[Party], efforts: Collection[Effort]) -> Road:
    """How far the plan has come: the first step that is not taken is where it stands."""
    steps = taken(plan, parties=parties, efforts=efforts)
    here = next((code for code, is_taken in steps.items() if not is_taken), None)
    stations = (
        Station(STATIONS[code], "done" if is_taken else "current" if code == here else "ahead", None)
        for code, is_taken in steps.items()
    )
    return Road(tuple(stations), "")


def missing(plan: Plan, *, parties: Collection[Party], efforts: Collection[Effort]) -> list[Any]:
    """What must be there before the citizen can approve it."""
    steps = taken(plan, parties=parties, efforts=efforts)
    return [STATIONS[code] for code, is_taken in steps.items() if not is_taken and code != "approved"]


def latest_meeting(plan: Plan) -> date:
    """The last day on which the next meeting can be: six months from the last one, the first from the day it was begun."""
    return (plan.met_on or clock.day_of(plan.begun_at)) + BETWEEN_MEETINGS


def lanes(efforts: Collection[Effort]) -> list[tuple[Any, list[Effort]]]:
    """The four lanes, each with what is to be done, the nearest day first; an empty one stays to be seen."""
    by_day = sorted(efforts, key=lambda each: each.by_on)
    return [(lane.label, [each for each in by_day if each.lane == lane]) for lane in Lane]
