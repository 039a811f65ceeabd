"""Letters and forms: chosen, made by the worker process, and fetched."""

from __future__ import annotations

import base64
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from navigator import clock
from navigator.web.htmx import render_page_or_fragment
from pathways.models import Service
from pathways.selectors import services_on
from referrals import actions, models, selectors
from referrals.errors import Invalid
from referrals.export.pdf import file_name
from referrals.letter_forms import LetterForm
from referrals.looking import saw_cases, saw_letter, saw_referrals
from referrals.views.reaching import by, case_or_404, language, referral_or_404


@require_http_methods(["GET", "POST"])
def letters(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What can be printed on this case; `?service=` adds the form for a service that nobody has sent anything to yet."""
    found = case_or_404(request, case_id)
    form = LetterForm(
        request.POST if request.method == "POST" else None,
        referrals=selectors.referrals_to_write_about(found),
        service=_service(request),
        plan=actions.plan_of(found),
        initial={"language": language()},
    )
    if form.is_valid():
        said = form.letter() | {"language": form.cleaned_data["language"]}
        try:
            return redirect("letter", actions.ask_for_letter(case=found, **said, by=by(request), now=clock.now()).pk)
        except Invalid as refusal:
            form.add_error("which", refusal.sentence)
    context = {"case": found, "form": form, "mistakes": form.mistakes}
    return render(request, "referrals/letters.html", context, status=422 if form.mistakes else 200)


@require_POST
def visit_letter(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The service prints the visit that it has agreed."""
    found = referral_or_404(request, referral_id)
    said = "en" if request.POST.get("language") == "en" else "da"
    asked = actions.ask_for_visit_letter(referral=found, language=said, by=by(request), now=clock.now())
    return redirect("letter", asked.pk)


@require_GET
@never_cache
def letter(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """How far it is, and the file when it is there."""
    found, case = _letter_or_404(request, letter_id)
    if case:
        saw_cases(request, [case])
    elif found.referral:
        saw_referrals(request, [found.referral])
    context = {"letter": found, "case": case}
    return render_page_or_fragment(request, "referrals/letter.html", "referrals/_letter.html", context)


@require_GET
@never_cache
def letter_file(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """The file itself. That it left the house is kept."""
    found, case = _letter_or_404(request, letter_id)
    if found.made_at is None:
        raise Http404
    saw_letter(request, found, case)
    disposition = f'inline; filename="{file_name(found.made_at, "pdf")}"'
    return HttpResponse(
        base64.b64decode(found.pdf), content_type="application/pdf", headers={"Content-Disposition": disposition}
    )


def _service(request: HttpRequest) -> Service | None:
    """The service that the address names. Raises Http404 for one that there is not today."""
    if "service" not in request.GET:
        return None
    try:
        found: Service | None = services_on(clock.today()).filter(pk=UUID(request.GET["service"])).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _letter_or_404(request: HttpRequest, letter_id: UUID) -> tuple[models.Letter, models.Case | None]:
    """With its case, where the unit has it."""
    found = selectors.letter_for(unit=by(request).unit, letter_id=letter_id, now=clock.now())
    if found is None:
        raise Http404
    return found, selectors.case_for(unit=by(request).unit, case_id=found.case_id)
