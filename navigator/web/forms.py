"""The ground of our forms."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

# What Django's own words say of "this value", in words that help; the label goes before them.
SAID = {
    "required": _("this must be filled in."),
    "invalid_choice": _("choose one of the answers on the list."),
    "max_length": _("write at most %(limit_value)d characters. You have written %(show_value)d."),
    "min_value": _("write a number that is not below %(limit_value)s."),
    "max_value": _("write a number that is not above %(limit_value)s."),
    "null_characters_not_allowed": _("it holds a character that cannot be kept. Write it once more."),
}

SHORT: dict[str, Any] = {"class": "form-input short"}  # the field of a number, a day or a telephone


class DesignForm(forms.Form):
    """A form as the design system shows it: the server speaks, not the browser's own bubbles."""

    use_required_attribute = False
    CLASSES: ClassVar[dict[type, str]] = {
        forms.RadioSelect: "form-radio",
        forms.CheckboxSelectMultiple: "form-checkbox",
        forms.CheckboxInput: "form-checkbox",
        forms.Select: "form-select",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()

    def dress(self) -> None:
        """Gives every widget the design system's class, and every field our words; again after fields were added."""
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", self.CLASSES.get(type(field.widget), "form-input"))
            field.widget.attrs.pop("maxlength", None)  # what is too long is said: a browser would cut it off in silence
            djangos = _djangos_words(type(field))  # type: ignore[arg-type]
            for code, said in SAID.items():
                if field.error_messages.get(code) is djangos.get(code):
                    field.error_messages[code] = format_lazy("{}: {}", field.label, said)

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Every error with the id of the field to go to, in the order of the page."""
        found = [("", str(error)) for error in self.non_field_errors()]
        for bound in self:
            if bound.name in self.errors:
                first = bound.subwidgets[0].id_for_label if bound.use_fieldset else bound.id_for_label
                found += [(first or bound.auto_id, str(error)) for error in bound.errors]
        return found


@cache
def _djangos_words(kind: type[forms.Field]) -> dict[str, Any]:
    """What fields of this kind say where nobody has given them words of their own."""
    found: dict[str, Any] = {}
    for each in reversed(kind.__mro__):
        found |= vars(each).get("default_error_messages", {})
    return found
