"""What was sent to this unit, by what it asks of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from navigator import clock
from referrals import models, selectors, telling, workflow
from referrals.enums import Status
from referrals.views.reaching import by

NEW, ANSWER, TIME, TODAY, UNCONFIRMED = "new", "answer", "time", "today", "unconfirmed"
NO_SHOW, LIST, COMING, OTHERS, EFFECT = "no_show", "waiting_list", "coming", "others", "effect"
# In the order in which they cannot wait.
SECTIONS = {
    NEW: (_("Not opened yet"), _("Open them: the sender sees that you have.")),
    TODAY: (_("Visits today"), ""),
    UNCONFIRMED: (_("Did they come?"), _("The visit was to have been, and nobody has said whether the citizen came.")),
    ANSWER: (_("Waiting for our answer"), ""),
    NO_SHOW: (_("Did not come: to be reached"), _("Three attempts on different channels within ten working days.")),
    TIME: (_("A time is to be agreed"), ""),
    LIST: (_("On our waiting list"), ""),
    EFFECT: (_("Does it help?"), _("Six weeks after arrival.")),
    COMING: (_("Visits to come"), ""),
    OTHERS: (_("With the sender or the coordinator"), _("You owe nothing here right now.")),
}
BY_STATUS = {
    Status.SENT: NEW,
    Status.SEEN: ANSWER,
    Status.QUESTION: OTHERS,
    Status.RETURN_ASKED: OTHERS,
    Status.ACCEPTED: TIME,
    Status.VISIT_CANCELLED: TIME,
    Status.WAITLISTED: LIST,
    Status.NO_SHOW: NO_SHOW,
}


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The referrals that wait for this unit, section by section, the longest due first. Names come from the frozen copies."""
    now, whole = clock.now(), request.GET.get("show")
    found: dict[str, list[models.Referral]] = {code: [] for code in SECTIONS}
    for referral in selectors.inbox(unit=by(request).unit, now=now):
        found[_section(referral, now=now)].append(referral)
    cut = {code: rows if code == whole else rows[: selectors.PAGE] for code, rows in found.items()}
    selectors.with_copies([row for rows in cut.values() for row in rows])
    sections = [
        {
            "code": code,
            "heading": heading,
            "hint": hint,
            "count": len(found[code]),
            "rows": _rows(cut[code], now=now),
        }
        for code, (heading, hint) in SECTIONS.items()
        if found[code]
    ]
    return render(request, "referrals/inbox.html", {"sections": sections, "count": sum(map(len, found.values()))})


def _section(referral: models.Referral, *, now: datetime) -> str:
    if referral.status in workflow.MET:
        return EFFECT
    if referral.status != Status.BOOKED or referral.appointment_at is None:
        return BY_STATUS[Status(referral.status)]
    day = referral.appointment_at.astimezone(clock.COPENHAGEN).date()
    today = now.astimezone(clock.COPENHAGEN).date()
    return TODAY if day == today else COMING if day > today else UNCONFIRMED


def _rows(referrals: Sequence[models.Referral], *, now: datetime) -> list[dict[str, Any]]:
    """Each with the steps that need no form: they are taken on the row."""
    rows = []
    for referral in referrals:
        told = selectors.disclosed(referral)
        booked = referral.status == Status.BOOKED and referral.appointment_at is not None
        visited = bool(booked and referral.appointment_at and referral.appointment_at <= now)
        rows.append(
            {
                "referral": referral,
                "told": told,
                "called": telling.called(told) if told else "",
                "may_arrive": visited and len(referral.sides) < 2,
                "may_miss": visited,
            }
        )
    return rows
