"""Somebody is worried about a citizen, and asks what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from navigator import clock
from navigator.accounts.models import coordinator_unit
from referrals import selectors
from referrals import worry as advice
from referrals.views.reaching import by


@require_GET
def worry(request: HttpRequest) -> HttpResponse:
    """The steps for the door at which the reader works, with the numbers to call where they work."""
    unit, today = by(request).unit, clock.today()
    context = {
        "steps": advice.steps(unit.door),
        "numbers": selectors.acute_numbers(municipality=unit.municipality, on=today),
        "coordinator": coordinator_unit(unit.municipality, on=today),
    }
    return render(request, "referrals/worry.html", context)
