"""The system's log: one line of JSON for each thing said, for machines to collect.

It is read by people who have no business with anybody's case. So it holds what we have written ourselves and looked through,
and of what libraries say only where they said it: their sentences repeat addresses, rows and whatever somebody sent. Of an
error the kinds and the places are kept, never its text and never the values of variables.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

NUMBER: ContextVar[str] = ContextVar("number", default="")  # of the request, shown on its error page too
OURS = ("navigator", "pathways", "referrals")
# They say which job ran, and whether their server answers.
CARRIERS = ("celery", "kombu", "gunicorn")
ABOUT = ("method", "view", "status", "ms")  # what a line of ours may tell besides
ROOT = Path(__file__).resolve().parent.parent.parent


class JsonLine(logging.Formatter):
    """A record as one line."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "said": _said(record),
        }
        if number := NUMBER.get():
            said["request"] = number
        about = {name: getattr(record, name) for name in ABOUT if hasattr(record, name)}
        if request := getattr(record, "request", None):
            about |= {"view": view_of(request), "status": getattr(record, "status_code", None)}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not isinstance(error, PermissionDenied):  # a refusal is an answer: nothing has failed
            about["error"] = [{"kind": type(each).__qualname__, "at": _places(each)} for each in _chain(error)]
        return json.dumps(said | about, ensure_ascii=False)


def view_of(request: HttpRequest) -> str:
    """What was asked for, by the name of its view: an address may hold a key, a query anything."""
    match = request.resolver_match
    return match.view_name if match else ""


def _said(record: logging.LogRecord) -> str:
    family = record.name.split(".")[0]
    if family in OURS:
        return record.getMessage()
    if family in CARRIERS:
        if isinstance(record.args, Mapping) and "exc" in record.args:
            return str(record.msg) % {**record.args, "exc": "failed", "traceback": ""}
        return record.getMessage() if record.exc_info is None else str(record.msg)
    return f"{_shown(record.pathname)}:{record.lineno}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from."""
    known: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in known:
        known.add(id(each))
        yield each
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)


def _places(error: BaseException) -> list[str]:
    frames = traceback.walk_tb(error.__traceback__)
    return [f"{_shown(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}" for frame, line in frames]


def _shown(path: str) -> str:
    """A file as its package knows it, without the folders of this machine."""
    parts = Path(path).parts
    if "site-packages" in parts:
        return "/".join(parts[parts.index("site-packages") + 1 :])
    return Path(path).relative_to(ROOT).as_posix() if Path(path).is_relative_to(ROOT) else parts[-1]
