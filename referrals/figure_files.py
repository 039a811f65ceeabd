"""Figures as a file for a spreadsheet: written line by line while they are read, however many there are.

A file leaves the unit. So small numbers are masked, a place that few have is left out, and of somebody whose name and
address are protected no place stands there. Case numbers, no names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import models as db
from django.db.models import Count
from django.utils import formats, translation
from django.utils.translation import gettext as _

from navigator import clock
from navigator.accounts.models import Unit
from navigator.web import spreadsheet
from referrals import figures, masking
from referrals.figures import Chosen, Figure, Value
from referrals.models import Measured, MeasuredCase
from referrals.models.case import spelled

AT_ONCE = 500
Names = Mapping[str, Mapping[Any, str]]


def written(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """As text, a few hundred lines at a time, in the language of now: they are read when the page is long answered."""
    return _written(spreadsheet.lines(rows), language=translation.get_language())


def _written(lines: Iterator[str], *, language: str | None) -> Iterator[str]:
    yield spreadsheet.BOM
    while True:
        with translation.override(language):
            text = "".join(islice(lines, AT_ONCE))
        if not text:
            return
        yield text


def summary(*, unit: Unit, chosen: Chosen, now: datetime, names: Names) -> Iterator[list[Any]]:
    """Every figure, whole and by each of its parts."""
    yield [_("Figure"), _("By"), _("Part"), _("Counted"), _("Out of"), _("Value"), _("Unit")]
    for figure, value in figures.all_of(unit=unit, chosen=chosen, now=now):
        yield [str(figure.name), "", "", *_numbers(figure, figures.alone_for_others(value))]
        for by in figure.columns:
            lines, _total = figures.for_others(figures.parted(figure, by, unit=unit, chosen=chosen, now=now))
            for line in lines:
                yield [str(figure.name), by, name_of(line.key, names[by]), *_numbers(figure, line.value)]


def name_of(key: Any, names: Mapping[Any, str]) -> str:
    """What a part is called: a month by itself, all else by its name."""
    if isinstance(key, date):
        return formats.date_format(key, "F Y")
    return names.get(key, str(key or ""))


def _numbers(figure: Figure, value: Value) -> list[Any]:
    if value.is_masked:
        return [_("masked"), _("masked"), _("masked"), str(figure.unit)]
    number = "" if value.number is None else f"{value.number:.1f}".replace(".", ",")
    return [value.counted if figure.counted else "", value.among, number, str(figure.unit)]


DAYS = {Measured: ("answered_at", "arrived_at", "over_at", "returned_at"), MeasuredCase: ("helped_at",)}
MORE = {Measured: ("return_reason",), MeasuredCase: ("days_to_help", "doors_to_help")}


def rows(figure: Figure, *, unit: Unit, chosen: Chosen, now: datetime, names: Names) -> Iterator[list[Any]]:
    """What one figure is counted over, a line for each, the latest first."""
    found = figures.among(figure, unit=unit, chosen=chosen, now=now)
    places = {name: column for name, column in figure.columns.items() if name in ("service", "door", "municipality")}
    told = [_told_of(found, column, names[name]) for name, column in places.items()]
    days, more, heads = DAYS[figure.of], MORE[figure.of], _heads()
    yield [heads[name] for name in ("case", "began", "counted", *places, *days, *more)]
    yes, no, protected, reasons = _("yes"), _("no"), _("protected"), names["reason"]
    columns = ("case_number", "is_restricted", "is_protected", "began_at", "is_counted", *places.values(), *days, *more)
    for number, restricted, is_protected, began_at, counted, *rest in (
        found.order_by("-began_at", "pk").values_list(*columns).iterator(chunk_size=2000)
    ):
        where, at, other = rest[: len(told)], rest[len(told) :][: len(days)], rest[-len(more) :]
        yield [
            "" if restricted else spelled(number),
            _day(began_at),
            yes if counted else no,
            *(protected if is_protected else names_.get(key, "") for names_, key in zip(told, where, strict=True)),
            *(_day(each) for each in at),
            *("" if each is None else reasons.get(each, each) for each in other),
        ]


def _heads() -> dict[str, str]:
    """The heads of the columns, in the reader's language."""
    return {
        "case": _("Case"),
        "began": _("Began"),
        "counted": _("Counted"),
        "service": _("Service"),
        "door": _("Where the citizen turned up"),
        "municipality": _("Municipality"),
        "answered_at": _("Answered"),
        "arrived_at": _("Arrived"),
        "over_at": _("Ended without arrival"),
        "returned_at": _("Returned"),
        "helped_at": _("Arrived"),
        "return_reason": _("Reason"),
        "days_to_help": _("Days from first contact"),
        "doors_to_help": _("Doors"),
    }


def _told_of(found: db.QuerySet[Any], column: str, names: Mapping[Any, str]) -> dict[Any, str]:
    """The names of the places that enough have; of one that few have nothing is said, so that nobody is known by it."""
    counted = list(found.filter(is_protected=False).values(column).annotate(number=Count("pk")).order_by(column))
    hidden, _total = masking.masked([(each["number"], each["number"]) for each in counted])
    few = _("under 5")
    return {each[column]: few if n in hidden else name_of(each[column], names) for n, each in enumerate(counted)}


def _day(at: datetime | None) -> str:
    return clock.day_of(at).isoformat() if at else ""
