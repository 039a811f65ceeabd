"""Is it alive, and is it ready? And what every reader may know: how accessible we are."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from navigator import clock
from navigator.web.barriers import BarrierForm
from navigator.web.models import JOBS, silent_jobs, tell_barrier


@require_GET
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers and sweep and delivery have finished lately: else 503, and which of them it is."""
    try:
        connection.ensure_connection()
        silent = silent_jobs(now=clock.now())
    except DatabaseError:
        return JsonResponse({"database": "away"}, status=503)
    jobs = {job: "silent" if job in silent else "ok" for job in JOBS}
    return JsonResponse({"database": "ok"} | jobs, status=503 if silent else 200)


@require_http_methods(["GET", "POST"])
def accessibility(request: HttpRequest) -> HttpResponse:
    """The statement, and a form that anybody may use to tell of a barrier."""
    form = BarrierForm(request.POST or None, auto_id="barrier_%s")
    if form.is_valid():
        tell_barrier(form.cleaned_data["text"], now=clock.now())
        return redirect(f"{reverse('accessibility')}?told=yes")
    context = {"form": form, "mistakes": form.mistakes, "told": "told" in request.GET}
    return render(request, "web/accessibility.html", context, status=422 if form.errors else 200)
