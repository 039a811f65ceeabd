"""What needs this unit today."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from navigator import clock
from navigator.accounts.models import Role
from navigator.accounts.permissions import RECEIVERS
from navigator.web.paging import PAGE, cut, place
from referrals import actions, lists, looking, models, selectors
from referrals.views import rows
from referrals.views.reaching import by

SHORT = 10  # rows of what is to be done here; all of them are on a page of their own
SHORTER = 5  # rows of what is only to be known
SHORTEST = 3  # rows of what somebody comes back to
STATES = {"late": _("Late"), "today": _("Today"), "later": _("Later")}


@require_GET
def my_list(request: HttpRequest) -> HttpResponse:
    """What the unit owes, the latest first; what others owe; what has happened, and who has arrived."""
    unit, now = by(request).unit, clock.now()
    receives = bool(RECEIVERS & request.roles)  # type: ignore[attr-defined]
    (counts,) = lists.counts_of_start(receives, unit=unit, user=by(request).user, now=now)
    found = lists.start(SHORT, unit=unit, now=now)
    awaited = found["awaited"][:SHORTER]
    context: dict[str, Any] = {
        "counts": counts,
        "owed": _by_state(found["owed"], now=now),
        "owed_count": counts["late"] + counts["today"] + counts["later"],
        "awaited": [rows.in_words(task, is_ours=False) for task in awaited],
        **_leading(request),
        **_beside(request, has=counts),
        **_news(request, at_once=bool(counts["at_once"])),
    }
    looking.saw_tasks(request, found["owed"] + awaited)
    return render(request, "referrals/my_list.html", context)


def _leading(request: HttpRequest) -> dict[str, Any]:
    """What a leader hears besides: how many have read a case of others in an emergency, and nobody here has looked at it."""
    if Role.UNIT_LEADER not in request.roles:  # type: ignore[attr-defined]
        return {}
    return {"leads": True, "emergencies": lists.emergencies_to_see(unit=by(request).unit).count()}


def _beside(request: HttpRequest, *, has: dict[str, int]) -> dict[str, Any]:
    """Who has arrived, what this worker has begun to write, and whom the unit is asked to answer for the longest."""
    unit = by(request).unit
    arrived = lists.arrived(SHORTER, unit=unit)
    drafts = lists.first_drafts(SHORTEST, unit=unit, user=by(request).user) if has["drafts"] else []
    take_overs = lists.asked_to_take_over(unit=unit) if has["take_overs"] else []
    asked = cut(*take_overs, by="asked_at", at=None, size=SHORTER).rows
    looking.saw_cases(request, [referral.case for referral in arrived])
    looking.saw_drafts(request, drafts)
    looking.saw_asked(request, asked)
    return {"arrived": arrived, "drafts": drafts, "take_overs": asked}


def _by_state(tasks: list[models.FollowUp], *, now: datetime) -> list[tuple[str, Any, list[dict[str, Any]]]]:
    ends = clock.end_of_day(clock.day_of(now))

    def state(task: models.FollowUp) -> str:
        return "late" if task.due_at <= now else "today" if task.due_at <= ends else "later"

    return [
        (name, STATES[name], [rows.in_words(task, is_ours=True) for task in some])
        for name, some in groupby(tasks, key=state)
    ]


def _news(request: HttpRequest, *, at_once: bool) -> dict[str, Any]:
    """What has happened; first what only a coordinator hears."""
    unit, user = by(request).unit, by(request).user
    first = lists.first_at_once(PAGE, unit=unit, user=user) if at_once else []
    rest = lists.first_news(SHORTER, unit=unit, user=user)
    notices = selectors.named(first + rest)
    looking.saw_news(request, notices)
    return {"at_once": first, "news": rest, "newest": max((each.pk for each in notices), default="")}


@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """All that nobody here has marked as read, a page at a time."""
    unit = by(request).unit
    found = lists.news(unit=unit, user=by(request).user)
    page = cut(found, by="written_at", at=place(request.GET.get("at", "")), newest_first=True)
    notices = selectors.named(page.rows)
    looking.saw_news(request, notices)
    context = {"page": page, "news": notices, "newest": notices[0].pk if notices else ""}
    return render(request, "referrals/news.html", context)


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
