"""The second factor of whoever signs in with a password here: a code of an app, or a passkey, and codes for emergencies."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from navigator.accounts.models import Role, User
from navigator.vault import keys

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
HAS_ONE = "second_factor"  # in the session: asked for once, not with every page


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth's second factor, with its secrets sealed and our own words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("You must keep one: your role requires it. Add another one first."),
        "incorrect_code": _("The code does not fit."),
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(keys.seal(_key(), text.encode(), context="second_factor")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return keys.unseal(_key(), base64.b64decode(encrypted_text), context="second_factor").decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last one stays where the role requires one."""
        mine = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS)
        roles = frozenset(authenticator.user.memberships.filter(ended_at=None).values_list("role", flat=True))
        return mine.count() > 1 or not is_required(authenticator.user, roles)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return gettext("Passkey %(number)s") % {
            "number": Authenticator.objects.filter(user=user, type=type).count() + 1
        }

    def _get_site_name(self) -> str:
        return gettext("Vejviser")


def is_required(user: User, roles: frozenset[Role]) -> bool:
    """Whoever signs in elsewhere has answered for that there; here it is asked of those with a password."""
    required = settings.SECOND_FACTOR_FOR
    return user.has_usable_password() and ("all" in required or bool(required & roles))


def is_missing(request: HttpRequest) -> bool:
    """Must this user set one up before anything else?"""
    if not settings.SECOND_FACTOR_FOR or request.session.get(HAS_ONE):
        return False
    if not is_required(request.user, request.roles):  # type: ignore[arg-type, attr-defined]
        return False
    if not Authenticator.objects.filter(user=request.user, type__in=FACTORS).exists():
        return True
    request.session[HAS_ONE] = True
    return False


def _key() -> bytes:
    """A key of its own, made from the one that never changes: a code must work after the master key has been rotated."""
    return hmac.digest(settings.INDEX_KEY, b"second factor", hashlib.sha256)
