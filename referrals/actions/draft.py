"""A need half written down: kept while it is typed, and forgotten with its key when nobody needs it any more."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from navigator.accounts.models import Unit
from navigator.database import scope
from navigator.vault.models import DataKey
from referrals import models
from referrals.acting import By, Citizen
from referrals.errors import NotAllowed, TooLate

KEPT_FOR = timedelta(days=30)


@transaction.atomic
def keep_draft(*, draft_id: UUID, typed: models.Typed, by: By, now: datetime) -> models.Draft:
    """Writes down all that stands on the page now: of two windows the last one to write wins, and nothing is mixed.

    Raises TooLate when the case has been opened from it.
    """
    content = json.dumps(typed)
    draft = _locked(draft_id, by=by)
    if draft is None:
        if models.Case.objects.filter(pk=draft_id).exists():
            raise TooLate(_("The case is opened already."))
        try:
            return _begun(draft_id, content, by=by, now=now)
        except IntegrityError:  # another window of the same worker was a moment faster; or it is somebody else's
            draft = _locked(draft_id, by=by)
    if draft is None:
        raise NotAllowed(_("This draft is not yours."))
    draft.content, draft.updated_at = content, now
    draft.save(update_fields=["content", "updated_at"])
    return draft


@transaction.atomic
def delete_draft(*, draft_id: UUID, by: By, now: datetime) -> None:
    """The worker does not need it. Deleting twice changes nothing."""
    draft = _locked(draft_id, by=by)
    if draft:
        _forget(draft, now=now)


def opened_from(draft_id: UUID, *, by: By | Citizen, now: datetime) -> models.Case | None:
    """Ends the draft in the transaction that opens its case; the case, where another window has opened it already."""
    draft = _locked(draft_id, by=by)
    if draft:
        _forget(draft, now=now)
    return models.Case.objects.filter(pk=draft_id).first()


def remove_old_drafts(*, now: datetime) -> int:
    """Drafts that nobody has touched for 30 days are forgotten, unit by unit; says how many."""
    removed = 0
    for unit in Unit.objects.values_list("pk", flat=True):
        with scope.scope(unit), transaction.atomic():
            old = models.Draft.objects.select_for_update(of=("self",), skip_locked=True)
            for draft in old.filter(updated_at__lt=now - KEPT_FOR).select_related("data_key"):
                _forget(draft, now=now)
                removed += 1
    return removed


def _locked(draft_id: UUID, *, by: By | Citizen) -> models.Draft | None:
    own = models.Draft.objects.filter(unit=by.unit, worker=by.user, pk=draft_id)
    return own.select_for_update(of=("self",)).select_related("data_key").first()


@transaction.atomic
def _begun(draft_id: UUID, content: str, *, by: By, now: datetime) -> models.Draft:
    key = DataKey.new()
    key.save()
    return models.Draft.objects.create(
        id=draft_id, data_key=key, unit=by.unit, worker=by.user, content=content, started_at=now, updated_at=now
    )


def _forget(draft: models.Draft, *, now: datetime) -> None:
    """The draft and the key that could have read its copies in a backup. What is left of the key says that it is gone."""
    key = draft.data_key
    draft.delete()
    key.destroy(now=now)
    key.save(update_fields=["wrapped", "destroyed_at"])
