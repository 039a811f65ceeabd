"""What was sent to this unit, by what it asks of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from navigator import clock
from navigator.web.addresses import address
from navigator.web.paging import Page, cut, place
from navigator.web.templatetags.shown import day, due, moment, overdue, worded
from referrals import lists, models, selectors, telling
from referrals.enums import Status, Urgency
from referrals.looking import saw_referrals
from referrals.templatetags.handoff import receiver_owes
from referrals.views.reaching import by
from referrals.views.rows import row

SHORT = 10  # rows of a section until somebody asks for all of it
OTHERS = "others"
SAID_BY_THE_ROW = (Status.SENT, Status.BOOKED, Status.NO_SHOW)  # by its section, its button or its time
# In the order in which they cannot wait.
SECTIONS = {
    "new": (_("Not opened yet"), _("Open them: the sender sees that you have.")),
    "today": (_("Visits today"), ""),
    "unconfirmed": (
        _("Did they come?"),
        _("The time of the visit has passed, and nobody has said whether the citizen came."),
    ),
    "answer": (_("Waiting for our answer"), ""),
    "no_show": (_("Did not come: to be reached"), _("Three attempts on different channels within ten working days.")),
    "time": (_("A time is to be agreed"), ""),
    "waiting_list": (_("On our waiting list"), ""),
    "effect": (_("Does it help?"), _("Six weeks after arrival.")),
    "coming": (_("Coming visits"), ""),
    OTHERS: (_("With the sender or the coordinator"), _("You owe nothing here right now.")),
}


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The referrals that wait for this unit: the first of each section, or one section a page at a time. Names come from
    the frozen copies."""
    unit, now, whole = by(request).unit, clock.now(), request.GET.get("show", "")
    (counts,) = lists.counts_of_received(unit=unit, now=now)
    if whole in SECTIONS:
        page = _page(whole, request, now=now)
        found = {whole: page.rows}
    else:
        page = Page([])
        found = lists.first_received(SHORT, unit=unit, now=now)
        if counts[OTHERS]:
            found[OTHERS] = cut(*lists.with_others(unit=unit), by="status_since", at=None, size=SHORT).rows
    context = {
        "sections": _sections(found, counts, request=request, now=now),
        "counts": [(code, words, counts[code]) for code, (words, _hint) in SECTIONS.items() if counts[code]],
        "page": page,
        "whole": whole if whole in SECTIONS else "",
        "back": request.get_full_path(),
    }
    return render(request, "referrals/inbox.html", context)


def _page(whole: str, request: HttpRequest, *, now: datetime) -> Page:
    unit, at = by(request).unit, place(request.GET.get("at", ""))
    if whole == OTHERS:
        return cut(*lists.with_others(unit=unit), by="status_since", at=at)
    return lists.received_page(whole, unit=unit, now=now, at=at)


def _sections(
    found: dict[str, list[Any]], counts: dict[str, int], *, request: HttpRequest, now: datetime
) -> list[dict[str, Any]]:
    """What is shown of each section that has anything in it."""
    everything = [_referral(each) for rows in found.values() for each in rows]
    selectors.with_copies(everything)
    saw_referrals(request, everything)
    return [
        {
            "code": code,
            "heading": words,
            "hint": hint,
            "count": counts[code],
            "rows": [_of_section(each, request=request, now=now) for each in found[code]],
        }
        for code, (words, hint) in SECTIONS.items()
        if found.get(code)
    ]


def _referral(each: models.FollowUp | models.Referral) -> models.Referral:
    """A row is a task of ours, or a referral that waits for somebody else."""
    if isinstance(each, models.Referral):
        return each
    assert each.referral is not None
    each.referral.last_event = each.last_event  # type: ignore[attr-defined]
    return each.referral


def _of_section(each: models.FollowUp | models.Referral, *, request: HttpRequest, now: datetime) -> dict[str, Any]:
    task, referral = (each if isinstance(each, models.FollowUp) else None), _referral(each)
    assert referral.sent_at is not None  # else it would not be here
    visit = referral.appointment_at if referral.status == Status.BOOKED else None
    is_late = task is not None and overdue(task.due_at)
    as_row = _row(referral, task, request=request, now=now)
    origin = gettext("from %(unit)s, %(day)s") % {"unit": referral.sender_unit, "day": day(referral.sent_at)}
    until = referral.waits_until if referral.status == Status.WAITLISTED else None
    about = [as_row["told"].get("case_number"), origin, worded(referral.service, "name")]
    about += [gettext("until %(day)s") % {"day": day(until)}] if until else []
    return as_row | {
        "to": address("referral", referral.pk),
        "about": " · ".join(filter(None, about)),
        "is_new": referral.status == Status.SENT,
        "is_late": is_late,
        "icon": "calendar-month" if visit else "warning" if is_late else "time",
        "when": moment(visit) if visit else due(task.due_at) if task else "",
        "stands": "" if referral.status in SAID_BY_THE_ROW else receiver_owes(referral),
        "says_arrived": getattr(each, "says_arrived", False),
    }


def _row(
    referral: models.Referral, task: models.FollowUp | None, *, request: HttpRequest, now: datetime
) -> dict[str, Any]:
    """With the steps that are taken on the row."""
    told = selectors.disclosed(referral)
    return {
        "referral": referral,
        "task": task,
        "acts": row(task, unit=by(request).unit, now=now).acts if task else [],
        "told": told,
        "called": telling.called(told) or gettext("Anonymous"),
        "is_acute": referral.urgency == Urgency.ACUTE,
    }


def rows_of_visits(
    referrals: Sequence[models.Referral], *, request: HttpRequest, now: datetime
) -> list[dict[str, Any]]:
    """The visits of a day, each with what can be done on its row and who goes along."""
    selectors.with_copies(referrals)
    saw_referrals(request, referrals)
    rows, coming = [], lists.says_coming(referrals)
    for referral in referrals:
        task = referral.wait  # type: ignore[attr-defined]
        if task is not None:
            task.referral = referral
        beside = {"companion": getattr(referral, "companion", None), "says_coming": referral.pk in coming}
        rows.append(_row(referral, task, request=request, now=now) | beside)
    return rows
