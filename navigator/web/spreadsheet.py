"""Tables as text for a spreadsheet: semicolons between, as a Danish Excel expects, and no cell that is a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

BOM = "\ufeff"  # stands first: by it a Danish Excel knows that the file is UTF-8
# A spreadsheet takes what begins so for a formula. The apostrophe is there so that what was put before can be taken off.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


class _Line:
    """A file of one line: what `csv` writes to is read from it."""

    def write(self, text: str) -> str:
        return text


def lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A line for each row, written while they are read."""
    writer = csv.writer(_Line(), delimiter=";")
    return (str(writer.writerow([safe(cell) for cell in row])) for row in rows)


def safe(cell: Any) -> Any:
    """A text that a spreadsheet would take for a formula is written behind an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def plain(text: str) -> str:
    """What stood there before it was made safe."""
    return text.removeprefix("'")
