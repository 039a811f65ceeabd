from referrals.actions.case import open_case
from referrals.actions.person import link, unlink
from referrals.actions.referral import (
    accept_referral,
    book_time,
    cancel_referral,
    confirm_arrival,
    open_referral,
    send_referral,
)

__all__ = [
    "accept_referral",
    "book_time",
    "cancel_referral",
    "confirm_arrival",
    "link",
    "open_case",
    "open_referral",
    "send_referral",
    "unlink",
]
