from referrals.models.case import Assessment, Case, Track, case_number
from referrals.models.event import CaseEvent
from referrals.models.follow_up import FollowUp, Ladder, Notice
from referrals.models.person import Person, PersonKey, PersonLink
from referrals.models.referral import Disclosure, Referral

__all__ = [
    "Assessment",
    "Case",
    "CaseEvent",
    "Disclosure",
    "FollowUp",
    "Ladder",
    "Notice",
    "Person",
    "PersonKey",
    "PersonLink",
    "Referral",
    "Track",
    "case_number",
]
