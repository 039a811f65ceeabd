"""How a view reaches a case or a referral: through the unit in which one works, or not at all; and that is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from navigator import clock
from navigator.web.templatetags.shown import day
from pathways.rulebook import Rulebook, rulebook
from referrals import models, selectors
from referrals.acting import By
from referrals.errors import Gone
from referrals.looking import saw_cases, saw_referrals


def by(request: HttpRequest) -> By:
    """Who acts in this request."""
    return By(user=request.user, unit=request.unit)  # type: ignore[arg-type, attr-defined]


def case_or_404(request: HttpRequest, case_id: UUID) -> models.Case:
    found = selectors.case_for(unit=by(request).unit, case_id=case_id)
    if found is None:
        raise Http404
    saw_cases(request, [found])
    if found.disposed_at:
        said = {"number": found.short_number, "day": day(found.disposed_at)}
        raise Gone(_("Case %(number)s was disposed of (%(day)s).") % said)
    return found


def referral_or_404(request: HttpRequest, referral_id: UUID) -> models.Referral:
    found = selectors.referral_for(unit=by(request).unit, referral_id=referral_id)
    if found is None:
        raise Http404
    saw_referrals(request, [found])
    if found.data_key.destroyed_at:
        raise Gone(_("The referral was disposed of (%(day)s).") % {"day": day(found.data_key.destroyed_at)})
    return found


def words() -> dict[str, Any]:
    """The vocabulary as it is today, in both languages."""
    return rulebook(on=clock.today()).catalogue.words  # type: ignore[return-value]


def municipalities(book: Rulebook | None = None) -> dict[str, str]:
    """Every municipality of today by its code, in Danish alphabetical order."""
    return dict((book or rulebook(on=clock.today())).catalogue.municipality_names)


def language() -> str:
    """The language of the page, `da` or `en`."""
    return "en" if (translation.get_language() or "da").startswith("en") else "da"
