"""Who does something, and in which capacity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from navigator.accounts.models import Unit, User
from referrals.enums import Actor
from referrals.models import Referral


@dataclass(frozen=True, slots=True)
class By:
    """A user, at work in one unit."""

    user: User
    unit: Unit


@dataclass(frozen=True, slots=True)
class Guest:
    """A service without an account, let in by a secure link to one referral and no more."""

    opens_with: UUID

    user: ClassVar[None] = None
    unit: ClassVar[None] = None


@dataclass(frozen=True, slots=True)
class Citizen:
    """The citizen, without anybody's help, at the unit that they have come to."""

    unit: Unit
    case: UUID | None = None  # whose own page they are on

    user: ClassVar[None] = None


def actors(referral: Referral, by: By | Citizen | Guest) -> frozenset[Actor]:
    """In which capacities somebody acts on the referral."""
    if isinstance(by, Guest):
        return frozenset({Actor.RECEIVER} if by.opens_with == referral.guest else ())
    if isinstance(by, Citizen):
        return frozenset({Actor.CITIZEN} if by.case == referral.case_id else ())
    return capacities(referral, by.unit)


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
    # Where no unit coordinates, whoever answers for the citizen decides on a return.
    if unit.pk == (referral.coordinator_unit_id or referral.owner_unit_id):
        found.add(Actor.COORDINATOR)
    return frozenset(found)
