"""The services that a unit answers for, as they see them themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from navigator import clock
from navigator.web.htmx import render_page_or_fragment
from pathways import actions, selectors
from pathways.forms import WaitForm
from pathways.models import Service

MOST = 20  # lines of what came of the rules
PAGE, ROW = "pathways/our_services.html", "pathways/_our_service.html"


@require_GET
def our_services(request: HttpRequest) -> HttpResponse:
    """Every service with its wait and free places; saved where they stand."""
    return render(request, PAGE, {"rows": [_row(service) for service in _ours(request)]})


@require_POST
def save_wait(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """The wait and the free places of one service, as of today."""
    service = next((each for each in _ours(request) if each.pk == service_id), None)
    if service is None:
        raise Http404
    form = WaitForm(request.POST, auto_id=f"id_{service.pk}_%s")
    if not form.is_valid():
        rows = [_row(each, form=form if each.pk == service.pk else None) for each in _ours(request)]
        row = next(row for row in rows if row["service"].pk == service.pk)
        return render_page_or_fragment(request, PAGE, ROW, {"rows": rows, "row": row}, status=422)
    actions.update_wait(service=service, on=clock.today(), **form.cleaned_data)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, ROW, {"row": _row(service) | {"saved": True}})
    messages.success(request, _("Saved. The matching uses it from now on."))
    return redirect("our_services")


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """The versions of the rules, and where in the last year somebody chose another way or found none."""
    since = clock.today() - timedelta(days=365)
    context = {
        "versions": selectors.rule_sets(),
        "other_doors": selectors.chosen_against_the_rules(since=since)[:MOST],
        "gaps": selectors.wanted_in_vain(since=since)[:MOST],
    }
    return render(request, "pathways/rules.html", context)


def _ours(request: HttpRequest) -> list[Service]:
    return list(selectors.services_of_unit(request.unit.pk, on=clock.today()))  # type: ignore[attr-defined]


def _row(service: Service, *, form: WaitForm | None = None) -> dict[str, Any]:
    start = {"wait_days": service.wait_days, "capacity": service.capacity}
    return {"service": service, "form": form or WaitForm(initial=start, auto_id=f"id_{service.pk}_%s")}
