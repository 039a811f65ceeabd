"""Django's administration: reference data for administrators, and nothing about anybody. Who comes in, and with which
second factor, is settled before it by `accounts/permissions.py`."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from navigator.accounts.permissions import ACCESS, allows

# Signing in, signing out and passwords are the portal's own affair.
NOT_HERE = {"login", "logout", "password_change", "password_change_done", "view_on_site"}


class Administration(admin.AdminSite):
    """What is registered here is listed by tests/navigator/test_administration.py."""

    site_header = site_title = index_title = _("Reference data")
    final_catch_all_view = False
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return allows(ACCESS["admin:*"], roles=request.roles, is_staff=request.user.is_staff)  # type: ignore[attr-defined]

    def get_urls(self) -> list[Any]:
        return [url for url in super().get_urls() if getattr(url, "name", None) not in NOT_HERE]
