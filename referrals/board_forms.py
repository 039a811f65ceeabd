"""What is asked on the board: to what it is narrowed, who is to have a case, and why somebody takes one over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from navigator.accounts.models import User
from referrals import fields
from referrals.board import NOBODY, Filter
from referrals.desk_forms import BulkForm
from referrals.enums import Bulk
from referrals.fields import Choices
from referrals.forms import DesignForm

EVERYTHING = ("", _("All"))
GONE = _("Nobody on the board matches that any more. Choose from the list.")
LEVELS: Choices = [(str(level), str(level)) for level in (1, 2, 3, 4)]
AGES: Choices = [
    ("-17", _("Under 18")),
    ("18-24", _("18 to 24")),
    ("25-59", _("25 to 59")),
    ("60-", _("60 and more")),
]
CLOCKS: Choices = [
    ("passed", _("Has passed")),
    ("near", _("Ends within a week")),
    ("running", _("Runs, or has passed")),
]


def _some(label: Any, *, coerce: Any = str, choices: Choices = ()) -> forms.TypedChoiceField:  # type: ignore[assignment]
    return forms.TypedChoiceField(
        label=label,
        choices=[EVERYTHING, *choices],
        coerce=coerce,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": GONE},
    )


class FilterForm(DesignForm):
    """What there is to choose from is what stands on the board."""

    service = _some(_("Service"), coerce=UUID)
    sender = _some(_("Sent from"), coerce=UUID)
    kind = _some(_("Kind of help"))
    worker = _some(_("Assigned to"), coerce=lambda said: said if said == NOBODY else UUID(said))
    clock = _some(_("Statutory deadline"), choices=CLOCKS)
    municipality = _some(_("Municipality"))
    level = _some(_("Level"), coerce=int, choices=LEVELS)
    age = _some(_("Age, as last asked"), choices=AGES)

    def __init__(self, *args: Any, offers: Mapping[str, Choices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in offers.items():
            self.fields[name].choices = [EVERYTHING, *choices]  # type: ignore[attr-defined]

    @property
    def asked(self) -> Filter:
        """As far as it is understood."""
        return Filter(**self.cleaned_data) if self.is_valid() else Filter()


class AssignForm(DesignForm):
    """Which colleague. `instead_of` is who has it while this is being decided."""

    to = fields.door(_("Who is to have it?"), missing=_("Choose a colleague."))
    instead_of = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, colleagues: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["to"], colleagues)


class TakeOverHereForm(DesignForm):
    """The coordinator takes over; whoever had the case reads why."""

    because = fields.words(
        _("Why do you take over?"),
        hint=_("Whoever is responsible for the citizen now reads it"),
        missing=_("Write why you take over."),
    )


class BoardBulkForm(BulkForm):
    """The same thing for several citizens: a colleague has them, or their tasks are put off."""

    to = fields.door(_("Which colleague?"))
    field_order = ("kind", "to", "until", "because")

    def __init__(self, *args: Any, colleagues: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.value, kind.label) for kind in (Bulk.ASSIGN, Bulk.SNOOZE)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.colleagues = {str(each.pk): each for each in colleagues}
        _offer(self.fields["to"], colleagues)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["to"] = self.colleagues.get(cleaned.get("to", ""))
        if cleaned.get("kind") == Bulk.ASSIGN and cleaned["to"] is None and "to" not in self.errors:
            self.add_error("to", _("Choose a colleague."))
        if cleaned.get("kind") != Bulk.ASSIGN:
            cleaned["to"] = None
        return cleaned


def _offer(field: forms.Field, colleagues: Iterable[User]) -> None:
    field.choices = [("", _("Choose")), *((str(each.pk), each.name) for each in colleagues)]  # type: ignore[attr-defined]
