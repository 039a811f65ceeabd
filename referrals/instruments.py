"""Screening instruments, and what a score suggests. Pure.

A name, a version, a score and a date are kept; no questionnaire is built in, for their licences. What a score means is
the professional's word. A table of cut-offs suggests it where a professional owner has approved one: none is yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# The obligation that asks for a screening (rule E2) → the ladder of the vocabulary that it is about.
ASKED_FOR = {"screen_substance": "substance_use", "screen_mental": "mental_state"}
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument. `bands`: from which score on it suggests which step of a ladder, the lowest first."""

    code: str
    name: str
    bands: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)


# ASI is the one that the survey of drug treatment names, as the most used (K L3962-3965). It gives no cut-off.
INSTRUMENTS = {"asi": Instrument("asi", "ASI")}


def suggested(instrument: Instrument, *, ladder: str, score: int) -> str:
    """The step of the ladder that the score suggests; empty where no approved cut-off says so."""
    found = ""
    for least, step in instrument.bands.get(ladder, ()):
        if score >= least:
            found = step
    return found
