"""How a deadline is said in the reader's language."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import translation

from navigator import clock
from navigator.web.templatetags.shown import due

NOW = datetime.fromisoformat("2026-11-23T12:00:00+01:00")


@pytest.mark.parametrize(
    ("due_at", "english", "danish"),
    [
        ("2026-11-23T11:59:00+01:00", "due today at 11:59", "skulle være sket i dag kl. 11.59"),
        ("2026-11-23T14:05:00+01:00", "today at 14:05", "senest i dag kl. 14.05"),
        ("2026-11-24T00:00:00+01:00", "today", "senest i dag"),
        ("2026-11-24T08:30:00+01:00", "by tomorrow at 08:30", "senest i morgen kl. 08.30"),
        ("2026-11-22T08:30:00+01:00", "1 day overdue", "1 dag over tiden"),
    ],
)
def test_a_deadline_is_said_as_people_say_it(
    monkeypatch: pytest.MonkeyPatch, due_at: str, english: str, danish: str
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    said = {}
    for language in ("en", "da"):
        with translation.override(language):
            said[language] = due(datetime.fromisoformat(due_at))
    assert said == {"en": english, "da": danish}
