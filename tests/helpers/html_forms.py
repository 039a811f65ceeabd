"""The forms of a page, as a browser without JavaScript knows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Form:
    """Where it goes, what one may write, what one may choose among, and what goes along unseen."""

    action: str
    method: str
    written: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, list[str]] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.written) | frozenset(self.chosen) | frozenset(self.hidden)


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms, self.of_id = address, list[Form](), dict[str, Form]()
        self.form: Form | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Form(given.get("action") or self.address, given.get("method", "get").lower())
            self.forms.append(self.form)
            self.of_id[given.get("id", "")] = self.form
        elif tag in ("input", "textarea", "select", "button") and given.get("name"):
            self._field(tag, given)
        elif tag == "option" and self.select and self.form:
            self.form.chosen[self.select].append(given.get("value", ""))

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form = self.of_id.get(given["form"]) if given.get("form") else self.form
        if form is None:
            return
        name, kind, value = (
            given["name"],
            given.get("type", "textarea" if tag == "textarea" else ""),
            given.get("value", ""),
        )
        if tag == "select":
            self.select = name
            form.chosen[name] = []
        elif kind in ("radio", "checkbox") or tag == "button":
            form.chosen.setdefault(name, []).append(value or "on")
        elif kind == "hidden":
            form.hidden[name] = value
        else:
            form.written[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""


def forms_in(page: Any, *, address: str) -> list[Form]:
    """Every form of a response."""
    reader = _Reader(address)
    reader.feed(page.content.decode())
    return reader.forms
