"""What every channel knows: a message, and the two ways in which sending it can fail."""

from __future__ import annotations

from dataclasses import dataclass

from referrals.delivery.reasons import Reason


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out, with the key by which the other side, and a reader, can tell a repetition."""

    key: str
    to: str
    subject: str
    text: str


class TryAgain(Exception):
    """Not now: time-out, 4xx of SMTP, 429 or 5xx of HTTP. `everybody`: the same would happen to every other message."""

    def __init__(self, reason: Reason, *, everybody: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.everybody = reason, everybody


class Refused(Exception):
    """Never: the address, or the message, is refused for good."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason
