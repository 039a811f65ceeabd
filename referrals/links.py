"""Secure links: how a service without an account answers one referral.

The worker makes the link and the code in the moment it sends them, so that the database only ever holds their hashes.
What was sent and then lost with the transaction opens nothing; the next try sends another.
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import models as db
from django.db import transaction

from navigator import clock
from navigator.database import scope
from pathways.models import Service
from referrals import models, workflow
from referrals.delivery import texts
from referrals.delivery.channels import Message, Refused, TryAgain
from referrals.delivery.email import Email
from referrals.delivery.sms import gateway, with_country_code
from referrals.delivery.timing import after_try
from referrals.models.secure_link import CODE_LASTS, CODES_A_DAY, LASTS, TRIES, opens_with

logger = logging.getLogger(__name__)

MOST_TRIES = 20  # to send a link; then it is a task for the sender
BEING_SENT = timedelta(minutes=2)  # longer than a relay keeps us waiting; then somebody else may try


def want_link(referral: models.Referral, *, now: datetime) -> None:
    """A service without an account, but with an address and another way to reach it, is to get a link. In the
    transaction that sends the referral."""
    service = referral.service
    if referral.receiver_unit_id or not can_get_link(service):
        return  # by telephone or letter: the sender's task, on the same clocks
    models.SecureLink.objects.create(
        referral=referral,
        sender_unit_id=referral.sender_unit_id,
        owner_unit_id=referral.owner_unit_id,
        coordinator_unit_id=referral.coordinator_unit_id,
        email=service.email,
        code_to=_code_to(service),
        wanted_at=now,
        send_at=now,
    )


def can_get_link(service: Service) -> bool:
    """There is an address for the link and another way for the code."""
    return bool(service.email and _code_to(service))


def _code_to(service: Service) -> str:
    return with_country_code(service.phone) or service.second_email


def revoke(referral: models.Referral, *, now: datetime) -> None:
    """The link opens nothing any more."""
    models.SecureLink.objects.filter(referral=referral, revoked_at__isnull=True).update(
        revoked_at=now, send_at=None, code_wanted_at=None
    )


def want_code(link: models.SecureLink, *, now: datetime) -> bool:
    """Asks for a code. False when too many were asked for: the link is closed then, for whoever is guessing."""
    if link.codes_sent >= CODES_A_DAY:
        revoke(link.referral, now=now)
        return False
    models.SecureLink.objects.filter(pk=link.pk, code_wanted_at__isnull=True).update(code_wanted_at=now)
    return True


@transaction.atomic
def try_code(link: models.SecureLink, code: str, *, now: datetime) -> bool:
    """Does the code fit? It fits once. Five wrong tries close the link."""
    link = models.SecureLink.objects.select_for_update(of=("self",), no_key=True).get(pk=link.pk)
    if not link.is_open(now) or link.code_digest is None or not link.code_expires_at or now >= link.code_expires_at:
        return False
    fits = secrets.compare_digest(bytes(link.code_digest), link.digest_of(code))
    link.code_tries += 1
    if fits or link.code_tries >= TRIES:
        link.code_digest = None
    link.save(update_fields=["code_tries", "code_digest"])
    if not fits and link.code_tries >= TRIES:
        revoke(link.referral, now=now)
    return fits


def found(guest: UUID, *, now: datetime) -> models.SecureLink | None:
    """The link that this hash opens, while it is open. Entered scope only: a guess sees an empty table."""
    link = (
        models.SecureLink.objects.select_related("referral__service", "referral__sender_unit__organisation")
        .filter(opens_with=guest)
        .first()
    )
    return link if link and link.is_open(now) else None


def has_ended(guest: UUID) -> bool:
    """Whether this link was one to a referral that has been taken back since. A guess is told nothing: it sees no link."""
    link = models.SecureLink.objects.select_related("referral").filter(opens_with=guest).first()
    return link is not None and link.referral.status in workflow.ENDED_WITHOUT


def send_what_is_wanted(*, now: datetime | None = None) -> dict[str, int]:
    """The worker's part: sends links and codes that are wanted. Answers with what it did."""
    now = now or clock.now()
    did = {"links": 0, "codes": 0, "failed": 0}
    mail = Email()
    try:
        while _send_next_link(mail, now=now, did=did) or _send_next_code(mail, now=now, did=did):
            pass
    finally:
        mail.close()
    return did


