"""What a unit would leave behind if it closed: numbers, for somebody who may not see a case."""

from __future__ import annotations

from typing import Any

from django.db import models as db
from django.utils.translation import gettext_lazy as _

from navigator import clock
from navigator.accounts.models import CoordinatorCover, Unit
from navigator.database import scope
from pathways.models import Service
from referrals import models, workflow

# Each with who can mend it.
WORDS = {
    "cases": _("open cases that the unit is responsible for: its leader asks another unit to take over"),
    "coordinated": _("open cases that the unit coordinates: another unit must coordinate them"),
    "received": _("referrals that the service has not finished: they are completed or returned"),
    "sent": _("referrals on their way from the unit: they arrive, or are called back"),
    "tasks": _("other open tasks: they are done first"),
    "services": _("services of the directory lead here: the editor of services points them elsewhere"),
    "covers": _("municipalities are coordinated from here: the administrator names another unit"),
}


def what_is_left(unit: Unit) -> list[tuple[int, Any]]:
    """How many of each there are, with what must be done about them; empty when the unit can be closed."""
    live = models.Referral.objects.filter(status__in=workflow.LIVE)
    open_cases = models.Case.objects.filter(closed_at=None)
    today = clock.today()
    with scope.scope(unit.pk):
        left = {
            "cases": open_cases.filter(owner_unit=unit).count(),
            "coordinated": open_cases.filter(coordinator_unit=unit).exclude(owner_unit=unit).count(),
            "received": live.filter(receiver_unit=unit).count(),
            "sent": live.filter(sender_unit=unit).count(),
        }
        if not any(left.values()):
            left["tasks"] = models.FollowUp.objects.open().filter(owed_by=unit).count()
    services = Service.objects.filter(unit=unit)
    left["services"] = services.filter(db.Q(valid_to=None) | db.Q(valid_to__gt=today)).count()
    left["covers"] = CoordinatorCover.objects.filter(unit=unit).exclude(valid__endswith__lte=today).count()
    return [(count, WORDS[what]) for what, count in left.items() if count]
