"""How people get in: by invitation only."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from navigator import clock
from navigator.accounts import sessions


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves; a local administrator makes the account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Users have no username, only an e-mail address."""

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        sessions.begin(request, now=clock.now())
