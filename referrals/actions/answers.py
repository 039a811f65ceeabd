"""How each service answers those who send citizens to it, over all units: counts, and nobody behind them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count

from navigator import clock
from navigator.web.models import beat
from pathways.actions import keep_answering
from referrals.figures import FIGURES, Middle
from referrals.models import Measured

OVER = timedelta(days=180)
ENOUGH = 10  # fewer say more about chance, and about those who sent them, than about the service


def count_answers(*, now: datetime) -> int:
    """Counts the last half year for the matching and for whoever sends next. The worker runs it, once a night; it sees the
    rows of all units. Returns of how many services there is enough to say."""
    answered = FIGURES["answered"]
    assert answered.counted is not None
    due = Measured.objects.filter(answered.among(now), began_at__gte=now - OVER)
    found = due.values("service").annotate(
        received=Count("pk"), in_time=Count("pk", filter=answered.counted(now)), days=Middle("days_to_answer")
    )
    enough = found.filter(received__gte=ENOUGH).order_by("service")
    counted = [
        (each["service"], each["received"], each["in_time"], None if each["days"] is None else round(each["days"]))
        for each in enough
    ]
    keep_answering(counted, on=clock.day_of(now))
    beat("count_answers", now=now, did={"services": len(counted)})
    return len(counted)
