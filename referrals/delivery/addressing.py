"""What becomes of one message now: where it goes, until when it waits, or why it does not go. Reads, changes nothing.

Asked in the moment before it is sent, in the scope of the unit that answers for the citizen: what was true when the
message was written may not be true any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from navigator.accounts.models import Membership, Unit, User
from referrals import models
from referrals.delivery import sms, timing
from referrals.delivery.answering import token_of
from referrals.delivery.reasons import Reason
from referrals.enums import Channel, Tell


@dataclass(frozen=True, slots=True)
class Send:
    """To this address. `left` is the worker who was named and does not work there any more."""

    channel: Channel
    to: str
    language: str
    left: User | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Not yet: quiet hours, or a pause that the citizen has been given."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Drop:
    """Not any more, or not at all."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Fail:
    """Not in this way: somebody has to do it in another."""

    reason: Reason
    channel: Channel | None = None
    left: User | None = None


def decide(delivery: models.Delivery, *, now: datetime) -> Send | Hold | Drop | Fail:
    """What becomes of it now."""
    if delivery.notice.tells == Tell.CITIZEN:
        return _to_citizen(delivery, now=now)
    return _to_colleague(delivery, now=now)


def _to_citizen(delivery: models.Delivery, *, now: datetime) -> Send | Hold | Drop | Fail:
    person = models.Person.objects.select_related("data_key").get(cases=delivery.case_id).unhidden()
    if person.do_not_contact:
        return Drop(Reason.DO_NOT_CONTACT)
    if person.paused_until and person.paused_until > now:
        return _wait(delivery, until=person.paused_until, or_else=Reason.PAUSED)
    if quiet := timing.quiet_until(now, quiet=settings.QUIET_HOURS):
        return _wait(delivery, until=quiet, or_else=Reason.LATE)
    match person.safe_channel:
        case Channel.EMAIL:
            to, channel = person.email, Channel.EMAIL
        case Channel.SMS:
            to, channel = sms.with_country_code(person.phone), Channel.SMS
        case Channel.PHONE:
            return Fail(Reason.BY_PHONE, Channel.PHONE)
        case Channel.LETTER:
            return Fail(Reason.BY_LETTER, Channel.LETTER)
        case _:
            return Fail(Reason.BY_VISIT, Channel.VISIT)
    return Send(channel, to, person.language) if to else Fail(Reason.NO_ADDRESS, channel)


def _wait(delivery: models.Delivery, *, until: datetime, or_else: Reason) -> Hold | Drop:
    """Waits, unless it would be worthless by then."""
    if delivery.worthless_after and until >= delivery.worthless_after:
        return Drop(or_else)
    return Hold(until)


def _to_colleague(delivery: models.Delivery, *, now: datetime) -> Send | Hold | Fail:
    quiet = timing.quiet_until(now, quiet=settings.QUIET_HOURS)
    if quiet and not delivery.notice.urgent:
        return Hold(quiet)
    named, unit = delivery.notice.to_worker, delivery.to_unit
    if named and named.has_address and works_in(named, unit):
        return Send(Channel.EMAIL, named.email, named.language)
    if not unit.email:
        return Fail(Reason.NO_ADDRESS, Channel.EMAIL, left=named)
    return Send(Channel.EMAIL, unit.email, settings.LANGUAGE_CODE, left=named)


def works_in(worker: User, unit: Unit) -> bool:
    """Can still sign in and still belongs to the unit."""
    return worker.is_active and Membership.objects.filter(user=worker, unit=unit, ended_at__isnull=True).exists()


def link_of(delivery: models.Delivery) -> str:
    """Where the reader finds what it is about. Addresses hold random numbers only; a citizen's is where the visit is
    answered.

    A referral's page opens for sender, receiver and coordinator; the case's page for whoever answers for the citizen.
    """
    notice = delivery.notice
    referral_id = referral_id_of(notice)
    if notice.tells == Tell.CITIZEN and delivery.opens_with:
        return f"{settings.PUBLIC_URL}{reverse('enter_reminder', args=[token_of(delivery.pk)])}"
    if notice.tells == Tell.CITIZEN:
        return front_page()
    if referral_id and notice.tells != Tell.OWNER:
        path = reverse("referral", args=[referral_id])
    elif notice.to_unit_id in (notice.owner_unit_id, notice.coordinator_unit_id):
        path = reverse("case", args=[notice.case_id])
    else:
        path = reverse("my_list")
    return f"{settings.PUBLIC_URL}{path}"


def front_page() -> str:
    """The address that tells least."""
    return f"{settings.PUBLIC_URL}/"


def referral_id_of(notice: models.Notice) -> UUID | None:
    """The referral that it is about, if any. The history shows itself only in a scope."""
    if notice.follow_up:
        return notice.follow_up.referral_id
    return models.CaseEvent.objects.filter(notices=notice).values_list("referral_id", flat=True).first()
