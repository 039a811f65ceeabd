"""What the environment must give, checked at once, so that a missing variable is one sentence and not a stack of surprises."""

from __future__ import annotations

import base64
import binascii
import json
import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured

REQUIRED = {
    "DATABASE_URL": "the PostgreSQL of this process's own role, e.g. postgres://navigator_app:…@host:5432/navigator",
    "REDIS_URL": "the Redis that carries the worker's messages, e.g. redis://host:6379/0",
    "NAVIGATOR_SECRET_KEY": "50 random characters or more, the same for all processes",
    "NAVIGATOR_MASTER_KEYS": "id:base64 of 32 random bytes; the first of a comma-separated list is the current one",
    "NAVIGATOR_INDEX_KEY": "base64 of 32 random bytes, the key of the blind indexes; never changes",
    "NAVIGATOR_ALLOWED_HOSTS": "the host names it answers to, separated by commas",
    "NAVIGATOR_PUBLIC_URL": "the address that links in messages begin with, e.g. https://navigator.example",
}

# What a browser could let a page do. Ours use passkeys, and copy a note for the journal.
FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "clipboard-write",
    "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get",
    "idle-detection", "keyboard-map", "local-fonts", "magnetometer", "microphone", "midi", "otp-credentials", "payment",
    "picture-in-picture", "publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock", "serial",
    "storage-access", "usb", "window-management", "xr-spatial-tracking",
)  # fmt: skip
ALLOWED_FEATURES = {"clipboard-write", "publickey-credentials-create", "publickey-credentials-get"}

# What NAVIGATOR_OIDC says of each place where staff sign in.
PROVIDER = ("id", "name", "issuer", "client_id", "secret", "acr", "organisation_claim", "role_claim")


def require(names: dict[str, str] = REQUIRED) -> None:
    """Raise ImproperlyConfigured naming every missing variable and how to give it."""
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        lines = "\n".join(f"  {name}: {names[name]}" for name in missing)
        raise ImproperlyConfigured(f"These environment variables are missing:\n{lines}")


def key_bytes(name: str, encoded: str) -> bytes:
    """32 bytes from base64. Raises ImproperlyConfigured that names the variable, never the value."""
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise ImproperlyConfigured(f"{name} must be base64 of exactly 32 bytes.")
    return key


def master_keys(encoded: str) -> dict[str, bytes]:
    """`id:base64[,id:base64]` → keys by id, the current one first."""
    keys: dict[str, bytes] = {}
    for part in encoded.split(","):
        key_id, _, key = part.strip().partition(":")
        if not key_id or not key or key_id in keys:
            raise ImproperlyConfigured("NAVIGATOR_MASTER_KEYS must be id:base64, each id once, separated by commas.")
        keys[key_id] = key_bytes("NAVIGATOR_MASTER_KEYS", key)
    return keys


def broker_url(redis_url: str) -> str:
    """One REDIS_URL for two clients: kombu has its own form for a Unix socket."""
    if not redis_url.startswith("unix://"):
        return redis_url
    path, _, query = redis_url.removeprefix("unix://").partition("?")
    database = dict(pair.split("=", 1) for pair in query.split("&") if "=" in pair).get("db", "0")
    return f"redis+socket://{path}?virtual_host={database}"


def staff_providers(given: str) -> list[dict[str, Any]]:
    """Where staff may sign in, as allauth wants it. Raises ImproperlyConfigured that names what is missing."""
    apps = []
    for each in json.loads(given or "[]"):
        if missing := set(PROVIDER) - set(each):
            raise ImproperlyConfigured(f"NAVIGATOR_OIDC lacks {', '.join(sorted(missing))}.")
        apps.append(
            {
                "provider_id": each["id"],
                "name": each["name"],
                "client_id": each["client_id"],
                "secret": each["secret"],
                "settings": {
                    "server_url": each["issuer"],
                    "oauth_pkce_enabled": True,
                    "fetch_userinfo": False,
                    "scope": ["openid", *each.get("scope", [])],
                    "auth_params": {"acr_values": " ".join(each["acr"])},
                    "acr": each["acr"],
                    "organisation_claim": each["organisation_claim"],
                    "role_claim": each["role_claim"],
                },
            }
        )
    return apps


def permissions_policy() -> str:
    """What a browser lets our pages do: nothing but what they use."""
    return ", ".join(f"{name}=({'self' if name in ALLOWED_FEATURES else ''})" for name in FEATURES)
