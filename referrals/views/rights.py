"""What the citizen has a right to, on one page: a copy of everything, corrections, and what else was asked for."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from navigator import clock
from navigator.accounts.permissions import PROTECTED_READERS
from navigator.web.htmx import render_page_or_fragment
from navigator.web.templatetags.shown import worded
from referrals import actions, models, rights_forms, selectors
from referrals.case_forms import AddNoteForm
from referrals.enums import Happening
from referrals.errors import Invalid, NotAllowed
from referrals.export.pdf import file_name
from referrals.forms import DesignForm
from referrals.looking import saw_cases, saw_export
from referrals.views.case import take
from referrals.views.reaching import by, case_or_404, language

TYPES = {"json": "application/json", "pdf": "application/pdf"}


@require_GET
def rights(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """All of it about one case."""
    return _show(request, case_or_404(request, case_id))


@require_POST
def ask_for_export(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The citizen wants a copy."""
    found = case_or_404(request, case_id)
    _may_have_copy(request, found)
    form = rights_forms.ExportForm(request.POST, auto_id="id_copy_%s")
    if not form.is_valid():
        return _show(request, found, copy=form)
    said = {"language": language(), "by": by(request), "now": clock.now(), **form.cleaned_data}
    return redirect("export", actions.ask_for_export(case=found, **said).pk)


@require_GET
@never_cache
def export(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """How far the copy is, and the files when they are there."""
    found = _export_or_404(request, export_id)
    saw_cases(request, [found.case])
    context = {"export": found, "case": found.case}
    return render_page_or_fragment(request, "referrals/export_page.html", "referrals/_export.html", context)


@require_GET
@never_cache
def export_file(request: HttpRequest, export_id: UUID, kind: str) -> HttpResponse:
    """The file itself. That it left the house is kept as an export."""
    found = _export_or_404(request, export_id)
    if kind not in TYPES or found.made_at is None:
        raise Http404
    saw_export(request, found)
    content = base64.b64decode(found.pdf) if kind == "pdf" else found.document.encode()
    name = file_name(found.made_at, kind)
    return HttpResponse(
        content, content_type=TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_POST
def correct_fact(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Something about the person was wrong."""
    found = case_or_404(request, case_id)
    form = rights_forms.CorrectForm(request.POST, auto_id="id_correct_%s")

    def correct(**given: Any) -> None:
        for referral in actions.correct_fact(**given):
            said = _("%(service)s has no account here: phone them, and say what is right.")
            messages.warning(request, said % {"service": worded(referral.service, "name")})

    said = _("Corrected. Services that were told the wrong thing are told now.")
    return _take(request, found, "correct", form, correct, said=said)


@require_POST
def correct_note(request: HttpRequest, case_id: UUID, event_id: UUID) -> HttpResponse:
    """A note that says what an earlier one had wrong."""
    found = case_or_404(request, case_id)
    corrects = selectors.event_of(found, event_id, kind=Happening.NOTED)
    if corrects is None:
        raise Http404
    form = AddNoteForm(request.POST, auto_id="id_add_note_%s")

    def correct(**given: Any) -> None:
        actions.correct_note(corrects=corrects, **given)

    return take(request, found, "add_note", form, correct, said=_("The note is saved. The earlier one stays."))


@require_POST
def ask_right(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The citizen asks for it."""
    found = case_or_404(request, case_id)
    form = rights_forms.AskRightForm(request.POST, auto_id="id_ask_%s")
    return _take(request, found, "ask", form, actions.ask_right, said=_("Noted. Answer within a month."))


@require_POST
def answer_right(request: HttpRequest, case_id: UUID, event_id: UUID) -> HttpResponse:
    """What the citizen was told."""
    found = case_or_404(request, case_id)
    asked = selectors.event_of(found, event_id, kind=Happening.RIGHT_ASKED)
    if asked is None:
        raise Http404
    form = rights_forms.AnswerRightForm(request.POST, auto_id=f"id_{asked.pk}_%s")

    def answer(**given: Any) -> None:
        actions.answer_right(asked=asked, **given)

    return _take(request, found, f"answer_{asked.pk}", form, answer, said=_("The answer is noted."))


@require_POST
def lift_restriction(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The case is used again, as the citizen was told."""
    found = case_or_404(request, case_id)
    form = rights_forms.LiftRestrictionForm(request.POST, auto_id="id_lift_%s")
    return _take(request, found, "lift", form, actions.lift_restriction, said=_("The case can be worked on again."))


def _show(request: HttpRequest, found: models.Case, **bound: DesignForm) -> HttpResponse:
    """The page; a form that came back wrong takes the place of its empty one."""
    asked = selectors.rights_asked(found)
    context = {
        "case": found,
        "copy": bound.get("copy") or rights_forms.ExportForm(auto_id="id_copy_%s"),
        "may_have_copy": not found.person.is_protected or bool(PROTECTED_READERS & request.roles),  # type: ignore[attr-defined]
        "copies": selectors.exports_of(found, unit=by(request).unit, now=clock.now()),
        "correct": bound.get("correct") or rights_forms.CorrectForm(auto_id="id_correct_%s"),
        "corrections": selectors.corrections_of(found),
        "ask": bound.get("ask") or rights_forms.AskRightForm(auto_id="id_ask_%s", initial={"asked_on": clock.today()}),
        "lift": bound.get("lift") or rights_forms.LiftRestrictionForm(auto_id="id_lift_%s"),
        "asked": [
            {"event": each, "form": None if each.answer else _answer_form(each, bound)}  # type: ignore[attr-defined]
            for each in asked
        ],
        "mistakes": [mistake for form in bound.values() for mistake in form.mistakes],
    }
    return render(request, "referrals/rights.html", context, status=422 if context["mistakes"] else 200)


def _answer_form(asked: models.CaseEvent, bound: dict[str, DesignForm]) -> DesignForm:
    return bound.get(f"answer_{asked.pk}") or rights_forms.AnswerRightForm(auto_id=f"id_{asked.pk}_%s")


def _take(
    request: HttpRequest, found: models.Case, name: str, form: DesignForm, action: Callable[..., Any], *, said: str
) -> HttpResponse:
    """Takes the step, or shows the page with what is wrong."""
    if form.is_valid():
        try:
            action(case=found, by=by(request), now=clock.now(), **form.cleaned_data)
            messages.success(request, said)
            return redirect("rights", found.pk)
        except Invalid as refusal:
            form.add_error(None, refusal.sentence)
    return _show(request, found, **{name: form})


def _export_or_404(request: HttpRequest, export_id: UUID) -> models.Export:
    found = selectors.export_for(unit=by(request).unit, export_id=export_id, now=clock.now())
    if found is None:
        raise Http404
    _may_have_copy(request, found.case)
    return found


def _may_have_copy(request: HttpRequest, case: models.Case) -> None:
    """A copy names the citizen: where name and address are protected, it is for those who may see them."""
    if case.person.is_protected and not PROTECTED_READERS & request.roles:  # type: ignore[attr-defined]
        raise NotAllowed(_("Name and address are protected. Your leader or the coordinator can make the copy."))
