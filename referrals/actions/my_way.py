"""The citizen's own page: the worker gives the key to it, and the citizen turns it."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from referrals import models
from referrals.acting import By
from referrals.actions.calls import must_read
from referrals.actions.steps import on_the_whole_case
from referrals.errors import TooLate
from referrals.models.personal_link import MY_WAY_LASTS, WRONG_CODES
from referrals.models.secure_link import opens_with


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
    """Does the code fit? In the scope of the link alone. Five wrong ones in a row close it."""
    link = models.PersonalLink.objects.select_for_update(of=("self",), no_key=True).filter(opens_with=key).first()
    if link is None or not link.is_open(now):
        return False
    fits = secrets.compare_digest(bytes(link.code_digest), link.digest_of(code))
    link.wrong_codes = 0 if fits else link.wrong_codes + 1
    if link.wrong_codes >= WRONG_CODES:
        link.revoked_at = now
    link.save(update_fields=["wrong_codes", "revoked_at"])
    return fits
