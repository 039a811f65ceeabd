"""When somebody has been tried often enough. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from referrals.enums import Event, Happening, Reached

ATTEMPTS_BEFORE_LOST = 3  # on two channels or more, before a coordinator may decide that contact is lost
CHANNELS_BEFORE_LOST = 2
SPOKE_WITH_THE_CITIZEN = frozenset({Reached.AGREED, Reached.CALL_LATER, Reached.WANTS_COMPANION, Reached.REFUSED})
CALLS = (Happening.CALLED, Event.ATTEMPT)
# Besides a call that was answered: somebody has spoken with the citizen.
IN_TOUCH = (
    Happening.CASE_OPENED,
    Happening.TRACK_ARRIVED,
    Happening.CITIZEN_SAYS_ARRIVED,
    Happening.CITIZEN_SAYS_COMING,
    Event.BOOK,
    Event.ARRIVE,
    Event.WITHDRAW,
)


def in_vain(history: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """The channels on which the citizen was tried and not reached since somebody last spoke with them: kind and detail
    of what happened in, the oldest first."""
    channels: list[str] = []
    for kind, detail in history:
        if kind in IN_TOUCH or detail.get("reached") in SPOKE_WITH_THE_CITIZEN:
            channels = []
        elif kind in CALLS:
            channels.append(detail.get("channel", ""))
    return channels


def enough(channels: Collection[str]) -> bool:
    """Three attempts, on two channels."""
    return len(channels) >= ATTEMPTS_BEFORE_LOST and len(set(channels)) >= CHANNELS_BEFORE_LOST
