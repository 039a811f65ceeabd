"""What each may do. MAY is to be read by anybody: what may a unit leader do? ACCESS is the same by URL name: which page
belongs to what. What is not declared here is refused, and fails the build.

What somebody may do with one case or referral depends on their unit's part in it too: `referrals/workflow.py`, and the
walls of the database behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from navigator.accounts.models import Role


class May(Enum):
    """One thing that people here do."""

    WORK_WITH_CASES = "read and move on the cases and referrals of the unit; ask for a case of others in an emergency"
    LOG_NEEDS = "open a case from a citizen's needs, match it, send it"
    SEARCH_BY_CPR = "find a citizen by the CPR number; a service finds by name, telephone and case number"
    RECEIVE = "answer referrals, agree times, say who has arrived, keep the unit's waits up to date"
    KEEP_THE_BOARD = (
        "see every open case of the unit on one board, the worst first; give them to colleagues, take them over"
    )
    READ_FIGURES = (
        "read how hand-offs go, the rows behind each figure, and the holes in the net; take them out as a file"
    )
    SEE_WHO_LOOKED = "read the access log of the unit, and who has used emergency access"
    CHECK_LOOKS = "say of the month's sample whether the looks are right"
    OVERSEE_THE_ORGANISATION = (
        "read the same of every unit of the organisation, whether the log's seals hold, and who was let in"
    )
    READ_PROTECTED_NAMES = "be told a protected name and address, with a reason; lift the protection"
    DECIDE_WHAT_IS_KEPT = "restrict and dispose of cases whose time is over; it takes two"
    SAY_WHO_WORKS_HERE = "invite, move and end users; open, change and close units of the organisation. No case, ever"
    READ_THE_DIRECTORY = "look through the services of the directory"
    KEEP_SERVICES_TRUE = "check, change and close the services of the own organisation and of where it coordinates; carry them in and out"
    READ_THE_RULES = "look through the rules and what came of them"
    KEEP_REFERENCE_DATA = "change the catalogue in the administration; also asks for the staff flag. No case, ever"


MAY: dict[Role, frozenset[May]] = {
    Role.FRONTLINE: frozenset({May.WORK_WITH_CASES, May.LOG_NEEDS, May.SEARCH_BY_CPR}),
    Role.RECEIVER: frozenset({May.WORK_WITH_CASES, May.RECEIVE}),
    Role.COORDINATOR: frozenset(
        {
            May.WORK_WITH_CASES,
            May.LOG_NEEDS,
            May.SEARCH_BY_CPR,
            May.RECEIVE,
            May.READ_FIGURES,
            May.READ_PROTECTED_NAMES,
            May.READ_THE_DIRECTORY,
            May.KEEP_SERVICES_TRUE,
            May.KEEP_THE_BOARD,
        }
    ),
    Role.UNIT_LEADER: frozenset(
        {
            May.WORK_WITH_CASES,
            May.LOG_NEEDS,
            May.SEARCH_BY_CPR,
            May.RECEIVE,
            May.READ_FIGURES,
            May.READ_PROTECTED_NAMES,
            May.KEEP_THE_BOARD,
            May.SEE_WHO_LOOKED,
            May.CHECK_LOOKS,
            May.DECIDE_WHAT_IS_KEPT,
        }
    ),
    Role.AUDITOR: frozenset({May.SEE_WHO_LOOKED, May.OVERSEE_THE_ORGANISATION, May.DECIDE_WHAT_IS_KEPT}),
    Role.LOCAL_ADMIN: frozenset({May.SAY_WHO_WORKS_HERE}),
    Role.DIRECTORY_EDITOR: frozenset({May.READ_THE_DIRECTORY, May.KEEP_SERVICES_TRUE}),
    Role.RULE_EDITOR: frozenset({May.READ_THE_RULES}),
    Role.ADMINISTRATOR: frozenset({May.KEEP_REFERENCE_DATA}),
}


def who(*may: May) -> frozenset[Role]:
    """The roles that may do one of these."""
    return frozenset(role for role, things in MAY.items() if things & set(may))


CASE_WORKERS = who(May.WORK_WITH_CASES)
SENDERS = who(May.LOG_NEEDS)
RECEIVERS = who(May.RECEIVE)
CPR_SEARCHERS = who(May.SEARCH_BY_CPR)
BOARD_KEEPERS = who(May.KEEP_THE_BOARD)
OVERSEERS = who(May.SEE_WHO_LOOKED)
FIGURE_READERS = who(May.READ_FIGURES)
PROTECTED_READERS = who(May.READ_PROTECTED_NAMES)
KEEPERS = who(May.DECIDE_WHAT_IS_KEPT)
CHECKERS = who(May.CHECK_LOOKS)
AUDITORS = who(May.OVERSEE_THE_ORGANISATION)
LOCAL_ADMINS = who(May.SAY_WHO_WORKS_HERE)
DIRECTORY_READERS = who(May.READ_THE_DIRECTORY)
DIRECTORY_KEEPERS = who(May.KEEP_SERVICES_TRUE)
RULE_READERS = who(May.READ_THE_RULES)
ADMINISTRATORS = who(May.KEEP_REFERENCE_DATA)
# For whom the database opens rows about people at all; to all others it shows nobody, whatever page they call.
SEE_PEOPLE = CASE_WORKERS | OVERSEERS


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a URL: everybody, everybody signed in, or some roles in the unit that the user works in now."""

    public: bool = False
    roles: frozenset[Role] | None = None
    staff: bool = False
    local: bool = False  # only for who signs in with a password here
    before_second_factor: bool = False  # open while a second factor that the role requires is not set up
    front: bool = False  # whoever has another first page is led there


