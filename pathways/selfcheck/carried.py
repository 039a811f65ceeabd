"""The answers travel in a cookie of their own, sealed with a key of the environment. The server keeps nothing of them.

A cookie that is forged, damaged, an hour old or too large is no cookie: whoever sends it begins anew.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from navigator.vault import keys
from pathways.selfcheck.check import Check

COOKIE = "check"
LASTS = timedelta(hours=1)  # since the last answer
LARGEST = 3800  # bytes; browsers keep 4096 with the name and what belongs to it
PURPOSE = "selfcheck|answers"
FORM = 1  # of what is sealed; another number is not read


def read(request: HttpRequest, *, now: datetime) -> Check | None:
    """What has been said so far."""
    return opened(request.COOKIES.get(COOKIE, ""), now=now)


def keep(response: HttpResponse, check: Check, *, now: datetime) -> HttpResponse:
    """The response carries the answers."""
    response.set_cookie(
        COOKIE,
        sealed(check, now=now),
        max_age=LASTS,
        path=reverse("check_start"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def forget(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(COOKIE, path=reverse("check_start"), samesite="Lax")
    return response


def sealed(check: Check, *, now: datetime) -> str:
    """The cookie. Raises ValueError where it would not fit: answers are codes and numbers, so that none is too large."""
    text = json.dumps([FORM, int(now.timestamp()), check.voice, check.reading, check.said], separators=(",", ":"))
    cookie = base64.urlsafe_b64encode(keys.seal_for(PURPOSE, text.encode())).decode()
    if len(cookie) > LARGEST:
        raise ValueError("The answers do not fit into a cookie.")
    return cookie


def opened(cookie: str, *, now: datetime) -> Check | None:
    if not cookie or len(cookie) > LARGEST:
        return None
    try:
        text = keys.unseal_for(PURPOSE, base64.urlsafe_b64decode(cookie.encode()))
    except (binascii.Error, UnicodeError, keys.Unreadable):
        return None
    form, at, *rest = json.loads(text)
    if form != FORM or now.timestamp() - at >= LASTS.total_seconds():
        return None
    voice, reading, said = rest
    return Check(voice=voice, reading=reading, said=said)
