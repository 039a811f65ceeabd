"""What is asked about a notification of concern for a child: how, when and to whom it was sent; not what stands in it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from navigator import clock
from referrals import fields
from referrals.fields import Choices
from referrals.forms import DesignForm
from referrals.models import Concern


class ConcernForm(DesignForm):
    about = fields.one_of(_("Who are you concerned about?"), Concern.About.choices, missing=_("Say who it is about."))
    channel = fields.one_of(
        _("How did you notify the municipality?"), Concern.Channel.choices, missing=_("Say how you notified them.")
    )
    municipality = forms.ChoiceField(
        label=_("Which municipality?"),
        help_text=_("The one in which the child lives"),
        error_messages={
            "required": _("Choose the municipality."),
            "invalid_choice": _("Choose a municipality from the list."),
        },
    )
    sent_on = fields.day(_("On which day?"))
    sent_time = forms.TimeField(
        label=_("At what time?"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "form-input short"}),
        error_messages={"required": _("Write the time."), "invalid": _("Write a time, for example 14:30.")},
    )
    to_whom = fields.text(_("Who received it?"), hint=_("If you know: a name, or the number of their receipt"))
    note = fields.words(
        _("What helps you to find it again?"),
        hint=_("Do not write the notification itself here. Only your unit sees this"),
    )

    def __init__(self, *args: Any, municipalities: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipality"].choices = [("", _("Choose")), *municipalities]  # type: ignore[attr-defined]
        self.fields["sent_on"].error_messages |= {
            "required": _("Write the day."),
            "invalid": _("Write a date that exists."),
        }

    @property
    def noted(self) -> dict[str, Any]:
        """As the action is given it."""
        said = dict(self.cleaned_data)
        day: date = said.pop("sent_on")
        at: time = said.pop("sent_time")
        return said | {"sent_at": datetime.combine(day, at, tzinfo=clock.COPENHAGEN)}
