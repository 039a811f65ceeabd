"""How a view reaches a case or a referral: through the unit in which one works, or not at all; and that is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import translation

from navigator import clock
from pathways import selectors as pathways
from pathways.rulebook import rulebook
from referrals import models, selectors
from referrals.acting import By
from referrals.looking import saw_cases, saw_referrals


def by(request: HttpRequest) -> By:
    """Who acts in this request."""
    return By(user=request.user, unit=request.unit)  # type: ignore[arg-type, attr-defined]


def case_or_404(request: HttpRequest, case_id: UUID) -> models.Case:
    found = selectors.case_for(unit=by(request).unit, case_id=case_id)
    if found is None:
        raise Http404
    saw_cases(request, [found])
    return found


def referral_or_404(request: HttpRequest, referral_id: UUID) -> models.Referral:
    found = selectors.referral_for(unit=by(request).unit, referral_id=referral_id)
    if found is None:
        raise Http404
    saw_referrals(request, [found])
    return found


def words() -> dict[str, Any]:
    """The vocabulary as it is today, in both languages."""
    return rulebook(on=clock.today()).catalogue.words  # type: ignore[return-value]


def municipalities() -> dict[str, str]:
    """Every municipality of today by its code, in Danish alphabetical order."""
    return pathways.municipalities(on=clock.today())


def language() -> str:
    """The language of the page, `da` or `en`."""
    return "en" if (translation.get_language() or "da").startswith("en") else "da"
