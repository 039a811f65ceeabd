"""What those who keep the directory true say of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from navigator.web.forms import SHORT, DesignForm
from navigator.web.templatetags.shown import worded
from pathways.care import Sought
from pathways.care_history import FACTS, named
from pathways.enums import LANGUAGES, LONGEST_WAIT, Access
from pathways.interchange.columns import plain, same
from pathways.models import Municipality, Service, ServiceKind

WAYS_IN = {
    Access.SELF: _("by oneself"),
    Access.RELATIVE: _("by a relative"),
    Access.PROFESSIONAL: _("by a professional"),
    Access.GP: _("by the GP"),
    Access.ANONYMOUS: _("anonymously"),
    Access.VISITATION: _("after a decision by the authority"),
    Access.OUTREACH: _("they come out to people"),
    Access.EMERGENCY: _("in an emergency"),
}


class SoughtForm(DesignForm):
    """Which services are listed."""

    q = forms.CharField(label=_("Name, organisation or kind"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind of help"), required=False)
    municipality = forms.ChoiceField(label=_("Municipality"), required=False)
    standing = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[("", _("All")), ("stale", _("Not checked lately")), ("closed", _("Closed, now or later"))],
    )
    whose = forms.ChoiceField(
        label=_("Whose"), required=False, choices=[("", _("Those we keep")), ("all", _("The whole directory"))]
    )

    def __init__(
        self, *args: Any, kinds: Iterable[ServiceKind], municipalities: Iterable[Municipality], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [("", _("All")), *((kind.code, worded(kind, "text")) for kind in kinds)]
        fields["municipality"].choices = [("", _("All")), *((each.code, each.name) for each in municipalities)]

    @property
    def sought(self) -> Sought:
        """What can be read of it: an address that names something unknown asks for everything."""
        self.is_valid()
        return Sought(**{name: self.cleaned_data.get(name, "") for name in self.fields})


class WebAddress(forms.URLField):
    """An address that a browser opens as a page."""

    default_validators: ClassVar = [URLValidator(["http", "https"])]  # type: ignore[misc]


class ServiceForm(DesignForm):
    """What is true of a service. Nothing written is not known."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    name_da = forms.CharField(label=FACTS["name_da"], max_length=160)
    name_en = forms.CharField(label=FACTS["name_en"], max_length=160)
    phone = forms.CharField(label=FACTS["phone"], max_length=40, required=False, widget=forms.TextInput(SHORT))
    email = forms.EmailField(label=FACTS["email"], max_length=254, required=False)
    url = WebAddress(label=FACTS["url"], max_length=200, required=False, assume_scheme="https")
    address = forms.CharField(label=FACTS["address"], max_length=200, required=False)
    opening_hours_da = forms.CharField(label=FACTS["opening_hours_da"], max_length=200, required=False)
    opening_hours_en = forms.CharField(label=FACTS["opening_hours_en"], max_length=200, required=False)
    access = forms.MultipleChoiceField(
        label=FACTS["access"], choices=list(WAYS_IN.items()), widget=forms.CheckboxSelectMultiple
    )
    accessibility_da = forms.CharField(label=FACTS["accessibility_da"], max_length=200, required=False)
    accessibility_en = forms.CharField(label=FACTS["accessibility_en"], max_length=200, required=False)
    fees_da = forms.CharField(label=FACTS["fees_da"], max_length=200, required=False)
    fees_en = forms.CharField(label=FACTS["fees_en"], max_length=200, required=False)
    languages = forms.MultipleChoiceField(
        label=FACTS["languages"], choices=list(LANGUAGES.items()), widget=forms.CheckboxSelectMultiple, required=False
    )
    interpretation_services = forms.BooleanField(label=FACTS["interpretation_services"], required=False)
    wait_days = forms.IntegerField(
        label=FACTS["wait_days"], required=False, min_value=0, max_value=LONGEST_WAIT, widget=forms.NumberInput(SHORT)
    )
    capacity = forms.IntegerField(
        label=FACTS["capacity"], required=False, min_value=0, max_value=9999, widget=forms.NumberInput(SHORT)
    )
    note_da = forms.CharField(
        label=FACTS["note_da"], max_length=1000, required=False, widget=forms.Textarea({"rows": 3})
    )
    note_en = forms.CharField(
        label=FACTS["note_en"], max_length=1000, required=False, widget=forms.Textarea({"rows": 3})
    )
    is_right = forms.BooleanField(label=_("Everything here is right today: I have checked it"), required=False)

    @classmethod
    def of(cls, service: Service) -> ServiceForm:
        """As it stands now."""
        return cls(initial={name: getattr(service, name) for name in cls.base_fields if name != "is_right"})

    @property
    def said(self) -> dict[str, Any]:
        """The facts, without what they are said with, and without what only the browser has put into them."""
        facts = {name: value for name, value in self.cleaned_data.items() if name not in ("revision", "is_right")}
        return {name: plain(value) if isinstance(value, str) else value for name, value in facts.items()}

    def facts_and_more(self) -> list[Any]:
        """The fields of the page, without the hidden one and the last word."""
        return [bound for bound in self if bound.name not in ("revision", "is_right")]

    def unlike(self, service: Service) -> list[tuple[Any, str]]:
        """Each fact that stands there otherwise than it is written here, as it stands there."""
        found = []
        for name, value in self.said.items():
            there = getattr(service, name)
            if not same(there, value):
                shown = ", ".join(map(str, there)) if isinstance(there, list) else str("" if there is None else there)
                found.append((FACTS[name], shown))
        return found


class OtherServiceField(forms.ModelChoiceField):
    """Another service, by its name in the reader's language and by who runs it."""

    def label_from_instance(self, obj: Any) -> str:
        return named(obj)


class CloseForm(DesignForm):
    """From when until when it takes nobody, and who does meanwhile."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    closed_from = forms.DateField(
        label=FACTS["closed_from"], widget=forms.DateInput(SHORT | {"type": "date"}, "%Y-%m-%d")
    )
    reopens_on = forms.DateField(
        label=FACTS["reopens_on"],
        required=False,
        widget=forms.DateInput(SHORT | {"type": "date"}, "%Y-%m-%d"),
        help_text=_("The first day that it takes people again. Empty: nobody knows yet."),
    )
    substitute = OtherServiceField(
        label=FACTS["substitute_id"],
        queryset=Service.objects.none(),
        required=False,
        empty_label=_("Nobody: another kind of help must be found"),
    )

    def __init__(self, *args: Any, substitutes: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["substitute"].queryset = substitutes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        begins, ends = said.get("closed_from"), said.get("reopens_on")
        if begins and ends and ends <= begins:
            self.add_error("reopens_on", _("Choose a day after the one it closes on."))
        elif ends and ends <= self.today:
            self.add_error("reopens_on", _("Choose a day to come."))
        return said


class ImportForm(DesignForm):
    """A file's text, and what was shown of it when it is to be saved."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    text = forms.CharField(
        label=_("The text of the file"),
        help_text=_("CSV or HSDS as JSON. Open the file, mark all of it, copy it, and paste it here."),
        widget=forms.Textarea({"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
        strip=False,
    )
