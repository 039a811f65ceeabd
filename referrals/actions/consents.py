"""A consent is given, renewed and taken back; and no row that tells anybody anything is written without its basis."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import models as db
from django.utils.translation import gettext as _

from navigator.accounts.models import Unit
from navigator.database import scope
from pathways.models import Service
from referrals import consent_texts, consenting, grounds, models, telling, workflow
from referrals.acting import By, Citizen
from referrals.actions import events, follow_ups, notices
from referrals.actions.steps import also_when_restricted, locked, on_the_whole_case, write
from referrals.enums import (
    Basis,
    Category,
    Custody,
    Event,
    Form,
    Happening,
    Law,
    Purpose,
    Status,
    Tell,
    Wait,
)
from referrals.errors import Invalid, TooLate
from referrals.grounds import Anonymous, Ground, SaidYes, Statutory, Yes

SOON = timedelta(days=14)  # so long before a consent runs out, somebody is asked to see to it


def settle(
    ground: Ground,
    *,
    case: models.Case,
    to: Service | Unit,
    categories: Iterable[Category],
    follows: models.Referral | None = None,
    by: By | None,
    now: datetime,
) -> dict[str, Any]:
    """The basis as the columns of the row that is to tell it. A yes becomes a consent. The case is locked by the caller.

    Raises Invalid where it does not suffice: nobody may be told then.
    """
    categories = sorted(categories)
    match ground:
        case Yes():
            assert by is not None
            consent = _give(ground, case=case, to=to, categories=categories, by=by, now=now)
            return {"basis": Basis.CONSENT, "consent": consent}
        case SaidYes():
            return {"basis": Basis.CONSENT, "consent": _said(ground, case, to, categories, follows=follows, now=now)}
        case Statutory():
            assert by is not None
            _check_law(ground, case=case, to=to, by=by)
            return {"basis": Basis.STATUTORY, "law": ground.law}
        case Anonymous():
            if not telling.wants_anonymous(case.assessments.latest("assessed_at").answers):
                raise Invalid(_("The citizen has not asked to be anonymous. Ask for a yes."))
            return {"basis": Basis.ANONYMOUS}


def _check_law(ground: Statutory, *, case: models.Case, to: Service | Unit, by: By) -> None:
    """Raises Invalid without a reason, or for a law that is for others: among health staff, where the citizen has not said no
    (sundhedsloven § 41), or within one authority."""
    if not ground.reason.strip():
        raise Invalid(_("Write why the law allows you to tell the service without the citizen's consent."))
    if ground.law == Law.TREATMENT:
        if not (grounds.is_health(by.unit) and grounds.is_health(to)):
            raise Invalid(_("This law is for health staff among each other. Choose another one, or ask for a yes."))
        no = models.ConsentWithdrawal.objects.filter(consent__case=case)
        if no.filter(consent__to_service=to if isinstance(to, Service) else None).exists():
            raise Invalid(_("The citizen has said no to this receiver: this law does not allow it then."))
    theirs = to.unit if isinstance(to, Service) else to
    if ground.law == Law.SAME_AUTHORITY and not (theirs and theirs.organisation_id == by.unit.organisation_id):
        raise Invalid(_("The receiver belongs to another authority. Ask for a yes, or choose another law."))


def _give(
    yes: Yes, *, case: models.Case, to: Service | Unit, categories: list[Category], by: By, now: datetime
) -> models.Consent:
    answers = case.assessments.latest("assessed_at").answers
    asked = grounds.asked(case, answers, to=to, by=by.unit, now=now)
    _check(yes, asked)
    return models.Consent.objects.create(
        person=case.person,
        case=case,
        data_key_id=case.data_key_id,
        **case.units,
        from_unit=by.unit,
        to_service=to if isinstance(to, Service) else None,
        to_unit=to if isinstance(to, Unit) else None,
        next_door=yes.next_door and isinstance(to, Service),
        categories=categories,
        purpose=Purpose.HELP if isinstance(to, Service) else Purpose.ANSWER_FOR,
        form=yes.form,
        given_by=yes.given_by,
        custody=yes.custody or "" if asked.custody_informed else "",
        child_says=yes.child_says if asked.childs_voice else "",
        paper_at=yes.paper_at,
        note=yes.note,
        text_version=consent_texts.CURRENT,
        given_at=now,
        expires_at=now + yes.lasts,
        taken_by=by.user,
    )


def _check(yes: Yes, asked: consenting.Asked) -> None:
    """Raises Invalid where what the age and the road make necessary was not said."""
    if yes.given_by not in asked.by:
        if asked.by == consenting.BY_CUSTODY:
            raise Invalid(_("Under 15 years, those with custody say yes. Say who has."))
        raise Invalid(_("From 15 years the citizen says yes alone."))
    if asked.childs_voice and not yes.child_says.strip():
        raise Invalid(_("Ask the child too, and write what it says."))
    if asked.custody_informed and yes.custody is None:
        raise Invalid(_("Say whether those with custody know of it."))
    if asked.custody_informed and yes.custody == Custody.NOT_TOLD and not yes.note.strip():
        raise Invalid(_("Write why those with custody are not told."))
    if yes.form == Form.PAPER and not yes.paper_at.strip():
        raise Invalid(_("Write where the paper lies."))
    if asked.in_writing and yes.form == Form.ORAL and not yes.note.strip():
        raise Invalid(
            _("From the health service to others the yes is in writing. Write why a spoken one is enough here.")
        )
    if not timedelta(0) < yes.lasts <= consenting.LASTS_AT_MOST:
        raise Invalid(_("A consent lasts for a year at most."))


def _said(
    ground: SaidYes,
    case: models.Case,
    to: Service | Unit,
    categories: list[Category],
    *,
    follows: models.Referral | None,
    now: datetime,
) -> models.Consent:
    """A yes of before that covers it: to this receiver, or to the door that the one before has named."""
    found = case.consents.in_force(now).covering(categories, to=to).order_by("-expires_at").first()
    if found is None and ground.at and follows and covers_next_door(ground.at, categories, now=now):
        found = ground.at
    if found is None:
        raise Invalid(_("There is no consent that covers this receiver and all that is told. Ask the citizen."))
    return found


def covers_next_door(consent: models.Consent | None, categories: Iterable[str], *, now: datetime) -> bool:
    """Whether the citizen has said yes beforehand to the door that a service names when it cannot help."""
    return bool(consent and consent.next_door and consent.holds(now) and set(categories) <= set(consent.categories))


@on_the_whole_case
def renew_consent(*, case: models.Case, consent: models.Consent, yes: Yes, by: By, now: datetime) -> models.Consent:
    """The citizen says yes once more, to the same receiver and the same data, from today."""
    if case.closed_at:
        raise TooLate(_("This case is closed. Open a new one if the citizen needs help again."))
    if hasattr(consent, "withdrawal"):
        raise TooLate(_("This consent was withdrawn. Ask again when you send again."))
    categories = [Category(each) for each in consent.categories]
    renewed = _give(yes, case=case, to=consent.receiver, categories=categories, by=by, now=now)
    follow_ups.close(case.follow_ups.filter(referral=None, waits_for=Wait.CONSENT_ENDS), now=now)
    return renewed


@also_when_restricted
def withdraw_consent(
    *, case: models.Case, consent: models.Consent, by: By | Citizen, now: datetime, note: str = ""
) -> None:
    """The citizen takes the yes to one receiver back, alone or through a worker.

    What nobody there has opened cannot be opened any more. A hand-off that nobody has taken on ends, and one that was
    taken on goes on in the service's own record; those who were told hear of it. Somebody is to agree with the citizen how
    it goes on, so that nobody is lost. Raises TooLate when it was withdrawn before.
    """
    taken_back = list(_of_the_same(consent, case=case))
    if not taken_back:
        raise TooLate(_("This consent was withdrawn already."))
    for each in taken_back:
        models.ConsentWithdrawal.objects.create(
            consent=each,
            data_key_id=each.data_key_id,
            **case.units,
            from_unit_id=each.from_unit_id,
            withdrawn_at=now,
            by=by.user,
            note=note,
        )
    happened = events.record(Happening.CONSENT_WITHDRAWN, case=case, now=now, by=by, consent=str(consent.pk))
    if not (isinstance(by, By) and by.unit == case.owner_unit):
        notices.tell(happened, to=case.owner_unit, tells=Tell.OWNER, now=now)
    told = models.Referral.objects.filter(disclosures__consent__in=taken_back, status__in=workflow.LIVE)
    for referral in told.distinct().select_related("receiver_unit"):
        _stop(referral, case=case, consent=consent, by=by, now=now)
    _stop_take_overs(taken_back, case=case, now=now)
    if not case.closed_at and not case.follow_ups.open().filter(waits_for=Wait.WITHDRAWN).exists():
        follow_ups.open_wait(Wait.WITHDRAWN, case=case, owed_by=case.owner_unit, worker=case.owner_worker, now=now)


def _of_the_same(consent: models.Consent, *, case: models.Case) -> db.QuerySet[models.Consent]:
    """Every yes to the same receiver: whoever takes one back means them all, also one that was renewed."""
    receiver = {"to_service": consent.to_service_id, "to_unit": consent.to_unit_id}
    return case.consents.filter(withdrawal=None, **receiver).order_by("pk")


def _stop(
    referral: models.Referral, *, case: models.Case, consent: models.Consent, by: By | Citizen, now: datetime
) -> None:
    with scope.widened_to(referral.sender_unit_id, referral.receiver_unit_id):
        if referral.status in workflow.NOT_TAKEN_ON:
            detail = {"consent": str(consent.pk)}
            write(locked(referral), Event.WITHDRAW, to=Status.WITHDRAWN, case=case, by=by, now=now, detail=detail)
            return
        happened = events.record(
            Happening.CONSENT_WITHDRAWN, case=case, referral=referral, now=now, by=by, consent=str(consent.pk)
        )
        if referral.receiver_unit and not (isinstance(by, By) and by.unit == referral.receiver_unit):
            notices.tell(happened, to=referral.receiver_unit, tells=Tell.OWED_BY, now=now)


def _stop_take_overs(consents: list[models.Consent], *, case: models.Case, now: datetime) -> None:
    """Who was asked to answer for the citizen is asked no more."""
    stopped = case.take_overs.filter(consent__in=consents, answered_at=None)
    if stopped.update(answered_at=now, answered_by=db.F("asked_by"), accepted=False):
        follow_ups.close(case.follow_ups.filter(waits_for=Wait.TAKE_OVER), now=now)


def remind_of_consents(*, now: datetime) -> int:
    """Once a night: a consent that runs out within a fortnight, while a hand-off rests on it, becomes a task on its case.
    The worker runs it, in the scope of one unit at a time. Returns how many tasks it opened."""
    opened = 0
    for unit in Unit.objects.values_list("pk", flat=True):
        with scope.scope(unit):
            ending = models.Consent.objects.in_force(now).filter(
                from_unit=unit, expires_at__lte=now + SOON, disclosures__referral__status__in=workflow.LIVE
            )
            for consent in ending.select_related("case").distinct().order_by("expires_at"):
                opened += _remind(case=consent.case, consent=consent, now=now)
    return opened


@on_the_whole_case
def _remind(*, case: models.Case, consent: models.Consent, now: datetime) -> bool:
    renewed = case.consents.in_force(consent.expires_at).filter(
        to_service=consent.to_service_id, to_unit=consent.to_unit_id
    )
    asked = case.follow_ups.filter(waits_for=Wait.CONSENT_ENDS, opened_at__gte=consent.expires_at - SOON)
    if case.closed_at or renewed.exists() or asked.exists():
        return False
    follow_ups.open_wait(Wait.CONSENT_ENDS, case=case, owed_by=case.owner_unit, worker=case.owner_worker, now=now)
    return True
