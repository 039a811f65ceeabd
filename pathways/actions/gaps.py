"""The only trace a match request leaves: that a kind was wanting somewhere, this month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pathways.actions.counting import count
from pathways.models import GapCount


def count_gaps(*, kinds: Iterable[str], municipality: str, on: date) -> None:
    """One more wanted each kind here this month."""
    count(GapCount, on=on, of=[{"kind_id": kind, "municipality_id": municipality} for kind in sorted(set(kinds))])
