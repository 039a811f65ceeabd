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
    # the daily work: needs in, doors out, a referral followed until somebody has arrived
    "my_list": only(CASE_WORKERS),
    "search": only(CASE_WORKERS),
    "new_case": only(SENDERS),
    "case": only(CASE_WORKERS),
    "link_person": only(CASE_WORKERS),
    "unlink_person": only(CASE_WORKERS),
    "choose_service": only(CASE_WORKERS),
    # what each may do on a referral stands in referrals/workflow.py: it depends on the unit's part in it
    "inbox": only(RECEIVERS),
    "referral": only(CASE_WORKERS),
    "open_referral": only(CASE_WORKERS),
    "accept_referral": only(CASE_WORKERS),
    "book_time": only(CASE_WORKERS),
    "confirm_arrival": only(CASE_WORKERS),
    "cancel_referral": only(CASE_WORKERS),
    # what leaves the house, and what comes back: the provider's own secret lets it in
    "demo_outbox": only(CASE_WORKERS),
    "bounces": PUBLIC,
    # the match API asks for nothing that identifies and keeps nothing
    "api:match": PUBLIC,
}
