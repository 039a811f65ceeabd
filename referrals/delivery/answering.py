"""The link in a reminder, by which the citizen answers it with one press. Pure, but for the key.

A message that is tried again must say the same again: so the token is made from the message's own number and a key that the
database does not hold, and what it opens is the row of that message and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings


def token_of(delivery_id: UUID) -> str:
    """256 bits that nobody can guess, the same each time."""
    digest = hmac.digest(settings.INDEX_KEY, f"reminder|{delivery_id}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
