"""What is asked for a coordinated plan. Each form's fields are what the action of that step is given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals import fields, models
from referrals.enums import Form, Lane, Left
from referrals.forms import DesignForm


class AskForPlanForm(DesignForm):
    because = fields.words(_("Why is a plan or a meeting needed?"), missing=_("Write why."))


class BeginPlanForm(DesignForm):
    agreed = fields.one_of(
        _("How has the citizen said yes?"), list(Form.choices), missing=_("Say how the citizen has said yes.")
    )


class PartyForm(DesignForm):
    who = fields.text(_("Who takes part?"), hint=_("Name and function, for example: Mette Holm, contact person"))
    phone = fields.text(_("Telephone"), max_length=40, type="tel")


class MeetingForm(DesignForm):
    on = fields.day(_("When is the next meeting?"), hint=_("At most six months after the last one"))


class MetForm(DesignForm):
    met_on = fields.day(_("When was the meeting held?"))
    next_on = fields.day(_("When is the next one?"), hint=_("At most six months later"))


class PrioritiesForm(DesignForm):
    priorities = fields.words(
        _("What matters to the citizen?"),
        hint=_("In their own words, the most important first"),
        missing=_("Write what matters to the citizen, in their own words."),
        rows=4,
    )


class EffortForm(DesignForm):
    """Who does what until when: one of those who take part."""

    lane = fields.one_of(_("Which part?"), list(Lane.choices), missing=_("Choose which part it belongs to."))
    what = fields.words(_("What is done?"), missing=_("Write what is done."))
    party = fields.one_of(_("Who does it?"), [], missing=_("Choose who does it."))
    by_on = fields.day(_("By when?"))

    def __init__(self, *args: Any, parties: Iterable[models.Party], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["party"].choices = [(str(each.pk), each.who) for each in parties]  # type: ignore[attr-defined]


class ApproveForm(DesignForm):
    manages = forms.BooleanField(
        label=_("The citizen says: this is an amount that I can manage"),
        error_messages={"required": _("Ask whether it is too much. Take something out if it is.")},
    )


class EndPlanForm(DesignForm):
    because = fields.words(_("Why does the plan end?"), missing=_("Write why."))


class RemovePartyForm(DesignForm):
    party = forms.UUIDField(widget=forms.HiddenInput)


class LeaveEffortForm(DesignForm):
    effort = forms.UUIDField(widget=forms.HiddenInput)
    left_as = forms.TypedChoiceField(choices=Left.choices, coerce=Left, widget=forms.HiddenInput)
