"""Which letter, and in which language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from navigator.web.templatetags.shown import moment, worded
from pathways.models import Service
from referrals import fields, models
from referrals.fields import Choices
from referrals.forms import DesignForm
from referrals.models import Letter


class LetterForm(DesignForm):
    """One of the letters that can be written on a case, and the language of whoever is to read it."""

    which = fields.one_of(_("What do you want to print?"), [], missing=_("Choose what to print."))
    language = fields.one_of(
        _("In which language?"), [("da", "Dansk"), ("en", "English")], missing=_("Choose the language.")
    )

    def __init__(
        self,
        *args: Any,
        referrals: Iterable[models.Referral],
        service: Service | None,
        plan: models.Plan | None,
        **given: Any,
    ) -> None:
        super().__init__(*args, **given)
        self.referrals, self.service = {str(each.pk): each for each in referrals}, service
        choices = _choices(self.referrals.values(), service)
        of_plan = [(f"{Letter.Kind.PLAN} {plan.pk}", Letter.Kind.PLAN.label)] if plan else []
        self.fields["which"].choices = of_plan + choices  # type: ignore[attr-defined]

    def letter(self) -> dict[str, Any]:
        """What was chosen, as the action takes it."""
        kind, key = self.cleaned_data["which"].split(" ")
        referral = self.referrals.get(key)
        service = referral.service if referral else self.service
        if kind == Letter.Kind.PLAN:
            service = None
        return {"kind": Letter.Kind(kind), "referral": referral, "service": service}


def _choices(referrals: Iterable[models.Referral], service: Service | None) -> Choices:
    found: Choices = []
    if service:
        found.append(_choice(Letter.Kind.CONSENT_FORM, service.pk, worded(service, "name")))
    for each in referrals:
        name = worded(each.service, "name")
        found.append(_choice(Letter.Kind.REFERRAL, each.pk, name))
        if each.appointment_at:
            found.append(_choice(Letter.Kind.APPOINTMENT, each.pk, f"{name}, {moment(each.appointment_at)}"))
        found.append(_choice(Letter.Kind.DOOR_CARD, each.pk, name))
        found.append(_choice(Letter.Kind.CONSENT_FORM, each.pk, name))
    return found


def _choice(kind: Letter.Kind, key: UUID, about: str) -> tuple[str, str]:
    return f"{kind} {key}", f"{kind.label}: {about}"
