"""The keys: a master key from the environment wraps one data key per person; another key makes blind indexes.

Rotation wraps the data keys anew and leaves every sealed text as it is. Disposal destroys a person's data key: what it
sealed, in history and in backups too, can never be read again.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import unicodedata

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12  # bytes, as AES-GCM wants


class Unreadable(Exception):
    """The text cannot be opened: its key is destroyed, is not among ours, or somebody changed the bytes."""


class Destroyed(Unreadable):
    """The text was disposed of with its key. A template shows nothing in its place; a page that needs it says so."""

    silent_variable_failure = True


def seal(key: bytes, text: bytes, *, context: str) -> bytes:
    """AES-256-GCM with a random nonce. `context` names the place (table|row|field), so that a copy elsewhere won't open."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text, context.encode())


def unseal(key: bytes, sealed: bytes, *, context: str) -> bytes:
    """The text again. Raises Unreadable."""
    from cryptography.exceptions import InvalidTag

    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], context.encode())
    except InvalidTag:
        raise Unreadable("Sealed text does not open with this key in this place.") from None


def current_master() -> tuple[str, bytes]:
    """The master key that new data keys are wrapped with: (id, key)."""
    return next(iter(settings.MASTER_KEYS.items()))


def master(key_id: str) -> bytes:
    """A master key by its id. Raises Unreadable when the environment no longer gives it."""
    try:
        return settings.MASTER_KEYS[key_id]
    except KeyError:
        raise Unreadable(f"No master key '{key_id}' in NAVIGATOR_MASTER_KEYS.") from None


def blind_index(kind: str, value: str) -> bytes:
    """A keyed hash to search by, exact only. `kind` keeps a telephone number from matching a CPR number."""
    return hmac.digest(settings.INDEX_KEY, f"{kind}|{fold(value)}".encode(), hashlib.sha256)


def fold(value: str) -> str:
    """How a searched value is written: compatibility form, lower case, single spaces. Æ, Ø and Å stay themselves."""
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


def seal_for(purpose: str, text: bytes) -> bytes:
    """Sealed for one purpose of ours, not for a person: with a key of its own, made from the current master key."""
    _key_id, key = current_master()
    return seal(_key_for(purpose, key), text, context=purpose)


def unseal_for(purpose: str, sealed: bytes) -> bytes:
    """The text again, also under an older master key that the environment still gives. Raises Unreadable."""
    if len(sealed) <= NONCE:
        raise Unreadable("Too short to be sealed text.")
    for key in settings.MASTER_KEYS.values():
        try:
            return unseal(_key_for(purpose, key), sealed, context=purpose)
        except Unreadable:
            continue
    raise Unreadable(f"No master key of ours opens this text for '{purpose}'.")


def _key_for(purpose: str, master_key: bytes) -> bytes:
    return hmac.digest(master_key, purpose.encode(), hashlib.sha256)
