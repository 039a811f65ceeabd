"""The copy to be read by people: tagged PDF (PDF/UA-1), made in memory from the same document."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from navigator import clock
from navigator.web.paper import printed

STYLE = Path(__file__).with_name("export.css")


def pdf(document: Mapping[str, Any]) -> bytes:
    """The file."""
    return printed(html(document), style=STYLE)


def html(document: Mapping[str, Any]) -> str:
    """What the file says."""
    with translation.override(document["language"]):
        return render_to_string("referrals/export.html", {"document": document, "cases": _by_case(document)})


def _by_case(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each case with what belongs to it, in the order in which it is told."""
    told = {each["referral"]: each for each in document["disclosures"]}
    return [
        {
            "case": case,
            **{
                section: [row for row in document[section] if row["case"] == case["id"]]
                for section in (
                    "tracks", "questionnaire_responses", "observations", "history", "deadlines", "tasks",
                    "communications", "take_overs", "emergency_accesses", "provenance",
                )
            },
            "referrals": [
                {"referral": each, "told": told.get(each["id"])}
                for each in document["service_requests"]
                if each["case"] == case["id"]
            ],
        }
        for case in document["cases"]
    ]  # fmt: skip


def file_name(made_on: Any, kind: str) -> str:
    """A name that says nothing about whom it is of."""
    return f"vejviser-{clock.day_of(made_on).isoformat()}.{kind}"
