"""One case: who, what it waits for, what was tried, which doors there are and what happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from navigator import clock
from pathways.rulebook import rulebook
from referrals import actions, doors, lists, models, selectors, step_forms, telling, workflow
from referrals.enums import Status, Wait
from referrals.errors import Invalid
from referrals.forms import DesignForm
from referrals.looking import saw_cases, saw_people
from referrals.views import consents
from referrals.views.course import course
from referrals.views.life import life, protection_of
from referrals.views.reaching import by, case_or_404, language, municipalities, words


@require_GET
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Everything about one case on one page, the next step first."""
    return show(request, case_or_404(request, case_id))


def show(request: HttpRequest, found: models.Case, **bound: DesignForm) -> HttpResponse:
    """The page; a form that came back wrong takes the place of its empty one."""
    assessments, vocabulary, unit = selectors.latest_assessments(case=found), words(), by(request).unit
    assessment, attempts = assessments[0], selectors.referrals_of(case=found)
    waits = selectors.waits_ever(case=found)
    context = {
        "case": found,
        "municipality": municipalities().get(found.municipality, found.municipality),
        "tracks": tracks_in_words(selectors.tracks_of(case=found), attempts),
        "deadlines": _deadlines(found, bound),
        "waits": _waits(waits, unit=unit, bound=bound),
        "referrals": attempts,
        "assessment": assessment,
        "match": _match(found, assessment, vocabulary),
        "anonymous": telling.wants_anonymous(assessment.answers),
        "consents": consents.shown(found),
        "sent_to": {str(each.service_id) for each in attempts if each.status in workflow.LIVE},
        "mistakes": [mistake for form in bound.values() for mistake in form.mistakes],
        **_others(request, found),
        **course(found, assessments, attempts, waits, bound),
        **life(request, found, assessment, bound),
        **protection_of(request, bound),
    }
    return render(request, "referrals/case.html", context, status=422 if context["mistakes"] else 200)


def take(
    request: HttpRequest, found: models.Case, name: str, form: DesignForm, action: Callable[..., Any], *, said: str
) -> HttpResponse:
    """Takes the step, or shows the page with what is wrong. Nothing that was typed is lost."""
    if not form.is_valid():
        return show(request, found, **{name: form})
    try:
        action(case=found, by=by(request), now=clock.now(), **form.cleaned_data)
    except Invalid as refusal:
        form.add_error(None, refusal.sentence)
        return show(request, found, **{name: form})
    messages.success(request, said)
    return redirect("case", found.pk)


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


def tracks_in_words(tracks: list[models.Track], attempts: list[models.Referral]) -> list[dict[str, Any]]:
    """Each side with the attempts that are on their way on it: an open one without any is said to be without."""
    live = [each for each in attempts if each.status in (*workflow.LIVE, Status.DRAFT)]
    return [{"track": track, "attempts": [each for each in live if track.side in each.sides]} for track in tracks]


def _deadlines(case: models.Case, bound: dict[str, DesignForm]) -> list[dict[str, Any]]:
    """The statutory clocks; an overrun without a reason asks for it, and one that runs stops by free choice."""
    now, found = clock.now(), []
    for guarantee in selectors.guarantees_of(case):
        late = guarantee.overrun(now) and not guarantee.overrun_reason
        form = step_forms.OverrunForm(auto_id=f"id_overrun_{guarantee.pk}_%s") if late else None
        chosen = step_forms.FreeChoiceForm(auto_id=f"id_chosen_{guarantee.pk}_%s") if not guarantee.stopped_at else None
        found.append(
            {
                "guarantee": guarantee,
                "form": bound.get(f"overrun_{guarantee.pk}", form),
                "chosen": bound.get(f"chosen_{guarantee.pk}", chosen),
            }
        )
    return found


def _waits(ever: list[models.FollowUp], *, unit: Any, bound: dict[str, DesignForm]) -> list[dict[str, Any]]:
    """What the case waits for, with who hears of it and when if nothing happens. The clocks stand by themselves."""
    soon = clock.now() + lists.SOON
    waits = [wait for wait in ever if not wait.closed_at and (wait.waits_for != Wait.EFFECT or wait.due_at <= soon)]
    ladders = selectors.ladders_of(waits)
    return [
        {
            "follow_up": wait,
            "ahead": selectors.steps_ahead(wait, ladders=ladders) if wait.waits_for != Wait.OBLIGATION else [],
            **(_done_here(wait, bound=bound) if wait.owed_by == unit else {}),
        }
        for wait in waits
    ]


def _done_here(wait: models.FollowUp, *, bound: dict[str, DesignForm]) -> dict[str, Any]:
    """The form of a task that is done on the case's own page: where it goes, and what its button says."""
    if wait.waits_for in (Wait.WITHDRAWN, Wait.CONSENT_ENDS):
        return {"done_at": reverse("case_task_done", args=[wait.case_id, wait.pk]), "button": _("It is agreed")}
    name = {Wait.FIRST_WEEK: "first_week", Wait.OBLIGATION: f"duty_{wait.pk}"}.get(Wait(wait.waits_for))
    if name is None:
        return {}
    url = reverse("first_week" if name == "first_week" else "duty_done", args=[wait.case_id, wait.pk])
    form = bound.get(name, step_forms.NoteForm(auto_id=f"id_{name}_%s"))
    return {"form": form, "done_at": url, "button": _("There was contact") if name == "first_week" else _("Done")}


def _match(case: models.Case, assessment: models.Assessment, vocabulary: Any) -> doors.ShownMatch:
    return doors.shown(
        assessment.explanation,
        words=vocabulary,
        services=rulebook(on=clock.today()).catalogue.services,
        language=language(),
        first_contact_on=case.first_contact_on,
    )


def _others(request: HttpRequest, case: models.Case) -> dict[str, Any]:
    """Other records that may be the same person, and those that somebody has linked."""
    person, unit = case.person, by(request).unit
    identity = {field: getattr(person, field) for field in ("name", "pseudonym", "cpr", "phone")}
    links = selectors.links_of(unit=unit, case=case)
    linked = {pk for link in links for pk in (link.first_id, link.second_id)}
    possible = selectors.possibly_the_same(unit=unit, identity=identity, case=case)
    others = {link.pk: link.second if link.first_id == person.pk else link.first for link in links}
    saw_cases(request, possible)
    saw_people(request, others.values())
    return {
        "links": [{"pk": link, "person": other} for link, other in others.items()],
        "own_others": [each for each in possible if each.person_id == person.pk],
        "possible": [each for each in possible if each.person_id not in linked | {person.pk}],
    }
