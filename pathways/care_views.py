"""The directory as a list, those that were checked longest ago first, and as a file."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from navigator import clock
from navigator.web.paging import cut, place
from navigator.web.refusals import Refusal
from pathways import actions, care
from pathways.actions.interchange import CSV, JSON
from pathways.care_forms import ImportForm, SoughtForm
from pathways.interchange.plan import Plan

TYPES = {CSV: "text/csv; charset=utf-8", JSON: "application/json"}
SHOWN = 100  # mistakes and changes on a page


@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    """The services that we keep true, or the whole directory; filtered by the address."""
    unit, today = request.unit, clock.today()  # type: ignore[attr-defined]
    form = SoughtForm(
        request.GET, kinds=care.kinds(), municipalities=care.municipalities(on=today), auto_id="sought_%s"
    )
    sought = form.sought
    page = cut(sought.listed(unit, on=today), by="checked_at", at=place(request.GET.get("at", "")))
    context = {
        "form": form,
        "page": page,
        "counts": sought.counts(unit, on=today),
        "ours": care.ours_among(page.rows, unit, on=today),
        "closing": {service.pk for service in page.rows if service.closes(on=today)},
        "to": sought.address(),
        "here": f"?{request.GET.urlencode()}",
        "stale_before": care.stale_before(today),
    }
    return render(request, "pathways/directory.html", context)


@require_http_methods(["GET", "POST"])
def import_directory(request: HttpRequest) -> HttpResponse:
    """A file, pasted: first what is wrong in it and what it would do, then the same saved."""
    form = ImportForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _import_page(request, form, status=422 if form.errors else 200)
    unit, today, text = request.unit, clock.today(), form.cleaned_data["text"]  # type: ignore[attr-defined]
    refused, status = "", 200
    if form.cleaned_data["digest"]:
        try:
            saved = actions.import_directory(text=text, digest=form.cleaned_data["digest"], unit=unit, on=today)
        except Refusal as refusal:
            refused, status = refusal.sentence, refusal.status
        else:
            number = len(saved.new) + len(saved.changed)
            messages.success(
                request, ngettext("%(n)s service is saved.", "%(n)s services are saved.", number) % {"n": number}
            )
            return redirect("directory")
    found = actions.plan_import(text=text, unit=unit, on=today)
    return _import_page(request, form, found, refused=refused, status=422 if found.mistakes else status)


@require_GET
def export_directory(request: HttpRequest, form: str) -> HttpResponse:
    """The services that we keep true, as CSV or as HSDS; the import takes both back."""
    if form not in TYPES:
        raise Http404
    unit, today = request.unit, clock.today()  # type: ignore[attr-defined]
    written = "".join(actions.export_directory(form=form, unit=unit, on=today))
    response = HttpResponse(written, content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="services-{today.isoformat()}.{form}"'
    return response


def _import_page(
    request: HttpRequest, form: ImportForm, plan: Plan | None = None, *, refused: str = "", status: int = 200
) -> HttpResponse:
    context = {"form": form, "mistakes": form.mistakes, "plan": plan, "refused": refused, "shown": SHOWN}
    return render(request, "pathways/import_directory.html", context, status=status)
