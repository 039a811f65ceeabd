"""The figures' rows of every case in which something has happened since, worked out anew. Run by the worker."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db import models as db

from navigator.database import scope
from referrals import measuring, models

logger = logging.getLogger(__name__)

BATCH = 200  # notes a transaction
ONE_AT_A_TIME = 0x6D656173  # two at once could write an older picture over a newer one


def measure_what_has_changed() -> int:
    """Works off what the database has noted, unless somebody else is at it. Returns how many notes. A case that cannot be
    measured stops none of the others: its note stays, for the next time."""
    done, last = 0, 0
    while notes := list(models.ToMeasure.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = notes[-1].pk
        try:
            worked_off = _work_off(notes)
        except Exception:
            logger.exception("A batch of the figures failed; its cases are taken one by one")
            worked_off = sum(_work_off_one(note) or 0 for note in notes)
        if worked_off is None:
            break
        done += worked_off
    return done


def _work_off_one(note: models.ToMeasure) -> int | None:
    try:
        return _work_off([note])
    except Exception:
        logger.exception("Measuring failed on case %s", note.case_id)
        return 0


@transaction.atomic
def _work_off(notes: Sequence[models.ToMeasure]) -> int | None:
    """How many were worked off; none where somebody else is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            return None
    # The notes are taken away first and the history is read then: what is added meanwhile has a note of its own.
    models.ToMeasure.objects.filter(pk__in=[note.pk for note in notes]).delete()
    with scope.scope(*{note.owner_unit_id for note in notes}):
        _measure({note.case_id for note in notes})
    return len(notes)


def _measure(ids: Collection[UUID]) -> None:
    """A case that has another owner since is not seen here: it has a later note, with that owner."""
    cases = list(models.Case.objects.filter(pk__in=ids).select_related("person"))
    history = _by_case(models.CaseEvent.objects.filter(case__in=cases).defer("note").order_by("pk"))
    sent = _by_case(models.Referral.objects.filter(case__in=cases).exclude(sent_at=None).select_related("service"))
    clocks = _by_case(models.Guarantee.objects.filter(case__in=cases).defer("overrun_reason"))
    latest = models.Assessment.objects.filter(case__in=cases).order_by("case", "-assessed_at").distinct("case")
    matches = {assessment.case_id: assessment.explanation["da"] for assessment in latest}
    rows, case_rows = list[models.Measured](), list[models.MeasuredCase]()
    for case in cases:
        measured = _measured(case, sent[case.pk], history[case.pk])
        rows += measured
        case_rows.append(
            measuring.of_case(
                case,
                measured=measured,
                on_a_side=frozenset(referral.pk for referral in sent[case.pk] if referral.sides),
                history=history[case.pk],
                guarantees=clocks[case.pk],
                match=matches[case.pk],
            )
        )
    _keep(models.Measured, rows)
    _keep(models.MeasuredCase, case_rows)


def _measured(
    case: models.Case, sent: Iterable[models.Referral], history: Sequence[models.CaseEvent]
) -> list[models.Measured]:
    of_referral = defaultdict(list)
    for event in history:
        of_referral[event.referral_id].append(event)
    closed = settings.ALSO_CLOSED_ON
    rows = (measuring.of_referral(one, case=case, history=of_referral[one.pk], also_closed=closed) for one in sent)
    return [row for row in rows if row]


def _by_case(found: db.QuerySet[Any]) -> defaultdict[UUID, list[Any]]:
    by_case = defaultdict(list)
    for row in found:
        by_case[row.case_id].append(row)
    return by_case


def _keep(model: type[db.Model], rows: Sequence[Any]) -> None:
    """In the place of what stood there. What was sent stays sent: no row is ever taken away."""
    key = model._meta.pk
    columns = [field.name for field in model._meta.concrete_fields if field is not key]
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=[key.name], update_fields=columns)
