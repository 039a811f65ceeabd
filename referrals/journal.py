"""What happened as a note for the journal of the worker's own case system: plain, dated text without names of citizens.
Pure; in the language that is active."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import formats, translation
from django.utils.translation import gettext as _

from navigator import clock
from navigator.web.templatetags.shown import date_of


@dataclass(frozen=True, slots=True)
class Next:
    """What is owed after it, by whom and by when."""

    what: str
    who: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    at: datetime
    what: str
    by: str
    service: str = ""
    note: str = ""
    ahead: Sequence[Next] = ()


def entry(step: Entry, *, case_number: str) -> str:
    """One note, ready to be pasted."""
    return "\n".join([*_lines(step), _("Source: Vejviser, case %(number)s") % {"number": case_number}])


def course(steps: Iterable[Entry], *, case_number: str) -> str:
    """Everything that happened, the oldest first, as one note."""
    notes = ["\n".join(_lines(step)) for step in steps]
    return "\n\n".join([*notes, _("Source: Vejviser, case %(number)s") % {"number": case_number}])


def day(when: date | datetime | str) -> str:
    """A date that means the same in ten years."""
    return formats.date_format(date_of(when), "j. F Y" if translation.get_language() == "da" else "j F Y")


def moment(at: datetime | str) -> str:
    """The same with the time of day in Denmark."""
    local = (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(clock.COPENHAGEN)
    return _("%(day)s at %(time)s") % {"day": day(local), "time": local.strftime(_("%H:%M"))}


def _lines(step: Entry) -> list[str]:
    found = [f"{moment(step.at)}: {step.what}", _("By: %(who)s") % {"who": step.by}]
    if step.service:
        found.append(_("Service: %(service)s") % {"service": step.service})
    if step.note:
        found.append(_("Note: %(note)s") % {"note": step.note})
    for each in step.ahead:
        said = {"what": each.what, "who": each.who, "due": _by(each.due_at)}
        found.append(_("Next step: %(what)s. %(who)s, by %(due)s") % said)
    return found


def _by(due_at: datetime) -> str:
    """What is due when a day ends is due that day."""
    local = due_at.astimezone(clock.COPENHAGEN)
    return day(local.date() - timedelta(days=1)) if local.time() == time() else moment(due_at)
