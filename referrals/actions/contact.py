"""When contact may be given up: after the re-engagement ladder, never before."""

from __future__ import annotations

from django.utils.translation import gettext as _

from referrals import attempts, models
from referrals.enums import Event
from referrals.errors import TooLate


def must_have_tried(referral: models.Referral) -> None:
    """Raises TooLate before three attempts on at least two channels since the citizen last did not come."""
    if not tried_enough(referral):
        raise TooLate(_("Try at least three times, on at least two channels, before contact is given up."))


def tried_enough(referral: models.Referral) -> bool:
    """What was tried before the last no-show does not count: the citizen was reached after it."""
    missed = referral.events.filter(kind=Event.MISS).order_by("pk").last()
    if missed is None:
        return False
    channels = referral.events.filter(kind=Event.ATTEMPT, pk__gt=missed.pk).values_list("detail__channel", flat=True)
    return attempts.enough(list(channels))


def must_have_called(case: models.Case) -> None:
    """The same where no service waits for the citizen: raises TooLate before three calls in vain on at least two
    channels since somebody last spoke with the citizen."""
    history = case.events.order_by("pk").values_list("kind", "detail")
    if not attempts.enough(attempts.in_vain(history)):
        raise TooLate(_("Try at least three times, on at least two channels, before contact is given up."))
