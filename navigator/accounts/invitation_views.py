"""The way in for somebody who was invited."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from navigator import clock
from navigator.accounts import staffing
from navigator.accounts.forms import AcceptForm
from navigator.accounts.models import Invitation, User

INVITED = "invited"  # in the session: what the link opens with


@require_GET
def enter_by_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the token out of the address at once. What it opens, if anything, is found on the next page."""
    request.session[INVITED] = staffing.opens_with(token).hex()
    return redirect("invitation")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """Says yes: with a name and a password; whoever has an account already is signed in to it first."""
    key = bytes.fromhex(request.session.get(INVITED, ""))
    found = staffing.invited_by_link(key, now=clock.now()) if key else None
    if found is None:
        return render(request, "account/invitation_over.html", status=404)
    me = request.user if isinstance(request.user, User) and request.user.email == found.email else None
    if me is None and User.objects.filter(email=found.email, is_active=True).exists():
        return render(request, "account/invitation_sign_in.html", {"invitation": found})
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and (me or form.is_valid()):
        return _accepted(request, found, me=me, form=form)
    context = {"invitation": found, "me": me, "form": form, "mistakes": form.mistakes}
    return render(request, "account/invitation.html", context, status=422 if form.errors else 200)


def _accepted(request: HttpRequest, found: Invitation, *, me: User | None, form: AcceptForm) -> HttpResponse:
    said = {} if me else form.cleaned_data
    staffing.accept(found, user=me, now=clock.now(), **said)
    del request.session[INVITED]
    messages.success(request, _("Welcome. Your place is ready.") if me else _("Welcome. Sign in with your password."))
    return redirect("my_list")
