"""Steps on a case: who answers for the citizen, what life brings, and how it ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from navigator import clock
from navigator.web.paging import cut, place
from pathways import matching
from referrals import actions, instruments, lists, models, needs, selectors, step_forms
from referrals.acting import By
from referrals.enums import Wait
from referrals.errors import NotAllowed
from referrals.forms import NONE, NeedsForm
from referrals.looking import saw_asked
from referrals.views.case import take
from referrals.views.life import take_over_form
from referrals.views.reaching import by, case_or_404, municipalities, words


@require_POST
def ask_take_over(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Another unit is asked to answer for the citizen."""
    found = case_or_404(request, case_id)
    form = take_over_form(found, selectors.assessment_of(found).answers, by(request), request.POST)

    def ask(*, case: models.Case, by: By, now: datetime, unit: str, reason: str, **basis: Any) -> Any:
        other = selectors.unit(unit)
        if other is None:
            raise Http404
        return actions.ask_to_take_over(case=case, unit=other, reason=reason, ground=form.ground, by=by, now=now)

    said = _("The other unit is asked. Until it has said yes, you are responsible for the citizen.")
    return take(request, found, "take_over", form, ask, said=said)


@require_GET
def take_overs(request: HttpRequest) -> HttpResponse:
    """All that the unit is asked to answer for, a page at a time, the longest asked first."""
    asked = lists.asked_to_take_over(unit=by(request).unit)
    page = cut(*asked, by="asked_at", at=place(request.GET.get("at", "")))
    saw_asked(request, page.rows)
    return render(request, "referrals/take_overs.html", {"page": page})


@require_http_methods(["GET", "POST"])
def take_over(request: HttpRequest, take_over_id: UUID) -> HttpResponse:
    """The unit that was asked sees the request and no more, and answers."""
    asked = selectors.take_over_for(unit=by(request).unit, take_over_id=take_over_id)
    if asked is None:
        raise Http404
    form = step_forms.AnswerTakeOverForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.answer_take_over(asked=asked, by=by(request), now=clock.now(), **form.cleaned_data)
        if form.cleaned_data["accept"]:
            messages.success(request, _("You are now responsible for the citizen."))
            return redirect("case", asked.case_id)
        messages.success(request, _("Your answer is sent."))
        return redirect("my_list")
    saw_asked(request, [asked])
    context = {"asked": asked, "form": form, "mistakes": form.mistakes}
    return render(request, "referrals/take_over.html", context, status=422 if form.errors else 200)


