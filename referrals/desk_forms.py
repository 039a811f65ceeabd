"""What is asked when tasks are put off, one or several."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.template.defaultfilters import capfirst
from django.utils.translation import gettext_lazy as _

from navigator import clock
from navigator.web.templatetags.shown import day
from referrals import fields
from referrals.actions.snoozing import AT_MOST
from referrals.enums import Bulk
from referrals.forms import DesignForm


class SnoozeForm(DesignForm):
    until = fields.day(_("Until when?"))
    because = fields.words(_("Why?"), missing=_("Write why it is put off."))

    def __init__(self, *args: Any, latest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["until"]
        said = _("%(day)s at the latest. It is back on the list that morning") % {"day": day(latest)}
        field.help_text = capfirst(said)
        tomorrow = clock.today() + timedelta(days=1)
        field.widget.attrs |= {"min": tomorrow.isoformat(), "max": latest.isoformat()}
        field.error_messages["required"] = _("Give the day when you will look at it again.")


class BulkForm(DesignForm):
    """One thing for all that are ticked. Until when and why are asked only where they are put off."""

    kind = forms.TypedChoiceField(
        label=_("What should be done with those you have ticked?"),
        choices=[(kind.value, kind.label) for kind in (Bulk.SNOOZE, Bulk.DONE)],
        coerce=Bulk,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what is to be done.")},
    )
    until = fields.day(_("Until when?"), hint=_("A fortnight at most"), required=False)
    because = fields.words(_("Why?"), hint=_("It is kept in the history of each case"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == Bulk.SNOOZE:
            if not cleaned.get("until") and "until" not in self.errors:
                self.add_error("until", _("Give the day when you will look at them again."))
            elif cleaned.get("until") and not clock.today() < cleaned["until"] <= clock.today() + AT_MOST:
                self.add_error("until", _("Give a day within the next fortnight."))
            if not cleaned.get("because", "").strip():
                self.add_error("because", _("Write why they are put off."))
        return cleaned
