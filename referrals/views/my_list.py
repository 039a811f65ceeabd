"""What needs this unit today."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from navigator import clock
from referrals import actions, selectors
from referrals.views.reaching import by

SECTIONS = {"owed": selectors.follow_ups_owed, "alerts": selectors.alerts, "awaited": selectors.follow_ups_awaited}
SHORT, NEWS = 10, 10  # rows of a section until somebody asks for all of it
ALL = 500


@require_GET
def my_list(request: HttpRequest) -> HttpResponse:
    """What the unit owes, who is silent, what has happened, what it waits for, and who has arrived."""
    unit, whole = by(request).unit, request.GET.get("show")
    context: dict[str, Any] = {
        "arrived": selectors.arrived_lately(unit=unit)[:SHORT],
        "inbox_count": selectors.inbox_count(unit=unit),
        "drafts": selectors.drafts(unit=unit, worker=by(request).user),
        "take_overs": selectors.take_overs_asked(unit=unit),
        **_news(request, whole=whole == "news"),
    }
    for name, rows in SECTIONS.items():
        found = rows(unit=unit, now=clock.now())
        context[name] = list(found[: ALL if whole == name else SHORT])
        context[f"{name}_count"] = found.count() if len(context[name]) == SHORT else len(context[name])
    return render(request, "referrals/my_list.html", context)


@require_POST
def read_news(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """One piece of news is read."""
    actions.mark_as_read(unit=by(request).unit, user=by(request).user, only=notice_id, now=clock.now())
    return redirect("my_list")


@require_POST
def read_all_news(request: HttpRequest) -> HttpResponse:
    """All of it is read, up to what was on the page."""
    newest = request.POST.get("newest", "")
    actions.mark_as_read(unit=by(request).unit, user=by(request).user, up_to=newest, now=clock.now())
    return redirect("my_list")


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Finds cases exactly by what was said. By POST: what is searched for stands in no address and in no log."""
    said = request.POST.get("said", "").strip()
    found = selectors.cases_found_by(unit=by(request).unit, said=said) if said else []
    return render(request, "referrals/search.html", {"said": said, "found": found})


def _news(request: HttpRequest, *, whole: bool) -> dict[str, Any]:
    """What has happened; first what only a coordinator hears: tries to turn a citizen away, and unanswered calls."""
    unread = selectors.news(unit=by(request).unit, user=by(request).user)
    count = unread.count()
    notices = selectors.named(unread[: ALL if whole else NEWS + selectors.PAGE])
    first = [each for each in notices if each.event and each.event.kind in selectors.FOR_COORDINATORS]
    rest = [each for each in notices if each not in first]
    shown = rest if whole else rest[:NEWS]
    return {
        "at_once": first,
        "news": shown,
        "news_count": count - len(first),
        "newest": notices[0].pk if notices else "",
    }
