"""What a reader may tell us."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from navigator.web.forms import DesignForm

LONGEST = 2000  # characters


class BarrierForm(DesignForm):
    """What is in the way on a page, in the reader's own words."""

    text = forms.CharField(
        label=_("What is in the way?"),
        help_text=_("Tell us which page it is. Do not write your name or CPR number."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": _("Write what is in the way."),
            "max_length": _("Write it a little shorter: at most 2000 characters."),
        },
    )
