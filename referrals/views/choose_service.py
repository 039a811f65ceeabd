"""One referral is written and sent: what you see is what they get."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from navigator import clock
from navigator.web.templatetags.shown import deadline, worded
from pathways.models import Service
from referrals import actions, doors, models, selectors, telling
from referrals.actions.steps import may
from referrals.enums import Event, Urgency
from referrals.forms import SendForm
from referrals.tracks import sides_served
from referrals.views.reaching import by, case_or_404, municipalities, referral_or_404, words


@require_http_methods(["GET", "POST"])
def choose_service(request: HttpRequest, case_id: UUID, service_id: UUID) -> HttpResponse:
    """Shows exactly what the service will be told, and sends it."""
    case = case_or_404(request, case_id)
    assessment = selectors.assessment_of(case)
    match = doors.matched_service(assessment.explanation, str(service_id))
    service = selectors.service(service_id)
    if match is None or service is None:
        raise Http404
    form = SendForm(request.POST if request.method == "POST" else None, initial=_start(assessment, match["role"]))
    if request.method == "POST" and form.is_valid():
        told = _told(request, case, assessment, message=form.cleaned_data["message"])
        referral = _send(request, case, service, match, assessment, told, form)
        _wish_companion(request, referral, form)
        messages.success(request, _receipt(referral, service))
        return redirect("case", case.pk)
    return _page(request, case, assessment, service, form, role=doors.HEADINGS[match["role"]])


@require_http_methods(["GET", "POST"])
def send_on(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """A return has made the next attempt; the citizen has been asked, and it is sent."""
    draft = referral_or_404(request, referral_id)
    case = case_or_404(request, draft.case_id)
    assessment = selectors.assessment_of(case)
    form = SendForm(
        request.POST if request.method == "POST" else None,
        initial=_start(assessment, draft.role) | {"urgency": draft.urgency},
    )
    del form.fields["urgency"]
    may(draft, Event.SEND, by=by(request))
    if request.method == "POST" and form.is_valid():
        told = _told(request, case, assessment, message=form.cleaned_data["message"])
        referral = actions.send_on(
            referral=draft, telling=form.telling(told), hand_over=form.hand_over, by=by(request), now=clock.now()
        )
        _wish_companion(request, referral, form)
        messages.success(request, _receipt(referral, draft.service))
        return redirect("case", case.pk)
    return _page(request, case, assessment, draft.service, form, role=_("The next door"), draft=draft)


def _page(
    request: HttpRequest,
    case: models.Case,
    assessment: models.Assessment,
    service: Service,
    form: SendForm,
    *,
    role: Any,
    draft: models.Referral | None = None,
) -> HttpResponse:
    """What the service will be told stands beside the form, word for word."""
    context = {
        "case": case,
        "service": service,
        "form": form,
        "draft": draft,
        "told": _told(request, case, assessment, message=""),
        "role": role,
        "mistakes": form.mistakes,
    }
    return render(request, "referrals/choose_service.html", context, status=422 if form.errors else 200)


def _start(assessment: models.Assessment, role: str) -> dict[str, Any]:
    """What the answers say already: whether it is acute, and whether somebody is to go along."""
    return {
        "urgency": Urgency.ACUTE if role == "acute" else Urgency.ORDINARY,
        "companion": assessment.answers.get("circumstances", {}).get("wants_companion") is True,
    }


def _wish_companion(request: HttpRequest, referral: models.Referral, form: SendForm) -> None:
    """Nobody is found yet: from now on that is a task."""
    if form.cleaned_data["companion"]:
        actions.agree_companion(referral=referral, who="", meeting_place="", by=by(request), now=clock.now())


def _told(request: HttpRequest, case: models.Case, assessment: models.Assessment, *, message: str) -> dict[str, Any]:
    name = municipalities().get(case.municipality, case.municipality)
    return telling.what_is_told(
        case=case, assessment=assessment, words=words(), municipality=name, message=message, by=by(request)
    )


def _send(
    request: HttpRequest,
    case: models.Case,
    service: Service,
    match: Any,
    assessment: models.Assessment,
    told: dict[str, Any],
    form: SendForm,
) -> models.Referral:
    matched = doors.doors(assessment.explanation, words=words())
    tracks = list(case.tracks.values_list("side", flat=True))
    return actions.send_referral(
        case=case,
        service=service,
        sides=sides_served(matched[match["kind"]], tracks=tracks, doors=matched.values()),
        role=match["role"],
        telling=form.telling(told),
        urgency=Urgency(form.cleaned_data["urgency"]),
        hand_over=form.hand_over,
        by=by(request),
        now=clock.now(),
    )


def _receipt(referral: models.Referral, service: Service) -> str:
    """What happens now, as dates."""
    wait = selectors.waits_of(referral)
    if wait is None or referral.receiver_unit_id is None:
        return _(
            "The referral to %(service)s is noted. They have no account here: phone them, and note what they say."
        ) % {"service": worded(service, "name")}
    return _(
        "The referral is sent to %(service)s. They are to open it by %(due)s. If they do not, they are reminded."
    ) % {
        "service": worded(service, "name"),
        "due": deadline(wait.due_at),
    }
