"""What a service says of itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pathways.enums import LONGEST_WAIT


class WaitForm(forms.Form):
    """How long one waits now, and how many places are free. Nothing written is not known, and never a zero."""

    use_required_attribute = False
    wait_days = forms.IntegerField(
        label=_("Wait in days"),
        required=False,
        min_value=0,
        max_value=LONGEST_WAIT,
        error_messages={"invalid": _("Write whole days, for example 14.")},
    )
    capacity = forms.IntegerField(
        label=_("Free places"),
        required=False,
        min_value=0,
        max_value=9999,
        error_messages={"invalid": _("Write a whole number.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"class": "form-input short", "autocomplete": "off"}
