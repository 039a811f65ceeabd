"""Is it alive, and is it ready?"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from navigator import clock
from navigator.web.models import is_silent


@require_GET
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers and a sweep has finished lately: else 503, and which of them it is."""
    try:
        connection.ensure_connection()
        silent = is_silent("sweep", now=clock.now())
    except DatabaseError:
        return JsonResponse({"database": "away"}, status=503)
    return JsonResponse({"database": "ok", "sweep": "silent" if silent else "ok"}, status=503 if silent else 200)
