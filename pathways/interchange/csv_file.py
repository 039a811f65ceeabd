"""The directory as CSV: one service a line, semicolons between, as spreadsheets here read and write it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext as _

from pathways.interchange.columns import BY_NAME, NEEDED, Mistake, Row

# A spreadsheet takes what begins so for a formula: it is written behind an apostrophe, which is taken off again.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


class _Line:
    """A file of one line: what `csv` writes to is read from it."""

    def write(self, text: str) -> str:
        return text


def written(services: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """The file, line by line. The first sign tells spreadsheets that it is UTF-8."""
    writer = csv.writer(_Line(), delimiter=";")
    yield "\ufeff" + str(writer.writerow(BY_NAME))
    for texts in services:
        yield str(writer.writerow([_safe(texts[name]) for name in BY_NAME]))


def read(text: str) -> tuple[list[Row], list[Mistake]]:
    """The rows of a file, numbered as a spreadsheet does: the headings are row 1. A file whose headings are wrong has none."""
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=_separator(text), strict=True)
    try:
        headings = [heading.strip() for heading in next(lines, [])]
        wrong = list(_wrong_headings(headings))
        if wrong:
            return [], wrong
        rows, mistakes = [], []
        for number, cells in enumerate(lines, start=2):
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(headings):
                must = _("%(n)s cells, as many as there are headings") % {"n": len(headings)}
                mistakes.append(Mistake(number, "", str(len(cells)), must))
                continue
            rows.append(Row(number, {name: _plain(cell) for name, cell in zip(headings, cells, strict=True)}))
        return rows, mistakes
    except csv.Error:
        return [], [Mistake(lines.line_num, "", "", _("a line of CSV: every quotation mark that begins also ends"))]


def _wrong_headings(headings: list[str]) -> Iterator[Mistake]:
    for name in headings:
        if name not in BY_NAME or headings.count(name) > 1:
            yield Mistake(1, name[:60], "", _("one of %(names)s, once") % {"names": ", ".join(BY_NAME)})
    for name in NEEDED:
        if name not in headings:
            yield Mistake(1, name, "", _("there: every file has this heading"))


def _separator(text: str) -> str:
    first = text.partition("\n")[0]
    return max(";,\t", key=first.count)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _plain(text: str) -> str:
    return text.removeprefix("'")
