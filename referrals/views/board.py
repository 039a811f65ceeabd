"""The board: who is about to be lost, worst first, with the one next step of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from navigator import clock
from navigator.accounts.models import Unit, User
from navigator.audit.looking import Seen
from navigator.web.addresses import address
from navigator.web.htmx import render_page_or_fragment
from navigator.web.templatetags.shown import day, overdue, worded
from referrals import actions, board, looking, models, selectors, troubles
from referrals.board_forms import BoardBulkForm, FilterForm
from referrals.enums import Bulk, Urgency, Wait
from referrals.errors import Invalid
from referrals.fields import Choices
from referrals.templatetags.handoff import awaited, done_at, owed, since_when
from referrals.troubles import SHORT, Standing, Trouble
from referrals.views.follow_ups import back_to, chosen_ids, to_job
from referrals.views.reaching import by, case_or_404, language, municipalities, words
from referrals.views.rows import Act, Link, row


@dataclass(frozen=True, slots=True)
class Next:
    """The one step that a row offers before all others: done in place, or where it leads."""

    words: str
    url: str = ""
    act: Act | None = None


@require_GET
def the_board(request: HttpRequest) -> HttpResponse:
    """A page of it. Asked whether it is still as somebody reads it (`as`), only that is answered."""
    return _show(request, request.GET)


def _show(
    request: HttpRequest, asked: QueryDict, *, bulk: BoardBulkForm | None = None, chosen: list[str] | None = None
) -> HttpResponse:
    unit, now = by(request).unit, clock.now()
    colleagues = selectors.colleagues(unit=unit)
    form = _filter_form(asked, unit, colleagues)
    trouble = next((each for each in Trouble if each == asked.get("trouble")), None)
    standings = board.standings(unit=unit, asked=form.asked, now=now) if form.is_valid() else []
    found = troubles.on_board(standings, trouble)
    as_now = _fingerprint(found)
    if asked.get("as"):
        return _whether_changed(request, asked, as_now)
    page = troubles.cut(found, asked.get("at", ""))
    lines = _lines(page.rows, chosen=chosen or [], unit=unit, now=now)
    looking.saw_tasks(request, [line["task"] for line in lines])
    narrowed = form.asked.said | ({"trouble": str(trouble)} if trouble else {})
    bulk = bulk or BoardBulkForm(initial={"kind": Bulk.ASSIGN}, colleagues=colleagues)
    here = f"{reverse('board')}?{_address(narrowed | _at(asked))}"
    context = {
        "filter": form,
        "is_narrowed": bool(form.asked.said) or not form.is_valid(),
        "trouble": trouble,
        "tabs": _tabs(troubles.counted(standings), form.asked.said, trouble),
        "everybody": f"?{_address(form.asked.said)}",
        "number": len(found),
        "whole": len(standings),
        "page": page,
        "lines": lines,
        "to": f"?{_address(narrowed)}&" if narrowed else "?",
        "back": here,
        "page_at": here,
        "watch": f"{reverse('board')}?{_address(narrowed | {'as': as_now})}",
        "form": bulk,
        "chosen": chosen,
        "mistakes": form.mistakes + bulk.mistakes,
    }
    return render(request, "referrals/board.html", context, status=422 if context["mistakes"] else 200)


def _filter_form(asked: QueryDict, unit: Unit, colleagues: Iterable[User]) -> FilterForm:
    """What the board can be narrowed to is what stands on it, and the colleagues."""
    there = board.choices(unit=unit)
    kinds = {kind["code"]: worded(kind) for kind in words()["service_kinds"]}
    names, services = municipalities(), {row["referral__service"]: row for row in there}
    offers: dict[str, Choices] = {
        "service": _named({pk: worded(row, "referral__service__name") for pk, row in services.items()}),
        "sender": _named({row["sender_unit"]: f"{row['organisation']}, {row['sender']}" for row in there}),
        "kind": _named({row["service_kind"]: kinds.get(row["service_kind"], "") for row in there}),
        "municipality": _named({code: names.get(code, code) for code in (row["case__municipality"] for row in there)}),
        "worker": [(board.NOBODY, _("Nobody")), *((str(each.pk), each.name) for each in colleagues)],
    }
    return FilterForm(asked, offers=offers, auto_id="id_filter_%s")


def _named(found: dict[Any, str]) -> Choices:
    return sorted(((str(key), name) for key, name in found.items() if key), key=lambda choice: choice[1])


def _lines(standings: list[Standing], *, chosen: list[str], unit: Unit, now: datetime) -> list[dict[str, Any]]:
    tasks = board.rows(unit=unit, cases=[each.case for each in standings], now=now)
    there = [(each, tasks[each.case]) for each in standings if each.case in tasks]
    return [_line(standing, task, chosen=chosen, unit=unit, now=now) for standing, task in there]


def _line(standing: Standing, task: models.FollowUp, *, chosen: list[str], unit: Unit, now: datetime) -> dict[str, Any]:
    """One citizen on the board."""
    as_row, worst = row(task, unit=unit, now=now), standing.worst
    may_take_over = task.case.coordinator_unit_id == unit.pk != task.case.owner_unit_id
    said = owed(task) if as_row.is_ours else awaited(task)
    if worst is Trouble.TURNS_18:
        said = _("Was 17 when asked %(day)s. Other doors open at 18.") % {"day": day(standing.since)}
    worker = (as_row.is_ours and task.owed_worker) or (not may_take_over and task.case.owner_worker)
    also = ", ".join(str(SHORT[trouble]) for trouble in standing.others)
    answers = worker.name if worker else _("%(unit)s is responsible for the citizen") % {"unit": task.case.owner_unit}
    return {
        "task": task,
        "number": task.case.short_number,
        "case": address("case", task.case_id),
        "called": _("Case %(number)s") % {"number": task.case.short_number},
        "choose": _("Choose case %(number)s") % {"number": task.case.short_number},
        "is_chosen": str(task.pk) in chosen,
        "worst": str(worst),
        "trouble": str(worst.label),
        "colour": "button-secondary" if worst is Trouble.CALM else "button-primary",
        "is_acute": task.urgency == Urgency.ACUTE and worst is not Trouble.ACUTE,
        "since": since_when(standing),
        "also": _("Also: %(troubles)s") % {"troubles": also} if also else "",
        "said": said,
        "with": " · ".join(filter(None, (worded(task.referral.service, "name") if task.referral else "", answers))),
        "next": _next(standing, task, acts=as_row.acts, is_ours=as_row.is_ours),
        "more": _more(task, may_take_over=may_take_over, may_snooze=as_row.may_snooze),
    }


def _more(task: models.FollowUp, *, may_take_over: bool, may_snooze: bool) -> list[Link]:
    """What else can be done."""
    is_dual = task.sides > 1  # type: ignore[attr-defined]
    links = [
        (True, Link(address("board_assign", task.pk), _("Give to a colleague"))),
        (may_take_over, Link(address("board_take_over", task.pk), _("Take over"))),
        (True, Link(address("other_door", task.case_id), _("Choose another door"), in_row=False)),
        (True, Link(address("board_call", task.pk), _("Note a call"))),
        (may_snooze, Link(address("snooze", task.pk), _("Put off"))),
        (is_dual, Link(address("conference", task.case_id), _("Both sides on one page"), in_row=False)),
    ]
    return [link for is_there, link in links if is_there]


def _next(standing: Standing, task: models.FollowUp, *, acts: list[Act], is_ours: bool) -> Next:
    """What helps most, and can be done by whoever reads the board."""
    if standing.worst is Trouble.TURNS_18:
        return Next(_("See the age"), address("case", task.case_id) + "#about-heading")
    if acts and standing.worst is not Trouble.CALM:
        return Next(str(acts[0].words), act=acts[0])
    if task.waits_for == Wait.CHOICE:
        return Next(_("Choose a service"), done_at(task))
    if task.waits_for == Wait.GUARANTEE:
        return Next(_("See the deadline"), done_at(task))
    if task.waits_for == Wait.DECISION and is_ours:
        return Next(_("Decide on the return"), done_at(task))
    if not is_ours and overdue(task.due_at) and task.owed_by.phone:
        said = _("Phone %(phone)s") % {"phone": task.owed_by.phone}
        return Next(said, f"tel:{task.owed_by.phone.replace(' ', '')}")
    return Next(_("See the case"), done_at(task) if is_ours else address("case", task.case_id))


def _tabs(counts: dict[Trouble, int], narrowed: dict[str, str], chosen: Trouble | None) -> list[dict[str, Any]]:
    """Every trouble that somebody is in, and the one that is looked at."""
    return [
        {
            "trouble": each,
            "words": SHORT[each],
            "count": counts[each],
            "at": _address(narrowed | {"trouble": str(each)}),
        }
        for each in Trouble
        if counts[each] or each is chosen
    ]


def _at(asked: QueryDict) -> dict[str, str]:
    return {"at": str(asked["at"])} if asked.get("at") else {}


def _address(said: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update(said)
    return query.urlencode()


def _fingerprint(found: list[Standing]) -> str:
    """Two boards with the same citizens in the same troubles have the same."""
    return f"{crc32(repr([(each.case.int, each.worst, each.others) for each in found]).encode()):08x}"


def _whether_changed(request: HttpRequest, asked: QueryDict, as_now: str) -> HttpResponse:
    """Nothing moves under somebody who reads: they are told that there is something new, and see it when they ask."""
    if as_now == asked["as"]:
        return HttpResponse(status=204)
    as_it_is = asked.copy()
    for name in ("as", "at"):
        as_it_is.pop(name, None)
    return render(request, "referrals/_board_changed.html", {"at": as_it_is.urlencode()})


@require_POST
@never_cache
def board_name(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Who it is, for one row, in one answer. That somebody has asked is kept; a protected name asks for a reason, elsewhere."""
    case = case_or_404(request, case_id)
    looking.saw_revealed(request, Seen(case=case.pk, person=case.person_id))
    context = {"case": case, "back": back_to(request), "page_at": back_to(request)}
    return render_page_or_fragment(request, "referrals/board_name.html", "referrals/_board_name.html", context)


@require_POST
def board_bulk(request: HttpRequest) -> HttpResponse:
    """The same for several: given to a colleague, or put off. The worker process does it, row by row."""
    form = BoardBulkForm(request.POST, colleagues=selectors.colleagues(unit=by(request).unit))
    chosen = request.POST.getlist("chosen")
    if form.is_valid():
        try:
            job = actions.ask_for_bulk(
                follow_ups=chosen_ids(chosen), language=language(), by=by(request), now=clock.now(), **form.cleaned_data
            )
            return to_job(request, job)
        except Invalid as refusal:
            form.add_error(None, refusal.sentence)
    return _show(request, QueryDict(back_to(request).partition("?")[2]), bulk=form, chosen=chosen)
