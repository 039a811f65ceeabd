"""E-mail by SMTP, through Django's backend. What the relay accepts is handed over, not delivered."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from typing import Any, NoReturn
from urllib.parse import urlsplit

from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from referrals.delivery.channels import Message, Refused, TryAgain
from referrals.delivery.reasons import Reason

KEY_HEADER = "X-Idempotency-Key"


class NoRelay(BaseEmailBackend):
    """Where no relay is set up, each message says so."""

    def send_messages(self, messages: Sequence[Any]) -> NoReturn:
        raise Refused(Reason.NO_RELAY)


class Email:
    """The relay, for one pass of the outbox: one connection for many messages."""

    def __init__(self) -> None:
        self.relay = mail.get_connection()

    def send(self, message: Message) -> None:
        """Raises TryAgain or Refused."""
        try:
            self.relay.open()
            self.relay.send_messages([_as_mail(message)])
        except smtplib.SMTPRecipientsRefused as error:
            self.close()
            raise _of_code(max(code for code, _text in error.recipients.values())) from error
        except smtplib.SMTPDataError as error:
            self.close()
            raise _of_code(error.smtp_code) from error
        except TimeoutError as error:
            self.close()
            raise TryAgain(Reason.TIMED_OUT, everybody=True) from error
        except (OSError, smtplib.SMTPException) as error:
            # Signing in, the greeting, our own address: the relay's quarrel with us, not with one reader.
            self.close()
            raise TryAgain(Reason.AWAY, everybody=True) from error

    def close(self) -> None:
        """A connection that failed is not used again; the next message opens another."""
        try:
            self.relay.close()
        except (OSError, smtplib.SMTPException):
            self.relay = mail.get_connection()


def _of_code(code: int) -> TryAgain | Refused:
    return Refused(Reason.REFUSED) if code >= 500 else TryAgain(Reason.BUSY)


def _as_mail(message: Message) -> mail.EmailMessage:
    host = urlsplit(settings.PUBLIC_URL).hostname
    return mail.EmailMessage(
        subject=message.subject,
        body=message.text,
        to=[message.to],
        headers={
            "Message-ID": f"<{message.key}@{host}>",
            KEY_HEADER: message.key,
            "Auto-Submitted": "auto-generated",  # no out-of-office answers
        },
    )
