"""Django's own widgets, letter for letter, written by Python.

Django renders each box and each line of a list through three or four templates; a form that asks about everything has
two hundred of them. Whatever is not written here is rendered by Django's templates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

Widget = Mapping[str, Any]


class Renderer(DjangoTemplates):
    """What `FORM_RENDERER` names."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        write = WRITTEN.get(template_name)
        if write is None or context["widget"].get("wrap_label"):
            return super().render(template_name, context, request)
        return write(context["widget"])


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else format_html(' value="{}"', widget["value"])
    return format_html('<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], value, _attrs(widget))


def _textarea(widget: Widget) -> str:
    name, text = widget["name"], widget["value"] or ""
    return format_html('<textarea name="{}"{}>\n{}</textarea>', name, _attrs(widget), text)


def _select(widget: Widget) -> str:
    lines = []
    for group, options, _index in widget["optgroups"]:
        lines += [format_html('<optgroup label="{}">', group)] if group else []
        lines += [_option(option) for option in options]
        lines += ["</optgroup>"] if group else []
    body = mark_safe("\n".join(["", *lines, ""]))
    return format_html('<select name="{}"{}>{}</select>', widget["name"], _attrs(widget), body)


def _option(option: Widget) -> str:
    return format_html('<option value="{}"{}>{}</option>', option["value"], _attrs(option), option["label"])


def _attrs(widget: Widget) -> SafeString:
    """True stands alone, False is left out."""
    said = [
        f" {escape(name)}" if value is True else f' {escape(name)}="{escape(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    ]
    return mark_safe("".join(said))


WRITTEN: dict[str, Callable[[Widget], str]] = {
    f"django/forms/widgets/{name}.html": _input
    for name in ("text", "number", "email", "date", "time", "hidden", "checkbox", "checkbox_option", "radio_option")
} | {"django/forms/widgets/textarea.html": _textarea, "django/forms/widgets/select.html": _select}
