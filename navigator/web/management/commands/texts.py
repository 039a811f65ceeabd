"""Keeps the translations: reads every text from code and templates, and compiles what was translated.

Pure Python (Babel), so that nothing has to be installed beside the packages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import template as templates

KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"(?:n?gettext|_)\({STRING}(?:, *{STRING})?")
CODE, TEMPLATES = ("navigator", "pathways", "referrals"), ("templates",)


class Command(BaseCommand):
    """`texts` compiles; `texts --update` first brings the list of texts up to date."""

    help = __doc__

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--update", action="store_true", help="read the texts from code and templates first")

    def handle(self, *args: Any, update: bool = False, **options: Any) -> None:
        (locale,) = settings.LOCALE_PATHS
        for path in sorted(Path(locale).glob("*/LC_MESSAGES/django.po")):
            if update:
                update_catalogue(path)
            missing = untranslated(path)
            if missing:
                raise CommandError(f"{path} lacks:\n" + "\n".join(f"  {text}" for text in missing))
            compile_catalogue(path)
            self.stdout.write(f"{path.with_suffix('.mo')}")


def texts() -> Catalog:
    """Every text that code and templates ask to be translated."""
    found = Catalog(charset="utf-8")
    for text in _extracted():
        found.add(text, flags=["python-format"] if "%(" in str(text) else [])
    return found


def update_catalogue(path: Path) -> None:
    """New texts are added, those that nobody asks for any more are dropped; translations are kept."""
    catalogue = _read(path)
    catalogue.update(texts(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False  # the header, or `pybabel compile` skips the whole file
    with path.open("wb") as file:
        write_po(file, catalogue, sort_output=True, width=120, omit_header=False, include_lineno=False)


def untranslated(path: Path) -> list[str]:
    """The texts of the file that have no translation."""
    return [str(message.id) for message in _read(path) if message.id and not _all_of(message.string)]


def compile_catalogue(path: Path) -> None:
    """What Django reads."""
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, _read(path))


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def _all_of(translation: Any) -> bool:
    return all(translation) if isinstance(translation, (tuple, list)) else bool(translation)


def _extracted() -> Iterator[Any]:
    for folder in CODE:
        for path in sorted((settings.ROOT / folder).rglob("*.py")):
            yield from _from_python(path.read_bytes())
    for folder in TEMPLATES:
        for path in sorted((settings.ROOT / folder).rglob("*.html")):
            # Django writes a template as calls of gettext among padding; only the calls are Python.
            calls = CALL.findall(templates.templatize(path.read_text(), origin=str(path)))
            yield from _from_python("\n".join(f"{call})" for call in calls).encode())


def _from_python(source: bytes) -> Iterator[Any]:
    for _line, text, _comments, _context in extract("python", BytesIO(source), KEYWORDS):
        yield text
