"""What needs this unit today."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from referrals import selectors
from referrals.views.reaching import by

SECTIONS = {"owed": selectors.follow_ups_owed, "alerts": selectors.alerts, "awaited": selectors.follow_ups_awaited}
ARRIVED = 10
ALL = 500


@require_GET
def my_list(request: HttpRequest) -> HttpResponse:
    """What the unit owes, who is silent, what it waits for, and who has arrived."""
    unit, whole = by(request).unit, request.GET.get("show")
    context: dict[str, Any] = {
        "arrived": selectors.arrived_lately(unit=unit)[:ARRIVED],
        "inbox_count": selectors.inbox_count(unit=unit),
    }
    for name, rows in SECTIONS.items():
        found = rows(unit=unit)
        context[name] = list(found[: ALL if whole == name else selectors.PAGE])
        context[f"{name}_count"] = found.count() if len(context[name]) == selectors.PAGE else len(context[name])
    return render(request, "referrals/my_list.html", context)


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Finds cases exactly by what was said. By POST: what is searched for stands in no address and in no log."""
    said = request.POST.get("said", "").strip()
    found = selectors.cases_found_by(unit=by(request).unit, said=said) if said else []
    return render(request, "referrals/search.html", {"said": said, "found": found})
