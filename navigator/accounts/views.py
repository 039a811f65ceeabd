"""In which unit one works."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from navigator.accounts.middleware import UNIT_IN_SESSION


@require_POST
def choose_unit(request: HttpRequest) -> HttpResponse:
    """From now on the user works in this unit. Not one of theirs: 404."""
    chosen = request.POST.get("unit", "")
    if chosen not in {str(membership.unit_id) for membership in request.memberships}:  # type: ignore[attr-defined]
        raise Http404
    request.session[UNIT_IN_SESSION] = chosen
    return redirect("my_list")
