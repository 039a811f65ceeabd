"""Pages that say no because of how something was asked, or because we cannot answer. They say nothing of what was asked: the
way out, and a number by which we find it in the log. Pages of the last resort need no database, session or translation.
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.core.files.uploadhandler import FileUploadHandler
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from navigator.web.help_lines import HELP_LINES

AGAIN_IN = 30  # seconds until it is worth asking again while the database is away
OFTEN = 300  # seconds of allauth's own limits on wrong passwords


class UploadRefused(SuspiciousOperation):
    """Somebody sent a file. There is no place for one here (decision 28)."""


class NoUploads(FileUploadHandler):
    """Refuses a file when its first line has been read; nothing of it is kept or written."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise UploadRefused


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, 413 for what is too large, 415 for a file. Without menus: what was sent may not be read once more."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return _bare(request, 413)
    return _bare(request, 415 if isinstance(exception, UploadRefused) else 400)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 where the database is away and waiting helps."""
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _bare(request, 500)
    response = _bare(request, 503)
    response["Retry-After"] = str(AGAIN_IN)
    return response


def too_many(request: HttpRequest) -> HttpResponse:
    """429, where allauth counts (web/limits.py counts the rest)."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(OFTEN)
    return response


def _bare(request: HttpRequest, status: int) -> HttpResponse:
    text = loader.get_template(f"{status}.html").render(
        {"number": getattr(request, "number", ""), "help_lines": HELP_LINES}
    )
    return HttpResponse(text, status=status)
