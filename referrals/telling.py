"""What a receiving service is told: built once, shown before it is sent, and frozen as it was shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from referrals import models, needs
from referrals.acting import By
from referrals.models.person import PROTECTED
from referrals.models.referral import without_identity


def what_is_told(
    *,
    case: models.Case,
    assessment: models.Assessment,
    words: Mapping[str, Any],
    municipality: str,
    message: str,
    by: By,
) -> dict[str, Any]:
    """Who, how to reach them, what is needed and wished, and who sends it. JSON; texts in both languages.

    Whoever wants to be anonymous is told of by pseudonym only (rule E8); whose name and address are protected, not at all.
    """
    person, answers = case.person, assessment.answers
    fields = ("pseudonym",) if wants_anonymous(answers) else ("name", "pseudonym", "cpr", "birth_date", "phone")
    told = {
        "case_number": case.short_number,
        "who": {field: value for field in fields if (value := getattr(person, field))},
        "age": answers["age"],
        "municipality": municipality,
        "interpreter": answers.get("circumstances", {}).get("interpreter", ""),
        "first_contact_on": case.first_contact_on.isoformat(),
        "needs": needs.told(answers, words),
        "wishes": case.wishes,
        "message": message,
        "from": {"unit": str(by.unit), "worker": by.user.name, "phone": by.unit.phone, "email": by.unit.email},
    }
    return without_identity(told) if person.is_protected else told


def wants_anonymous(answers: Mapping[str, Any]) -> bool:
    return answers.get("circumstances", {}).get("wants_anonymous") is True


def called(told: Mapping[str, Any]) -> str:
    """The name by which the receiver knows the citizen; empty when none was told."""
    who = told.get("who", {})
    if who.get("is_protected"):
        return str(PROTECTED)
    return who.get("name") or who.get("pseudonym") or ""
