"""Figures and holes in the net: counts that anybody may look behind, on the page, on paper and as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from navigator import clock
from navigator.web.paging import Page, cut, place
from navigator.web.templatetags.shown import worded
from pathways.enums import WhyAnother
from referrals import figure_files, looking, masking, selectors
from referrals import figures as counted
from referrals import holes as net
from referrals.charts import chart
from referrals.figure_forms import DEFAULT, FiguresForm
from referrals.figures import FIGURES, Chosen, Figure
from referrals.views.reaching import by, municipalities, words

PARTS = {
    "month": _("Month"),
    "service": _("Service"),
    "reason": _("Reason"),
    "door": _("Where the citizen turned up"),
    "municipality": _("Municipality"),
}
HOLES = {
    "gaps": _("Help that is not available there"),
    "unserved": _("Matched help without a suitable service"),
}
KEPT = ("months", "service", "door", "municipality", "month", "reason")  # what an address carries on


@dataclass
class Asked:
    """What somebody wants to have counted, and how it is to be shown."""

    request: HttpRequest
    now: datetime
    names: dict[str, dict[Any, str]]
    form: FiguresForm
    chosen: Chosen

    @property
    def on_paper(self) -> bool:
        """As it may leave the unit."""
        return "paper" in self.request.GET

    @property
    def of(self) -> dict[str, Any]:
        return {"unit": by(self.request).unit, "chosen": self.chosen}

    def told(self, number: int) -> int | None:
        """A number by itself; none where it is too small to leave the unit."""
        return None if self.on_paper and masking.is_small(number) else number

    def may_tell_why(self, service: net.OfService) -> bool:
        return not self.on_paper or service.reasons_may_be_told

    def address(self, **more: Any) -> str:
        """The same choice, with something more or, where it is empty, without."""
        kept = self.request.GET.copy()
        for name in [name for name in kept if name not in KEPT and name not in ("paper", "by")]:
            del kept[name]
        for name, value in more.items():
            kept.pop(name, None)
            if value:
                kept[name] = str(value)
        return f"?{kept.urlencode()}" if kept else "?"

    @property
    def context(self) -> dict[str, Any]:
        only = {name: getattr(self.chosen, name) for name in ("month", "reason")}
        return {
            "form": self.form,
            "as_of": counted.as_of(now=self.now),
            "on_paper": self.on_paper,
            "query": self.address(paper="", by=""),
            "paper": self.address(paper="1"),
            "unit_view": self.address(paper=""),
            "only": [
                (PARTS[name], figure_files.name_of(value, self.names[name]), self.address(**{name: ""}))
                for name, value in only.items()
                if value
            ],
        }


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Every figure with its definition."""
    asked = _asked(request)
    found = counted.all_of(**asked.of, now=asked.now)
    if asked.on_paper:
        found = [(figure, counted.alone_for_others(value)) for figure, value in found]
    return render(request, "referrals/figures.html", {"figures": found} | asked.context)


@require_GET
def figure(request: HttpRequest, code: str) -> HttpResponse:
    """One figure: by month, service, door or municipality, and the rows that it is counted over."""
    shown, asked = _figure(code), _asked(request)
    part = request.GET.get("by") if request.GET.get("by") in shown.columns else "month"
    assert part is not None
    value = counted.whole(shown, **asked.of, now=asked.now)
    lines = counted.parted(shown, part, **asked.of, now=asked.now)
    if asked.on_paper:
        lines, _is_masked = counted.for_others(lines)
        value = counted.alone_for_others(value)
    lines = [replace(line, name=figure_files.name_of(line.key, asked.names[part])) for line in lines]
    page = Page([]) if asked.on_paper else _behind(shown, asked)
    looking.saw_counted(request, page.rows)
    context = {
        "figure": shown,
        "value": value,
        "part": PARTS[part],
        "parts": [(PARTS[each], asked.address(by=each), each == part) for each in shown.columns],
        "lines": [(line, asked.address(**{part: line.key})) for line in lines],
        "chart": chart(shown, lines),
        "page": page,
        "rows": [(row, asked.names["service"].get(getattr(row, f"{shown.by_service}_id", None))) for row in page.rows],
        "to": f"{asked.address(by=part)}&",
    }
    return render(request, "referrals/figure.html", context | asked.context)


