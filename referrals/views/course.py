"""The course of a case as its page tells it: day by day, each referral on its road, who to call, what has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from navigator import clock
from navigator.web.templatetags.shown import worded
from referrals import case_forms, doors, instruments, journal, models, selectors
from referrals.enums import Happening
from referrals.forms import DesignForm
from referrals.road import road
from referrals.templatetags.handoff import done_by, owed, sentence
from referrals.views.reaching import language, words

Bound = dict[str, DesignForm]


def course(
    case: models.Case,
    assessments: Sequence[models.Assessment],
    attempts: Sequence[models.Referral],
    waits_ever: Sequence[models.FollowUp],
    bound: Bound,
) -> dict[str, Any]:
    """What the page shows of it."""
    events, waits = _events(case), defaultdict(list)
    for wait in waits_ever:
        waits[wait.referral_id].append(wait)
    steps = [_step(event, waits[event.referral_id], case=case) for event in events]
    _say_once(steps)
    _put_on_the_road(attempts, events)
    return {
        "days": [
            (day, list(of_day))
            for day, of_day in groupby(reversed(steps), key=lambda step: clock.day_of(step["event"].occurred_at))
        ],
        "whole_course": journal.course((step["entry"] for step in steps), case_number=case.short_number),
        "contacts": contacts(case, attempts),
        "secure_post": _secure_post(case, attempts),
        "papers": bound.get("papers") or case_forms.PapersForm(auto_id="id_papers_%s"),
        "changed": _changed(assessments),
        "call": bound.get("call") or case_forms.CallForm(auto_id="id_call_%s"),
        "add_note": bound.get("add_note") or case_forms.AddNoteForm(auto_id="id_add_note_%s"),
        **_screening(case, assessments[0], bound),
    }


def screening_form(assessment: models.Assessment, data: Any = None) -> case_forms.ScreeningForm | None:
    """The form, where the obligations of the match ask for a screening."""
    asked = [
        instruments.ASKED_FOR[duty["code"]]
        for duty in assessment.explanation["da"]["obligations"]
        if duty["code"] in instruments.ASKED_FOR
    ]
    if not asked:
        return None
    ladders = words()["ladders"]
    return case_forms.ScreeningForm(data, auto_id="id_screening_%s", asked=asked, ladders=ladders, language=language())


def _events(case: models.Case) -> list[models.CaseEvent]:
    """The history, the oldest first, with the unit that an event tells of by name."""
    events = selectors.timeline(case=case)
    moved = {event.detail.get("after") for event in events if event.kind == Happening.OWNER_CHANGED}
    names = selectors.unit_names(moved)
    for event in events:
        event.to_unit = names.get(event.detail.get("after", ""), "")  # type: ignore[attr-defined]
    return events


def _say_once(steps: Sequence[dict[str, Any]]) -> None:
    """What several events of one step led to stands at the last of them."""
    told = set()
    for step in reversed(steps):
        step["leads_to"] = [wait for wait in step["leads_to"] if wait.pk not in told]
        told |= {wait.pk for wait in step["leads_to"]}


def _put_on_the_road(attempts: Sequence[models.Referral], events: Sequence[models.CaseEvent]) -> None:
    """Each referral with its line of stations, read from what has happened to it."""
    history = defaultdict(list)
    for event in events:
        if event.to_status:
            history[event.referral_id].append((event.to_status, event.occurred_at))
    for referral in attempts:
        referral.road = road(referral.status, history[referral.pk])  # type: ignore[attr-defined]


def _step(event: models.CaseEvent, waits: Sequence[models.FollowUp], *, case: models.Case) -> dict[str, Any]:
    """One event with what it led to, and as a note for the journal: what was owed right after it."""
    after = [
        wait
        for wait in waits
        if wait.opened_at <= event.recorded_at and (wait.closed_at is None or wait.closed_at > event.recorded_at)
    ]
    entry = journal.Entry(
        at=event.occurred_at,
        what=sentence(event, day=journal.day, moment=journal.moment),
        by=done_by(event),
        service=worded(event.referral.service, "name") if event.referral else "",
        note=event.note,
        ahead=[journal.Next(owed(wait), str(wait.owed_by), wait.due_at) for wait in after],
    )
    return {
        "event": event,
        "entry": entry,
        "journal": journal.entry(entry, case_number=case.short_number),
        "leads_to": [wait for wait in after if wait.opened_at == event.recorded_at],
    }


def contacts(case: models.Case, attempts: Sequence[models.Referral]) -> list[tuple[str, str, str]]:
    """Who to call: in which part, by which name, on which number. Each once."""
    found = [(_("Responsible for the citizen"), str(case.owner_unit), case.owner_unit.phone)]
    if case.coordinator_unit:
        found.append((_("Coordinator"), str(case.coordinator_unit), case.coordinator_unit.phone))
    found.append((_("Logged the needs"), str(case.origin_unit), case.origin_unit.phone))
    for referral in attempts:
        found.append((_("Sender"), str(referral.sender_unit), referral.sender_unit.phone))
        if referral.receiver_unit:
            found.append((_("Receives"), str(referral.receiver_unit), referral.receiver_unit.phone))
        found.append((_("Service"), worded(referral.service, "name"), referral.service.phone))
    parts: dict[tuple[str, str], list[str]] = {}
    for part, name, phone in found:
        parts.setdefault((name, phone), [])
        if part not in parts[name, phone]:
            parts[name, phone].append(part)
    return [(" · ".join(all_parts), name, phone) for (name, phone), all_parts in parts.items()]


def _secure_post(case: models.Case, attempts: Sequence[models.Referral]) -> list[tuple[str, str]]:
    """Where papers go: each unit that has the citizen or is asked, with its address for secure post; empty while none is given."""
    units = [case.owner_unit, *(each.receiver_unit for each in attempts if each.receiver_unit)]
    return list(dict.fromkeys((str(unit), unit.secure_channel) for unit in units))


def _changed(assessments: Sequence[models.Assessment]) -> dict[str, Any] | None:
    """What the match in force has changed; None while there is only one."""
    if len(assessments) < 2:
        return None
    after, before = assessments
    differs = doors.difference(before.explanation, after.explanation)
    return {"lines": doors.said(differs, words=words(), language=language()), "before": before.assessed_at}


def _screening(case: models.Case, assessment: models.Assessment, bound: Bound) -> dict[str, Any]:
    """What was screened for, and the form while the match asks for one."""
    steps = {step["code"]: step[language()] for ladder in words()["ladders"].values() for step in ladder}
    return {
        "screenings": [
            {
                "screening": each,
                "instrument": each.called
                if each.instrument == instruments.OTHER
                else instruments.INSTRUMENTS[each.instrument].name,
                "step": steps.get(each.step, ""),
            }
            for each in selectors.screenings_of(case=case)
        ],
        "screening": None if case.closed_at else bound.get("screening") or screening_form(assessment),
    }
