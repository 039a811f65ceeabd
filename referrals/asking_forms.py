"""What a citizen who asks to be contacted tells: as little as can be."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from navigator.web.forms import DesignForm
from referrals import fields
from referrals.enums import Channel, TimeOfDay

NUMBER = re.compile(r"\+?[0-9 ]{8,20}")
BY = ((Channel.PHONE, _("Call me")), (Channel.SMS, _("Write an SMS")), (Channel.EMAIL, _("Write an e-mail")))


class AskForContactForm(DesignForm):
    """A name to say, one safe way and time, and a yes."""

    alias = fields.text(
        _("What should they call you?"), hint=_("A first name, or one that you make up."), max_length=60
    )
    channel = fields.one_of(_("How is it safe to reach you?"), list(BY), missing=_("Choose how to reach you."))
    reach = fields.text(
        _("Your telephone number or e-mail"), hint=_("Only one that nobody else reads or answers."), max_length=200
    )
    best_at = fields.one_of(_("When is it safe?"), TimeOfDay.choices, missing=_("Choose a time."))
    yes = forms.BooleanField(
        label=_("Yes, give them my answers. They may write them down and get in touch with me."),
        error_messages={"required": _("Say yes first. Without your yes we send nothing.")},
    )
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, missing in (("alias", _("Write a name.")), ("reach", _("Write how to reach you."))):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = missing

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        reach, channel = cleaned.get("reach", ""), cleaned.get("channel")
        if reach and channel == Channel.EMAIL:
            try:
                validate_email(reach)
            except forms.ValidationError:
                self.add_error("reach", _("Write an e-mail address, for example me@mail.example."))
        elif reach and channel and not NUMBER.fullmatch(reach):
            self.add_error("reach", _("Write a telephone number, for example 12 34 56 78."))
        return cleaned

    def said(self) -> dict[str, Any]:
        """What the action is told."""
        return {name: value for name, value in self.cleaned_data.items() if name != "yes"}
