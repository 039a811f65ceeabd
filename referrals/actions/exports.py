"""A copy of everything about a citizen: asked for, made by the worker process, and gone when its day is over."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation

from navigator.accounts.models import Unit
from navigator.database import scope
from referrals import models
from referrals.acting import By
from referrals.actions import events
from referrals.actions.calls import must_read
from referrals.actions.steps import also_when_restricted
from referrals.enums import Happening
from referrals.export.document import document
from referrals.export.pdf import pdf

logger = logging.getLogger(__name__)
KEPT_FOR = timedelta(hours=24)


@also_when_restricted
def ask_for_export(*, case: models.Case, note: str, language: str, by: By, now: datetime) -> models.Export:
    """The citizen wants a copy. It stands in the history; the worker process makes it."""
    must_read(case, by=by)
    events.record(Happening.EXPORTED, case=case, now=now, by=by, note=note)
    return models.Export.objects.create(
        case=case,
        person=case.person,
        data_key_id=case.data_key_id,
        unit=by.unit,
        worker=by.user,
        language=language,
        asked_at=now,
        expires_at=now + KEPT_FOR,
    )


def make_exports(*, now: Callable[[], datetime]) -> int:
    """Makes what is asked for, one a transaction, and forgets what is over. Returns how many it made."""
    models.Export.objects.filter(expires_at__lte=now()).delete()
    made = 0
    while _next(now=now()):
        made += 1
    return made


def _next(*, now: datetime) -> bool:
    with transaction.atomic():
        asked = models.Export.objects.filter(made_at__isnull=True, failed_at__isnull=True)
        locked = asked.select_for_update(of=("self",), skip_locked=True, no_key=True)
        export = locked.select_related("data_key", "unit__organisation").order_by("asked_at").first()
        if export is None:
            return False
        _make(export, now=now)
        export.save(update_fields=["document", "pdf", "made_at", "failed_at"])
    return True


def _make(export: models.Export, *, now: datetime) -> None:
    """In the scope of the whole organisation: it is one authority, and answers for all of its units."""
    units = Unit.objects.filter(organisation=export.unit.organisation).values_list("pk", flat=True)
    try:
        with transaction.atomic(), scope.scope(*units), translation.override(export.language):
            person = models.Person.objects.select_related("data_key", "unit").get(pk=export.person_id)
            said = document(person, unit=export.unit, language=export.language, now=now)
        to_be_read = base64.b64encode(pdf(said)).decode()
        export.document, export.pdf = json.dumps(said, ensure_ascii=False, indent=2), to_be_read
        export.made_at = now
    except Exception as error:  # said by its kind only: what it says may be of the citizen
        logger.error("Export %s failed: %s", export.pk, type(error).__name__)
        export.failed_at = now
