"""A need is logged: typed, kept and matched while it is typed, and opened as a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.web.htmx import render_page_or_fragment
from navigator.web.paging import cut, place
from pathways import matching
from pathways.rulebook import Rulebook, rulebook
from referrals import actions, cpr, doors, lists, models, selectors
from referrals.errors import Invalid, TooLate
from referrals.forms import NeedsForm, PersonForm
from referrals.looking import saw_cases, saw_drafts
from referrals.views.reaching import by, language, municipalities

PAGE, MATCH = "referrals/new_case.html", "referrals/_match.html"


@dataclass
class Written:
    """What stands on the page, and the id that its draft has and its case will have."""

    request: HttpRequest
    draft_id: UUID
    person: PersonForm
    needs: NeedsForm
    book: Rulebook
    data: QueryDict | None
    kept_at: datetime | None = None

    @property
    def duties(self) -> list[str]:
        """The duties that the worker takes on."""
        return self.data.getlist("duty") if self.data else []

    @property
    def typed(self) -> models.Typed:
        """All that was typed, to be kept as a draft."""
        data = self.data or QueryDict()
        names = {*self.person.fields, *self.needs.fields, "duty"} - {"same_person"}
        return {name: data.getlist(name) for name in sorted(names) if any(data.getlist(name))}

    @property
    def context(self) -> dict[str, Any]:
        at = reverse("draft", args=[self.draft_id])
        # Before something is typed there is nothing to come back to.
        kept = {"page_at": at, "kept_at": self.kept_at} if self.data else {}
        return {"person": self.person, "needs": self.needs, "draft_id": self.draft_id, "draft_at": at} | kept


@require_http_methods(["GET", "POST"])
def new_case(request: HttpRequest) -> HttpResponse:
    """GET: empty questions. POST: what is typed is kept and matched; with the button 'Save' the case is opened."""
    if request.method == "GET":
        return render(request, PAGE, _read(request, None, draft_id=uuid7()).context)
    written = _read(request, request.POST, draft_id=_uuid(request.POST.get("draft", "")))
    try:
        draft = actions.keep_draft(draft_id=written.draft_id, typed=written.typed, by=by(request), now=clock.now())
    except TooLate:
        return _opened(request, written)
    written.kept_at = draft.updated_at
    said = "" if request.htmx else request.POST.get("do", "")  # type: ignore[attr-defined]
    if said == "keep":
        messages.success(request, _("The draft is kept. You will find it on your list."))
        return redirect("draft", draft.pk)
    return _save(request, written) if said == "save" else _match(request, written)


@require_GET
def drafts(request: HttpRequest) -> HttpResponse:
    """All that this worker has begun to write down here, a page at a time, what they wrote on last first."""
    found = lists.drafts(unit=by(request).unit, user=by(request).user)
    page = cut(found, by="updated_at", at=place(request.GET.get("at", "")), newest_first=True)
    saw_drafts(request, page.rows)
    return render(request, "referrals/drafts.html", {"page": page})


@require_GET
def draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """A draft as it was left; the case, where it was opened meanwhile."""
    found = selectors.draft_for(unit=by(request).unit, worker=by(request).user, draft_id=draft_id)
    if found is None:
        if selectors.case_for(unit=by(request).unit, case_id=draft_id) is None:
            raise Http404
        return redirect("case", draft_id)
    saw_drafts(request, [found])
    data = QueryDict(mutable=True)
    for name, values in found.typed.items():
        data.setlist(name, values)
    written = _read(request, data, draft_id=draft_id)
    written.kept_at = found.updated_at
    return _match(request, written)


@require_POST
def delete_draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The worker does not need the draft any more."""
    actions.delete_draft(draft_id=draft_id, by=by(request), now=clock.now())
    messages.success(request, _("The draft is deleted."))
    return redirect("drafts" if request.POST.get("among") == "drafts" else "my_list")