@require_GET
def figures_file(request: HttpRequest) -> StreamingHttpResponse:
    """Every figure, whole and in parts, for a spreadsheet."""
    asked = _asked(request)
    looking.saw_figures_leave(request)
    return _file("tal", figure_files.summary(**asked.of, now=asked.now, names=asked.names))


@require_GET
def figure_file(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """The rows behind one figure, for a spreadsheet."""
    shown, asked = _figure(code), _asked(request)
    looking.saw_figures_leave(request)
    return _file(shown.code, figure_files.rows(shown, **asked.of, now=asked.now, names=asked.names))


@require_GET
def holes(request: HttpRequest) -> HttpResponse:
    """Where help does not exist, is not near, does not answer, is returned or refused."""
    asked = _asked(request)
    vocabulary = words()
    kinds = {each["code"]: worded(each) for each in vocabulary["service_kinds"]}
    reasons, places = asked.names["reason"], asked.names["municipality"]
    missing = {name: net.gaps(name, **asked.of, words=vocabulary) for name in ("gaps", "unserved")}
    why = dict(WhyAnother.choices)
    context = {
        "missing": [
            (
                HOLES[name],
                [
                    (
                        kinds.get(each.kind, each.kind),
                        places.get(each.municipality, each.municipality),
                        each,
                        _named(each.instead, kinds),
                        asked.told(each.cases),
                    )
                    for each in found
                ],
            )
            for name, found in missing.items()
        ],
        "services": [
            (each, [(reasons.get(code, code), number) for code, number in each.reasons if asked.may_tell_why(each)])
            for each in net.services(**asked.of, now=asked.now)
        ],
        "refused": [(reasons.get(code, code), asked.told(number)) for code, number in net.refused(**asked.of)],
        "other_doors": [
            (kinds.get(kind, kind), why[WhyAnother(code)], asked.told(number))
            for kind, code, number in net.other_doors(**asked.of)
        ],
    }
    return render(request, "referrals/holes.html", context | asked.context)


def _named(codes: Sequence[str], names: Mapping[Any, str]) -> str:
    return ", ".join(names.get(code, code) for code in codes)


def _asked(request: HttpRequest) -> Asked:
    now, unit = clock.now(), by(request).unit
    choices = counted.choices(unit=unit)
    names = _names(choices)
    known = {name: {key: figure_files.name_of(key, names[name]) for key in keys} for name, keys in choices.items()}
    form = FiguresForm({"months": str(DEFAULT)} | request.GET.dict(), names=known)
    return Asked(request, now, names, form, form.chosen(today=clock.day_of(now)))


def _names(choices: Mapping[str, set[Any]]) -> dict[str, dict[Any, str]]:
    """What everything is called that a figure is parted by."""
    vocabulary = words()
    return {
        "service": {each.pk: worded(each, "name") for each in selectors.services(choices["service"])},
        "door": {each["code"]: worded(each) for each in vocabulary["doors"]},
        "municipality": municipalities(),
        "reason": {"": str(_("Not returned"))} | {each["code"]: worded(each) for each in vocabulary["decline_reasons"]},
        "month": {},
    }


def _behind(shown: Figure, asked: Asked) -> Page:
    """The rows that a figure is counted over, the latest first."""
    found = counted.among(shown, **asked.of, now=asked.now)
    return cut(found, by="began_at", at=place(asked.request.GET.get("at", "")), newest_first=True)


def _figure(code: str) -> Figure:
    if code not in FIGURES:
        raise Http404
    return FIGURES[code]


def _file(name: str, lines: Any) -> StreamingHttpResponse:
    response = StreamingHttpResponse(figure_files.written(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="vejviser-{name}.csv"'
    return response
