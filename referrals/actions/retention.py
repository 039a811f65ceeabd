"""A closed case is restricted, and later disposed of: by two people, or restricted at once when the citizen has died."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from navigator.database import scope
from navigator.vault.models import DataKey
from referrals import keeping, models
from referrals.acting import By
from referrals.actions import events
from referrals.actions.steps import locked_case, on_the_whole_case
from referrals.enums import Happening, RetentionStep
from referrals.errors import Invalid, NotAllowed, TooLate


@on_the_whole_case
def restrict(*, case: models.Case, reason: str, by: By, now: datetime) -> None:
    """Locks a closed case on which nothing is owed: it is in no ordinary list or search any more, and nothing in it is
    changed. Raises Invalid for any other: whoever owes a step could not take it, and nobody would see that."""
    if case.closed_at is None:
        raise Invalid(_("Only a closed case can be restricted: on an open one somebody still waits for help."))
    if case.follow_ups.open().exists():
        raise Invalid(_("Somebody still owes a step on this case. It can be restricted when that is done."))
    lock(case, note=reason, by=by, now=now)


def lock(case: models.Case, *, by: By, now: datetime, note: str = "") -> None:
    """Writes the restriction, in the caller's transaction."""
    case.restricted_at = now
    case.save(update_fields=["restricted_at"])
    events.record(Happening.RESTRICTED, case=case, now=now, by=by, note=note)


def dispose(*, case: models.Case, by: By, now: datetime) -> None:
    """Destroys the citizen's key, in the caller's transaction: what it sealed is gone in every row, history and backup. The
    rows stay, without a name. All cases of the citizen go together; one that is gone already is left as it is."""
    with scope.widened_to(*case.person.held_by):
        theirs = models.Case.objects.filter(person=case.person_id, disposed_at=None).order_by("pk")
        cases = [locked_case(pk, also_restricted=True) for pk in theirs.values_list("pk", flat=True)]
        if not all(each.restricted_at for each in cases):
            raise TooLate(_("Another case of the citizen is not restricted yet."))
        for each in cases:
            with scope.widened_to(each.origin_unit_id, each.owner_unit_id, each.coordinator_unit_id):
                each.disposed_at = now
                each.save(update_fields=["disposed_at"])
                events.record(Happening.DISPOSED, case=each, now=now, by=by)
        # A name could be guessed by what it is found by.
        models.PersonKey.objects.filter(person=case.person_id).delete()
    key = DataKey.objects.select_for_update(no_key=True).get(pk=case.person.data_key_id)
    if key.destroyed_at is None:
        key.destroy(now=now)
        key.save(update_fields=["wrapped", "destroyed_at"])


@transaction.atomic
def ask_for_retention(*, by: By, now: datetime) -> models.RetentionRound:
    """Everything that is due today, written down for somebody else to look at. Nothing is carried out."""
    due = keeping.due(unit=by.unit, now=now)
    if not due:
        raise Invalid(_("Nothing is due today."))
    try:
        with transaction.atomic():
            asked = models.RetentionRound.objects.create(unit=by.unit, asked_by=by.user, asked_at=now)
    except IntegrityError:
        raise TooLate(_("Somebody has asked for it already.")) from None
    models.RetentionRow.objects.bulk_create(
        models.RetentionRow(
            round=asked,
            unit=by.unit,
            case=each.case,
            step=each.step,
            rule=each.rule,
            ended_on=each.ended_on,
            due_on=each.due_on,
        )
        for each in due
    )
    return asked


@transaction.atomic
def answer_retention(*, asked: models.RetentionRound, approved: bool, by: By, now: datetime) -> None:
    """A second person carries it out, or says no. What is not due any more, for somebody has opened the case again, is left."""
    asked = models.RetentionRound.objects.select_for_update(of=("self",), no_key=True).get(pk=asked.pk)
    if asked.answered_at:
        raise TooLate(_("Somebody has answered it already."))
    if approved and asked.asked_by_id == by.user.pk:
        raise NotAllowed(_("It takes two: somebody else must approve what you have asked for."))
    if not approved and asked.asked_by_id == by.user.pk:
        asked.rows.all().delete()
        asked.delete()  # taken back before anybody has answered
        return
    asked.answered_by, asked.answered_at, asked.approved = by.user, now, approved
    asked.save(update_fields=["answered_by", "answered_at", "approved"])
    if approved:
        _carry_out(asked, by=by, now=now)


def _carry_out(asked: models.RetentionRound, *, by: By, now: datetime) -> None:
    rows = {row.case_id: row for row in asked.rows.all()}
    for each in keeping.due(unit=by.unit, now=now, only=rows):
        row = rows[each.case.pk]
        if row.step != each.step:
            continue
        if each.step is RetentionStep.RESTRICT:
            lock(locked_case(each.case.pk), by=by, now=now)
        else:
            dispose(case=each.case, by=by, now=now)
        row.done_at = now
        row.save(update_fields=["done_at"])
