"""What every page needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from navigator import clock
from navigator.accounts import sessions, staff
from navigator.accounts.models import Membership, Role
from navigator.accounts.navigation import menu
from navigator.accounts.permissions import CPR_SEARCHERS, RECEIVERS, SENDERS
from navigator.accounts.signed_out import CARRIED
from navigator.web.addresses import fixed
from navigator.web.help_lines import HELP_LINES
from navigator.web.models import silent_jobs
from navigator.web.refusals import typed


def page(request: HttpRequest) -> dict[str, Any]:
    """`engine_is_silent` is asked for only where somebody who works here looks."""
    unit = getattr(request, "unit", None)
    memberships: list[Membership] = getattr(request, "memberships", [])
    roles: frozenset[Role] = getattr(request, "roles", frozenset())
    return {
        "unit": unit,
        "menu": [(fixed(name), words) for name, words in menu(request)] if unit else [],
        "units": list(dict.fromkeys(membership.unit for membership in memberships)),
        "may_send": bool(SENDERS & roles),
        "may_receive": bool(RECEIVERS & roles),
        "help_lines": HELP_LINES,
        "may_search_by_cpr": bool(CPR_SEARCHERS & roles),
        "staff_providers": [] if unit else staff.providers(),
        "is_demo": settings.DEMO,
        "seconds_left": int(sessions.seconds_left(request.session, now=clock.now())),
        "warn_seconds": int(settings.SESSION_WARN_BEFORE.total_seconds()),
        "carried": typed(request, prefix=CARRIED) if request.method == "POST" else [],
        "engine_is_silent": unit is not None and bool(silent_jobs(now=clock.now())),
    }
