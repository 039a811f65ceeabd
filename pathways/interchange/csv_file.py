"""The directory as CSV: one service a line, semicolons between, as spreadsheets here read and write it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext as _

from navigator.web import spreadsheet
from pathways.interchange.columns import BY_NAME, NEEDED, Mistake, Row


def written(services: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """The file, line by line."""
    yield spreadsheet.BOM
    yield from spreadsheet.lines([list(BY_NAME)])
    yield from spreadsheet.lines([texts[name] for name in BY_NAME] for texts in services)


def read(text: str) -> tuple[list[Row], list[Mistake]]:
    """The rows of a file, numbered as a spreadsheet does: the headings are row 1. A file whose headings are wrong has none."""
    lines = csv.reader(io.StringIO(text), delimiter=_separator(text), strict=True)
    number = 0  # the last row that could be read; a cell may hold several lines of text
    try:
        headings = [heading.strip() for heading in next(lines, [])]
        wrong = list(_wrong_headings(headings))
        if wrong:
            return [], wrong
        number, rows, mistakes = 1, list[Row](), list[Mistake]()
        for number, cells in enumerate(lines, start=2):
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(headings):
                must = _("%(n)s cells, as many as there are headings") % {"n": len(headings)}
                mistakes.append(Mistake(number, "", str(len(cells)), must))
                continue
            rows.append(Row(number, dict(zip(headings, map(spreadsheet.plain, cells), strict=True))))
        return rows, mistakes
    except csv.Error:
        return [], [Mistake(number + 1, "", "", _("a line of CSV: every quotation mark that begins also ends"))]


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
