"""A case is found by what somebody has said of it. The words come by POST and are kept in the session, sealed, so that what
they find is a page like any other: read again, or come back to. They stand in no address, in no log, and nowhere else."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from navigator.accounts.permissions import CPR_SEARCHERS, OVERSEERS, PROTECTED_READERS
from navigator.vault import keys
from navigator.web import limits
from navigator.web.paging import place
from referrals import cpr, looking, searching
from referrals.views.reaching import by

WORDS = "searched_for"  # in the session: gone with it, and with the next search
LONGEST = 200  # characters; no name is longer


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Takes the words; shows what the last ones find now. Whose page it is decides anew each time what may be found."""
    if request.method == "POST":
        said = request.POST.get("said", "").strip()[:LONGEST]
        if _by_cpr(request, said):
            limits.count(request, "search_by_cpr", limits.CPR_SEARCH)
        _keep(request, said)
        return redirect("search")
    said = _kept(request)
    return render(request, "referrals/search.html", {"said": said} | (_found(request, said) if said else {}))


def _found(request: HttpRequest, said: str) -> dict[str, Any]:
    may = bool(CPR_SEARCHERS & request.roles)  # type: ignore[attr-defined]
    found = searching.search(
        unit=by(request).unit,
        said=said,
        by_cpr=may,
        at=place(request.GET.get("at", "")),
        protected=bool(PROTECTED_READERS & request.roles),  # type: ignore[attr-defined]
        also_restricted=bool(OVERSEERS & request.roles),  # type: ignore[attr-defined]
    )
    looking.saw_found(request, found.page.rows, by_cpr=_by_cpr(request, said))
    return {"page": found.page, "too_many": found.too_many, "refused": cpr.is_one(said) and not may}


def _by_cpr(request: HttpRequest, said: str) -> bool:
    return bool(CPR_SEARCHERS & request.roles) and cpr.is_one(said)  # type: ignore[attr-defined]


def _keep(request: HttpRequest, said: str) -> None:
    """In the place of what was searched for before; nothing said, nothing kept."""
    request.session.pop(WORDS, None)
    if said:
        request.session[WORDS] = b64encode(keys.seal_for(_place(request), said.encode())).decode()


def _kept(request: HttpRequest) -> str:
    """Empty where nothing is, and in another unit than it was asked in."""
    try:
        return keys.unseal_for(_place(request), b64decode(request.session.get(WORDS, ""))).decode()
    except keys.Unreadable:
        return ""


def _place(request: HttpRequest) -> str:
    """What the seal is bound to: it opens for this worker in this unit."""
    return f"{WORDS}|{by(request).user.pk}|{by(request).unit.pk}"
