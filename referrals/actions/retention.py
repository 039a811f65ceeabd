"""A closed case is restricted, and later disposed of: by two people, or restricted at once when the citizen has died. An open
one is restricted when the citizen asks for it, until that is lifted (decision 32)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from navigator.database import scope
from navigator.vault.models import DataKey
from referrals import keeping, models, workflow
from referrals.acting import By
from referrals.actions import events
from referrals.actions.calls import must_read
from referrals.actions.steps import also_when_restricted, locked_case, on_the_whole_case
from referrals.enums import Happening, RetentionStep, Status
from referrals.errors import Invalid, NotAllowed, TooLate


@on_the_whole_case
def restrict(*, case: models.Case, reason: str, by: By, now: datetime) -> None:
    """Locks a case: nothing in it is changed but what the citizen has a right to. A closed one is in no ordinary list or search
    any more either. On an open one our own tasks stay, with their clocks, so that nobody is forgotten.

    Raises Invalid where somebody would be stopped in the middle: a closed case on which anything is owed, and an open one
    while a hand-off is on its way or another unit is asked to take over.
    """
    if case.closed_at and case.follow_ups.open().exists():
        raise Invalid(_("Somebody still owes a step on this case. It can be restricted when that is done."))
    on_its_way = case.referrals.filter(status__in=(Status.DRAFT, *workflow.LIVE))
    if on_its_way.exists() or case.take_overs.filter(answered_at=None).exists():
        raise Invalid(
            _("Somebody else has been asked to help. End that with the citizen first, or hand the case over.")
        )
    lock(case, note=reason, by=by, now=now)


@also_when_restricted
def lift_restriction(*, case: models.Case, because: str, by: By, now: datetime) -> None:
    """An open case is worked on again. The citizen has been told before (GDPR art. 18(3)); `because` says how, and why it is
    over. What is kept for its time alone stays locked."""
    must_read(case, by=by)
    if not because.strip():
        raise Invalid(_("Write how and when the citizen was told. That comes first."))
    if not case.is_restricted_and_open:
        raise TooLate(_("There is no restriction to lift."))
    case.restricted_at = None
    case.save(update_fields=["restricted_at"])
    events.record(Happening.RESTRICTION_LIFTED, case=case, now=now, by=by, note=because)


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
        if not all(each.restricted_at and each.closed_at for each in cases):
            raise TooLate(_("Another case of the citizen is not restricted yet."))
        for each in cases:
            with scope.widened_to(each.origin_unit_id, each.owner_unit_id, each.coordinator_unit_id):
                each.disposed_at = now
                each.save(update_fields=["disposed_at"])
                events.record(Happening.DISPOSED, case=each, now=now, by=by)
        # A name could be guessed by what it is found by.
        models.PersonKey.objects.filter(person=case.person_id).delete()
    key = DataKey.objects.select_for_update(no_key=True, of=("self",)).get(pk=case.person.data_key_id)
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