def _read(request: HttpRequest, data: QueryDict | None, *, draft_id: UUID) -> Written:
    book, unit = rulebook(on=clock.today()), by(request).unit
    start = {"municipality": unit.municipality, "first_contact_on": clock.today()}
    person = PersonForm(data, initial=start, municipalities=list(municipalities(book).items()))
    if data and data.get("same_person"):
        person.offer(_possible(request, data))
    needs = NeedsForm(data, words=book.catalogue.words, door=unit.door)
    return Written(request, draft_id, person, needs, book, data)


def _match(request: HttpRequest, written: Written) -> HttpResponse:
    """What is typed with its match. What is not yet typed is no mistake while one types."""
    written.person.is_valid(), written.needs.is_valid()
    context = written.context | _matched(written) | {"quiet": True}
    written.person.forgive_what_is_empty()
    return render_page_or_fragment(request, PAGE, MATCH, context)


def _save(request: HttpRequest, written: Written) -> HttpResponse:
    """The case is opened, or the page says what is missing: nothing that was typed is lost."""
    person, needs = written.person, written.needs
    valid = person.is_valid() & needs.is_valid()
    context = written.context | _matched(written)
    case = _open(written) if valid and needs.is_valid() else None
    if case is None:
        return render(request, PAGE, context | {"mistakes": person.mistakes + needs.mistakes}, status=422)
    messages.success(request, _("The case is saved with the number %(number)s.") % {"number": case.short_number})
    if cpr.looks_unusual(person.cleaned_data["cpr"]):
        messages.info(
            request, _("Look at the CPR number once more. Many new ones look unusual, but so does a mistake.")
        )
    return redirect("case", case.pk)


def _opened(request: HttpRequest, written: Written) -> HttpResponse:
    """Another window has opened the case: this one leads there."""
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, MATCH, written.context | {"opened": written.draft_id})
    return redirect("case", written.draft_id)


def _matched(written: Written) -> dict[str, Any]:
    """The match of what is known so far. Nothing, where age or municipality is still missing."""
    answers = _answers(written)
    if answers is None:
        return {}
    try:
        matched = matching.match(answers, on=clock.today(), book=written.book)
    except matching.InvalidAnswers as error:
        written.needs.refuse(error.problems)
        return {}
    first = written.person.cleaned_data.get("first_contact_on") or clock.today()
    shown = doors.shown(
        matched.explained_in(language()),
        words=written.book.catalogue.words,
        services=written.book.catalogue.services,
        language=language(),
        first_contact_on=first,
    )
    return {"match": shown, "taken_on": written.duties, "live": True}


def _open(written: Written) -> models.Case | None:
    """The case, or None with what is wrong said on the form."""
    request, person = written.request, written.person
    possible = _possible(request, person.identity())
    same = person.cleaned_data["same_person"]
    person.offer(possible)
    if possible and not same:
        person.add_error("same_person", _("This may be somebody you know already. Say who it is, then save again."))
        return None
    try:
        return actions.open_case(
            identity=person.identity(),
            answers=_answers(written) or {},
            wishes=written.needs.cleaned_data["wishes"],
            first_contact_on=person.cleaned_data["first_contact_on"],
            same_person_as=next((case.person for case in possible if str(case.person_id) == same), None),
            duties=written.duties,
            draft_id=written.draft_id,
            protected_until=person.protected_until,
            by=by(request),
            now=clock.now(),
        )
    except Invalid as refusal:
        person.add_error(None, refusal.sentence)
        return None


def _answers(written: Written) -> dict[str, Any] | None:
    person, needs = written.person, written.needs
    municipality, age = person.cleaned_data.get("municipality"), person.full_years
    if not municipality or age is None or needs.errors:
        return None
    return needs.answers(municipality=municipality, age=age, door=by(written.request).unit.door)


def _possible(request: HttpRequest, typed: Any) -> list[models.Case]:
    identity = {field: typed.get(field, "") for field in ("name", "pseudonym", "cpr", "phone")}
    possible = selectors.possibly_the_same(unit=by(request).unit, identity=identity)
    saw_cases(request, possible)
    return possible


def _uuid(said: str) -> UUID:
    """The id of the draft that the page was given; a new one where there is none."""
    try:
        return UUID(said)
    except ValueError:
        return uuid7()
