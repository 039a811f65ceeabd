"""The local administrator's pages: who works where in the organisation. Numbers of cases at most, never a case."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from navigator import clock
from navigator.accounts import people, staffing
from navigator.accounts.models import Membership, Organisation, Unit, User
from navigator.accounts.permissions import AUDITORS
from navigator.web.paging import cut, place
from navigator.web.refusals import Refusal
from navigator.web.templatetags.shown import worded
from referrals import actions
from referrals.handing_over import what_is_left
from referrals.staff_forms import InviteForm, OpenUnitForm, ReachUnitForm, WorkForm
from referrals.views.reaching import by, municipalities, words


@require_GET
def people_here(request: HttpRequest) -> HttpResponse:
    """The units, how many work in each, and who is asked to."""
    context = {"units": people.units(_ours(request)), "invitations": people.open_invitations(_ours(request))}
    return render(request, "staff/people_here.html", context | {"now": clock.now()})


@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Asks somebody to work in a unit. Whether the address is known elsewhere is not told."""
    form = InviteForm(request.POST or None, units=_open_ones(request))
    if request.method == "POST" and form.is_valid():
        try:
            staffing.invite(by=by(request).user, now=clock.now(), **form.cleaned_data)
            messages.success(request, _("The invitation is on its way."))
            return redirect("people_here")
        except Refusal as refusal:
            form.add_error("email", refusal.sentence)
    context = {"form": form, "mistakes": form.mistakes}
    return render(request, "staff/invite.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw_invitation(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """The link opens nothing any more."""
    invitation = people.open_invitations(_ours(request)).filter(pk=invitation_id).first()
    if invitation is None:
        raise Http404
    staffing.withdraw(invitation, by=by(request).user, now=clock.now())
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("people_here")


@require_GET
def worker_here(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """What somebody does in the organisation; moved and ended from here."""
    return _worker_page(request, _worker_or_404(request, worker_id))


@require_POST
def move_worker(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """To another unit, or another role. Their tasks stay with the unit."""
    membership = _membership_or_404(request, membership_id)
    form = _move_form(request, membership, units=_open_ones(request), data=request)
    if not form.is_valid():
        return _worker_page(request, membership.user, moving=(membership.pk, form), status=422)
    to, role = form.cleaned_data["unit"], form.cleaned_data["role"]
    passed = actions.move_worker(membership=membership, to=to, role=role, by=by(request).user, now=clock.now())
    messages.success(request, f"{_('Moved.')} {_tasks_stay(passed)}")
    return redirect("worker_here", membership.user_id)


@require_POST
def end_work(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Ends one role in one unit, at once."""
    membership = _membership_or_404(request, membership_id)
    passed = actions.end_work(membership=membership, by=by(request).user, now=clock.now())
    messages.success(request, f"{_('Ended, and signed out everywhere.')} {_tasks_stay(passed)}")
    return redirect("worker_here", membership.user_id)


@require_POST
def end_worker(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """Ends all that somebody does in the organisation, at once."""
    worker = _worker_or_404(request, worker_id)
    work = people.work_of(worker, _ours(request))
    passed = actions.end_worker(memberships=work, by=by(request).user, now=clock.now())
    messages.success(request, f"{_('Ended, and signed out everywhere.')} {_tasks_stay(passed)}")
    return redirect("worker_here", worker.pk)


@require_POST
def let_in_again(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """Somebody who signs in at the own organisation, and whose access was ended here."""
    worker = _worker_or_404(request, worker_id)
    staffing.let_in_again(worker, unit=by(request).unit, by=by(request).user, now=clock.now())
    messages.success(request, _("They can sign in again."))
    return redirect("worker_here", worker.pk)


@require_http_methods(["GET", "POST"])
def open_unit(request: HttpRequest) -> HttpResponse:
    """A new unit of the organisation."""
    doors = [(door["code"], worded(door)) for door in words()["doors"]]
    form = OpenUnitForm(request.POST or None, doors=doors, municipalities=list(municipalities().items()))
    if request.method == "POST" and form.is_valid():
        try:
            unit = staffing.open_unit(
                organisation=_ours(request), by=by(request).user, now=clock.now(), **form.cleaned_data
            )
            messages.success(request, _("The unit is open. Invite those who work there."))
            return redirect("unit_here", unit.pk)
        except Refusal as refusal:
            form.add_error("name", refusal.sentence)
    context = {"form": form, "mistakes": form.mistakes}
    return render(request, "staff/open_unit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def unit_here(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Who works there, what it is called, and what must be handed over before it can be closed."""
    unit = _unit_or_404(request, unit_id)
    form = ReachUnitForm(request.POST or None, initial={"name": unit.name, "email": unit.email, "phone": unit.phone})
    if request.method == "POST" and form.is_valid():
        try:
            staffing.change_unit(unit, by=by(request).user, now=clock.now(), **form.cleaned_data)
            messages.success(request, _("Noted."))
            return redirect("unit_here", unit.pk)
        except Refusal as refusal:
            form.add_error("name", refusal.sentence)
    context = {
        "shown": unit,
        "form": form,
        "mistakes": form.mistakes,
        "work": people.at_work(unit),
        "left": what_is_left(unit),
    }
    return render(request, "staff/unit_here.html", context, status=422 if form.errors else 200)


@require_POST
def close_unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Closes it, where nothing is left to hand over."""
    actions.close_unit(unit=_unit_or_404(request, unit_id), by=by(request).user, now=clock.now())
    messages.success(request, _("The unit is closed. Nobody works there any more."))
    return redirect("people_here")


@require_GET
def staff_changes(request: HttpRequest) -> HttpResponse:
    """Who has changed what about who works here."""
    found = people.changes(_ours(request))
    page = cut(found, by="at", at=place(request.GET.get("at", "")), newest_first=True)
    audits = bool(AUDITORS & request.roles)  # type: ignore[attr-defined]
    return render(request, "staff/staff_changes.html", {"page": page, "audits": audits})


def _worker_page(
    request: HttpRequest, worker: User, *, moving: tuple[UUID, WorkForm] | None = None, status: int = 200
) -> HttpResponse:
    """`moving` is the form that something was wrong with, and of which membership it is."""
    units = _open_ones(request)
    rows = [
        (each, moving[1] if moving and moving[0] == each.pk else _move_form(request, each, units=units))
        for each in people.work_of(worker, _ours(request))
    ]
    context = {"worker": worker, "rows": rows, "mistakes": moving[1].mistakes if moving else []}
    return render(request, "staff/worker_here.html", context, status=status)


def _open_ones(request: HttpRequest) -> QuerySet[Unit]:
    return people.units(_ours(request)).filter(closed_on=None)


def _move_form(
    request: HttpRequest, membership: Membership, *, units: QuerySet[Unit], data: HttpRequest | None = None
) -> WorkForm:
    return WorkForm(
        data.POST if data else None,
        units=units,
        initial={"unit": membership.unit_id, "role": membership.role},
        auto_id=f"id_{membership.pk}_%s",
    )


def _tasks_stay(number: int) -> str:
    if not number:
        return ""
    said = ngettext("%(count)s open task is now the unit’s.", "%(count)s open tasks are now the unit’s.", number)
    return said % {"count": number}


def _ours(request: HttpRequest) -> Organisation:
    return by(request).unit.organisation


def _unit_or_404(request: HttpRequest, unit_id: UUID) -> Unit:
    unit = people.unit(_ours(request), unit_id)
    if unit is None:
        raise Http404
    return unit


def _worker_or_404(request: HttpRequest, worker_id: UUID) -> User:
    worker = people.worker(_ours(request), worker_id)
    if worker is None:
        raise Http404
    return worker


def _membership_or_404(request: HttpRequest, membership_id: UUID) -> Membership:
    membership = people.membership(_ours(request), membership_id)
    if membership is None:
        raise Http404
    return membership
