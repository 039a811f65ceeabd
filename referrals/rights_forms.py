"""What is asked about the citizen's rights: protection, correction, and what the citizen asks for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from navigator import clock
from referrals import fields, protection
from referrals.enums import Right
from referrals.forms import DesignForm, clean_cpr
from referrals.models import Correction


class ProtectForm(DesignForm):
    """Until when, and how it is known."""

    until = fields.day(_("Protected until"), hint=_("Normally a year. It stays hidden until somebody lifts it"))
    because = fields.words(_("How do you know?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"until": protection.for_a_year(clock.today())})
        super().__init__(*args, **kwargs)
        self.fields["until"].error_messages |= {
            "required": _("Write until when."),
            "invalid": _("Write a date that exists."),
        }

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if not clock.today() <= until <= clock.today() + protection.LONGEST:
            raise forms.ValidationError(_("Give a day to come, at most five years ahead."))
        return until


class LiftForm(DesignForm):
    because = fields.words(
        _("How do you know that it is over?"), missing=_("Write how you know that the protection has ended.")
    )


class RevealForm(DesignForm):
    because = fields.words(
        _("Why do you need it?"),
        hint=_("It is kept in the history of the case, and the citizen may read it"),
        missing=_("Write why you need the name or the address."),
    )


class ExportForm(DesignForm):
    note = fields.words(_("How has the citizen asked for it?"), missing=_("Write how the citizen has asked."))


class CorrectForm(DesignForm):
    """Which fact, what is right, and how it is known."""

    fact = fields.one_of(_("What is wrong?"), list(Correction.Fact.choices), missing=_("Choose what is wrong."))
    right = fields.text(
        _("What is right?"), hint=_("Leave it empty if it is not to be known. A date is written as 2000-12-31")
    )
    because = fields.words(_("How do you know?"), missing=_("Write how you know what is right."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        fact, right = cleaned.get("fact"), cleaned.get("right", "").strip()
        try:
            if fact == Correction.Fact.CPR:
                right = clean_cpr(right)
            elif fact == Correction.Fact.BIRTH_DATE and right:
                right = _born(right).isoformat()
        except forms.ValidationError as error:
            self.add_error("right", error)
        cleaned["right"] = right
        return cleaned


def _born(typed: str) -> date:
    try:
        born = date.fromisoformat(typed)
    except ValueError:
        raise forms.ValidationError(_("Write a date that exists.")) from None
    if born > clock.today():
        raise forms.ValidationError(_("The date of birth must lie in the past, at most 120 years back."))
    return born


class LiftRestrictionForm(DesignForm):
    because = fields.words(
        _("How and when was the citizen told, and why is it over?"),
        hint=_("The citizen is told before it is lifted"),
        missing=_("Write how and when the citizen was told. That comes first."),
    )


class AskRightForm(DesignForm):
    """What the citizen asks for, when and in which words."""

    right = fields.one_of(
        _("What does the citizen ask for?"), list(Right.choices), missing=_("Choose what is asked for.")
    )
    asked_on = fields.day(_("When?"))
    note = fields.words(_("In the citizen's words"), missing=_("Write what the citizen asks for."))

    def clean_asked_on(self) -> date:
        day: date = self.cleaned_data["asked_on"]
        if day > clock.today():
            raise forms.ValidationError(_("That day is still to come."))
        return day


class AnswerRightForm(DesignForm):
    granted = fields.one_of(
        _("What was the citizen told?"),
        [("yes", _("Yes, we will do so")), ("no", _("No"))],
        missing=_("Say what the citizen was told."),
        coerce=lambda said: said == "yes",
    )
    because = fields.words(_("Why"), missing=_("Write why."))


class WhatIsWrongForm(DesignForm):
    """The citizen's own words, on their own page."""

    note = fields.words(_("What is wrong, and what is right?"), missing=_("Write what is wrong."), rows=3)
