"""Addresses that Django need not put together anew: a page has two hundred of them."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.urls import reverse

ANY = UUID(int=0)


@cache
def fixed(name: str) -> str:
    """The address of a page that is about no row."""
    return reverse(name)


def address(name: str, key: UUID, *rest: str) -> str:
    """The address of the page `name` about the row with this key."""
    return str(key).join(_around(name, *rest))


@cache
def _around(name: str, *rest: str) -> list[str]:
    """It, cut where the key stands."""
    return reverse(name, args=[ANY, *rest]).split(str(ANY))
