"""One service of the directory, for those who keep it true: what stands there, whom a change touches, and since when."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from navigator import clock
from navigator.web.refusals import Invalid, TooLate
from pathways import actions, care
from pathways.care_forms import CloseForm, ServiceForm
from pathways.care_history import changes_of
from pathways.models import Service
from referrals.closings import touched_by
from referrals.views.reaching import by


@require_http_methods(["GET", "POST"])
def service_here(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """What is true of it. Whoever was second sees what the first has written, beside what they wrote themselves."""
    service = _ours_or_404(request, service_id)
    if request.method == "GET":
        return _page(request, service)
    form = ServiceForm(request.POST)
    if not form.is_valid():
        return _page(request, service, form=form, status=422)
    who = by(request)
    try:
        actions.change_service(
            service_id=service.pk,
            revision=form.cleaned_data["revision"],
            said=form.said,
            is_right=form.cleaned_data["is_right"],
            user=who.user,
            unit=who.unit,
            on=clock.today(),
        )
    except TooLate as refusal:
        return _second(request, service_id, refusal)
    except Invalid as refusal:
        form.add_error("is_right", refusal.sentence)
        return _page(request, service, form=form, status=422)
    messages.success(request, _("Saved. The matching uses it from now on."))
    return redirect("service_here", service.pk)


@require_POST
def verify_service(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """All that stands there is right today. Back to the list that it was pressed on."""
    service = _ours_or_404(request, service_id)
    who = by(request)
    actions.verify_service(
        service_id=service.pk, revision=_revision(request), user=who.user, unit=who.unit, on=clock.today()
    )
    messages.success(request, _("Noted: it is right today."))
    listed = request.POST.get("back", "")  # the query of the list
    return redirect(reverse("directory") + listed) if listed.startswith("?") else redirect("service_here", service.pk)


@require_POST
def close_service(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Closed for a time; whoever has an open hand-off there is told."""
    service = _ours_or_404(request, service_id)
    form = _close_form(service, request)
    if not form.is_valid():
        return _page(request, service, closing=form, status=422)
    try:
        actions.close_service(service_id=service.pk, **form.cleaned_data)
    except Invalid as refusal:
        form.add_error("substitute", refusal.sentence)
        return _page(request, service, closing=form, status=422)
    messages.success(request, _("It closes. Whoever has an open hand-off there is told."))
    return redirect("service_here", service.pk)


@require_POST
def reopen_service(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """It takes people again, from now on."""
    service = _ours_or_404(request, service_id)
    actions.reopen_service(service_id=service.pk, revision=_revision(request))
    messages.success(request, _("It is open."))
    return redirect("service_here", service.pk)


def _ours_or_404(request: HttpRequest, service_id: UUID) -> Service:
    service = care.service_kept_by(by(request).unit, service_id, on=clock.today())
    if service is None:
        raise Http404
    return service


def _revision(request: HttpRequest) -> int:
    said = request.POST.get("revision", "")
    return int(said) if said.isdecimal() and len(said) < 10 else -1  # which no service has: somebody was faster


def _second(request: HttpRequest, service_id: UUID, refusal: TooLate) -> HttpResponse:
    """What was typed stands there still; pressing once more is meant, for it says which state has been seen now."""
    service, said = _ours_or_404(request, service_id), request.POST.copy()
    said["revision"] = str(service.revision)
    form = ServiceForm(said)
    form.full_clean()
    return _page(request, service, form=form, status=409, refusal=refusal.sentence, unlike=form.unlike(service))


def _close_form(service: Service, request: HttpRequest | None = None) -> CloseForm:
    today = clock.today()
    initial: dict[str, Any] = {"revision": service.revision, "closed_from": today}
    if service.closes(on=today):  # what is over is not proposed again
        initial |= {name: getattr(service, name) for name in ("closed_from", "reopens_on", "substitute")}
    return CloseForm(
        request.POST if request else None,
        initial=initial,
        substitutes=care.possible_substitutes(service, on=today),
        today=today,
        auto_id="id_close_%s",
    )


def _page(
    request: HttpRequest,
    service: Service,
    *,
    form: ServiceForm | None = None,
    closing: CloseForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    form, closing, today = form or ServiceForm.of(service), closing or _close_form(service), clock.today()
    context = {
        "service": service,
        "form": form,
        "closing": closing,
        "mistakes": [*form.mistakes, *closing.mistakes],
        "is_stale": care.is_stale(service, on=today),
        "closes": service.closes(on=today),
        "touched": touched_by(service),
        "changes": changes_of(service),
    }
    return render(request, "referrals/service_here.html", context | more, status=status)
