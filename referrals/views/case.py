"""One case: who, what it waits for, what was tried, which doors there are and what happened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from navigator import clock
from referrals import actions, doors, models, selectors, telling, workflow
from referrals.enums import Happening
from referrals.views.reaching import by, case_or_404, language, municipalities, words


@require_GET
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Everything about one case on one page, the next step first."""
    found = case_or_404(request, case_id)
    assessment, vocabulary = selectors.assessment_of(found), words()
    context = {
        "case": found,
        "municipality": municipalities().get(found.municipality, found.municipality),
        "tracks": list(found.tracks.select_related("arrived_by__service").order_by("side")),
        "waits": _waits(found),
        "referrals": selectors.referrals_of(found),
        "assessment": assessment,
        "match": _match(found, assessment, vocabulary),
        "anonymous": telling.wants_anonymous(assessment.answers),
        "timeline": _timeline(found),
        **_others(request, found),
    }
    context["sent_to"] = {str(r.service_id) for r in context["referrals"] if r.status in workflow.LIVE}
    return render(request, "referrals/case.html", context)


@require_POST
def link_person(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The person of this case and of another are held to be the same."""
    found = case_or_404(request, case_id)
    other = selectors.case_by_number(unit=by(request).unit, said=request.POST.get("number", ""))
    if other is None:
        raise Http404
    actions.link(case=found, other=other, by=by(request), now=clock.now())
    return redirect("case", found.pk)


@require_POST
def unlink_person(request: HttpRequest, case_id: UUID, link_id: UUID) -> HttpResponse:
    """The link was a mistake."""
    found = case_or_404(request, case_id)
    link = next((each for each in selectors.links_of(unit=by(request).unit, case=found) if each.pk == link_id), None)
    if link is None:
        raise Http404
    actions.unlink(case=found, link=link, by=by(request), now=clock.now())
    return redirect("case", found.pk)


def _waits(case: models.Case) -> list[dict[str, Any]]:
    """What the case waits for, with who hears of it and when if nothing happens."""
    waits = case.follow_ups.filter(closed_at__isnull=True).select_related("owed_by__organisation", "referral__service")
    return [{"follow_up": wait, "ahead": selectors.steps_ahead(wait)} for wait in waits.order_by("due_at", "pk")]


def _match(case: models.Case, assessment: models.Assessment, vocabulary: Any) -> doors.ShownMatch:
    first = case.first_contact_on
    return doors.shown(assessment.explanation, words=vocabulary, language=language(), first_contact_on=first)


def _timeline(case: models.Case) -> list[models.CaseEvent]:
    """The history, newest first, with the unit that an event tells of by name."""
    events = selectors.timeline(case)
    moved = {event.detail.get("after") for event in events if event.kind == Happening.OWNER_CHANGED}
    names = selectors.unit_names(moved)
    for event in events:
        event.to_unit = names.get(event.detail.get("after", ""), "")  # type: ignore[attr-defined]
    return events[::-1]


def _others(request: HttpRequest, case: models.Case) -> dict[str, Any]:
    """Other records that may be the same person, and those that somebody has linked."""
    person, unit = case.person, by(request).unit
    identity = {field: getattr(person, field) for field in ("name", "pseudonym", "cpr", "phone")}
    links = selectors.links_of(unit=unit, case=case)
    linked = {pk for link in links for pk in (link.first_id, link.second_id)}
    possible = [each for each in selectors.possibly_the_same(unit=unit, identity=identity) if each.pk != case.pk]
    return {
        "links": [
            {"pk": link.pk, "person": link.second if link.first_id == person.pk else link.first} for link in links
        ],
        "own_others": [each for each in possible if each.person_id == person.pk],
        "possible": [each for each in possible if each.person_id not in linked | {person.pk}],
    }
