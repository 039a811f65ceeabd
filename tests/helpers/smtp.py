"""A real SMTP server in the test: takes, refuses, asks to try later, or hangs, as told."""

from __future__ import annotations

import asyncio
import email
import logging
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

TAKEN = "250 OK"
REFUSED = "550 5.1.1 No such mailbox"
LATER = "451 4.7.1 Try again later"


class Relay:
    """Answers each address as `answer` says, and keeps what it took. `hold` makes it silent until `go_on`: before it has
    taken a message (at "mail") or after it has, without saying so (at "data")."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.answer: Callable[[str], str] = lambda address: TAKEN
        self.holding = ""
        self.held = threading.Event()  # a message is here whose answer is being withheld
        self._go_on = threading.Event()

    @property
    def keys(self) -> Counter[str]:
        """How often each idempotency key has come."""
        return Counter(mail["X-Idempotency-Key"] for mail in self.mails)

    def readers(self) -> list[str]:
        """To whom, in order."""
        return sorted(str(mail["To"]) for mail in self.mails)

    def hold(self, *, at: str) -> None:
        self._go_on.clear()
        self.held.clear()
        self.holding = at

    def go_on(self) -> None:
        self.holding = ""
        self._go_on.set()

    async def _wait(self, at: str) -> None:
        if self.holding == at:
            self.held.set()
            await asyncio.to_thread(self._go_on.wait)

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        await self._wait("mail")
        envelope.mail_from = address
        return TAKEN

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        answer = self.answer(address)
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.mails.append(email.message_from_bytes(envelope.content))
        await self._wait("data")
        return TAKEN


@contextmanager
def relay() -> Iterator[tuple[Relay, str]]:
    """A relay and its URL, for as long as the block lasts."""
    handler = Relay()
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, f"smtp://127.0.0.1:{port}"
    finally:
        handler.go_on()
        controller.stop()
