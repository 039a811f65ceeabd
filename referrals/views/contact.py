"""How the citizen may be reached; who in the unit does what when somebody is away; how one is told by e-mail."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from navigator import clock
from navigator.accounts.membership import choose_notices
from referrals import actions, selectors
from referrals.contact_forms import ContactForm, NoticesForm, PassOnForm
from referrals.views.reaching import by, case_or_404


@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The safe channel, the language, and a rest from reminders with an end."""
    case = case_or_404(request, case_id)
    person = case.person
    form = ContactForm(request.POST or None, initial=ContactForm.of(person), hidden=person.is_hidden)
    if request.method == "POST" and form.is_valid():
        actions.set_contact(case=case, by=by(request), now=clock.now(), **form.cleaned_data)
        messages.success(request, _("Noted: this is how the citizen is reached from now on."))
        return redirect("case", case.pk)
    context = {"case": case, "form": form, "mistakes": form.mistakes}
    return render(request, "referrals/contact.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def our_unit(request: HttpRequest) -> HttpResponse:
    """Passes a leaver's or absentee's tasks on, to a named colleague or to the whole unit; both are told."""
    me = by(request)
    form = PassOnForm(request.POST or None, colleagues=selectors.colleagues(unit=me.unit))
    if request.method == "POST" and form.is_valid():
        passed = actions.pass_on_tasks(unit=me.unit, by=me, now=clock.now(), **form.cleaned_data)
        said = ngettext("%(count)s task was passed on.", "%(count)s tasks were passed on.", passed) % {"count": passed}
        messages.success(request, said)
        return redirect("our_unit")
    notices = NoticesForm(initial={"notices": selectors.notices_of(me)})
    context = {
        "form": form,
        "notices": notices,
        "mistakes": form.mistakes,
        "tasks": selectors.tasks_by_worker(unit=me.unit),
    }
    return render(request, "referrals/our_unit.html", context, status=422 if form.errors else 200)


@require_http_methods(["POST"])
def our_notices(request: HttpRequest) -> HttpResponse:
    """One message for each notice, or one a day."""
    form = NoticesForm(request.POST)
    if form.is_valid():
        choose_notices(user=by(request).user, unit=by(request).unit, notices=form.cleaned_data["notices"])
        messages.success(request, _("Noted."))
    return redirect("our_unit")
