"""Staff who sign in at their own organisation. Of what the provider says four things are kept: who, how sure, where, as what.

allauth finds this module by its name and takes the class for `openid_connect`.
"""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import HttpRequest


class StaffProvider(OpenIDConnectProvider):
    """OpenID Connect as allauth does it, but nothing else of the claims ever reaches the database or the session."""

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        claims, names = data["id_token"], self.app.settings
        roles = claims.get(names["role_claim"], [])
        return {
            "sub": claims["sub"],
            "acr": claims.get("acr", ""),
            "organisation": str(claims.get(names["organisation_claim"], "")),
            "role": [roles] if isinstance(roles, str) else [str(role) for role in roles],
        }

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """What the settings say, whatever the address says."""
        return list(self.get_scope())

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, Any]:
        """As above: nobody asks for less assurance by an address."""
        return dict(self.get_auth_params())


provider_classes = [StaffProvider]
