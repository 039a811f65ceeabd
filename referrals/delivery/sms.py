"""SMS over HTTP, whoever the provider: one POST to one address. A gateway that speaks otherwise gets a small proxy.

    POST <NAVIGATOR_SMS_URL>
    Authorization: Bearer <NAVIGATOR_SMS_TOKEN>      Idempotency-Key: <key>
    {"id": "<key>", "to": "+4512345678", "text": "…"}

2xx: taken. 429, 5xx, silence: later. Anything else: never.
"""

from __future__ import annotations

import http.client
import json
from typing import NoReturn
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

from referrals.delivery.channels import Message, Refused, TryAgain
from referrals.delivery.reasons import Reason


class HttpGateway:
    """The provider behind NAVIGATOR_SMS_URL."""

    def send(self, message: Message) -> None:
        """Raises TryAgain or Refused."""
        try:
            status = _post(message)
        except TimeoutError as error:
            raise TryAgain(Reason.TIMED_OUT, everybody=True) from error
        except (OSError, http.client.HTTPException) as error:
            raise TryAgain(Reason.AWAY, everybody=True) from error
        if status == 429 or status >= 500:
            raise TryAgain(Reason.BUSY)
        if status in (401, 403):  # the provider's quarrel with us, not with one reader
            raise TryAgain(Reason.AWAY, everybody=True)
        if not 200 <= status < 300:
            raise Refused(Reason.REFUSED)

    def close(self) -> None:
        """Each message has a connection of its own."""


class NoGateway:
    """Where no gateway is set up, each message says so."""

    def send(self, message: Message) -> NoReturn:
        raise Refused(Reason.NO_GATEWAY)

    def close(self) -> None:
        """Nothing is open."""


class DummyGateway:
    """Takes everything and sends nothing, as Django's dummy backend does with e-mail."""

    def send(self, message: Message) -> None:
        """Nothing happens."""

    def close(self) -> None:
        """Nothing is open."""


def gateway() -> HttpGateway | NoGateway | DummyGateway:
    """The one that the settings name."""
    return import_string(settings.SMS_GATEWAY)()


def with_country_code(phone: str) -> str:
    """A Danish number of eight digits, or any with its country code, as +4512345678. Empty: no number to write to."""
    digits = "".join(ch for ch in phone if ch.isdigit())
    if phone.strip().startswith("+") and len(digits) >= 8:
        return f"+{digits}"
    if digits.startswith("00") and len(digits) >= 10:
        return f"+{digits[2:]}"
    return f"+45{digits}" if len(digits) == 8 else ""


def _post(message: Message) -> int:
    url = urlsplit(settings.SMS_URL)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.netloc, timeout=settings.SMS_TIMEOUT)
    try:
        connection.request(
            "POST",
            url.path or "/",
            json.dumps({"id": message.key, "to": message.to, "text": message.text}, ensure_ascii=False).encode(),
            {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {settings.SMS_TOKEN}",
                "Idempotency-Key": message.key,
            },
        )
        return connection.getresponse().status
    finally:
        connection.close()
