"""The main menu: each sees the pages that are theirs, and begins on the first of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from navigator.accounts.permissions import access_to, allows

# In the order of the menu. Who may open a page stands in permissions.py, and nowhere else.
MENU: tuple[tuple[str, Any], ...] = (
    ("board", _("The board")),
    ("my_list", _("My list")),
    ("follow_ups", _("Follow-ups")),
    ("inbox", _("Received")),
    ("visit_day", _("Visits")),
    ("new_case", _("New case")),
    ("our_unit", _("Our unit")),
    ("figures", _("Figures")),
    ("access_log", _("Who looked")),
    ("retention", _("Retention")),
    ("people_here", _("Users and units")),
    ("directory", _("Services")),
    ("rules", _("Rules")),
    ("admin:index", _("Reference data")),
)


def menu(request: HttpRequest) -> list[tuple[str, Any]]:
    """The pages of the menu that this user may open where they work now: URL name and words."""
    return [(name, words) for name, words in MENU if _is_open(name, request)]


def first_page(request: HttpRequest) -> str | None:
    """Where this user begins; None for somebody who works nowhere."""
    return next((name for name, _words in menu(request)), None)


def _is_open(name: str, request: HttpRequest) -> bool:
    access = access_to(name)
    assert access is not None, f"{name} is in the menu and not in the table"
    return allows(access, roles=request.roles, is_staff=request.user.is_staff)  # type: ignore[attr-defined]
