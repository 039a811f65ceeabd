"""The form of an emergency access."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.forms import DesignForm


class EmergencyForm(DesignForm):
    """Exactly which case, and why."""

    number = forms.CharField(
        label=_("Case number"),
        max_length=20,
        help_text=_("The whole number with its last digit, for instance 000123-4"),
        error_messages={"required": _("Write the case number.")},
        widget=forms.TextInput(attrs={"class": "form-input short", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Why must you see the case now?"),
        min_length=10,
        max_length=2000,
        help_text=_("Your leader, the unit of the citizen and whoever oversees you read this."),
        error_messages={
            "required": _("Write why."),
            "min_length": _("Write so much that others understand it."),
        },
        widget=forms.Textarea(attrs={"class": "form-input", "rows": 4}),
    )
