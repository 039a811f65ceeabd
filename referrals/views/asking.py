"""The way from the self-check to somebody who gets in touch. From here on something is kept, and the page says so."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods
from uuid_utils.compat import uuid7

from navigator import clock
from pathways.rulebook import rulebook
from pathways.selfcheck import carried, course
from pathways.selfcheck.check import Check
from pathways.selfcheck.result import contact_at
from pathways.selfcheck.views import with_answers
from referrals import actions, selectors
from referrals.asking_forms import AskForContactForm
from referrals.views.reaching import language


@with_answers
@require_http_methods(["GET", "POST"])
def ask_for_contact(request: HttpRequest, check: Check) -> HttpResponse:
    """Who to get in touch with, how and when; what has been answered goes along, and is forgotten in the browser."""
    today = clock.today()
    book = rulebook(on=today)
    found = course.matched(check, on=today, book=book)
    place = found and contact_at(check, found, on=today)
    if not place or not place.unit or course.next_question(check, on=today, book=book):
        return redirect("check_result")
    form = AskForContactForm(request.POST or None, auto_id="ask_%s", initial={"once": uuid7()})
    if form.is_valid():
        actions.ask_for_contact(
            unit=place.unit,
            answers=course.answers(check) or {},
            language=language(),
            now=clock.now(),
            **form.said(),
        )
        return carried.forget(redirect("contact_asked", place.pk))
    context = {"check": check, "form": form, "mistakes": form.mistakes, "place": place, "age": check.known("age")}
    return render(request, "referrals/ask_for_contact.html", context, status=422 if form.errors else 200)


@require_GET
def contact_asked(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """What happens now, and what to do if it does not. The page says nothing of who has asked."""
    place = selectors.service(service_id)
    if place is None:
        raise Http404
    return render(request, "referrals/contact_asked.html", {"place": place})