@require_POST
def record_move(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The citizen has moved."""
    found = _owned(request, case_id)
    form = step_forms.MoveForm(request.POST, auto_id="id_move_%s", municipalities=list(municipalities().items()))
    said = _("Noted. The need is matched where the citizen lives now, and both sides are told.")
    return take(request, found, "move", form, actions.record_move, said=said)


@require_POST
def record_18th_birthday(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The citizen has turned 18."""
    found = _owned(request, case_id)
    actions.record_18th_birthday(case=found, by=by(request), now=clock.now())
    messages.success(request, _("Noted. The doors are matched again, and both sides are told."))
    return redirect("case", case_id)


@require_POST
def record_death(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The citizen has died."""
    found = _owned(request, case_id)
    actions.record_death(case=found, by=by(request), now=clock.now())
    messages.success(request, _("Noted. Everything has stopped, and nobody writes to the home any more."))
    return redirect("case", case_id)


@require_POST
def close_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A named human decides that it is over without arrival, and says why."""
    found = case_or_404(request, case_id)
    coordinator = by(request).unit.pk == found.coordinator_unit_id
    form = step_forms.CloseCaseForm(request.POST, auto_id="id_close_%s", coordinator=coordinator)
    return take(request, found, "close", form, actions.close_case, said=_("The case is closed."))


@require_POST
def overrun_reason(request: HttpRequest, case_id: UUID, guarantee_id: UUID) -> HttpResponse:
    """Why a statutory deadline was passed."""
    found = _owned(request, case_id)
    guarantee = _guarantee_or_404(found, guarantee_id)
    form = step_forms.OverrunForm(request.POST, auto_id=f"id_overrun_{guarantee.pk}_%s")

    def give(*, case: models.Case, **given: Any) -> None:
        actions.give_overrun_reason(guarantee=guarantee, **given)

    return take(request, found, f"overrun_{guarantee.pk}", form, give, said=_("The reason is registered."))


@require_POST
def choose_freely(request: HttpRequest, case_id: UUID, guarantee_id: UUID) -> HttpResponse:
    """The citizen has chosen another provider: this deadline stops."""
    found = _owned(request, case_id)
    guarantee = _guarantee_or_404(found, guarantee_id)
    form = step_forms.FreeChoiceForm(request.POST, auto_id=f"id_chosen_{guarantee.pk}_%s")

    def choose(*, case: models.Case, **given: Any) -> None:
        actions.choose_freely(guarantee=guarantee, **given)

    said = _("Noted. This deadline has stopped; the case stays open until the citizen has arrived.")
    return take(request, found, f"chosen_{guarantee.pk}", form, choose, said=said)


@require_POST
def first_week(request: HttpRequest, case_id: UUID, follow_up_id: UUID) -> HttpResponse:
    """There was contact in the first week after discharge."""
    found = case_or_404(request, case_id)
    task = selectors.follow_up_for(unit=by(request).unit, case=found, follow_up_id=follow_up_id)
    if task is None or task.waits_for != Wait.FIRST_WEEK:
        raise Http404
    form = step_forms.NoteForm(request.POST, auto_id="id_first_week_%s")

    def contact(*, case: models.Case, **given: Any) -> None:
        actions.record_first_week_contact(follow_up=task, **given)

    return take(request, found, "first_week", form, contact, said=_("The contact is noted."))


@require_POST
def duty_done(request: HttpRequest, case_id: UUID, follow_up_id: UUID) -> HttpResponse:
    """A duty towards the citizen is done: one click, and a note for whoever wants to write one."""
    found = case_or_404(request, case_id)
    task = selectors.follow_up_for(unit=by(request).unit, case=found, follow_up_id=follow_up_id)
    if task is None or task.waits_for != Wait.OBLIGATION:
        raise Http404
    form = step_forms.NoteForm(request.POST, auto_id=f"id_duty_{task.pk}_%s")

    def done(*, case: models.Case, **given: Any) -> None:
        actions.record_duty_done(follow_up=task, **given)

    return take(request, found, f"duty_{task.pk}", form, done, said=_("Noted as done."))


@require_http_methods(["GET", "POST"])
def reassess(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The need has changed: the same questions, with what was answered last, and a new match."""
    found = case_or_404(request, case_id)
    before = selectors.assessment_of(found).answers
    data = request.POST if request.method == "POST" else None
    age = step_forms.AgeForm(data, initial={"age": before["age"]})
    start = needs.typed(before, words(), none=NONE) | _screened(found, request.GET.get("screening", ""))
    form = NeedsForm(data, words=words(), door=found.door, initial=start)
    del form.fields["wishes"]
    if request.method == "POST" and age.is_valid() & form.is_valid():
        try:
            answers = form.answers(municipality=found.municipality, age=age.cleaned_data["age"], door=found.door)
            actions.reassess(case=found, answers=answers, by=by(request), now=clock.now())
            messages.success(request, _("The need is matched again. Deadlines that are running do not start over."))
            return redirect("case", found.pk)
        except matching.InvalidAnswers as error:
            form.refuse(error.problems)
    mistakes = age.mistakes + form.mistakes if data else []
    context = {"case": found, "age": age, "needs": form, "mistakes": mistakes}
    return render(request, "referrals/reassess.html", context, status=422 if mistakes else 200)


def _screened(found: models.Case, screening_id: str) -> dict[str, str]:
    """The step of the ladder that a screening has led to: the professional's own, else what an approved cut-off says."""
    try:
        screening = selectors.screening_of(found, UUID(screening_id))
    except ValueError:
        return {}
    if screening is None:
        return {}
    instrument = instruments.INSTRUMENTS.get(screening.instrument)
    scored = int(screening.score) if screening.score.isdecimal() else None
    suggested = (
        instruments.suggested(instrument, ladder=screening.about, score=scored)
        if instrument and scored is not None
        else ""
    )
    step = screening.step or suggested
    return {screening.about: step} if step else {}


def _guarantee_or_404(case: models.Case, guarantee_id: UUID) -> models.Guarantee:
    guarantee = selectors.guarantee_for(case, guarantee_id)
    if guarantee is None:
        raise Http404
    return guarantee


def _owned(request: HttpRequest, case_id: UUID) -> models.Case:
    """A case that this unit answers for or coordinates. Others who may read it may not change it."""
    found = case_or_404(request, case_id)
    if by(request).unit.pk not in (found.owner_unit_id, found.coordinator_unit_id):
        raise NotAllowed(_("Only whoever is responsible for the citizen, or the coordinator, can do this."))
    return found
