"""Who looked: the access log, the month's sample, and the seals. A leader sees the unit, an auditor the organisation."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from navigator import clock
from navigator.accounts.models import Unit
from navigator.accounts.permissions import AUDITORS, CHECKERS
from navigator.audit import samples as drawn
from navigator.audit import seals as sealed
from navigator.database import scope
from navigator.web.paging import cut, place
from referrals import looking, overseeing
from referrals.oversight_forms import CheckForm, LooksForm
from referrals.views.reaching import by


@require_GET
def access_log(request: HttpRequest) -> HttpResponse:
    """Who has looked, the latest first; by worker, day and purpose."""
    units = _units(request)
    form = LooksForm(request.GET or None, units=units, workers=overseeing.workers(units))
    asked = form.cleaned_data if form.is_valid() else {}
    chosen_unit = asked.pop("unit", "")
    only = [unit for unit in units if str(unit.pk) == chosen_unit] or units
    with scope.widened_to(*(unit.pk for unit in units)):
        found = overseeing.looks(only, **asked)
        page = cut(found, by="looked_at", at=place(request.GET.get("at", "")), newest_first=True)
        lines = overseeing.lines(page.rows, units=units)
    looking.saw_looks(request, page.rows)
    chosen = request.GET.copy()
    chosen.pop("at", None)
    context = {"form": form, "page": page, "lines": lines, "to": f"?{chosen.urlencode()}&" if chosen else "?"}
    return render(request, "oversight/access_log.html", context | _tabs(request, units))


@require_GET
def samples(request: HttpRequest) -> HttpResponse:
    """The sample of a month of one unit: what was said of each line, and by the unit's leader what to say."""
    units, months = _units(request), drawn.months(today=clock.today())
    unit = next((each for each in units if str(each.pk) == request.GET.get("unit")), by(request).unit)
    first = next((each for each in months if each.isoformat() == request.GET.get("month")), months[0])
    return _sample_page(request, unit, first)


@require_POST
def check_look(request: HttpRequest, month: str, look_id: UUID) -> HttpResponse:
    """Says whether one look of the own unit's sample is right. What was said before stays."""
    unit = by(request).unit
    first = next((each for each in drawn.months(today=clock.today()) if f"{each:%Y-%m}" == month), None)
    look = next((each for each in drawn.of_month(unit, first) if each.pk == look_id), None) if first else None
    if first is None or look is None:
        raise Http404
    form = CheckForm(request.POST, auto_id=f"id_{look.pk}_%s")
    if not form.is_valid():
        return _sample_page(request, unit, first, wrong=(look_id, form), status=422)
    drawn.check(look, unit=unit, first=first, by=by(request).user, now=clock.now(), **form.cleaned_data)
    messages.success(request, _("Noted."))
    return redirect(f"{reverse('samples')}?month={first.isoformat()}")


@require_GET
def seals(request: HttpRequest) -> HttpResponse:
    """Whether the log is as it was: the latest seals, and the last time they were counted again."""
    context = {"seals": sealed.latest(), "check": sealed.last_check()}
    return render(request, "oversight/seals.html", context | _tabs(request, _units(request)))


def _sample_page(
    request: HttpRequest, unit: Unit, first: date, *, wrong: tuple[UUID, CheckForm] | None = None, status: int = 200
) -> HttpResponse:
    """`wrong` is the form that something was wrong with, and of which look it is."""
    units = _units(request)
    with scope.widened_to(*(each.pk for each in units)):
        found, said = drawn.of_month(unit, first), drawn.checks([unit], first=first)
        lines = overseeing.lines(found, units=units)
    looking.saw_looks(request, found)
    forms = dict([wrong] if wrong else [])
    context = {
        "shown": unit,
        "first": first,
        "months": drawn.months(today=clock.today()),
        "rows": [
            (line, said.get(line.look.pk), forms.get(line.look.pk) or CheckForm(auto_id=f"id_{line.look.pk}_%s"))
            for line in lines
        ],
        "checked": len(said),
        "may_check": unit == by(request).unit and bool(CHECKERS & request.roles),  # type: ignore[attr-defined]
        "mistakes": wrong[1].mistakes if wrong else [],
    }
    return render(request, "oversight/samples.html", context | _tabs(request, units), status=status)


def _units(request: HttpRequest) -> list[Unit]:
    return overseeing.overseen(by(request).unit, roles=request.roles)  # type: ignore[attr-defined]


def _tabs(request: HttpRequest, units: list[Unit]) -> dict[str, object]:
    return {"units_overseen": units, "audits": bool(AUDITORS & request.roles)}  # type: ignore[attr-defined]
