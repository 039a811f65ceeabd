"""What is asked on the case page itself: a call, a note, papers, a screening."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from navigator import clock
from navigator.web.forms import SHORT
from referrals import fields, instruments
from referrals.enums import Channel, Paper, Reached
from referrals.forms import DesignForm
from referrals.models import Screening
from referrals.step_forms import BY_HAND

LONG_AGO = timedelta(days=365)  # what was sent before is in another system's history


class CallForm(DesignForm):
    """Telephone is ticked already, and each result is a button of its own: a call is logged in two clicks."""

    channel = fields.one_of(
        _("How did you try?"),
        [(channel.value, channel.label) for channel in BY_HAND],
        missing=_("Say how you tried."),
        coerce=Channel,
    )
    note = fields.words(_("Note"))
    reached = forms.TypedChoiceField(
        label=_("What came of it?"),
        choices=[(reached.value, reached.label) for reached in Reached],
        coerce=Reached,
        widget=forms.HiddenInput,
        error_messages={"required": _("Say what came of it."), "invalid_choice": _("Say what came of it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"channel": Channel.PHONE}} | kwargs)

    @property
    def results(self) -> list[tuple[str, Any]]:
        """The buttons, the most frequent results first."""
        return [
            (reached.value, reached.label)
            for reached in (
                Reached.NO_ANSWER,
                Reached.AGREED,
                Reached.CALL_LATER,
                Reached.WRONG_NUMBER,
                Reached.RELATIVE,
                Reached.WANTS_COMPANION,
                Reached.REFUSED,
            )
        ]


class AddNoteForm(DesignForm):
    note = fields.words(
        _("Note"),
        hint=_("Whoever is responsible for the citizen can read it, and so can the coordinator. Services cannot"),
        missing=_("Write the note."),
        rows=3,
    )


class PapersForm(DesignForm):
    """What was sent, when and where to. Only that it was: the paper stays with secure post."""

    paper = fields.one_of(_("What did you send?"), list(Paper.choices), missing=_("Say what was sent."), coerce=Paper)
    sent_on = fields.day(_("When?"))
    where_to = fields.text(_("Where to?"), hint=_("The address for secure post, not a name"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"sent_on": clock.today()}} | kwargs)
        self.fields["where_to"].required = True
        self.fields["where_to"].error_messages["required"] = _("Write where it was sent to.")

    def clean_sent_on(self) -> date:
        day: date = self.cleaned_data["sent_on"]
        if not clock.today() - LONG_AGO <= day <= clock.today():
            raise forms.ValidationError(_("Give a day of the last year, today at the latest."))
        return day


class ScreeningForm(DesignForm):
    """Instrument, version, score and day. What it means is the professional's word."""

    about = fields.one_of(_("What was screened for?"), Screening.About.choices, missing=_("Say what was screened for."))
    instrument = fields.one_of(
        _("Which instrument?"),
        [
            *[(instrument.code, instrument.name) for instrument in instruments.INSTRUMENTS.values()],
            (instruments.OTHER, _("Another one")),
        ],
        missing=_("Choose the instrument."),
    )
    called = fields.text(_("If another: its name"), max_length=80)
    version = fields.text(_("Version"), max_length=40, **SHORT)
    score = fields.text(_("Score"), max_length=40, **SHORT)
    made_on = fields.day(_("Date of the screening"))
    step = forms.ChoiceField(
        label=_("What do you make of it?"),
        help_text=_("Your own judgement. No cut-offs are built in: no professional owner has approved any yet"),
        required=False,
    )
    text = fields.words(_("Note"))

    def __init__(
        self, *args: Any, asked: Sequence[str], ladders: Mapping[str, Any], language: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"initial": {"about": asked[0], "made_on": clock.today()}} | kwargs)
        self.fields["about"].choices = [row for row in Screening.About.choices if row[0] in asked]  # type: ignore[attr-defined]
        groups = [
            (label, [(f"{ladder}:{step['code']}", step[language]) for step in ladders[ladder]])
            for ladder, label in Screening.About.choices
            if ladder in asked
        ]
        self.fields["step"].choices = [("", _("Not judged yet")), *groups]  # type: ignore[attr-defined]

    def clean_made_on(self) -> date:
        day: date = self.cleaned_data["made_on"]
        if day > clock.today():
            raise forms.ValidationError(_("The screening cannot lie in the future."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("instrument") == instruments.OTHER and not cleaned.get("called", "").strip():
            self.add_error("called", _("Write which instrument it was."))
        if not cleaned.get("score", "").strip():
            self.add_error("score", _("Write the score."))
        ladder, _colon, step = cleaned.get("step", "").partition(":")
        if step and ladder != cleaned.get("about"):
            self.add_error("step", _("This step is about something else than what was screened for."))
        cleaned["step"] = step
        return cleaned
