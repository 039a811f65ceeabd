"""A refusal is an answer: what is not possible, why, and the way out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


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


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return render(request, "refused.html", {"sentence": refusal.sentence}, status=refusal.status)
