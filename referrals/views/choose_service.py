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
from referrals.enums import Basis, Urgency
from referrals.forms import SendForm
from referrals.tracks import sides_served
from referrals.views.reaching import by, case_or_404, municipalities, words


@require_http_methods(["GET", "POST"])
def choose_service(request: HttpRequest, case_id: UUID, service_id: UUID) -> HttpResponse:
    """Shows exactly what the service will be told, and sends it."""
    case = case_or_404(request, case_id)
    assessment = selectors.assessment_of(case)
    match = doors.matched_service(assessment.explanation, str(service_id))
    service = selectors.service(service_id)
    if match is None or service is None:
        raise Http404
    form = SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = _told(request, case, assessment, message=form.cleaned_data["message"])
        referral = _send(request, case, service, match, assessment, told, form.cleaned_data)
        messages.success(request, _receipt(referral, service))
        return redirect("case", case.pk)
    told = _told(request, case, assessment, message="")
    context = {"case": case, "service": service, "form": form, "told": told, "role": doors.HEADINGS[match["role"]]}
    status = 422 if form.errors else 200
    return render(request, "referrals/choose_service.html", context | {"mistakes": form.mistakes}, status=status)


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
    said: dict[str, Any],
) -> models.Referral:
    matched = doors.doors(assessment.explanation, words=words())
    tracks = list(case.tracks.values_list("side", flat=True))
    return actions.send_referral(
        case=case,
        service=service,
        sides=sides_served(matched[match["kind"]], tracks=tracks, doors=matched.values()),
        role=match["role"],
        telling=actions.Telling(told, Basis(said["basis"]), said["basis_reason"]),
        rights=match["rights"],
        urgency=Urgency(said["urgency"]),
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
