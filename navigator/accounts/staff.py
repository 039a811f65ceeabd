"""Letting in staff whom their own organisation vouches for: sure enough who it is, and known what they do here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.accounts.models import NO_ADDRESS, Membership, StaffMapping, User


class StaffAdapter(DefaultSocialAccountAdapter):
    """Refuses before anything is written, or lets in with the memberships of today."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        account, app = sociallogin.account, sociallogin.provider.app
        if account.extra_data["acr"] not in app.settings["acr"]:
            _refuse(request, _("Your sign-in was not sure enough. Sign in again with more than a password."))
        found = mapped(account)
        if not found or sociallogin.state.get("process") != "login":
            _refuse(request, _("Nobody has said what you do here. Ask your local administrator to add you."))
        if sociallogin.is_existing and not sociallogin.user.is_active:
            _refuse(request, _("Your access has ended. Ask your local administrator."))
        with transaction.atomic():
            if not sociallogin.is_existing:
                sociallogin.connect(request, _new_user(found[0]))
            keep_memberships(sociallogin.user, found, now=clock.now())


def providers() -> list[dict[str, Any]]:
    """Where staff may sign in besides here: id and name."""
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return [{"id": app["provider_id"], "name": app["name"]} for app in apps]


def mapped(account: SocialAccount) -> list[StaffMapping]:
    """What this organisation and these roles mean here; nothing where nobody has said so."""
    said = account.extra_data
    return list(
        StaffMapping.objects.filter(
            provider=account.provider,
            organisation=said["organisation"],
            role_claim__in=said["role"],
            unit__closed_on=None,
        )
        .select_related("unit")
        .order_by("pk")
    )


def keep_memberships(user: User, found: list[StaffMapping], *, now: datetime) -> None:
    """Exactly those that the provider's word gives today: what is new begins, what is gone ends."""
    wanted = {(mapping.unit_id, mapping.role) for mapping in found}
    open_now = {(each.unit_id, each.role): each for each in Membership.objects.filter(user=user, ended_at=None)}
    gone = [each.pk for key, each in open_now.items() if key not in wanted]
    Membership.objects.filter(pk__in=gone).update(ended_at=now)
    Membership.objects.bulk_create(
        Membership(user=user, unit_id=unit, role=role) for unit, role in sorted(wanted - set(open_now), key=str)
    )


def _new_user(mapping: StaffMapping) -> User:
    """Somebody new, with a name that says what they do and nothing of who they are; the local administrator can mend it."""
    key = uuid7()
    name = f"{mapping.get_role_display()} {str(key)[-4:]}"
    return User.objects.create_user(f"{key}@{NO_ADDRESS}", None, id=key, name=name)


def _refuse(request: HttpRequest, sentence: str) -> None:
    """Nothing is written, nobody is signed in, and the page says why."""
    raise ImmediateHttpResponse(render(request, "account/staff_refused.html", {"sentence": sentence}, status=403))
