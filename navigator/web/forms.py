"""The ground of our forms."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms


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
        """Gives every widget the design system's class; again after fields were added."""
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", self.CLASSES.get(type(field.widget), "form-input"))

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Every error with the id of the field to go to, in the order of the page."""
        found = [("", str(error)) for error in self.non_field_errors()]
        for bound in self:
            if bound.name in self.errors:
                first = bound.subwidgets[0].id_for_label if bound.use_fieldset else bound.id_for_label
                found += [(first or bound.auto_id, str(error)) for error in bound.errors]
        return found
