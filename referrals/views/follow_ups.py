"""My follow-ups: late, today, later, and what others owe; each done where it stands, or several at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from navigator import clock
from navigator.web.htmx import render_page_or_fragment
from navigator.web.paging import place
from navigator.web.templatetags.shown import overdue
from referrals import actions, lists, looking, models, selectors
from referrals.acting import By
from referrals.desk_forms import BulkForm, SnoozeForm
from referrals.enums import Bulk, RowState, Wait
from referrals.errors import Invalid, TooLate
from referrals.forms import DesignForm
from referrals.views.offers import STEPS, Standing, form_of
from referrals.views.reaching import by, language
from referrals.views.rows import ACTIONS, SAID, WORDS, acts, in_words, row, what_now

TABS = {
    "late": gettext_lazy("Late"),
    "today": gettext_lazy("Today"),
    "later": gettext_lazy("Later"),
    "waiting": gettext_lazy("Waiting for others"),
}
NOTHING = {
    "late": gettext_lazy("Nothing is late."),
    "today": gettext_lazy("Nothing more today."),
    "later": gettext_lazy("Nothing on the other days."),
    "waiting": gettext_lazy("You wait for nobody."),
}
# The lists whose rows can be acted on, and what a row of each is made of.
BACK_TO = {"follow_ups": "tr", "board": "tr", "inbox": "li", "visit_day": "li"}


@require_GET
def follow_ups(request: HttpRequest) -> HttpResponse:
    """One tab of them, a page at a time."""
    return _show(request, request.GET, form=BulkForm(initial={"kind": Bulk.SNOOZE}))


def _show(
    request: HttpRequest, asked: QueryDict, *, form: BulkForm, chosen: list[str] | None = None, status: int = 200
) -> HttpResponse:
    unit, now = by(request).unit, clock.now()
    worker = by(request).user if asked.get("whose") == "mine" else None
    (counts,) = lists.counts_of_tabs(unit=unit, now=now, worker=worker)
    tab = _tab(asked.get("tab", ""), counts)
    page = lists.tab_page(tab, unit=unit, now=now, worker=worker, at=place(asked.get("at", "")))
    if chosen is None:
        chosen = [str(task.pk) for task in page.rows if asked.get("all")]
    rows = [_line(task, chosen=chosen, by=by(request), now=now) for task in page.rows]
    looking.saw_tasks(request, page.rows)
    context = {
        "tab": tab,
        "tabs": [(name, words, counts[name]) for name, words in TABS.items()],
        "whose": "mine" if worker else "",
        "page": page,
        "rows": rows,
        "nothing": NOTHING[tab],
        "back": _address(tab=tab, whose=asked.get("whose", ""), at=asked.get("at", "")),
        "chosen": chosen,
        "form": form,
        "mistakes": form.mistakes,
        "may_choose": any(each["may_be_chosen"] for each in rows),
    }
    return render(request, "referrals/follow_ups.html", context, status=status)


def _line(task: models.FollowUp, *, chosen: list[str], by: By, now: datetime) -> dict[str, Any]:
    """A task with what it says, and what can be done about it here."""
    as_row = row(task, unit=by.unit, now=now)
    said = in_words(task, is_ours=as_row.is_ours, reader=by.user)
    is_put_off = task.snoozed_until is not None and not overdue(task.snoozed_until)
    return said | {
        "task": task,
        "acts": as_row.acts,
        "may_snooze": as_row.may_snooze,
        "may_be_chosen": as_row.may_be_chosen,
        "choose": _("Choose %(who)s, %(number)s") % said,
        "is_chosen": str(task.pk) in chosen,
        "put_off_until": task.snoozed_until if is_put_off else None,
        "phone": task.owed_by.phone if said["is_late"] and not as_row.is_ours else "",
        "elsewhere": said["to"] if as_row.is_ours else "",
    }


def _tab(asked: str, counts: dict[str, int]) -> str:
    """The one that was asked for; else the first with something in it."""
    return asked if asked in TABS else next((name for name in TABS if counts[name]), "today")


def _address(**said: str) -> str:
    """The list as it stands, to come back to."""
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in said.items() if value})
    return f"{reverse('follow_ups')}?{query.urlencode()}"


@require_http_methods(["GET", "POST"])
def in_place(request: HttpRequest, follow_up_id: UUID, step: str) -> HttpResponse:
    """The step that a row offers: its form in the row, or alone on a page; then the row as it stands now."""
    task = task_to_do(request, follow_up_id)
    _must_be_offered(request, task, step)
    if step == "done":
        return _done(request, task)
    referral = selectors.referral_for(unit=by(request).unit, referral_id=task.referral_id)
    if referral is None:
        raise Http404
    standing = Standing(referral, by(request), clock.now())
    form = form_of(step, standing, request.POST if request.method == "POST" else None)
    if request.method == "GET" or (form is not None and not form.is_valid()):
        return show_form(request, task, step, form)
    try:
        ACTIONS[step](referral=referral, by=standing.by, now=standing.now, **(form.cleaned_data if form else {}))
    except Invalid as refusal:
        return show_form(request, task, step, form, refusal=refusal)
    return after(request, task, str(SAID[step]))


def _done(request: HttpRequest, task: models.FollowUp) -> HttpResponse:
    """There was contact, or the duty is done: the task asks for nothing more."""
    if request.method == "GET":
        return show_form(request, task, "done", None)
    done = actions.record_duty_done if task.waits_for == Wait.OBLIGATION else actions.record_contact_made
    done(follow_up=task, note="", by=by(request), now=clock.now())
    return after(request, task, str(SAID["done"]))


@require_http_methods(["GET", "POST"])
def snooze(request: HttpRequest, follow_up_id: UUID) -> HttpResponse:
    """Off the list until a day, with a reason. Where it cannot be put off, the page says so."""
    task, now = task_to_do(request, follow_up_id), clock.now()
    form = SnoozeForm(request.POST or None, latest=actions.last_day(task, by=by(request), now=now))
    if request.method == "GET" or not form.is_valid():
        return show_form(request, task, "snooze", form)
    try:
        actions.snooze(follow_up=task, by=by(request), now=now, **form.cleaned_data)
    except Invalid as refusal:
        return show_form(request, task, "snooze", form, refusal=refusal)
    return after(request, task, _("Put off. It is back on the list that morning."))


def task_to_do(request: HttpRequest, follow_up_id: UUID) -> models.FollowUp:
    """Within reach of the unit, or not there; done meanwhile, or still to be done."""
    task = lists.in_reach(unit=by(request).unit, follow_up_id=follow_up_id)
    if task is None:
        raise Http404
    if task.closed_at:
        raise TooLate(_("That has been done already."))
    return task


def _must_be_offered(request: HttpRequest, task: models.FollowUp, step: str) -> None:
    if step not in WORDS:
        raise Http404
    if step not in [act.name for act in acts(task, unit=by(request).unit, now=clock.now())]:
        raise TooLate(_("That is not possible any more. Somebody was faster, or another unit owes it."))


def show_form(
    request: HttpRequest,
    task: models.FollowUp,
    step: str,
    form: DesignForm | None,
    *,
    refusal: Invalid | None = None,
    words: Any = "",
) -> HttpResponse:
    """In the row for htmx, else a page of its own."""
    if form is not None:
        form.auto_id = f"id_{task.pk.hex}_%s"
        if refusal is not None:
            form.add_error(None, refusal.sentence)
    elif refusal is not None:
        raise refusal
    wrong = bool(form and form.errors)
    context = _about(request, task) | {
        "form": form,
        "step": step,
        "words": words or WORDS.get(step, _("Put off")),
        "button": STEPS[step].button if step in STEPS else words or WORDS.get(step, _("Put off")),
        "mistakes": form.mistakes if form else [],
    }
    return render_page_or_fragment(
        request, "referrals/in_place.html", "referrals/_in_place.html", context, status=422 if wrong else 200
    )


def after(request: HttpRequest, task: models.FollowUp, said: str) -> HttpResponse:
    """The row as it stands now, or the list at the same place."""
    if request.htmx:  # type: ignore[attr-defined]
        now_is = lists.in_reach(unit=by(request).unit, follow_up_id=task.pk)
        context = _about(request, task) | {"said": said, "now_is": what_now(now_is) if now_is else ""}
        return render(request, "referrals/_acted.html", context)
    messages.success(request, said)
    return redirect(back_to(request))


def _about(request: HttpRequest, task: models.FollowUp) -> dict[str, Any]:
    back = back_to(request)
    tag = BACK_TO[resolve(urlsplit(back).path).url_name or "follow_ups"]
    is_ours = task.owed_by_id == by(request).unit.pk
    looking.saw_task(request, task)
    return {"task": task, "about": selectors.about(task), "is_ours": is_ours, "back": back, "tag": tag}


def back_to(request: HttpRequest) -> str:
    """The list that somebody came from. Any other address: my follow-ups."""
    back = request.POST.get("back") or request.GET.get("back") or ""
    try:
        known = resolve(urlsplit(back).path).url_name in BACK_TO
    except Resolver404:
        known = False
    safe = known and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if safe else reverse("follow_ups")


# Several at once


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Notes what is to be done with the ticked ones. The worker process does it; the next page tells how far it is."""
    form, chosen = BulkForm(request.POST), request.POST.getlist("chosen")
    back = QueryDict(urlsplit(back_to(request)).query)
    if form.is_valid():
        try:
            job = actions.ask_for_bulk(
                follow_ups=chosen_ids(chosen), language=language(), by=by(request), now=clock.now(), **form.cleaned_data
            )
            return to_job(request, job)
        except Invalid as refusal:
            form.add_error(None, refusal.sentence)
    return _show(request, back, form=form, chosen=chosen, status=422)


