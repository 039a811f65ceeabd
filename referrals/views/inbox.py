"""What was sent to this unit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from referrals import selectors, telling
from referrals.views.reaching import by


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The referrals that wait for this unit, the longest due first. Names come from the frozen copies."""
    count = selectors.inbox_count(unit=by(request).unit)
    rows = selectors.inbox(unit=by(request).unit)[: 500 if request.GET.get("show") else selectors.PAGE]
    shown = [(row, told := selectors.disclosed(row), telling.called(told)) for row in rows]
    return render(request, "referrals/inbox.html", {"rows": shown, "count": count})
