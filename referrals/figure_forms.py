"""Which rows the figures are counted over."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from navigator.web.forms import DesignForm
from referrals.figures import MONTHS, Chosen

DEFAULT = 12


def _periods() -> list[tuple[int, Any]]:
    """Asked for by each page: a number put into a text makes it a text of one language."""
    last: list[tuple[int, Any]] = [
        (n, ngettext("The last %(n)s month", "The last %(n)s months", n) % {"n": n}) for n in MONTHS
    ]
    return [*last, (0, _("From the beginning"))]


class FiguresForm(DesignForm):
    """All that is left empty is not asked about; without a period it is the last twelve months."""

    months = forms.TypedChoiceField(
        label=_("Period"),
        required=False,
        coerce=int,
        empty_value=str(DEFAULT),
        choices=_periods,
    )
    service = forms.TypedChoiceField(label=_("Service"), required=False, coerce=UUID, empty_value=None)
    door = forms.ChoiceField(label=_("Where the citizen turned up"), required=False)
    municipality = forms.ChoiceField(label=_("Municipality"), required=False)
    month = forms.DateField(required=False, widget=forms.HiddenInput, input_formats=["%Y-%m-%d"])
    reason = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, names: dict[str, dict[Any, str]], **kwargs: Any) -> None:
        """`names`: what there is to choose of each, by key."""
        super().__init__(*args, **kwargs)
        for name in ("service", "door", "municipality"):
            listed = sorted(names[name].items(), key=lambda each: each[1])
            self.fields[name].choices = [("", _("All")), *((str(key), said) for key, said in listed)]  # type: ignore[attr-defined]

    def chosen(self, *, today: date) -> Chosen:
        """What was chosen; what cannot be read is not asked about."""
        self.is_valid()
        said = self.cleaned_data
        months = int(said.get("months", DEFAULT))
        return Chosen(
            since=months_back(today, months) if months else None,
            month=said.get("month"),
            service=said.get("service"),
            door=said.get("door", ""),
            municipality=said.get("municipality", ""),
            reason=said.get("reason", ""),
        )


def months_back(today: date, number: int) -> date:
    """The first day of the month with which the last `number` months begin, this one among them."""
    year, month = divmod(today.year * 12 + today.month - number, 12)
    return date(year, month + 1, 1)
