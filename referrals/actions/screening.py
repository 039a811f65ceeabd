"""A screening is noted. What it means for the match is the professional's word: a new match follows, or none."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from navigator import clock
from referrals import instruments, models
from referrals.acting import By
from referrals.actions import events
from referrals.actions.calls import must_read
from referrals.actions.steps import on_the_whole_case
from referrals.enums import Happening
from referrals.errors import Invalid, TooLate


@on_the_whole_case
def record_screening(
    *,
    case: models.Case,
    about: str,
    instrument: str,
    called: str,
    version: str,
    score: str,
    text: str,
    step: str,
    made_on: date,
    by: By,
    now: datetime,
) -> models.Screening:
    """Keeps instrument, version, score and day. Raises Invalid for an unknown instrument without a name, for a day to
    come and without a score."""
    if instrument not in instruments.INSTRUMENTS and not called.strip():
        raise Invalid(_("Write which instrument it was."))
    if not score.strip():
        raise Invalid(_("Write the score."))
    if made_on > clock.day_of(now):
        raise Invalid(_("The screening cannot lie in the future."))
    must_read(case, by=by)
    if case.closed_at:
        raise TooLate(_("This case is closed. Open a new one if the citizen needs help again."))
    screening = models.Screening.objects.create(
        case=case,
        data_key_id=case.data_key_id,
        **case.units,
        about=about,
        instrument=instrument,
        called=called,
        version=version,
        score=score,
        text=text,
        step=step,
        made_on=made_on,
        recorded_at=now,
        by=by.user,
        by_unit=by.unit,
    )
    events.record(
        Happening.SCREENED, case=case, now=now, by=by, screening=str(screening.pk), about=about, instrument=instrument
    )
    return screening
