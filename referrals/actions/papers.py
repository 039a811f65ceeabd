"""Papers: a copy of everything about a citizen, and letters. Asked for, made by the worker process, and gone when their time
is over."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from navigator import clock
from navigator.accounts.models import Unit
from navigator.database import scope
from pathways.models import Service
from referrals import letters, models
from referrals.acting import By
from referrals.actions import events
from referrals.actions.calls import must_read
from referrals.actions.steps import also_when_restricted, at_the_case_of, locked, on_the_whole_case, too_late
from referrals.enums import Happening, Status
from referrals.errors import Invalid, NotAllowed
from referrals.export.document import document
from referrals.export.pdf import pdf

logger = logging.getLogger(__name__)
EXPORT_KEPT, LETTER_KEPT = timedelta(hours=24), timedelta(hours=1)


@also_when_restricted
def ask_for_export(*, case: models.Case, note: str, language: str, by: By, now: datetime) -> models.Export:
    """The citizen wants a copy. It stands in the history; the worker process makes it."""
    must_read(case, by=by)
    events.record(Happening.EXPORTED, case=case, now=now, by=by, note=note)
    return models.Export.objects.create(
        case=case, person=case.person, **_asked(case, language, EXPORT_KEPT, by=by, now=now)
    )


@on_the_whole_case
def ask_for_letter(
    *,
    case: models.Case,
    kind: models.Letter.Kind,
    service: Service | None,
    referral: models.Referral | None,
    language: str,
    by: By,
    now: datetime,
) -> models.Letter:
    """Somebody wants it on paper. Raises Invalid for a letter about a visit that is not agreed."""
    must_read(case, by=by)
    if kind == models.Letter.Kind.APPOINTMENT and (referral is None or referral.appointment_at is None):
        raise Invalid(_("No visit is agreed. Choose another letter."))
    said = _asked(case, language, LETTER_KEPT, by=by, now=now)
    return models.Letter.objects.create(case=case, kind=kind, service=service, referral=referral, **said)


def ask_for_visit_letter(*, referral: models.Referral, language: str, by: By, now: datetime) -> models.Letter:
    """The service wants its own agreement on paper, for the citizen. Raises TooLate when no visit is agreed any more."""
    with at_the_case_of(referral):
        referral = locked(referral)
        if by.unit.pk != referral.receiver_unit_id:
            raise NotAllowed(_("Your unit cannot do this on this referral."))
        if referral.status != Status.BOOKED:
            raise too_late(referral)
        said = _asked(referral, language, LETTER_KEPT, by=by, now=now)
        about = {"case_id": referral.case_id, "service": referral.service, "referral": referral}
        return models.Letter.objects.create(kind=models.Letter.Kind.APPOINTMENT, **about, **said)


def _asked(
    about: models.Case | models.Referral, language: str, kept: timedelta, *, by: By, now: datetime
) -> dict[str, Any]:
    whose = {"data_key_id": about.data_key_id, "unit": by.unit, "worker": by.user}
    return whose | {"language": language, "asked_at": now, "expires_at": now + kept}


def make_papers(*, now: Callable[[], datetime]) -> int:
    """Makes what is asked for, one a transaction, and forgets what is over. Returns how many it made."""
    made = 0
    for model, make in ((models.Letter, _make_letter), (models.Export, _make_export)):
        model._default_manager.filter(expires_at__lte=now()).delete()
        while _next(model, make, now=now()):
            made += 1
    return made


def _next(model: type[models.Letter | models.Export], make: Callable[..., None], *, now: datetime) -> bool:
    with transaction.atomic():
        asked = model._default_manager.filter(made_at__isnull=True, failed_at__isnull=True)
        locked = asked.select_for_update(of=("self",), skip_locked=True, no_key=True)
        paper = locked.select_related("data_key", "unit__organisation").order_by("asked_at").first()
        if paper is None:
            return False
        try:
            make(paper, now=now)
            paper.made_at = now
        except Exception as error:  # said by its kind only: what it says may be of the citizen
            logger.error("Paper %s failed: %s", paper.pk, type(error).__name__)
            paper.failed_at = now
        paper.save()
    return True


def _make_export(export: models.Export, *, now: datetime) -> None:
    """In the scope of the whole organisation: it is one authority, and answers for all of its units."""
    units = Unit.objects.filter(organisation=export.unit.organisation).values_list("pk", flat=True)
    with transaction.atomic(), scope.scope(*units), translation.override(export.language):
        person = models.Person.objects.select_related("data_key", "unit").get(pk=export.person_id)
        said = document(person, unit=export.unit, language=export.language, now=now)
    to_be_read = base64.b64encode(pdf(said)).decode()
    export.document, export.pdf = json.dumps(said, ensure_ascii=False, indent=2), to_be_read


def _make_letter(letter: models.Letter, *, now: datetime) -> None:
    """In the scope of whoever has asked: what they may not see is in no letter of theirs."""
    with transaction.atomic(), scope.scope(letter.unit_id):
        page = letters.page(letter, on=clock.day_of(now))
    letter.pdf = base64.b64encode(letters.printed(page, kind=letter.kind)).decode()