def _send_next_link(mail: Email, *, now: datetime, did: dict[str, int]) -> bool:
    link = _claimed(now=now)
    if link is None:
        return False
    token = secrets.token_urlsafe(32)
    subject, text = texts.to_service(language="da", link=f"{settings.PUBLIC_URL}/link/{token}/")
    try:
        # Nothing is locked, and nothing opens yet: while a relay hangs, no step on the referral waits for it.
        mail.send(Message(key=f"{link.pk}-{link.tries_to_send}", to=link.email, subject=subject, text=text))
    except (TryAgain, Refused) as error:
        _put_off(link, error, now=now, did=did)
    else:
        _open_with(link, token, now=now)
        did["links"] += 1
    return True


@transaction.atomic
def _claimed(*, now: datetime) -> models.SecureLink | None:
    """The next link that is wanted; nobody else sends it while we do. Who dies while sending it has sent nothing."""
    link = _next(db.Q(send_at__lte=now))
    if link is not None:
        link.tries_to_send += 1
        link.send_at = now + BEING_SENT
        link.save(update_fields=["tries_to_send", "send_at"])
    return link


@transaction.atomic
def _open_with(link: models.SecureLink, token: str, *, now: datetime) -> None:
    """What was sent opens the referral. It opens nothing where the referral has ended meanwhile, or another try was begun."""
    guest = opens_with(token)
    with scope.scope(link.sender_unit_id):
        # As whoever ends a referral: the referral first, and then its link.
        models.Referral.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=link.referral_id)
        ours = models.SecureLink.objects.filter(pk=link.pk, revoked_at=None, tries_to_send=link.tries_to_send)
        if ours.update(opens_with=guest, expires_at=now + LASTS, send_at=None):
            models.Referral.objects.filter(pk=link.referral_id).update(guest=guest)
            models.Disclosure.objects.filter(referral=link.referral_id).update(guest=guest)


def _put_off(link: models.SecureLink, error: TryAgain | Refused, *, now: datetime, did: dict[str, int]) -> None:
    """Later; or never, and then whoever sent the referral uses the telephone. Where another try was begun, that one counts:
    what failed may be long ago, and the other has arrived."""
    from referrals.actions.steps import locked_case
    from referrals.delivery.consequences import link_became_a_task

    again = isinstance(error, TryAgain) and link.tries_to_send < MOST_TRIES
    ours = models.SecureLink.objects.filter(pk=link.pk, revoked_at=None, tries_to_send=link.tries_to_send)
    with scope.scope(link.sender_unit_id, link.owner_unit_id), transaction.atomic():
        locked_case(link.referral.case_id, also_restricted=True)  # as everybody: the case first, and then its link
        if not ours.update(send_at=now + after_try(link.tries_to_send) if again else None) or again:
            return
        logger.warning("A secure link cannot be sent: %s", error.reason)
        did["failed"] += 1
        link_became_a_task(link, now=now)


def _send_next_code(mail: Email, *, now: datetime, did: dict[str, int]) -> bool:
    with transaction.atomic():
        link = _next(db.Q(code_wanted_at__lte=now))
        if link is None:
            return False
        code = f"{secrets.randbelow(10**6):06d}"
        link.codes_sent += 1
        link.code_digest, link.code_tries = link.digest_of(code), 0
        link.code_expires_at, link.code_wanted_at = now + CODE_LASTS, None
        subject, text = texts.code_to_service(language="da", code=code)
        message = Message(key=f"{link.pk}-code-{link.codes_sent}", to=link.code_to, subject=subject, text=text)
        try:
            (mail if "@" in link.code_to else gateway()).send(message)
            did["codes"] += 1
        except TryAgain:
            link.code_digest, link.code_wanted_at = None, now + timedelta(seconds=10)
        except Refused as error:
            logger.warning("A code cannot be sent: %s", error.reason)
            link.code_digest = None
            did["failed"] += 1
        link.save(update_fields=["codes_sent", "code_digest", "code_tries", "code_expires_at", "code_wanted_at"])
    return True


def _next(wanted: db.Q) -> models.SecureLink | None:
    links = models.SecureLink.objects.filter(wanted, revoked_at__isnull=True).order_by("pk")
    return links.select_for_update(of=("self",), skip_locked=True, no_key=True).first()
