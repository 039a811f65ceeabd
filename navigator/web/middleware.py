"""The language of a page, and what refused requests get: a status that says which no, and a page with the way out."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from navigator.vault.keys import Destroyed
from navigator.web.refusals import Gone, Refusal, refuse

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class LanguageMiddleware:
    """Danish, until somebody chooses English by the switch: what the browser happens to be set to is nobody's choice."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        with translation.override(chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            return self.get_response(request)


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
