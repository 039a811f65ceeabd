"""A fragment is the page, cut out: the same URL and context, another template."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def render_page_or_fragment(
    request: HttpRequest, page: str, fragment: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page for browsers, boosted links and history; the fragment when htmx swaps it in."""
    htmx = request.htmx  # type: ignore[attr-defined]
    cut_out = htmx and not htmx.boosted and not htmx.history_restore_request
    response = render(request, fragment if cut_out else page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
