"""Django's own widgets, letter for letter, written by Python.

Django renders each box and each line of a list through three or four templates; a form that asks about everything has
two hundred of them. Whatever is not written here is rendered by Django's templates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest

Widget = Mapping[str, Any]


class Renderer(DjangoTemplates):
    """What `FORM_RENDERER` names."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        write = WRITTEN.get(template_name)
        if write is None or context["widget"].get("wrap_label"):
            return super().render(template_name, context, request)
        return write(context["widget"])


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{_said(widget["value"])}"'
    return f'<input type="{widget["type"]}" name="{_said(widget["name"])}"{value}{_attrs(widget)}>'


def _textarea(widget: Widget) -> str:
    return f'<textarea name="{_said(widget["name"])}"{_attrs(widget)}>\n{_said(widget["value"] or "")}</textarea>'


def _select(widget: Widget) -> str:
    lines = [f'<select name="{_said(widget["name"])}"{_attrs(widget)}>']
    for group, options, _index in widget["optgroups"]:
        lines += [f'<optgroup label="{_said(group)}">'] if group else []
        lines += [_option(option) for option in options]
        lines += ["</optgroup>"] if group else []
    return "\n".join([*lines, "</select>"])


def _option(option: Widget) -> str:
    return f'<option value="{_said(option["value"])}"{_attrs(option)}>{_said(option["label"])}</option>'


def _attrs(widget: Widget) -> str:
    """True stands alone, False is left out."""
    said = {name: value for name, value in widget["attrs"].items() if value is not False}
    return "".join(f" {name}" if value is True else f' {name}="{_said(value)}"' for name, value in said.items())


def _said(value: Any) -> str:
    """As a template says it: escaped, but for what is marked as safe."""
    text = value if isinstance(value, str) else str(value)
    return text if hasattr(text, "__html__") else escape(text)


WRITTEN: dict[str, Callable[[Widget], str]] = {
    f"django/forms/widgets/{name}.html": _input
    for name in ("text", "number", "email", "date", "time", "hidden", "checkbox", "checkbox_option", "radio_option")
} | {"django/forms/widgets/textarea.html": _textarea, "django/forms/widgets/select.html": _select}
