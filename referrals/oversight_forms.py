"""What somebody chooses or types who oversees."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from navigator.accounts.models import Unit, User
from navigator.audit.models import Purpose, Verdict
from navigator.web.forms import DesignForm
from referrals import fields


class LooksForm(DesignForm):
    """Which lines of the log: all that is left empty is not asked about."""

    unit = forms.ChoiceField(label=_("Unit"), required=False)
    worker = forms.ChoiceField(label=_("Worker"), required=False)
    day = fields.day(_("Day"), required=False)
    purpose = forms.ChoiceField(label=_("Purpose"), required=False, choices=[("", _("All")), *Purpose.choices])

    def __init__(self, *args: Any, units: list[Unit], workers: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].choices = [("", _("All")), *((str(each.pk), each.name) for each in workers)]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [("", _("All")), *((str(each.pk), each.name) for each in units)]  # type: ignore[attr-defined]
        if len(units) < 2:
            del self.fields["unit"]


class CheckForm(DesignForm):
    """What a leader says of one look."""

    verdict = forms.ChoiceField(
        label=_("What is your assessment?"),
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    note = fields.text(_("Note"), hint=_("What was found, or who is asked"), max_length=1000)
