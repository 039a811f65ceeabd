"""The buttons of a row, written by Python: a page of a list has two hundred, and a template takes ten times as long for each.

What asks nothing is done at once; what asks opens its form in the row, or, without JavaScript, on a page of its own. The
page gives `back`, its own address. `about` tells rows apart for who hears them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django import template
from django.template.context import RequestContext
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from navigator.web.addresses import address
from referrals.models import FollowUp
from referrals.views.rows import Act, Link

register = template.Library()
register.simple_tag(address)
FIRST, OTHERS = "button button-primary button-small", "button button-secondary button-small"


@register.simple_tag
def chooses(task: FollowUp, is_chosen: bool, words: str) -> SafeString:
    """The box that ticks a row for what is done to several at once."""
    box = f"choose-{task.pk}"
    return _written(
        f'<div class="form-group-checkbox"><input type="checkbox" class="form-checkbox" id="{box}" name="chosen"'
        f' value="{task.pk}" form="bulk"{" checked" if is_chosen else ""}><label class="form-label" for="{box}">'
        f'<span class="sr-only">{escape(words)}</span></label></div>'
    )


@register.simple_tag(takes_context=True)
def menu(context: RequestContext, links: Sequence[Link], task: FollowUp, *, about: str) -> SafeString:
    """What else can be done, unfolding."""
    lines = "".join(f"<li>{_link(context, link, task, about=about)}</li>" for link in links)
    summary = escape(_("More")) + _heard(about)
    return _written(
        f'<details class="details board-more"><summary class="details-summary">{summary}</summary>'
        f"<ul>{lines}</ul></details>"
    )


@register.simple_tag(takes_context=True)
def step(context: RequestContext, act: Act, task: FollowUp, *, about: str) -> SafeString:
    """One button."""
    return _written(_step(context, act, task, about=about, css=FIRST))


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
    shown = [_step(context, act, task, about=about, css=OTHERS if n else FIRST) for n, act in enumerate(acts)]
    if elsewhere and not shown:
        words = escape(_("Go to it")) + _heard(about)
        shown = [f'<a class="{FIRST}" href="{escape(elsewhere)}">{words}</a>']
    if may_snooze:
        shown.append(_opens(context, address("snooze", task.pk), task, _("Put off"), about=about, css="put-off"))
    return _written(f'<div class="task-do">{"".join(shown)}</div>')


@register.simple_tag(takes_context=True)
def opens(context: RequestContext, referral: UUID, *, about: str) -> SafeString:
    """The button that opens a referral: the sender sees that somebody has."""
    at, words = address("open_referral", referral), escape(_("Open")) + _heard(about)
    return _written(
        f'<form method="post" action="{at}">{_token(context)}<button class="{FIRST}">{words}</button></form>'
    )


@register.simple_tag(takes_context=True)
def shows_name(context: RequestContext, case: UUID, *, about: str) -> SafeString:
    """The button in whose place the name of the citizen comes; that somebody has asked is kept."""
    at, words = address("board_name", case), escape(_("Show the name")) + _heard(about)
    return _written(
        f'<form method="post" action="{at}" hx-post="{at}" hx-target="this" hx-swap="outerHTML" hx-sync="this:drop">'
        f'{_hidden(context)}<button class="function-link">{words}</button></form>'
    )


def _step(context: RequestContext, act: Act, task: FollowUp, *, about: str, css: str) -> str:
    at = address("in_place", task.pk, act.name)
    if act.asks:
        return _opens(context, at, task, act.words, about=about, css=css)
    return (
        f'<form method="post" action="{at}" hx-post="{at}" {_takes_place_of(task)}>'
        f'{_hidden(context)}<button class="{css}">{escape(str(act.words))}{_heard(about)}</button></form>'
    )


def _link(context: RequestContext, link: Link, task: FollowUp, *, about: str) -> str:
    if link.in_row:
        return _opens(context, link.url, task, link.words, about=about)
    return f'<a href="{escape(link.url)}">{escape(link.words)}{_heard(about)}</a>'


def _opens(context: RequestContext, at: str, task: FollowUp, words: Any, *, about: str, css: str = "") -> str:
    to, looks = at + _and_back(context["back"]), f' class="{css}"' if css else ""
    return f'<a{looks} href="{to}" hx-get="{to}" {_takes_place_of(task)}>{escape(str(words))}{_heard(about)}</a>'


def _takes_place_of(task: FollowUp) -> str:
    """What comes stands where the row stood; while it is on its way the row asks for nothing else."""
    row = f"#row-{task.pk}"
    return f'hx-target="{row}" hx-swap="outerHTML" hx-sync="{row}:drop"'


def _hidden(context: RequestContext) -> str:
    """What a form carries that comes back to the list."""
    return f'{_token(context)}<input type="hidden" name="back" value="{escape(context["back"])}">'


def _token(context: RequestContext) -> str:
    """Against forged forms."""
    return f'<input type="hidden" name="csrfmiddlewaretoken" value="{escape(str(context["csrf_token"]))}">'


def _heard(about: str) -> str:
    return f'<span class="sr-only"> {escape(about)}</span>'


@lru_cache(maxsize=100)
def _and_back(back: str) -> str:
    return f"?back={quote(back, safe='')}"


def _written(html: str) -> SafeString:
    """Every part of it was escaped above."""
    return SafeString(html)  # nosec B703
