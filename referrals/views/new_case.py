"""A need is logged: typed, matched while it is typed, and opened as a case."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from navigator import clock
from navigator.web.htmx import render_page_or_fragment
from pathways import matching
from referrals import actions, doors, models, selectors
from referrals.errors import Invalid
from referrals.forms import NeedsForm, PersonForm
from referrals.views.reaching import by, language, municipalities, words

PAGE, MATCH = "referrals/new_case.html", "referrals/_match.html"


@require_http_methods(["GET", "POST"])
def new_case(request: HttpRequest) -> HttpResponse:
    """GET: empty questions. POST: the match of what is typed; with the button 'Save' the case is opened."""
    person, needs = _forms(request)
    context: dict[str, Any] = {"person": person, "needs": needs}
    if request.method == "GET":
        return render(request, PAGE, context)
    saving = request.POST.get("do") == "save" and not request.htmx  # type: ignore[attr-defined]
    valid = person.is_valid() & needs.is_valid()
    context |= _matched(request, person, needs)
    if not saving:
        context["quiet"] = True  # what is not yet typed is no mistake while one types
        return render_page_or_fragment(request, PAGE, MATCH, context)
    case = _open(request, person, needs) if valid and needs.is_valid() else None
    if case is None:
        return render(request, PAGE, context | {"mistakes": person.mistakes + needs.mistakes}, status=422)
    messages.success(request, _("The case is saved with the number %(number)s.") % {"number": case.short_number})
    return redirect("case", case.pk)


def _forms(request: HttpRequest) -> tuple[PersonForm, NeedsForm]:
    data = request.POST if request.method == "POST" else None
    start = {"municipality": by(request).unit.municipality, "first_contact_on": clock.today()}
    person = PersonForm(data, initial=start, municipalities=list(municipalities().items()))
    if data and data.get("same_person"):
        person.offer(_possible(request, data))
    return person, NeedsForm(data, words=words())


def _matched(request: HttpRequest, person: PersonForm, needs: NeedsForm) -> dict[str, Any]:
    """The match of what is known so far. Nothing, where age or municipality is still missing."""
    answers = _answers(request, person, needs)
    if answers is None:
        return {}
    try:
        matched = matching.match(answers, on=clock.today())
    except matching.InvalidAnswers as error:
        needs.refuse(error.problems)
        return {}
    first = person.cleaned_data.get("first_contact_on") or clock.today()
    return {"match": doors.shown(matched.explanation, words=words(), language=language(), first_contact_on=first)}


def _open(request: HttpRequest, person: PersonForm, needs: NeedsForm) -> models.Case | None:
    """The case, or None with what is wrong said on the form: nothing that was typed is lost."""
    possible = _possible(request, person.identity())
    same = person.cleaned_data["same_person"]
    person.offer(possible)
    if possible and not same:
        person.add_error("same_person", _("This may be somebody you know already. Say who it is, then save again."))
        return None
    try:
        return actions.open_case(
            identity=person.identity(),
            answers=_answers(request, person, needs) or {},
            wishes=needs.cleaned_data["wishes"],
            first_contact_on=person.cleaned_data["first_contact_on"],
            same_person_as=next((case.person for case in possible if str(case.person_id) == same), None),
            by=by(request),
            now=clock.now(),
        )
    except Invalid as refusal:
        person.add_error(None, refusal.sentence)
        return None


def _answers(request: HttpRequest, person: PersonForm, needs: NeedsForm) -> dict[str, Any] | None:
    municipality, age = person.cleaned_data.get("municipality"), person.full_years
    if not municipality or age is None or needs.errors:
        return None
    return needs.answers(municipality=municipality, age=age, door=by(request).unit.door)


def _possible(request: HttpRequest, typed: Any) -> list[models.Case]:
    identity = {field: typed.get(field, "") for field in ("name", "pseudonym", "cpr", "phone")}
    return selectors.possibly_the_same(unit=by(request).unit, identity=identity)
