"""One referral, as sender, receiver and coordinator see it: each with what they may do now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from navigator import clock
from referrals import models, selectors, step_forms, telling, workflow
from referrals.case_forms import CallForm
from referrals.enums import Actor, Event, Status, Wait
from referrals.forms import DesignForm
from referrals.plan_forms import AskForPlanForm
from referrals.views.offers import MAY_HAVE_COMPANION, Standing, may_return, offers
from referrals.views.reaching import by, referral_or_404

MAY_CALL = tuple(set(workflow.LIVE) - {Status.NO_SHOW})  # after a no-show an attempt is a step of its own
BY_HAND = (Wait.TELL_CITIZEN, Wait.REACH_OUT, Wait.TELL_CUSTODY)  # tasks that are done elsewhere and ticked off here


@require_GET
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Looking changes nothing: what the service has not opened shows it only its envelope."""
    return show(request, referral_or_404(request, referral_id))


def show(request: HttpRequest, found: models.Referral, **bound: DesignForm) -> HttpResponse:
    """The page; a form that came back wrong takes the place of its empty one."""
    standing = Standing(found, by(request), clock.now())
    if standing.actors == {Actor.RECEIVER} and found.sent_at and not selectors.may_be_read(found):
        return render(request, "referrals/not_any_more.html", {"referral": found}, status=410)
    is_envelope = selectors.is_envelope(found, unit=standing.by.unit)
    context = {
        "referral": found,
        "is_envelope": is_envelope,
        "by_telephone": found.receiver_unit_id is None,
        "case_is_ours": bool({Actor.SENDER, Actor.COORDINATOR} & standing.actors),
        "prints_the_visit": found.status == Status.BOOKED and found.receiver_unit_id == standing.by.unit.pk,
        "wait": next((wait for wait in standing.waits if wait.waits_for not in (Wait.VISIT, Wait.EFFECT)), None),
        "mistakes": [mistake for form in bound.values() for mistake in form.mistakes],
    }
    if not is_envelope:
        context |= _opened(standing, bound)
    return render(request, "referrals/referral.html", context, status=422 if context["mistakes"] else 200)


def _opened(standing: Standing, bound: dict[str, DesignForm]) -> dict[str, Any]:
    """What is on the page once the service has opened it, and for the sender from the beginning."""
    found, told = standing.referral, standing.told
    first, others = offers(standing, bound=bound)
    companion, events = selectors.companion_of(found), selectors.events_of(found)
    return {
        "first": first,
        "others": others,
        "may_return": may_return(standing),
        "missing_attempts": standing.missing_attempts if found.status == Status.NO_SHOW else "",
        "call": (bound.get("call") or CallForm(auto_id="id_call_%s")) if found.status in MAY_CALL else None,
        "plan": _plan_form(standing, bound),
        "tried": len(standing.tried) if found.status == Status.NO_SHOW else 0,
        "told": told,
        "called": telling.called(told) if told else "",
        "corrections": selectors.corrections_beside(found),
        "disclosure": selectors.disclosure_of(found),
        "events": events,
        "question": next((event.note for event in reversed(events) if event.kind == Event.ASK), ""),
        "by_hand": [wait for wait in standing.waits if wait.waits_for in BY_HAND and wait.owed_by == standing.by.unit],
        "companion": companion,
        "confirm_companion": _confirm_companion(companion, bound),
        "may_have_companion": found.status in MAY_HAVE_COMPANION,
        "next": selectors.next_attempts(found) if found.status == Status.RETURNED else [],
        "is_live": found.status in workflow.LIVE,
        "visit_has_been": standing.visit_has_been,
    }


def _confirm_companion(companion: models.Companion | None, bound: dict[str, DesignForm]) -> DesignForm | None:
    if companion is None or not companion.who or (companion.companion_confirmed_at and companion.citizen_confirmed_at):
        return None
    form = bound.get("confirm_companion") or step_forms.ConfirmCompanionForm(
        auto_id="id_confirm_companion_%s",
        initial={
            "companion": bool(companion.companion_confirmed_at),
            "citizen": bool(companion.citizen_confirmed_at),
        },
    )
    return form


def _plan_form(standing: Standing, bound: dict[str, DesignForm]) -> DesignForm | None:
    """Whoever has only the copy asks here; the others do on the plan's own page."""
    is_theirs = standing.actors == {Actor.RECEIVER} and standing.referral.status not in workflow.ENDED_WITHOUT
    return bound.get("plan") or AskForPlanForm(auto_id="id_plan_%s") if is_theirs else None
