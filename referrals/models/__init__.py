from referrals.models.case import Assessment, Case, Track, case_number
from referrals.models.concern import Concern
from referrals.models.consent import Consent, ConsentQuerySet, ConsentWithdrawal
from referrals.models.desk import BulkJob, BulkRow
from referrals.models.draft import Draft, Typed
from referrals.models.emergency import EmergencyAccess, EmergencySeen
from referrals.models.event import CaseEvent
from referrals.models.follow_up import FollowUp, FollowUpQuerySet, Guarantee, Ladder, TakeOver
from referrals.models.measured import Measured, MeasuredCase, ToMeasure
from referrals.models.notice import BounceReport, Delivery, Notice
from referrals.models.paper import Export, Letter
from referrals.models.person import Person, PersonKey, PersonLink
from referrals.models.personal_link import PersonalLink
from referrals.models.plan import Effort, Party, Plan
from referrals.models.referral import Companion, Disclosure, Referral
from referrals.models.retention import RetentionRound, RetentionRow, RetentionRule
from referrals.models.rights import Correction
from referrals.models.screening import Screening
from referrals.models.secure_link import SecureLink

__all__ = [
    "Assessment",
    "BounceReport",
    "BulkJob",
    "BulkRow",
    "Case",
    "CaseEvent",
    "Companion",
    "Concern",
    "Consent",
    "ConsentQuerySet",
    "ConsentWithdrawal",
    "Correction",
    "Delivery",
    "Disclosure",
    "Draft",
    "Effort",
    "EmergencyAccess",
    "EmergencySeen",
    "Export",
    "FollowUp",
    "FollowUpQuerySet",
    "Guarantee",
    "Ladder",
    "Letter",
    "Measured",
    "MeasuredCase",
    "Notice",
    "Party",
    "Person",
    "PersonKey",
    "PersonLink",
    "PersonalLink",
    "Plan",
    "Referral",
    "RetentionRound",
    "RetentionRow",
    "RetentionRule",
    "Screening",
    "SecureLink",
    "TakeOver",
    "ToMeasure",
    "Track",
    "Typed",
    "case_number",
]
