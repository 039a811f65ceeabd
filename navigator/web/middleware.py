"""What every response has: a number to find it by, headers, a language; and what refused requests get: a status that says
which no, and a page with the way out."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext as _

from navigator.vault.keys import Destroyed
from navigator.web import logs
from navigator.web.refusals import Gone, Refusal, refuse

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class NumberMiddleware:
    """Gives each request a number: error pages show it, and every line of the log that is written meanwhile has it. One line
    says how it went: which view and what status, no address, nothing that was sent."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        request.number = number = secrets.token_hex(4)  # type: ignore[attr-defined]
        numbered = logs.NUMBER.set(number)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = number
            about = {"method": request.method, "view": logs.view_of(request), "status": response.status_code}
            if about["view"] or response.status_code >= 400:  # of a static file there is nothing to tell
                logger.info("Answered", extra=about | {"ms": round((time.perf_counter() - began) * 1000)})
            return response
        finally:
            logs.NUMBER.reset(numbered)


class HeadersMiddleware:
    """What Django and the policy of content do not set: nothing is kept by a browser or a proxy on its way, nobody else's page
    may load ours, and the browser's senses stay shut but for passkeys and the clipboard."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return response


class LanguageMiddleware:
    """Danish, until somebody chooses English by the switch: what the browser happens to be set to is nobody's choice."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        with translation.override(chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            return self.get_response(request)


class PageAboveMiddleware:
    """An address that something is sent to is no page. Whoever opens it all the same, as after another choice of language or
    a sign-in, comes to the nearest page above it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        by_hand = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
        return HttpResponseRedirect(page_above(request.path)) if response.status_code == 405 and by_hand else response


def page_above(path: str) -> str:
    """The front page, where there is none between. Never an address with a token: to open it would enter by it."""
    above = path.rstrip("/").rpartition("/")[0] + "/"
    try:
        is_page = "token" not in resolve(above).kwargs
    except Resolver404:
        is_page = False
    return above if is_page else page_above(above)


class RefusalMiddleware:
    """Turns a Refusal that an action raised into its page, and a text whose key is destroyed into a page that says so."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        if isinstance(error, Destroyed):
            error = Gone(_("What you look for was disposed of."))
        return refuse(request, error) if isinstance(error, Refusal) else None
