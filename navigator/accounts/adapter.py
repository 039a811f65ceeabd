"""How people get in: by invitation only."""

from typing import Any
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from navigator import clock
from navigator.accounts import sessions
from navigator.accounts.models import User
from navigator.database.prepared import prepared


class Backend(AuthenticationBackend):
    """allauth's, but that each page asks who is signed in by a question that was put together once."""

    def get_user(self, user_id: UUID) -> User | None:
        found = _user(pk=user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None


@prepared
def _user(*, pk: UUID) -> QuerySet[User]:
    return User.objects.filter(pk=pk)


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
