"""Mistakes are corrected with a trace (GDPR art. 16), and what else the citizen asks for is kept with its answer."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from navigator.accounts.models import Unit
from navigator.database import scope
from referrals import models
from referrals.acting import By, Citizen
from referrals.actions import events, notices, retention
from referrals.actions.calls import must_read
from referrals.actions.person import digests_of, index
from referrals.actions.steps import also_when_restricted
from referrals.enums import Happening, Right, Tell
from referrals.errors import Invalid, TooLate
from referrals.models.person import PersonKey


@also_when_restricted
def correct_fact(
    *, case: models.Case, fact: str, right: str, because: str, by: By, now: datetime
) -> list[models.Referral]:
    """Something about the person was wrong. What was and what is are kept sealed; each service that was told the wrong
    one is told, and finds it beside its copy, which stays as it was. Returns the attempts at services that have no account
    here: somebody is to phone them."""
    must_read(case, by=by)
    if not because.strip():
        raise Invalid(_("Write how you know what is right."))
    person = case.person.unhidden()
    before = getattr(person, fact)
    if before == right and not person.is_protected:  # else one could guess
        raise Invalid(_("That is what it says already."))
    _write(person, fact, right, unit=by.unit)
    happened = events.record(Happening.CORRECTED, case=case, now=now, by=by, note=because, fact=fact)
    _keep(case, happened, fact=fact, before=before, right=right, now=now)
    told = _who_was_told(person, fact, before)
    for referral in told:
        _tell(referral, fact=fact, before=before, right=right, by=by, now=now)
    return [referral for referral in told if referral.receiver_unit is None]


@also_when_restricted
def correct_note(*, case: models.Case, corrects: models.CaseEvent, note: str, by: By, now: datetime) -> None:
    """A note that says what an earlier one had wrong; that one stays."""
    must_read(case, by=by)
    if not note.strip():
        raise Invalid(_("Write the note."))
    events.record(Happening.NOTED, case=case, now=now, by=by, note=note, corrects=corrects)


@also_when_restricted
def ask_right(*, case: models.Case, right: Right, asked_on: date, note: str, by: By | Citizen, now: datetime) -> None:
    """The citizen asks for it, in their own words. Nothing is decided by that; whoever answers for them hears of it."""
    must_read(case, by=by)
    if not note.strip():
        raise Invalid(_("Write what the citizen asks for."))
    asked = events.record(
        Happening.RIGHT_ASKED, case=case, now=now, by=by, note=note, right=right, asked_on=str(asked_on)
    )
    if not (isinstance(by, By) and by.unit == case.owner_unit):
        notices.tell(asked, to=case.owner_unit, tells=Tell.OWNER, now=now)


@also_when_restricted
def answer_right(
    *, case: models.Case, asked: models.CaseEvent, granted: bool, because: str, by: By, now: datetime
) -> None:
    """What the citizen was told, by a named human and with the reason. Once. A restriction that is granted is in force at
    once; Invalid where that would stop somebody in the middle (`retention.restrict`)."""
    must_read(case, by=by)
    if not because.strip():
        raise Invalid(_("Write why."))
    if case.events.filter(kind=Happening.RIGHT_ANSWERED, detail__asked=str(asked.pk)).exists():
        raise TooLate(_("That has been answered already."))
    if granted and asked.detail["right"] == Right.RESTRICTION and not case.restricted_at:
        retention.restrict(case=case, reason="", by=by, now=now)
    events.record(
        Happening.RIGHT_ANSWERED, case=case, now=now, by=by, note=because, asked=str(asked.pk), granted=granted
    )


def _write(person: models.Person, fact: str, right: str, *, unit: Unit) -> None:
    """On the person, and in what each unit finds them by. Raises Invalid for a CPR number that this unit has of another;
    what other units know is not said."""
    with scope.widened_to(*person.held_by):
        if fact == "cpr" and not person.is_protected:
            digests = [digest for _kind, digest in digests_of({"cpr": right})]
            same = PersonKey.objects.filter(unit=unit, kind=PersonKey.Kind.CPR, digest__in=digests)
            if same.exclude(person=person).exists():
                raise Invalid(_("This CPR number is already registered in your unit. Link the two records instead."))
        setattr(person, fact, right)
        person.save(update_fields=[fact])
        for holder in Unit.objects.filter(pk__in=person.held_by):
            index(person, unit=holder)


def _who_was_told(person: models.Person, fact: str, before: str) -> list[models.Referral]:
    """The attempts, of any case of this person, whose latest copy says what was wrong."""
    with scope.widened_to(*person.held_by):
        latest = models.Disclosure.objects.filter(referral=OuterRef("pk")).order_by("-disclosed_at", "-pk")
        attempts = models.Referral.objects.filter(case__person=person, sent_at__isnull=False)
        found = list(
            attempts.annotate(copy=Subquery(latest.values("pk")[:1]))
            .select_related("case", "receiver_unit", "sender_unit", "data_key", "service")
            .order_by("pk")
        )
        copies = models.Disclosure.objects.select_related("data_key", "referral").in_bulk([each.copy for each in found])
    return [each for each in found if before and copies[each.copy].frozen_who.get(fact) == before]


def _tell(referral: models.Referral, *, fact: str, before: str, right: str, by: By, now: datetime) -> None:
    """Beside the copy, and by a notice where there is anybody here to be told."""
    case = referral.case
    units = (case.origin_unit_id, case.owner_unit_id, case.coordinator_unit_id, referral.sender_unit_id)
    with scope.widened_to(*units, referral.receiver_unit_id):
        happened = events.record(Happening.CORRECTED, case=case, referral=referral, now=now, by=by, fact=fact)
        _keep(case, happened, fact=fact, before=before, right=right, now=now, referral=referral)
        if referral.receiver_unit and referral.receiver_unit != by.unit:
            notices.tell(happened, to=referral.receiver_unit, tells=Tell.OWED_BY, now=now)


def _keep(
    case: models.Case,
    happened: models.CaseEvent,
    *,
    fact: str,
    before: str,
    right: str,
    now: datetime,
    referral: models.Referral | None = None,
) -> None:
    models.Correction.objects.create(
        case=case,
        referral=referral,
        event=happened,
        data_key_id=case.data_key_id,
        **case.units,
        receiver_unit_id=referral.receiver_unit_id if referral else None,
        guest=referral.guest if referral else None,
        fact=fact,
        before=before,
        after=right,
        corrected_at=now,
    )
