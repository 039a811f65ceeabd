"""A page is made from one rulebook."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from pathways.rulebook import one_rulebook


class OneRulebookMiddleware:
    """What only reads looks the rulebook up once. What changes something may have changed that too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "GET":
            return self.get_response(request)
        with one_rulebook():
            return self.get_response(request)