def to_job(request: HttpRequest, job: models.BulkJob) -> HttpResponse:
    """To the page that tells how far it is, and from there back to the list."""
    back = QueryDict.fromkeys(["back"], back_to(request)).urlencode()
    return redirect(f"{reverse('bulk_job', args=[job.pk])}?{back}")


@require_GET
def bulk_job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How far it is, and at the end what became of each."""
    job = selectors.bulk_job(unit=by(request).unit, job_id=job_id)
    if job is None:
        raise Http404
    rows = selectors.bulk_rows(job) if job.ended_at else []
    looking.saw_cases(request, [row.case for row in rows if row.case])  # type: ignore[attr-defined]
    context = {
        "job": job,
        "finished": job.done + job.failed,
        "rows": rows,
        "back": back_to(request),
        "failed_state": RowState.FAILED,
        "said": _how_far(job),
    }
    return render_page_or_fragment(request, "referrals/bulk_job.html", "referrals/_bulk_job.html", context)


def _how_far(job: models.BulkJob) -> str:
    if not job.ended_at:
        return _("%(n)s of %(total)s") % {"n": job.done + job.failed, "total": job.total}
    done = ngettext("%(n)s task is done.", "%(n)s tasks are done.", job.done) % {"n": job.done}
    failed = ngettext("%(n)s was not done.", "%(n)s were not done.", job.failed) % {"n": job.failed}
    return f"{done} {failed}" if job.failed else done


def chosen_ids(said: list[str]) -> list[UUID]:
    try:
        return [UUID(each) for each in dict.fromkeys(said)]
    except ValueError:
        raise Http404 from None
