"""Who does something, and in which capacity."""

from __future__ import annotations

from dataclasses import dataclass

from navigator.accounts.models import Unit, User
from referrals.enums import Actor
from referrals.models import Referral


@dataclass(frozen=True, slots=True)
class By:
    """A user, at work in one unit."""

    user: User
    unit: Unit


def capacities(referral: Referral, unit: Unit) -> frozenset[Actor]:
    """What this unit is to the referral. Whoever answers for the citizen may do what the sender may; and where the service
    has no account here, the sender answers for it by telephone."""
    found = set()
    if unit.pk in (referral.sender_unit_id, referral.owner_unit_id):
        found.add(Actor.SENDER)
        if referral.receiver_unit_id is None:
            found.add(Actor.RECEIVER)
    if unit.pk == referral.receiver_unit_id:
        found.add(Actor.RECEIVER)
    if unit.pk == referral.coordinator_unit_id:
        found.add(Actor.COORDINATOR)
    return frozenset(found)
