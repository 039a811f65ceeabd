"""Widgets written by Python say what Django's templates say, letter for letter but for blanks between the lines."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from navigator.web.widgets import Renderer

NASTY = "\"><script>'&"
CHOICES = [("", "Vælg"), (NASTY, NASTY), ("Gruppe <1>", [(1, "en"), (None, mark_safe("<b>to</b>"))])]
ATTRS: dict[str, Any] = {"id": f"id_{NASTY}", "class": "x", "hidden": True, "disabled": False, "rows": 3}


@pytest.mark.parametrize("value", ["", NASTY, None, "1", 1, [NASTY]])
@pytest.mark.parametrize(
    "widget",
    [
        forms.TextInput(),
        forms.NumberInput(),
        forms.EmailInput(),
        forms.DateInput(),
        forms.TimeInput(),
        forms.HiddenInput(),
        forms.CheckboxInput(),
        forms.PasswordInput(),
        forms.Textarea(),
        forms.Select(choices=CHOICES),
        forms.SelectMultiple(choices=CHOICES),
        forms.RadioSelect(choices=CHOICES),
        forms.CheckboxSelectMultiple(choices=CHOICES),
    ],
    ids=lambda widget: type(widget).__name__,
)
def test_a_widget_is_as_django_writes_it(widget: forms.Widget, value: Any) -> None:
    ours, djangos = (
        "".join(widget.render(f"n{NASTY}", value, attrs=ATTRS, renderer=renderer).split())
        for renderer in (Renderer(), DjangoTemplates())
    )
    assert ours == djangos


class Boxes(forms.Form):
    one = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect(attrs=ATTRS))


def test_each_box_of_a_group_is_as_django_writes_it() -> None:
    ours, djangos = (
        [choice.tag() for choice in Boxes({"one": NASTY}, renderer=renderer)["one"].subwidgets]
        for renderer in (Renderer(), DjangoTemplates())
    )
    assert ours == djangos and len(ours) == 4
