"""How a figure is written."""

from __future__ import annotations

from django import template
from django.utils import formats
from django.utils.translation import gettext as _

from referrals.figures import Figure, Value

register = template.Library()


@register.simple_tag
def said(figure: Figure, value: Value) -> str:
    """The number with its unit; a dash where there is nothing to count, and that it is masked where it is."""
    if value.is_masked:
        return _("masked")
    if value.number is None:
        return "–"
    if figure.counted:
        return _("%(number)s per cent") % {"number": round(value.number)}
    number = formats.number_format(value.number, decimal_pos=1 if figure.mean or value.number % 1 else 0)
    return f"{number} {figure.unit}"


@register.simple_tag
def said_of(figure: Figure, value: Value) -> str:
    """Of how many it is said."""
    if value.is_masked:
        return _("fewer than 5 in a group")
    if figure.counted:
        return _("%(counted)s of %(among)s") % {"counted": value.counted, "among": value.among}
    return _("of %(among)s") % {"among": value.among}
