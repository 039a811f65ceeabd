"""The buttons of a row, written by Python: a page of a list has a hundred, and each through templates takes ten times as long.

What asks nothing is done at once; what asks opens its form in the row, or, without JavaScript, on a page of its own. The
page gives `back`, its own address. `about` tells rows apart for who hears them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django import template
from django.template.context import RequestContext
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from navigator.web.addresses import address
from referrals.models import FollowUp
from referrals.views.rows import Act

register = template.Library()
register.simple_tag(address)
FIRST, OTHERS = "button button-primary button-small", "button button-secondary button-small"


@register.simple_tag(takes_context=True)
def opens_in_row(
    context: RequestContext, name: str, task: FollowUp, words: str, *, about: str, css: str = ""
) -> SafeString:
    """A link to a form."""
    return _opens(context, address(name, task.pk), task, words, about=about, css=css)


@register.simple_tag(takes_context=True)
def step(context: RequestContext, act: Act, task: FollowUp, *, about: str, css: str = FIRST) -> SafeString:
    """One button."""
    at = address("in_place", task.pk, act.name)
    if act.asks:
        return _opens(context, at, task, act.words, about=about, css=css)
    return format_html(
        '<form method="post" action="{0}" hx-post="{0}" hx-target="#row-{1}" hx-swap="outerHTML">{2}'
        '<input type="hidden" name="back" value="{3}"><button class="{4}">{5}{6}</button></form>',
        at,
        task.pk,
        CsrfTokenNode().render(context),
        context["back"],
        css,
        act.words,
        _heard(about),
    )


@register.simple_tag(takes_context=True)
def steps(
    context: RequestContext,
    acts: Sequence[Act],
    task: FollowUp,
    *,
    about: str,
    elsewhere: str = "",
    may_snooze: bool = False,
) -> SafeString:
    """All buttons of a row, the likeliest first; where there are none, the way to where it is done."""
    shown = [step(context, act, task, about=about, css=OTHERS if n else FIRST) for n, act in enumerate(acts)]
    if elsewhere and not shown:
        shown = [format_html('<a class="{}" href="{}">{}{}</a>', FIRST, elsewhere, _("Go to it"), _heard(about))]
    if may_snooze:
        shown.append(opens_in_row(context, "snooze", task, _("Put off"), about=about, css="put-off"))
    return format_html('<div class="task-do">{}</div>', format_html_join("", "{}", ((each,) for each in shown)))


@lru_cache(maxsize=100)
def _and_back(back: str) -> str:
    return f"?back={quote(back, safe='')}"


def _opens(context: RequestContext, at: str, task: FollowUp, words: Any, *, about: str, css: str) -> SafeString:
    return format_html(
        '<a{0} href="{1}" hx-get="{1}" hx-target="#row-{2}" hx-swap="outerHTML">{3}{4}</a>',
        format_html(' class="{}"', css) if css else "",
        at + _and_back(context["back"]),
        task.pk,
        words,
        _heard(about),
    )


def _heard(about: str) -> SafeString:
    return format_html('<span class="sr-only"> {}</span>', about)
