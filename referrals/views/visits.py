"""One day's visits at a service, to look at in the morning or to print."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from navigator import clock
from referrals import lists
from referrals.views.inbox import rows_of_visits
from referrals.views.reaching import by


@require_GET
def visit_day(request: HttpRequest) -> HttpResponse:
    """Times in order: who comes, with whom, where they meet, and whether an interpreter is ordered."""
    day = _day(request.GET.get("day", ""))
    found = lists.visits(unit=by(request).unit, day=day)
    context = {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "is_today": day == clock.today(),
        "rows": rows_of_visits(found, request=request, now=clock.now()),
        "back": request.get_full_path(),
    }
    return render(request, "referrals/visit_day.html", context)


def _day(said: str) -> date:
    """The day that was asked for; today where none was, or none that there is."""
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return clock.today()
    return day if 2000 < day.year < 2200 else clock.today()
