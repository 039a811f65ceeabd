"""In which unit one works, where and how long one is signed in, and what is done with people's data."""

from __future__ import annotations

from uuid import UUID

from allauth.account import views as allauth
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from navigator import clock
from navigator.accounts import sessions
from navigator.accounts.middleware import UNIT_IN_SESSION
from navigator.accounts.models import Organisation
from navigator.accounts.signed_out import give_back, limits


def login(request: HttpRequest) -> HttpResponse:
    """allauth's own sign-in. What somebody had written when they were signed out is given back."""
    return give_back(request, allauth.login(request))


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """Each organisation that works here: whoever was seen by it finds its notice."""
    return render(request, "account/privacy.html", {"organisations": Organisation.objects.order_by("name")})


@require_GET
def privacy_of(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """What one organisation does with people's data, and what they may ask of it (GDPR art. 13 and 14)."""
    return render(
        request, "account/privacy_of.html", {"organisation": get_object_or_404(Organisation, pk=organisation_id)}
    )


@require_POST
def choose_unit(request: HttpRequest) -> HttpResponse:
    """From now on the user works in this unit. Not one of theirs: 404."""
    chosen = request.POST.get("unit", "")
    if chosen not in {str(membership.unit_id) for membership in request.memberships}:  # type: ignore[attr-defined]
        raise Http404
    request.session[UNIT_IN_SESSION] = chosen
    return redirect("my_list")


@never_cache
@require_http_methods(["GET", "POST"])
def time_left(request: HttpRequest) -> JsonResponse:
    """How many seconds are left of this session. To ask (GET, in the background) changes nothing; to go on is a POST."""
    now = clock.now()
    if request.method == "POST" and request.user.is_authenticated:
        sessions.note_use(request.session, now=now, at_once=True)
    return JsonResponse({"left": int(sessions.seconds_left(request.session, now=now))})


@require_GET
def my_sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in, and what one signs in with besides the password."""
    mine = sessions.of(request.user, now=clock.now())  # type: ignore[arg-type]
    factors: dict[str, list[Authenticator]] = {kind: [] for kind in Authenticator.Type}
    for factor in Authenticator.objects.filter(user=request.user).order_by("created_at", "pk"):
        factors[factor.type].append(factor)
    context = {"sessions": mine, "limits": limits(), **factors}
    return render(request, "account/my_sessions.html", context)


@require_GET
def to_my_sessions(request: HttpRequest) -> HttpResponse:
    """Where allauth leads when something about the second factor is done: we have one page for all of it."""
    return redirect("my_sessions")


@require_POST
def end_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Signs one's own browser somewhere else out. Another's: 404."""
    if not sessions.end(user=request.user, session_id=session_id):  # type: ignore[arg-type]
        raise Http404
    messages.success(request, _("The session has ended."))
    return redirect("my_sessions")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Signs all one's other browsers out."""
    ended = sessions.end_others(user=request.user, but=request.session.session_key)  # type: ignore[arg-type]
    said = ngettext("%(count)s session has ended.", "%(count)s sessions have ended.", ended)
    messages.success(request, said % {"count": ended})
    return redirect("my_sessions")
