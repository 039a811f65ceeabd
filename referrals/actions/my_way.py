"""The citizen's own page: the worker gives the key to it, and the citizen turns it."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from referrals import models
from referrals.acting import By
from referrals.actions.calls import must_read
from referrals.actions.steps import on_the_whole_case
from referrals.errors import TooLate
from referrals.models.personal_link import MY_WAY_LASTS
from referrals.models.secure_link import opens_with

logger = logging.getLogger(__name__)


@on_the_whole_case
def make_personal_link(*, case: models.Case, by: By, now: datetime) -> tuple[str, str]:
    """A token and a code, to be handed over once: nobody can read them afterwards. One that was made before opens nothing
    any more."""
    must_read(case, by=by)
    if case.closed_at:
        raise TooLate(_("This case is closed. Open a new one if the citizen needs help again."))
    models.PersonalLink.objects.filter(case=case, revoked_at=None).update(revoked_at=now)
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**8):08d}"
    link = models.PersonalLink(
        case=case,
        **case.units,
        opens_with=opens_with(token),
        made_at=now,
        made_by=by.user,
        expires_at=now + MY_WAY_LASTS,
    )
    link.code_digest = link.digest_of(code)
    link.save(force_insert=True)
    return token, code


@transaction.atomic
def let_citizen_in(*, key: UUID, code: str, now: datetime) -> bool:
    """Does the code fit? In the scope of the link alone. Five wrong ones in a row close it.

    Counted before it is compared: of those who try at once each is counted, and whoever is refused has asked the same of
    the database, whether the link is unknown, closed or another's.
    """
    links = models.PersonalLink.objects.filter(opens_with=key)
    is_open = links.filter(models.PersonalLink.open_at(now)).update(wrong_codes=F("wrong_codes") + 1)
    link = links.first()
    if link is None or not is_open or not secrets.compare_digest(bytes(link.code_digest), link.digest_of(code)):
        logger.info("A personal link was refused")
        return False
    links.update(wrong_codes=0)
    return True
