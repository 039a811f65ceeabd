"""Is it alive, and is it ready?"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from navigator import clock
from navigator.web.models import JOBS, silent_jobs


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
