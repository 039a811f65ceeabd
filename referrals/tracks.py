"""Which tracks of a case a referral is on. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from referrals.enums import Side

INTEGRATED = frozenset({3, 4})  # the levels at which one place treats both sides


@dataclass(frozen=True, slots=True)
class Door:
    """A kind of help as it was matched: its role, its side in the vocabulary and the levels it works at."""

    kind: str
    role: str
    side: str
    levels: frozenset[int]

    @property
    def is_integrated(self) -> bool:
        """One place for both sides: only these confirm arrival on two tracks (rule D17)."""
        return self.side == "joint" or (bool(self.levels) and self.levels <= INTEGRATED)


def sides_served(door: Door, *, tracks: Sequence[str], doors: Collection[Door]) -> list[Side]:
    """The sides on which arrival here is arrival. None for what is offered beside: it closes nothing.

    On one track every primary door is that track's, whatever stands in for it. On two, an integrated place serves both
    and another its own side; a stand-in from the social side (a child and family department, say) serves the substance
    side, whose place it takes. Where no primary door serves a side (treatment in prison, the family clinic), the
    parallel door of that side does: nobody's second track stays without a door.
    """
    if door.role == "primary":
        return [side for side in _sides(tracks) if side in _of_primary(door, tracks)]
    if door.role == "parallel" and door.side in tracks:
        covered = {side for other in doors if other.role == "primary" for side in _of_primary(other, tracks)}
        return [] if door.side in covered else [Side(door.side)]
    return []


def _of_primary(door: Door, tracks: Sequence[str]) -> set[str]:
    if len(tracks) == 1 or door.is_integrated:
        return set(tracks)
    return {door.side if door.side in tracks else Side.SUBSTANCE}


def _sides(tracks: Sequence[str]) -> list[Side]:
    return [side for side in Side if side in tracks]
