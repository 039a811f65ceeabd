"""The fields that our forms are made of, as the design system shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

Choices = list[tuple[str, Any]]
Groups = Sequence[tuple[str, Sequence[tuple[str, str]]]]


def text(label: Any, *, missing: Any = "", hint: Any = "", max_length: int = 200, **attrs: Any) -> forms.CharField:
    """One line. Required where it is said what is missing without it."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=max_length,
        required=bool(missing),
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
        error_messages={"required": missing} if missing else {},
    )


def day(label: Any, *, hint: Any = "", required: bool = True, **attrs: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-input short", **attrs})
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=widget,
        input_formats=["%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"],
        error_messages={
            "required": _("Write the day."),
            "invalid": _("Write a date that exists, for example 24-12-2026."),
        },
    )


def words(label: Any, *, missing: Any = "", hint: Any = "", rows: int = 2) -> forms.CharField:
    """Some sentences. Required where it is said what is missing without them."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=2000,
        required=bool(missing),
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing} if missing else {},
    )


def one_of(
    label: Any, choices: Choices, *, missing: Any, coerce: Any = str, hint: Any = "", initial: Any = None
) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=choices,
        coerce=coerce,
        initial=initial,
        help_text=hint,
        widget=forms.RadioSelect,
        error_messages={"required": missing},
    )


def door(label: Any, *, missing: Any = "", hint: Any = "") -> forms.ChoiceField:
    """The next door. Which there are is known when the form is made."""
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        required=bool(missing),
        error_messages={"required": missing, "invalid_choice": _("Choose a door from the list.")},
    )


def offer(field: forms.Field, groups: Groups, *, nothing: Any) -> None:
    options = [(title, list(services)) for title, services in groups]
    field.choices = [("", nothing), *options]  # type: ignore[attr-defined]
