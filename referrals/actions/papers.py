"""Papers: a copy of everything about a citizen, and letters. Asked for, made by the worker process, and gone when their time
is over."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models as db
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from navigator import clock
from navigator.accounts.models import Unit
from navigator.database import scope
from navigator.database.alone import alone
from pathways.models import Service
from referrals import letters, models
from referrals.acting import By
from referrals.actions import events
from referrals.actions.calls import must_read
from referrals.actions.steps import also_when_restricted, at_the_case_of, locked, on_the_whole_case, too_late
from referrals.enums import Happening, Status
from referrals.errors import Invalid, NotAllowed
from referrals.export.document import SECTIONS, head, sections
from referrals.export.pdf import pdf

logger = logging.getLogger(__name__)
AnyPaper = models.Letter | models.Export
Written = dict[str, str]  # what a paper says, by column
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
    """Makes what is asked for, and forgets what is over. Returns how many it made."""
    made = 0
    for model, make in ((models.Letter, _letter), (models.Export, _export)):
        model._default_manager.filter(expires_at__lte=now()).delete()
        asked = _asked_for(model).order_by("asked_at").values_list("pk", flat=True)
        made += sum(_make(model, key, make, now=now()) for key in list(asked))
    return made


def _asked_for(model: type[AnyPaper]) -> db.QuerySet[AnyPaper]:
    return model._default_manager.filter(made_at__isnull=True, failed_at__isnull=True)


def _make(model: type[AnyPaper], key: UUID, make: Callable[..., Written], *, now: datetime) -> bool:
    """One paper, stored whole or not at all. No transaction is open meanwhile, so that others can see how far it is; two
    at once do not make the same, and whoever comes after one that died begins anew."""
    with alone(key.int) as nobody_else:
        asked = _asked_for(model).select_related("data_key", "unit__organisation").filter(pk=key)
        paper = asked.first() if nobody_else else None
        if paper is None:
            return False
        written: Written = {}
        try:
            written = make(paper, now=now)
            paper.made_at = now
        except Exception as error:  # said by its kind only: what it says may be of the citizen
            logger.error("Paper %s failed: %s", paper.pk, type(error).__name__)
            paper.failed_at = now
        for column, text in written.items():
            setattr(paper, column, text)
        paper.save(update_fields=["made_at", "failed_at", *written])
    return True


def _export(export: models.Export, *, now: datetime) -> Written:
    """In the scope of the whole organisation: it is one authority, and answers for all of its units."""
    units = Unit.objects.filter(organisation=export.unit.organisation).values_list("pk", flat=True)
    with scope.scope(*units), translation.override(export.language):
        _count(export, done=0, total=len(SECTIONS) + 1)  # and the PDF
        person = models.Person.objects.select_related("data_key", "unit").get(pk=export.person_id)
        said = head(unit=export.unit, language=export.language, now=now)
        for name, rows in sections(person, language=export.language):
            said[name] = rows
            _count(export, done=db.F("done") + 1)
    to_be_read = base64.b64encode(pdf(said)).decode()
    _count(export, done=db.F("done") + 1)
    return {"document": json.dumps(said, ensure_ascii=False, indent=2), "pdf": to_be_read}


def _count(export: models.Export, **counted: Any) -> None:
    """How far it is, for whoever sits before the progress bar."""
    models.Export.objects.filter(pk=export.pk).update(**counted)


def _letter(letter: models.Letter, *, now: datetime) -> Written:
    """In the scope of whoever has asked: what they may not see is in no letter of theirs."""
    with transaction.atomic(), scope.scope(letter.unit_id):
        page = letters.page(letter, on=clock.day_of(now))
    return {"pdf": base64.b64encode(letters.printed(page, kind=letter.kind)).decode()}
