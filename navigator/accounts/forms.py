"""What is missing at sign-in, said as the rest of the product says it."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _


class LoginForm(forms.LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = _("Write your e-mail address, for example name@municipality.example.")
        self.fields["login"].error_messages |= {"required": said, "invalid": said}
        self.fields["password"].error_messages["required"] = _("Write your password.")


class ReauthenticateForm(forms.ReauthenticateForm):
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].error_messages["required"] = _("Write your password.")
