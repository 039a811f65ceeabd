"""What somebody has said in one self-check, and what the match may be told of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

VOICES = ("me", "child", "close", "young")  # for whom the help is sought
READINGS = ("plain", "easy", "supported")  # easy reading; and the same together with a support person
UNKNOWN, UNSAID = "?", "-"  # answers too: 'I don't know' and 'I would rather not say'
ACUTE, AGE, MUNICIPALITY = "acute", "age", "municipality"
FIRST = (ACUTE, AGE, MUNICIPALITY)  # asked of everybody, in this order

Reading = Literal["plain", "easy", "supported"]


@dataclass(frozen=True, slots=True)
class Check:
    """The answers in the order they were given, by the field of the match request."""

    voice: str = ""  # one of VOICES; empty: not begun
    reading: str = "plain"
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def easy(self) -> bool:
        return self.reading != "plain"

    @property
    def supported(self) -> bool:
        return self.reading == "supported"

    @property
    def is_urgent(self) -> bool:
        return isinstance(self.said.get(ACUTE), list) and bool(self.said[ACUTE])

    def known(self, path: str) -> Any:
        """The answer, or None where there is none, or none that says anything."""
        value = self.said.get(path)
        return None if value in (UNKNOWN, UNSAID) else value

    def answering(self, path: str, value: Any) -> Check:
        """With this answer; an answer that is changed keeps its place."""
        return replace(self, said={**self.said, path: value})


def request_of(check: Check, implied: Mapping[str, Any]) -> dict[str, Any] | None:
    """The match request; None where age or municipality is not known, for then nothing can be matched.

    `implied` is what age and answers say of questions that nobody has to ask any more.
    """
    if check.known(AGE) is None or check.known(MUNICIPALITY) is None:
        return None
    request: dict[str, Any] = {"role": "citizen" if check.voice == "me" else "relative", "door": "self_check"}
    for path, value in {**implied, **check.said}.items():
        if value not in (UNKNOWN, UNSAID):
            section, _dot, name = path.rpartition(".")
            (request.setdefault(section, {}) if section else request)[name] = value
    return request
