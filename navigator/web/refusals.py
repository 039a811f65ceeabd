"""A refusal is an answer: what is not possible, why, and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django_htmx.http import reswap, retarget

APIS = ("api", "referrals_api")


class Refusal(Exception):
    """An action says no. `status` is the HTTP status, `sentence` is for the reader, already in their language;
    `retry_after` is in seconds, where waiting helps."""

    status = 409
    retry_after: int | None = None
    template = "refused.html"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class TooLate(Refusal):
    """Illegal now: somebody was faster, or the page was old."""

    status = 409


class NotAllowed(Refusal):
    """Yours, but not for you to do."""

    status = 403


class Gone(Refusal):
    """What was written there was disposed of, by the rules and by two people. That is no mistake, and the page says so."""

    status = 410
    template = "gone.html"


class Invalid(Refusal):
    """What was given cannot be used, whoever gives it."""

    status = 422


# What people write in their own words, by the name of the field. Nothing else of a refused request is shown again.
TYPED = {
    "question": _("Question"),
    "answer": _("Answer"),
    "because": _("Why"),
    "reason": _("Why"),
    "note": _("Note"),
    "right": _("What is right?"),
    "message": _("Message"),
    "text": _("Text"),
    "wishes": _("The citizen’s own wishes"),
    "wants_instead": _("What the citizen wants instead"),
    "spoke_with": _("Spoke with"),
    "basis_reason": _("Why it may be told without consent"),
    "child_says": _("What the child says"),
    "paper_at": _("Where the paper lies"),
    "consent_note": _("Why it is done in this way"),
    "to_whom": _("Who received it"),
    "citizen_declined_text": _("What the citizen wants instead"),
    "outside_target_group_text": _("The criterion that is not met"),
    "missing_information_text": _("Question"),
    "who": _("Who goes along or takes part"),
    "what": _("What is done"),
    "priorities": _("What matters to the citizen"),
    "meeting_place": _("Where they meet"),
    "where_to": _("Where to?"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody wrote in a field, and what the field is called."""

    name: str
    label: Any
    text: str


def typed(request: HttpRequest, *, prefix: str = "") -> list[Typed]:
    """What somebody wrote in the request that is refused: for their eyes once more, and kept nowhere."""
    return [
        Typed(name, label, said)
        for name, label in TYPED.items()
        for said in request.POST.getlist(f"{prefix}{name}")
        if said.strip()
    ]


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's proof of origin is too old, as after signing in at another tab. What was typed on a page of ours is shown."""
    ours = request.headers.get("Sec-Fetch-Site") == "same-origin"  # else somebody could put words in our mouth
    return render(request, "403_csrf.html", {"typed": typed(request) if ours else []}, status=403)


def is_api(request: HttpRequest) -> bool:
    """Does another system ask? Its refusals are JSON."""
    match = request.resolver_match
    return match is not None and (match.namespace in APIS or match.view_name == "bounces")


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page with the way out, and what was written so that it can be copied. In the place of the whole page for htmx; for
    another system the sentence, as the API says it."""
    by_system = is_api(request)
    htmx = not by_system and request.htmx  # type: ignore[attr-defined]
    if by_system:
        response: HttpResponse = JsonResponse({"detail": refusal.sentence}, status=refusal.status)
    else:
        context = {"sentence": refusal.sentence, "typed": typed(request)}
        template = f"_{refusal.template}" if htmx else refusal.template
        response = render(request, template, context, status=refusal.status)
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return reswap(retarget(response, "#main-content"), "innerHTML") if htmx else response
