"""Reading a fixture with care: every mistake is told with its file, its place and what is allowed there."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any


class MalformedCatalogue(Exception):
    """A fixture cannot be loaded. The text names the file, the place in it and what is allowed; nothing was written."""


class Entry:
    """One object of a fixture. It knows where it stands, and in the end whether anything in it was left unread."""

    def __init__(self, value: Any, *, file: str, place: str = "") -> None:
        self.file, self.place = file, place
        if not isinstance(value, dict):
            raise MalformedCatalogue(f"{self}: must be an object, not {json.dumps(value, ensure_ascii=False)[:60]}.")
        self.value: dict[str, Any] = value
        self.read: set[str] = set()

    def __str__(self) -> str:
        return f"{self.file}, {self.place}" if self.place else self.file

    def wrong(self, key: str, must: str) -> MalformedCatalogue:
        given = json.dumps(self.value.get(key), ensure_ascii=False)
        found = f"is {given[:80]}" if key in self.value else "is missing"
        return MalformedCatalogue(f"{self}: '{key}' {found}; it must be {must}.")

    def has(self, key: str) -> bool:
        return self.value.get(key) is not None

    def text(self, key: str, *, default: str | None = None, longest: int = 1000) -> str:
        value = self._get(key, default)
        if not isinstance(value, str) or (default is None and not value) or len(value) > longest:
            raise self.wrong(key, f"a text of at most {longest} characters")
        return value

    def whole(self, key: str, *, default: int | None = None) -> int | None:
        value = self._get(key, default)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise self.wrong(key, "a whole number, 0 or more")
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def day(self, key: str) -> date:
        value = self.day_or_none(key)
        if value is None:
            raise self.wrong(key, "a date like 2026-12-31")
        return value

    def day_or_none(self, key: str) -> date | None:
        value = self._get(key, None)
        try:
            return None if value is None else date.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.wrong(key, "a date like 2026-12-31") from None

    def one_of(self, key: str, allowed: Collection[str], *, default: str | None = None) -> str:
        value = self._get(key, default)
        if value not in allowed:
            raise self.wrong(key, f"one of {', '.join(sorted(allowed))}")
        return value

    def one_of_or_none(self, key: str, allowed: Collection[str]) -> str | None:
        self.read.add(key)
        return self.one_of(key, allowed) if self.has(key) else None

    def some_of(self, key: str, allowed: Collection[Any], *, default: list[Any] | None = None) -> list[Any]:
        value = self._get(key, default)
        if not isinstance(value, list) or not all(isinstance(v, str | int) and v in allowed for v in value):
            raise self.wrong(key, f"a list out of {', '.join(sorted(map(str, allowed)))}")
        return value

    def pair(self, key: str) -> tuple[int | None, int | None]:
        """A range of two whole numbers, of which either may be open (null); none at all is open at both ends."""
        value = self._get(key, [None, None])
        ok = (
            isinstance(value, list) and len(value) == 2 and all(v is None or (type(v) is int and v >= 0) for v in value)
        )
        if not ok or (None not in value and value[0] > value[1]):
            raise self.wrong(key, "two whole numbers, the lower first; null for no limit")
        return value[0], value[1]

    def entry(self, key: str) -> Entry:
        return Entry(self._get(key, None), file=self.file, place=f"{self.place}.{key}".strip("."))

    def entries(self, key: str) -> Iterator[Entry]:
        value = self._get(key, None)
        if not isinstance(value, list):
            raise self.wrong(key, "a list of objects")
        for number, item in enumerate(value):
            name = item.get("code", item.get("kind", item.get("key"))) if isinstance(item, dict) else None
            place = f"{self.place}.{key}[{number}]".strip(".") + (f" ({name})" if name else "")
            yield Entry(item, file=self.file, place=place)

    def done(self) -> None:
        """Refuse what nobody has read: most often a misspelt key."""
        if unread := sorted(set(self.value) - self.read - {"about"}):
            allowed = ", ".join(sorted(self.read))
            raise MalformedCatalogue(f"{self}: '{unread[0]}' is not known here; allowed: {allowed}.")

    def _get(self, key: str, default: Any) -> Any:
        self.read.add(key)
        return self.value.get(key, default)


def read(folder: Path, name: str) -> Entry:
    """One file of the catalogue as an entry. Raises MalformedCatalogue when it is missing or is not JSON."""
    try:
        return Entry(json.loads((folder / name).read_text(encoding="utf-8")), file=name)
    except FileNotFoundError:
        raise MalformedCatalogue(f"{name}: the file is missing in {folder.name}.") from None
    except ValueError as error:
        raise MalformedCatalogue(f"{name}: is not JSON: {error}.") from None
