"""How people get in: by invitation only."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from navigator import clock
from navigator.accounts import sessions


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves; a local administrator makes the account."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is wrong. Try again."),
        "incorrect_password": _("The password is wrong. Try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Users have no username, only an e-mail address."""

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        sessions.begin(request, now=clock.now())

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Before the second factor is changed the password is asked for once more, and nothing else."""
        return (
            [{"id": "reauthenticate", "url": reverse("account_reauthenticate")}] if user.has_usable_password() else []
        )

    def reauthenticate(self, user: Any, password: str) -> bool:
        """The e-mail address stands with the user: allauth's own list of addresses is empty here."""
        again = self.authenticate(context.request, email=user.email, password=password)
        return again is not None and again.pk == user.pk
