"""Scope first, then the permission table: before any view runs, what it may see and whether it may run are settled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import auth
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.accounts import second_factor, sessions
from navigator.accounts.models import Membership
from navigator.accounts.navigation import first_page
from navigator.accounts.permissions import SEE_PEOPLE, Access, access_to, allows
from navigator.accounts.signed_out import set_up_first, sign_in_first
from navigator.database import scope
from navigator.database.prepared import prepared
from navigator.web.refusals import NotAllowed, is_api, refuse

UNIT_IN_SESSION = "unit"
BACKGROUND = "X-Background"  # the header of what a page asks by itself: no sign that anybody is there
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class SessionLimitsMiddleware:
    """Ends a session that has been idle or has lasted too long. What a page asks by itself does not prolong it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        now = clock.now()
        if auth.SESSION_KEY in request.session:
            if not sessions.seconds_left(request.session, now=now):
                auth.logout(request)
                request.timed_out = True  # type: ignore[attr-defined]
            elif BACKGROUND not in request.headers:
                sessions.note_use(request.session, now=now)
        return self.get_response(request)


class ScopeMiddleware:
    """Sets `request.unit` and `request.roles`, opens this unit's rows, no others, for as long as the request lasts, and tells
    the database who asks."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        memberships = _memberships(request)
        chosen = request.session.get(UNIT_IN_SESSION) if memberships else None
        unit = next((m.unit for m in memberships if str(m.unit_id) == chosen), None)
        unit = unit or (memberships[0].unit if memberships else None)
        request.memberships = memberships  # type: ignore[attr-defined]
        request.unit = unit  # type: ignore[attr-defined]
        request.roles = frozenset(m.role for m in memberships if unit and m.unit_id == unit.pk)  # type: ignore[attr-defined]
        units = (unit.pk,) if unit and SEE_PEOPLE & request.roles else ()  # type: ignore[attr-defined]
        if request.session.session_key is None:  # nobody is known, and /livez must answer without a database
            return self.get_response(request)
        scope.begin(units, by=request.user.pk, request=uuid7())
        try:
            response = self.get_response(request)
        finally:
            scope.leave()
        if isinstance(response, StreamingHttpResponse):
            # The body runs after the view has returned: it enters the scope again by itself.
            response.streaming_content = _in_scope(units, response.streaming_content)
        return response


class AccessMiddleware:
    """Default deny: the table decides. Not signed in: to the sign-in page. Signed in but not allowed: 403. Another system hears
    either in the API's own form."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        assert request.resolver_match is not None
        access = access_to(request.resolver_match.view_name)
        if access is None:
            raise Http404
        if access.public:
            return None
        if is_api(request):
            return _answer_to_a_system(request, access)
        if not request.user.is_authenticated:
            return sign_in_first(request)
        if not access.before_second_factor and second_factor.is_missing(request):
            return set_up_first(request)
        if access.local and not request.user.has_usable_password():
            raise PermissionDenied  # else a passkey from here would go past the organisation's own sign-in
        if allows(access, roles=request.roles, is_staff=request.user.is_staff):  # type: ignore[attr-defined]
            return None
        to = first_page(request) if access.front else None
        if to is None:
            raise PermissionDenied
        return redirect(to)


def _answer_to_a_system(request: HttpRequest, access: Access) -> HttpResponseBase | None:
    """It is not led anywhere: what a page would ask for is said in a sentence."""
    sentence = ""
    if not request.user.is_authenticated:
        sentence = _("Sign in first.")
    elif second_factor.is_missing(request):
        sentence = _("Your role requires more than a password. Choose a passkey or a code from an app first.")
    elif not allows(access, roles=request.roles, is_staff=request.user.is_staff):  # type: ignore[attr-defined]
        sentence = _("You may not do this")
    return refuse(request, NotAllowed(sentence)) if sentence else None


def _memberships(request: HttpRequest) -> list[Membership]:
    if not request.user.is_authenticated:
        return []
    return _memberships_of(user=request.user.pk)


@prepared
def _memberships_of(*, user: UUID) -> QuerySet[Membership]:
    lasting = Membership.objects.filter(user=user, ended_at__isnull=True, unit__closed_on__isnull=True)
    return lasting.select_related("unit__organisation").order_by("id")


def _in_scope(units: tuple[UUID, ...], content: Any) -> Iterator[bytes]:
    scope.enter(units)
    try:
        yield from content
    finally:
        scope.leave()
