"""Every change of a case. Callers write `actions.x()`; each owns its transaction."""

from referrals.actions.answers import count_answers
from referrals.actions.arrival import (
    citizen_says_arrived,
    confirm_arrival,
    correct_arrival,
    correct_meeting,
    dispute_arrival,
)
from referrals.actions.asking import ask_for_contact
from referrals.actions.bulk import DONE_BY_CONTACT, ask_for_bulk, record_contact_made, work_off_bulk
from referrals.actions.calls import add_note, record_call, record_call_about, record_papers
from referrals.actions.case import (
    close_case,
    open_case,
    reassess,
    record_18th_birthday,
    record_death,
    record_first_week_contact,
    record_move,
)
from referrals.actions.companion import agree_companion, confirm_companion
from referrals.actions.concerns import record_concern, record_receipt
from referrals.actions.consents import remind_of_consents, renew_consent, withdraw_consent
from referrals.actions.draft import delete_draft, keep_draft, remove_old_drafts
from referrals.actions.duties import record_duty_done
from referrals.actions.emergency import mark_emergency_as_seen, open_in_emergency, reveal_in_emergency
from referrals.actions.guarantees import choose_freely, give_overrun_reason
from referrals.actions.measuring import measure_what_has_changed
from referrals.actions.my_way import let_citizen_in, make_personal_link
from referrals.actions.news import mark_as_read
from referrals.actions.ownership import answer_take_over, ask_to_take_over, pass_on_tasks
from referrals.actions.papers import ask_for_export, ask_for_letter, make_papers
from referrals.actions.person import link, unlink
from referrals.actions.protection import lift_protection, protect, reveal
from referrals.actions.reaching import set_contact
from referrals.actions.referral import (
    HandOver,
    Telling,
    accept_referral,
    answer_question,
    ask_question,
    book_time,
    cancel_referral,
    cancel_visit,
    close_course,
    log_hand_over,
    lose_contact,
    open_referral,
    put_on_waiting_list,
    record_attempt,
    record_check_in,
    record_effect,
    record_no_show,
    send_on,
    send_referral,
    start_course,
    tell_citizen_done,
    withdraw_referral,
)
from referrals.actions.retention import answer_retention, ask_for_retention, lift_restriction, restrict
from referrals.actions.returns import NotLegitimate, Return, approve_return, return_referral, send_back
from referrals.actions.rights import answer_right, ask_right, correct_fact, correct_note
from referrals.actions.screening import record_screening
from referrals.actions.sending import Company, Sending, send_referrals
from referrals.actions.snoozing import last_day, latest_day, snooze
from referrals.actions.staffing import close_unit, end_work, end_worker, move_worker
from referrals.grounds import Anonymous, SaidYes, Statutory, Yes

__all__ = [
    "DONE_BY_CONTACT",
    "Anonymous",
    "Company",
    "HandOver",
    "NotLegitimate",
    "Return",
    "SaidYes",
    "Sending",
    "Statutory",
    "Telling",
    "Yes",
    "accept_referral",
    "add_note",
    "agree_companion",
    "answer_question",
    "answer_retention",
    "answer_right",
    "answer_take_over",
    "approve_return",
    "ask_for_bulk",
    "ask_for_contact",
    "ask_for_export",
    "ask_for_letter",
    "ask_for_retention",
    "ask_question",
    "ask_right",
    "ask_to_take_over",
    "book_time",
    "cancel_referral",
    "cancel_visit",
    "choose_freely",
    "citizen_says_arrived",
    "close_case",
    "close_course",
    "close_unit",
    "confirm_arrival",
    "confirm_companion",
    "correct_arrival",
    "correct_fact",
    "correct_meeting",
    "correct_note",
    "count_answers",
    "delete_draft",
    "dispute_arrival",
    "end_work",
    "end_worker",
    "give_overrun_reason",
    "keep_draft",
    "last_day",
    "latest_day",
    "let_citizen_in",
    "lift_protection",
    "lift_restriction",
    "link",
    "log_hand_over",
    "lose_contact",
    "make_papers",
    "make_personal_link",
    "mark_as_read",
    "mark_emergency_as_seen",
    "measure_what_has_changed",
    "move_worker",
    "open_case",
    "open_in_emergency",
    "open_referral",
    "pass_on_tasks",
    "protect",
    "put_on_waiting_list",
    "reassess",
    "record_18th_birthday",
    "record_attempt",
    "record_call",
    "record_call_about",
    "record_check_in",
    "record_concern",
    "record_contact_made",
    "record_death",
    "record_duty_done",
    "record_effect",
    "record_first_week_contact",
    "record_move",
    "record_no_show",
    "record_papers",
    "record_receipt",
    "record_screening",
    "remind_of_consents",
    "remove_old_drafts",
    "renew_consent",
    "restrict",
    "return_referral",
    "reveal",
    "reveal_in_emergency",
    "send_back",
    "send_on",
    "send_referral",
    "send_referrals",
    "set_contact",
    "snooze",
    "start_course",
    "tell_citizen_done",
    "unlink",
    "withdraw_consent",
    "withdraw_referral",
    "work_off_bulk",
]
