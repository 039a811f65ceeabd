"""Messages that come back: reported by the provider's webhook or read from the mailbox, acted on by the worker."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import Message as Mail
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from referrals import models
from referrals.delivery import consequences
from referrals.delivery.email import KEY_HEADER
from referrals.delivery.reasons import Reason
from referrals.enums import DeliveryState

KEPT = timedelta(hours=1)  # a report may be faster than the stamp of what it reports


def report(key: UUID, *, now: datetime) -> None:
    """The message with this key came back for good. Reporting it twice, or one that nobody knows, changes nothing."""
    models.BounceReport.objects.create(key=key, reported_at=now)


def act_on_reports(*, now: datetime) -> int:
    """Each report once, by one worker. Returns how many messages are known to have come back."""
    came_back = 0
    for report_id in list(models.BounceReport.objects.order_by("reported_at").values_list("pk", flat=True)):
        with transaction.atomic():
            came_back += _act_on(report_id, now=now)
    return came_back


def _act_on(report_id: UUID, *, now: datetime) -> int:
    reports = models.BounceReport.objects.select_for_update(of=("self",), skip_locked=True)
    found = reports.filter(pk=report_id).first()
    if found is None:
        return 0
    sent = models.Delivery.objects.filter(Q(pk=found.key) | Q(sent_with=found.key)).order_by("pk")
    deliveries = list(sent.select_related("notice__follow_up", "to_unit"))
    if any(each.state == DeliveryState.PENDING for each in deliveries) and found.reported_at > now - KEPT:
        return 0
    came_back = _link_came_back(found.key, now=now) + sum(
        consequences.became_a_task(each, DeliveryState.BOUNCED, Reason.CAME_BACK, now=now) for each in deliveries
    )
    found.delete()
    return came_back


def _link_came_back(key: UUID, *, now: datetime) -> bool:
    """A secure link goes out past the outbox (links.py): its token may not be kept, so that each try is a new one."""
    link = models.SecureLink.objects.filter(pk=key, send_at__isnull=True, revoked_at__isnull=True).first()
    return link is not None and consequences.link_became_a_task(link, now=now)


def as_key(said: str) -> UUID:
    """The key in what a message carried; a secure link's is followed by the number of the try. Raises ValueError."""
    return UUID(said.strip()[:36])


def key_of(mail: Mail) -> UUID | None:
    """The key of the message that a delivery status notification (RFC 3464) says has failed for good; None for any other
    mail: a delay, a receipt, an answer."""
    parts = list(mail.walk())
    failed = any(_says_failed(part) for part in parts if part.get_content_type() == "message/delivery-status")
    keys = [_header_in(part) for part in parts]
    found = next((key for key in keys if key), None)
    try:
        return as_key(found) if failed and found else None
    except ValueError:
        return None


def _says_failed(part: Mail) -> bool:
    blocks = part.get_payload()
    return any(
        str(block.get("Action", "")).strip().lower() == "failed" and str(block.get("Status", "5")).startswith("5")
        for block in (blocks if isinstance(blocks, list) else [])
        if isinstance(block, Mail)
    )


def _header_in(part: Mail) -> str:
    """The returned message comes whole, as a part of its own, or only as the text of its headers."""
    if part.get_content_type() == "text/rfc822-headers":
        for line in str(part.get_payload()).splitlines():
            name, _, value = line.partition(":")
            if name.strip().lower() == KEY_HEADER.lower():
                return value.strip()
    return str(part.get(KEY_HEADER, "")).strip()
