"""One referral, as sender, receiver and coordinator see it: each with what they may do now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from navigator import clock
from referrals import actions, models, selectors, telling, workflow
from referrals.acting import capacities
from referrals.enums import Actor, Side, Status
from referrals.forms import ArrivalForm, BookForm, CancelForm, DesignForm
from referrals.views.reaching import by, referral_or_404


@require_GET
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Looking changes nothing: what the service has not opened shows it only its envelope."""
    return _page(request, referral_or_404(request, referral_id))


@require_POST
def open_referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The receiver opens it: from now on the sender knows that it was seen."""
    return _act(request, referral_id, actions.open_referral)


@require_POST
def accept_referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The service takes the citizen on."""
    return _act(
        request,
        referral_id,
        actions.accept_referral,
        said=_("Accepted. The sender can see it. Agree a time with the citizen."),
    )


@require_POST
def book_time(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """A first visit is agreed."""
    form = BookForm(request.POST)
    if not form.is_valid():
        return _page(request, referral_or_404(request, referral_id), book=form)
    at = form.cleaned_data["appointment_at"]
    return _act(
        request,
        referral_id,
        actions.book_time,
        said=_("The time is noted, and the sender can see it."),
        appointment_at=at,
    )


@require_POST
def confirm_arrival(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The citizen has been met; where the service serves two sides, on which."""
    found = referral_or_404(request, referral_id)
    sides = [Side(side) for side in found.sides]
    if len(sides) > 1:
        form = ArrivalForm(request.POST, sides=found.sides)
        if not form.is_valid():
            return _page(request, found, arrival=form)
        sides = [Side(side) for side in form.cleaned_data["sides"]]
    return _act(
        request,
        referral_id,
        actions.confirm_arrival,
        said=_("Noted: the citizen has arrived. The sender can see it."),
        sides=sides,
    )


@require_POST
def cancel_referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The sender takes it back."""
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _page(request, referral_or_404(request, referral_id), cancel=form)
    said = _("The referral is taken back. The case asks for another choice.")
    return _act(request, referral_id, actions.cancel_referral, said=said, because=form.cleaned_data["because"])


def _act(
    request: HttpRequest, referral_id: UUID, action: Callable[..., models.Referral], *, said: str = "", **more: Any
) -> HttpResponse:
    action(referral=referral_or_404(request, referral_id), by=by(request), now=clock.now(), **more)
    if said:
        messages.success(request, said)
    return redirect("referral", referral_id)


def _page(request: HttpRequest, found: models.Referral, **bound: DesignForm) -> HttpResponse:
    """The page with its forms; a form that came back wrong takes the place of its empty one."""
    actors = capacities(found, by(request).unit)
    is_envelope = found.status == Status.SENT and actors == {Actor.RECEIVER}
    forms: dict[str, DesignForm] = {
        "book": BookForm(),
        "arrival": ArrivalForm(sides=found.sides),
        "cancel": CancelForm(),
    }
    told = None if is_envelope else selectors.disclosed(found)
    context = {
        "referral": found,
        "is_envelope": is_envelope,
        "is_receiver": Actor.RECEIVER in actors,
        "by_telephone": found.receiver_unit_id is None,
        "case_is_ours": bool({Actor.SENDER, Actor.COORDINATOR} & actors),
        "possible": set(workflow.possible(found.status, actors)),
        "told": told,
        "called": telling.called(told) if told else "",
        "disclosure": None if is_envelope else selectors.disclosure_of(found),
        "wait": selectors.waits_of(found),
        "events": selectors.events_of(found),
        **forms,
        **bound,
    }
    mistakes = [mistake for form in bound.values() for mistake in form.mistakes]
    return render(request, "referrals/referral.html", context | {"mistakes": mistakes}, status=422 if mistakes else 200)
