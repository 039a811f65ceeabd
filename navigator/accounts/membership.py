"""What changes about somebody's work in a unit."""

from __future__ import annotations

from navigator.accounts.models import Membership, Notices, Unit, User


def choose_notices(*, user: User, unit: Unit, notices: Notices) -> None:
    """How this worker is told by e-mail of what happens in this unit."""
    Membership.objects.filter(user=user, unit=unit, ended_at__isnull=True).update(notices=notices)
