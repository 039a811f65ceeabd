"""Case conference: a case with two sides on one page, so that those who meet about it read the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from referrals import models, selectors, workflow
from referrals.enums import Status, Wait
from referrals.views.case import tracks_in_words
from referrals.views.course import contacts
from referrals.views.plan import agreed
from referrals.views.reaching import case_or_404, municipalities

LAST = 3  # events of a side: its last word, and what came before


@dataclass
class SideOfCase:
    """One side: who has the citizen there, the last word, the clocks, and who owes what."""

    track: models.Track
    attempts: list[models.Referral]
    before: list[models.Referral]  # that ended
    said: list[models.CaseEvent] = field(default_factory=list)
    clocks: list[models.Guarantee] = field(default_factory=list)
    waits: list[models.FollowUp] = field(default_factory=list)


@require_GET
def conference(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The sides side by side. Linked where there are two; whoever has the address of another case reads its one."""
    case = case_or_404(request, case_id)
    tracks = selectors.tracks_of(case=case)
    attempts = selectors.referrals_of(case=case)
    sides = [_side(row, attempts) for row in tracks_in_words(tracks, attempts)]
    events = list(reversed(selectors.timeline(case=case)))
    waits = [wait for wait in selectors.waits_ever(case=case) if not wait.closed_at and wait.waits_for != Wait.EFFECT]
    clocks = selectors.guarantees_of(case)
    for side in sides:
        mine = {each.pk for each in side.attempts + side.before}
        side.said = [event for event in events if event.referral_id in mine][:LAST]
        side.clocks = [clock for clock in clocks if clock.side == side.track.side]
        side.waits = [wait for wait in waits if wait.referral_id in mine]
    of_a_side = {wait.pk for side in sides for wait in side.waits}
    context: dict[str, Any] = {
        "case": case,
        "sides": sides,
        "common": [wait for wait in waits if wait.pk not in of_a_side],
        "said": [event for event in events if event.referral_id is None][:LAST],
        "assessment": selectors.latest_assessments(case=case)[0],
        "municipality": municipalities().get(case.municipality, case.municipality),
        "contacts": contacts(case, attempts),
        **agreed(case),
    }
    return render(request, "referrals/conference.html", context)


def _side(row: dict[str, Any], attempts: list[models.Referral]) -> SideOfCase:
    track = row["track"]
    here = [each for each in attempts if track.side in each.sides]
    met = [each for each in here if each.status in workflow.MET]
    live = [each for each in row["attempts"] if each.status != Status.DRAFT] or row["attempts"]
    return SideOfCase(track, met + live, [each for each in here if each.status in workflow.ENDED_WITHOUT])
