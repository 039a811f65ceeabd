"""Who is not signed in, or no longer, is asked to sign in, and comes back to where they were. What they wrote goes along."""

from __future__ import annotations

from urllib.parse import urlsplit

from allauth.account.forms import LoginForm
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from navigator.web.refusals import typed

CARRIED = "typed_"  # what was typed travels through the sign-in form in fields of its own, and is kept nowhere


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """To sign-in and back again; a form that was sent is answered with the sign-in itself, which carries what was typed."""
    if request.method in ("GET", "HEAD"):
        to_login = redirect_to_login(_page_of(request) if request.htmx else request.get_full_path())  # type: ignore[attr-defined]
        if getattr(request, "timed_out", False):
            messages.info(request, limits())
        return HttpResponseClientRedirect(to_login.url) if request.htmx else to_login  # type: ignore[attr-defined]
    form = LoginForm(request=request)
    context = {"form": form, "typed": typed(request), "next": _page_of(request), "limits": limits()}
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "account/signed_out.html", context, status=403)
    response = render(request, "account/_signed_out.html", context, status=403)
    return reswap(retarget(response, "#main-content"), "innerHTML")


def set_up_first(request: HttpRequest) -> HttpResponse:
    """To one's own sign-in, where the second factor that the role requires is set up."""
    messages.info(request, _("Your role requires more than a password. Choose a passkey or a code from an app first."))
    return HttpResponseClientRedirect(reverse("my_sessions")) if request.htmx else redirect("my_sessions")  # type: ignore[attr-defined]


def give_back(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer of sign-in. Where it leads on, and something was carried along, the text is shown first, to be copied."""
    carried = typed(request, prefix=CARRIED)
    if not carried or response.status_code != 302:
        return response
    shown = render(request, "account/what_you_wrote.html", {"typed": carried, "next": response["Location"]})
    shown.cookies = response.cookies
    return shown


def limits() -> str:
    """How long one stays signed in, in words."""
    return _("You are signed out after %(minutes)s minutes without use, and after %(hours)s hours in any case.") % {
        "minutes": int(settings.SESSION_IDLE_LIMIT.total_seconds() // 60),
        "hours": int(settings.SESSION_ABSOLUTE_LIMIT.total_seconds() // 3600),
    }


def _page_of(request: HttpRequest) -> str:
    """The page that the form or the fragment stood on; the front page where the browser does not say."""
    said = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(said, {request.get_host()}):
        return "/"
    parts = urlsplit(said)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"
