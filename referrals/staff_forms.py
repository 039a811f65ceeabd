"""What a local administrator types: who works where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from navigator.accounts.models import Role, Unit
from navigator.accounts.staffing import GIVEN_HERE
from navigator.web.forms import DesignForm
from referrals import fields
from referrals.fields import Choices

ROLES = [("", _("Choose")), *((role.value, role.label) for role in Role if role in GIVEN_HERE)]


class WorkForm(DesignForm):
    """In which unit, as what. `units` are asked for once, however many forms stand on the page."""

    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose a unit."), "invalid_choice": _("Choose a unit.")},
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=ROLES,
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose a role.")},
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["unit"]
        choice.queryset = units
        choice.choices = lambda: [("", choice.empty_label), *((unit.pk, unit.name) for unit in units)]

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class InviteForm(WorkForm):
    """Who is asked to work here."""

    email = forms.EmailField(
        label=_("E-mail"),
        error_messages={"required": _("Write the e-mail address."), "invalid": _("Write a whole e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("email", "unit", "role")


class ReachUnitForm(DesignForm):
    """What a unit is called and how it is reached."""

    name = forms.CharField(
        label=_("Name of the unit"), max_length=200, error_messages={"required": _("Write what the unit is called.")}
    )
    email = forms.EmailField(
        label=_("Shared mailbox"),
        required=False,
        help_text=_("Notices go there when nobody is named"),
        error_messages={"invalid": _("Write a whole e-mail address.")},
    )
    phone = fields.text(_("Telephone"), max_length=30, inputmode="tel")


class OpenUnitForm(ReachUnitForm):
    """A new unit: also which door it is, and in which municipality."""

    door = forms.ChoiceField(
        label=_("Kind of place"), error_messages={"required": _("Choose what kind of place it is.")}
    )
    municipality = forms.ChoiceField(
        label=_("Municipality"), error_messages={"required": _("Choose the municipality.")}
    )
    field_order = ("name", "door", "municipality", "email", "phone")

    def __init__(self, *args: Any, doors: Iterable[tuple[str, str]], municipalities: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["door"].choices = [("", _("Choose")), *doors]  # type: ignore[attr-defined]
        self.fields["municipality"].choices = [("", _("Choose")), *municipalities]  # type: ignore[attr-defined]
