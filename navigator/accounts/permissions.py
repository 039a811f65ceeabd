"""What each may do: one table by URL name. What is not declared here is refused, and fails the build."""

from __future__ import annotations

from dataclasses import dataclass

from navigator.accounts.models import Role

FRONTLINE, RECEIVER, COORDINATOR = Role.FRONTLINE, Role.RECEIVER, Role.COORDINATOR
SENDERS = frozenset({FRONTLINE, COORDINATOR, Role.UNIT_LEADER})
RECEIVERS = frozenset({RECEIVER, COORDINATOR, Role.UNIT_LEADER})
CASE_WORKERS = SENDERS | RECEIVERS


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a URL: everybody, everybody signed in, or some roles in the unit that the user works in now."""

    public: bool = False
    roles: frozenset[Role] | None = None
    staff: bool = False


PUBLIC = Access(public=True)
SIGNED_IN = Access()
STAFF = Access(staff=True)


def only(roles: frozenset[Role]) -> Access:
    return Access(roles=roles)


ACCESS: dict[str, Access] = {
    # health and language
    "livez": PUBLIC,
    "readyz": PUBLIC,
    "set_language": PUBLIC,
    # signing in (allauth); the rest of its pages open with "Protection"
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "choose_unit": SIGNED_IN,
    # the match API asks for nothing that identifies and keeps nothing
    "api:match": PUBLIC,
}
