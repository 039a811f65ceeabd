"""What each may do: one table by URL name. What is not declared here is refused, and fails the build."""

from __future__ import annotations

from dataclasses import dataclass

from navigator.accounts.models import Role

FRONTLINE, RECEIVER, COORDINATOR = Role.FRONTLINE, Role.RECEIVER, Role.COORDINATOR
SENDERS = frozenset({FRONTLINE, COORDINATOR, Role.UNIT_LEADER})
RECEIVERS = frozenset({RECEIVER, COORDINATOR, Role.UNIT_LEADER})
CASE_WORKERS = SENDERS | RECEIVERS
OVERSEERS = frozenset({Role.UNIT_LEADER, Role.AUDITOR})
CPR_SEARCHERS = SENDERS  # whoever logs needs; a service finds by name, telephone and case number


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a URL: everybody, everybody signed in, or some roles in the unit that the user works in now."""

    public: bool = False
    roles: frozenset[Role] | None = None
    staff: bool = False
    local: bool = False  # only for who signs in with a password here
    before_second_factor: bool = False  # open while a second factor that the role requires is not set up


PUBLIC = Access(public=True)
SIGNED_IN = Access()
STAFF = Access(staff=True)
OWN_SIGN_IN = Access(before_second_factor=True)
OWN_SECOND_FACTOR = Access(before_second_factor=True, local=True)


def only(roles: frozenset[Role]) -> Access:
    return Access(roles=roles)


ACCESS: dict[str, Access] = {
    # health and language
    "livez": PUBLIC,
    "readyz": PUBLIC,
    "set_language": PUBLIC,
    # signing in (allauth), and what is one's own about it
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "openid_connect_login": PUBLIC,
    "openid_connect_callback": PUBLIC,
    "time_left": PUBLIC,  # says 0 to whoever is not signed in
    "my_sessions": OWN_SIGN_IN,
    "end_session": OWN_SIGN_IN,
    "end_other_sessions": OWN_SIGN_IN,
    "account_reauthenticate": OWN_SECOND_FACTOR,
    "mfa_index": OWN_SIGN_IN,
    "mfa_activate_totp": OWN_SECOND_FACTOR,
    "mfa_deactivate_totp": OWN_SECOND_FACTOR,
    "mfa_view_recovery_codes": OWN_SECOND_FACTOR,
    "mfa_generate_recovery_codes": OWN_SECOND_FACTOR,
    "mfa_list_webauthn": OWN_SIGN_IN,
    "mfa_add_webauthn": OWN_SECOND_FACTOR,
    "mfa_remove_webauthn": OWN_SECOND_FACTOR,
    "mfa_authenticate": PUBLIC,  # after the password, before one is signed in
    "mfa_login_webauthn": PUBLIC,
    "choose_unit": SIGNED_IN,
    # the daily work: needs in, doors out, a referral followed until somebody has arrived
    "my_list": only(CASE_WORKERS),
    "search": only(CASE_WORKERS),
    "follow_ups": only(CASE_WORKERS),
    "in_place": only(CASE_WORKERS),
    "snooze": only(CASE_WORKERS),
    "bulk": only(CASE_WORKERS),
    "bulk_job": only(CASE_WORKERS),
    "news": only(CASE_WORKERS),
    "new_case": only(SENDERS),
    "draft": only(SENDERS),
    "delete_draft": only(SENDERS),
    "worry": only(CASE_WORKERS),
    # a case of another unit: half an hour, to read, with a reason
    "emergency": only(CASE_WORKERS),
    "emergency_case": only(CASE_WORKERS),
    "emergencies": only(OVERSEERS),
    "emergency_seen": only(OVERSEERS),
    "case": only(CASE_WORKERS),
    "link_person": only(CASE_WORKERS),
    "unlink_person": only(CASE_WORKERS),
    "choose_service": only(CASE_WORKERS),
    "choose_services": only(CASE_WORKERS),
    "other_door": only(CASE_WORKERS),
    "send_elsewhere": only(CASE_WORKERS),
    "receipt": only(CASE_WORKERS),
    "record_call": only(CASE_WORKERS),
    "record_call_about": only(CASE_WORKERS),
    "add_note": only(CASE_WORKERS),
    "record_screening": only(CASE_WORKERS),
    "read_news": only(CASE_WORKERS),
    "read_all_news": only(CASE_WORKERS),
    "reassess": only(CASE_WORKERS),
    "ask_take_over": only(CASE_WORKERS),
    "take_over": only(CASE_WORKERS),
    "record_move": only(CASE_WORKERS),
    "record_18th_birthday": only(CASE_WORKERS),
    "record_death": only(CASE_WORKERS),
    "close_case": only(CASE_WORKERS),
    "overrun_reason": only(CASE_WORKERS),
    "choose_freely": only(CASE_WORKERS),
    "first_week": only(CASE_WORKERS),
    "duty_done": only(CASE_WORKERS),
    # what each may do on a referral stands in referrals/workflow.py: it depends on the unit's part in it
    "inbox": only(RECEIVERS),
    "visit_day": only(RECEIVERS),
    "our_services": only(RECEIVERS),
    "save_wait": only(RECEIVERS),
    "referral": only(CASE_WORKERS),
    "send_on": only(CASE_WORKERS),
    "return_referral": only(CASE_WORKERS),
    "task_done": only(CASE_WORKERS),
    "open_referral": only(CASE_WORKERS),
    "ask_question": only(CASE_WORKERS),
    "answer_question": only(CASE_WORKERS),
    "accept_referral": only(CASE_WORKERS),
    "put_on_waiting_list": only(CASE_WORKERS),
    "book_time": only(CASE_WORKERS),
    "cancel_visit": only(CASE_WORKERS),
    "confirm_arrival": only(CASE_WORKERS),
    "correct_arrival": only(CASE_WORKERS),
    "correct_meeting": only(CASE_WORKERS),
    "record_check_in": only(CASE_WORKERS),
    "dispute_arrival": only(CASE_WORKERS),
    "record_no_show": only(CASE_WORKERS),
    "record_attempt": only(CASE_WORKERS),
    "lose_contact": only(CASE_WORKERS),
    "start_course": only(CASE_WORKERS),
    "close_course": only(CASE_WORKERS),
    "record_effect": only(CASE_WORKERS),
    "approve_return": only(CASE_WORKERS),
    "send_back": only(CASE_WORKERS),
    "withdraw_referral": only(CASE_WORKERS),
    "cancel_referral": only(CASE_WORKERS),
    "agree_companion": only(CASE_WORKERS),
    "confirm_companion": only(CASE_WORKERS),
    "log_hand_over": only(CASE_WORKERS),
    "referrals_api:return_referral": only(CASE_WORKERS),
    "contact": only(CASE_WORKERS),
    "our_unit": only(CASE_WORKERS),
    "our_notices": only(CASE_WORKERS),
    # a service without an account: let in by a link and a code, to one referral (referrals/views/link.py)
    "link": PUBLIC,
    "link_code": PUBLIC,
    "link_enter": PUBLIC,
    "link_answer": PUBLIC,
    "enter_by_link": PUBLIC,
    # what leaves the house, and what comes back: the provider's own secret lets it in
    "demo_outbox": only(CASE_WORKERS),
    "bounces": PUBLIC,
    # the self-check: for anybody, without an account; it keeps nothing
    "check_start": PUBLIC,
    "check_question": PUBLIC,
    "check_so_far": PUBLIC,
    "check_result": PUBLIC,
    "check_reading": PUBLIC,
    "check_forget": PUBLIC,
    "check_forgotten": PUBLIC,
    "door": PUBLIC,
    "door_sheet": PUBLIC,
    "accessibility": PUBLIC,
    "privacy": PUBLIC,
    # the match API asks for nothing that identifies and keeps nothing
    "api:match": PUBLIC,
}