PUBLIC = Access(public=True)
SIGNED_IN = Access()
OWN_SIGN_IN = Access(before_second_factor=True)
OWN_SECOND_FACTOR = Access(before_second_factor=True, local=True)


def only(roles: frozenset[Role], *, front: bool = False, staff: bool = False) -> Access:
    return Access(roles=roles, front=front, staff=staff)


ACCESS: dict[str, Access] = {
    # health and language
    "livez": PUBLIC,
    "readyz": PUBLIC,
    "set_language": PUBLIC,
    # what is done with people's data, and whom to ask about it
    "privacy": PUBLIC,
    "privacy_of": PUBLIC,
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
    # the coordinator's board, and what is done on its rows
    "board": only(BOARD_KEEPERS),
    "board_name": only(BOARD_KEEPERS),
    "board_bulk": only(BOARD_KEEPERS),
    "board_assign": only(BOARD_KEEPERS),
    "board_take_over": only(BOARD_KEEPERS),
    "board_call": only(BOARD_KEEPERS),
    "conference": only(CASE_WORKERS),
    # the daily work: needs in, doors out, a referral followed until somebody has arrived
    "my_list": only(CASE_WORKERS, front=True),
    "search": only(CASE_WORKERS),
    "follow_ups": only(CASE_WORKERS),
    "in_place": only(CASE_WORKERS),
    "snooze": only(CASE_WORKERS),
    "bulk": only(CASE_WORKERS),
    "bulk_job": only(CASE_WORKERS),
    "news": only(CASE_WORKERS),
    "new_case": only(SENDERS),
    "drafts": only(SENDERS),
    "draft": only(SENDERS),
    "delete_draft": only(SENDERS),
    "worry": only(CASE_WORKERS),
    # concern for a child: read by the unit that has notified, and by nobody else
    "concern": only(CASE_WORKERS),
    "case_concern": only(CASE_WORKERS),
    "concerns": only(CASE_WORKERS),
    "concern_received": only(CASE_WORKERS),
    # a case of another unit: half an hour, to read, with a reason
    "emergency": only(CASE_WORKERS),
    "emergency_case": only(CASE_WORKERS),
    "emergency_identity": only(PROTECTED_READERS),
    "emergencies": only(OVERSEERS),
    "emergency_seen": only(OVERSEERS),
    # how long cases are kept: case numbers and dates, no citizen; it takes two of them
    "retention": only(KEEPERS),
    "ask_retention": only(KEEPERS),
    "answer_retention": only(KEEPERS),
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
    "record_papers": only(CASE_WORKERS),
    "read_news": only(CASE_WORKERS),
    "read_all_news": only(CASE_WORKERS),
    "reassess": only(CASE_WORKERS),
    "ask_take_over": only(CASE_WORKERS),
    "take_overs": only(CASE_WORKERS),
    "take_over": only(CASE_WORKERS),
    "record_move": only(CASE_WORKERS),
    "record_18th_birthday": only(CASE_WORKERS),
    "record_death": only(CASE_WORKERS),
    "close_case": only(CASE_WORKERS),
    "overrun_reason": only(CASE_WORKERS),
    "choose_freely": only(CASE_WORKERS),
    "first_week": only(CASE_WORKERS),
    "duty_done": only(CASE_WORKERS),
    "case_task_done": only(CASE_WORKERS),
    "consent": only(CASE_WORKERS),
    "renew_consent": only(CASE_WORKERS),
    # what the citizen has a right to, and what is shown only when somebody says why
    "show_cpr": only(CASE_WORKERS),
    "show_cpr_told": only(CASE_WORKERS),
    "link_cpr": PUBLIC,
    "plan": only(CASE_WORKERS),
    "plan_step": only(CASE_WORKERS),
    "ask_for_plan": only(CASE_WORKERS),
    "rights": only(CASE_WORKERS),
    "ask_for_export": only(CASE_WORKERS),
    "export": only(CASE_WORKERS),
    "export_file": only(CASE_WORKERS),
    "letters": only(CASE_WORKERS),
    "visit_letter": only(CASE_WORKERS),
    "letter": only(CASE_WORKERS),
    "letter_file": only(CASE_WORKERS),
    "correct_fact": only(CASE_WORKERS),
    "correct_note": only(CASE_WORKERS),
    "ask_right": only(CASE_WORKERS),
    "answer_right": only(CASE_WORKERS),
    "lift_restriction": only(CASE_WORKERS),
    "protect": only(CASE_WORKERS),
    "lift_protection": only(PROTECTED_READERS),
    "show_identity": only(PROTECTED_READERS),
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
    "order_interpreter": only(CASE_WORKERS),
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
    # how it goes, and where the net has holes: counts, and case numbers behind them
    "figures": only(FIGURE_READERS),
    "figure": only(FIGURE_READERS),
    "figures_file": only(FIGURE_READERS),
    "figure_file": only(FIGURE_READERS),
    "holes": only(FIGURE_READERS),
    # who looked: a leader in the own unit, an auditor in the whole organisation
    "access_log": only(OVERSEERS),
    "samples": only(OVERSEERS),
    "check_look": only(CHECKERS),
    "seals": only(AUDITORS),
    # who works here: no case, ever
    "people_here": only(LOCAL_ADMINS),
    "invite": only(LOCAL_ADMINS),
    "withdraw_invitation": only(LOCAL_ADMINS),
    "worker_here": only(LOCAL_ADMINS),
    "move_worker": only(LOCAL_ADMINS),
    "end_work": only(LOCAL_ADMINS),
    "end_worker": only(LOCAL_ADMINS),
    "let_in_again": only(LOCAL_ADMINS),
    "open_unit": only(LOCAL_ADMINS),
    "unit_here": only(LOCAL_ADMINS),
    "close_unit": only(LOCAL_ADMINS),
    "staff_changes": only(LOCAL_ADMINS | AUDITORS),
    "enter_by_invitation": PUBLIC,
    "invitation": PUBLIC,
    # services, rules, and the reference data behind them
    "directory": only(DIRECTORY_READERS),
    "service_here": only(DIRECTORY_KEEPERS),
    "verify_service": only(DIRECTORY_KEEPERS),
    "close_service": only(DIRECTORY_KEEPERS),
    "reopen_service": only(DIRECTORY_KEEPERS),
    "import_directory": only(DIRECTORY_KEEPERS),
    "export_directory": only(DIRECTORY_KEEPERS),
    "rules": only(RULE_READERS),
    "admin:*": only(ADMINISTRATORS, staff=True),
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
    "ask_for_contact": PUBLIC,  # here something is kept: a case at the door, as the citizen has asked
    "contact_asked": PUBLIC,
    # the citizen's own page: let in by a personal link and a code, to one case (referrals/views/my_way.py)
    "personal_link": only(CASE_WORKERS),
    "enter_my_way": PUBLIC,
    "my_way": PUBLIC,
    "my_way_enter": PUBLIC,
    "my_way_leave": PUBLIC,
    "my_way_step": PUBLIC,
    "my_way_withdraw_consent": PUBLIC,
    "my_way_correct": PUBLIC,
    # a reminder answered with one press: its link opens that message (referrals/views/reminder.py)
    "enter_reminder": PUBLIC,
    "reminder": PUBLIC,
    "answer_reminder": PUBLIC,
    "reminder_answered": PUBLIC,
    "door": PUBLIC,
    "door_sheet": PUBLIC,
    "accessibility": PUBLIC,
    # the match API asks for nothing that identifies and keeps nothing
    "api:match": PUBLIC,
}


def access_to(view_name: str) -> Access | None:
    """What a URL needs; one of a whole namespace, such as the administration's, what all of it needs. None: undeclared."""
    return ACCESS.get(view_name) or ACCESS.get(f"{view_name.rpartition(':')[0]}:*")


def allows(access: Access, *, roles: frozenset[Role], is_staff: bool) -> bool:
    """May somebody who is signed in, and has these roles in the unit where they work now?"""
    return (is_staff or not access.staff) and (access.roles is None or bool(access.roles & roles))
