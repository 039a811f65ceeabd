"""A page as somebody at work sees it, without a browser."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from referrals.acting import By


def at(by: By) -> Client:
    """A browser in which this worker is signed in."""
    client = Client(headers={"Accept-Language": "da"})
    client.force_login(by.user)
    return client


def text(response: Any) -> str:
    """What stands on the page, without the tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
