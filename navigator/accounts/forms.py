"""What is typed at sign-in, and by somebody who has been invited; what is missing, said as the rest of the product says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from navigator.web.forms import DesignForm


class _Missing:
    """Says what is missing in our words: `missing` holds them by field."""

    missing: Mapping[str, Any]
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, said in self.missing.items():
            self.fields[name].error_messages["required"] = said


class LoginForm(_Missing, allauth_forms.LoginForm):
    """E-mail address and password."""

    missing = {
        "login": _("Write your e-mail address, for example name@municipality.example."),
        "password": _("Write your password."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].error_messages["invalid"] = self.missing["login"]


class ReauthenticateForm(_Missing, allauth_forms.ReauthenticateForm):
    """The password once more."""

    missing = {"password": _("Write your password.")}


class ConnectAppForm(_Missing, totp_forms.ActivateTOTPForm):
    """The first code of an app, to show that it is connected."""

    missing = {"code": _("Write the six digits that the app shows.")}


class SecondFactorForm(_Missing, mfa_forms.AuthenticateForm):
    """A code of the app, or an emergency code."""

    missing = {"code": _("Write a code from the app, or an emergency code.")}


class AcceptForm(DesignForm):
    """A name and a password of one's own."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        error_messages={"required": _("Write your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters, and not a common one"),
        error_messages={"required": _("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The password once more"),
        strip=False,
        error_messages={"required": _("Write the password once more.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "password" in cleaned and "again" in cleaned and cleaned["password"] != cleaned.pop("again"):
            self.add_error("again", _("The two passwords are not the same."))
        return cleaned
