"""Forms about reaching people: the citizen, and colleagues."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from navigator import clock
from navigator.accounts.models import Notices, User
from referrals import fields
from referrals.enums import Channel
from referrals.forms import DesignForm
from referrals.models import Person

LONGEST_REST = timedelta(days=60)


class ContactForm(DesignForm):
    """How it is safe to reach the citizen."""

    safe_channel = forms.ChoiceField(
        label=_("How is it safe to reach the citizen?"),
        choices=[(each, each.label) for each in (Channel.PHONE, Channel.SMS, Channel.EMAIL, Channel.LETTER)],
        widget=forms.RadioSelect,
    )
    email = forms.EmailField(label=_("E-mail of the citizen"), required=False)
    language = forms.ChoiceField(label=_("Write to the citizen in"), choices=settings.LANGUAGES)
    do_not_contact = forms.BooleanField(
        label=_("Nobody writes or calls"),
        help_text=_("For instance where somebody else reads the messages"),
        required=False,
    )
    paused_until = fields.day(_("Reminders to the citizen are paused until"), required=False)

    def __init__(self, *args: Any, hidden: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hidden = hidden
        if hidden:
            self.fields["email"].help_text = _(
                "Hidden: name and address are protected. What you leave empty stays as it is"
            )

    @staticmethod
    def of(person: Person) -> dict[str, Any]:
        """What is known today."""
        until = person.paused_until
        return {
            "safe_channel": person.safe_channel,
            "email": person.email,
            "language": person.language,
            "do_not_contact": person.do_not_contact,
            "paused_until": clock.day_of(until) - timedelta(days=1) if until else None,
        }

    def clean_paused_until(self) -> datetime | None:
        """A rest has an end, and not a far one: nobody is to be forgotten in it."""
        until = self.cleaned_data["paused_until"]
        if until is None:
            return None
        if not clock.today() <= until <= clock.today() + LONGEST_REST:
            raise forms.ValidationError(_("Give a date within the next 60 days."))
        return clock.end_of_day(until)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("safe_channel") == Channel.EMAIL and not cleaned.get("email") and not self.hidden:
            self.add_error("email", _("Write the e-mail address that is safe to write to."))
        return cleaned


class PassOnForm(DesignForm):
    """Whose tasks go to whom."""

    of = forms.ModelChoiceField(
        label=_("Whose tasks?"),
        queryset=User.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose who is away or has left."), "invalid_choice": _("Choose a colleague.")},
    )
    to = forms.ModelChoiceField(
        label=_("Who takes them over?"), queryset=User.objects.none(), required=False, empty_label=_("The whole unit")
    )

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("of", "to"):
            self.fields[name].queryset = colleagues  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("of") and cleaned.get("of") == cleaned.get("to"):
            self.add_error("to", _("Choose another colleague, or the whole unit."))
        return cleaned


class NoticesForm(DesignForm):
    """How a worker is told by e-mail."""

    notices = forms.ChoiceField(label=_("E-mail about what happens"), choices=Notices.choices, widget=forms.RadioSelect)
