"""How dates, texts in two languages and icons are shown."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import formats, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from navigator import clock
from navigator.web.paging import CAP

register = template.Library()


@register.filter
def worded(thing: Any, name: str = "") -> str:
    """The text in the reader's language: `service|worded:"name"`, or a pair {"da": …, "en": …} by itself."""
    language = "en" if (translation.get_language() or "da").startswith("en") else "da"
    if not thing:
        return ""
    if not name:
        return str(thing.get(language) or thing.get("da") or "")
    if isinstance(thing, dict):
        return str(thing.get(f"{name}_{language}") or thing.get(f"{name}_da") or "")
    return str(getattr(thing, f"{name}_{language}") or getattr(thing, f"{name}_da"))


@register.filter
def day(moment: date | datetime | str) -> str:
    """A day as people say it: today, yesterday, tomorrow, else its date, with the year when that is another one."""
    return _day_as_said(date_of(moment), clock.today(), translation.get_language())


@lru_cache(maxsize=1000)  # a list says the same few days again and again
def _day_as_said(when: date, today: date, language: str | None) -> str:
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}.get((when - today).days)
    if near:
        return near
    if when.year == today.year:
        return formats.date_format(when, "l j. F" if language == "da" else "l j F")
    return formats.date_format(when, "j. F Y" if language == "da" else "j F Y")


@register.filter
def moment(at: datetime | str) -> str:
    """A day and a time of day in Denmark."""
    when = datetime.fromisoformat(at) if isinstance(at, str) else at
    local = when.astimezone(clock.COPENHAGEN)
    return _("%(day)s at %(time)s") % {"day": day(local), "time": local.strftime(_("%H:%M"))}


@register.filter
def time_of_day(at: datetime) -> str:
    """The time of day in Denmark, where the day is known."""
    return at.astimezone(clock.COPENHAGEN).strftime(_("%H:%M"))


@register.filter
def deadline(at: datetime) -> str:
    """The same for a deadline: what is due when a day ends is due that day."""
    local = at.astimezone(clock.COPENHAGEN)
    if local.time() == time():
        return day(local.date() - timedelta(days=1))
    return moment(at)


@register.filter
def overdue(due_at: datetime) -> bool:
    """Has the moment passed?"""
    return due_at <= clock.now()


@register.filter
def past(when: date) -> bool:
    """Is the day over?"""
    return when < clock.today()


@register.filter
def due(due_at: datetime) -> str:
    """How a deadline stands: how long it is overdue, else by when."""
    if not overdue(due_at):
        if date_of(due_at - timedelta(microseconds=1)) == clock.today():
            return _("%(today)s") % {"today": deadline(due_at)}  # a word for 'by' in Danish: English has none for today
        return _("by %(moment)s") % {"moment": deadline(due_at)}
    days = (clock.today() - date_of(due_at - timedelta(microseconds=1))).days
    if days == 0:
        return _("due today at %(time)s") % {"time": due_at.astimezone(clock.COPENHAGEN).strftime(_("%H:%M"))}
    return ngettext("%(n)s day overdue", "%(n)s days overdue", days) % {"n": days}


@register.filter
def counted(number: int) -> str:
    """How many there are, as far as anybody has counted."""
    return _("more than %(n)s") % {"n": CAP} if number > CAP else str(number)


@register.simple_tag
@cache  # a page may have fifty, of the same dozen
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the design system, beside a text that says the same."""
    return format_html(
        '<svg class="icon-svg {}" focusable="false" aria-hidden="true"><use href="{}#{}"></use></svg>',
        css,
        static("dkfds/img/all-svg-icons.svg"),
        name,
    )


def date_of(when: date | datetime | str) -> date:
    """The date in Denmark, also of what was kept as text."""
    if isinstance(when, str):
        when = datetime.fromisoformat(when) if len(when) > 10 else date.fromisoformat(when)
    return clock.day_of(when) if isinstance(when, datetime) else when
