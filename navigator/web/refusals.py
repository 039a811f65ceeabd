"""A refusal is an answer: what is not possible, why, and the way out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django_htmx.http import reswap, retarget


class Refusal(Exception):
    """An action says no. `status` is the HTTP status, `sentence` is for the reader, already in their language."""

    status = 409

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class TooLate(Refusal):
    """Illegal now: somebody was faster, or the page was old."""

    status = 409


class NotAllowed(Refusal):
    """Yours, but not for you to do."""

    status = 403


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
    "message": _("Message"),
    "text": _("Text"),
    "wishes": _("The citizen’s own wishes"),
    "wants_instead": _("What the citizen wants instead"),
    "spoke_with": _("Spoke with"),
    "basis_reason": _("Why it may be told without consent"),
    "citizen_declined_text": _("What the citizen wants instead"),
    "outside_target_group_text": _("The criterion that is not met"),
    "missing_information_text": _("Question"),
    "who": _("Who goes along"),
    "meeting_place": _("Where they meet"),
}


def typed(request: HttpRequest) -> list[tuple[Any, str]]:
    """What somebody wrote in the request that is refused, with a label: for their eyes once more, and kept nowhere."""
    return [(label, said) for name, label in TYPED.items() for said in request.POST.getlist(name) if said.strip()]


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page with the way out, and what was written so that it can be copied. In the place of the whole page for htmx."""
    context = {"sentence": refusal.sentence, "typed": typed(request)}
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "refused.html", context, status=refusal.status)
    response = render(request, "_refused.html", context, status=refusal.status)
    return reswap(retarget(response, "#main-content"), "innerHTML")
