"""The copy as data: a section for each model about people, a row for each row. Its shape is promised in docs/export.md.

A row says all of its columns but those that only serve the machine: a new column is exported unless somebody says why not.
A model about people without a section here fails a test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models as db
from django.utils.encoding import force_str

from navigator import clock
from navigator.accounts.models import Role, Unit, User
from navigator.audit.models import Look, LookCheck
from navigator.history.models import Change
from navigator.vault.models import DataKey
from navigator.web.templatetags.shown import worded
from pathways.rulebook import rulebook
from referrals import models, needs

FORMAT, VERSION = "vejviser-export", "1"

# Of no meaning outside the machine, or about those who work here.
MACHINERY = frozenset(
    {"data_key", "guest", "held_by", "next_at", "step", "round", "ladder_version", "try_at", "tries", "sent_with",
     "worthless_after", "in_digest", "opens_with", "code_digest", "code_to", "code_wanted_at", "code_expires_at",
     "code_tries", "codes_sent", "wrong_codes", "tries_to_send", "send_at", "directory_version", "told"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """Its name in the document, how a row leads to the person, and what is said in words besides its columns."""

    name: str
    person: str
    words: Callable[[Any, str], dict[str, Any]] | None = None


def _answers(assessment: models.Assessment, language: str) -> dict[str, Any]:
    """The answers in words and what the rules made of them, in the place of codes."""
    words = _words(assessment.assessed_at)
    said = needs.told(assessment.answers, words)
    kinds = {kind["code"]: kind[language] for kind in words["service_kinds"]}
    explanation = assessment.explanation[language]
    return {
        "answers": [
            {"question": worded(line["question"]), "answers": [worded(each) for each in line["answers"]]}
            for line in said
        ],
        "codes": assessment.answers,
        "suggested": [
            {"help": kinds.get(match["kind"], match["kind"]), "reasons": [each["text"] for each in match["reasons"]]}
            for match in explanation["matches"]
        ],
        "explanation": explanation,
    }


def _number(case: models.Case, language: str) -> dict[str, Any]:
    """The number as it is said on the telephone, in the place of the counter."""
    return {"number": case.short_number}


def _right(guarantee: models.Guarantee, language: str) -> dict[str, Any]:
    """Which right it is, with its name."""
    names = {right["code"]: right[language] for right in _words(guarantee.due_at)["rights"]}
    return {"right": {"code": guarantee.right, "text": names.get(guarantee.right, guarantee.right)}}


def _words(moment: datetime) -> Any:
    return rulebook(on=clock.day_of(moment)).catalogue.words


def _by_whom(event: models.CaseEvent, language: str) -> dict[str, Any]:
    """What the citizen has done without anybody's help was done by no unit."""
    return {"by_citizen": event.by_citizen} | ({"by_unit": None} if event.by_citizen else {})


def _told(disclosure: models.Disclosure, language: str) -> dict[str, Any]:
    """The copy as it was sent: it is the citizen's own."""
    return {"content": json.loads(disclosure.content)}


SECTIONS: dict[type[db.Model], Section] = {
    models.Person: Section("patient", "pk"),
    models.Case: Section("cases", "person", _number),
    models.Track: Section("tracks", "case__person"),
    models.Assessment: Section("questionnaire_responses", "case__person", _answers),
    models.Screening: Section("observations", "case__person"),
    models.Referral: Section("service_requests", "case__person"),
    models.Consent: Section("consents", "person"),
    models.ConsentWithdrawal: Section("consent_withdrawals", "consent__person"),
    models.Disclosure: Section("disclosures", "referral__case__person", _told),
    models.Companion: Section("companions", "referral__case__person"),
    models.SecureLink: Section("secure_links", "referral__case__person"),
    models.PersonalLink: Section("personal_links", "case__person"),
    models.Plan: Section("care_plans", "case__person"),
    models.Party: Section("care_teams", "plan__case__person"),
    models.Effort: Section("activities", "plan__case__person"),
    models.CaseEvent: Section("history", "case__person", _by_whom),
    models.Correction: Section("provenance", "case__person"),
    models.FollowUp: Section("tasks", "case__person"),
    models.Guarantee: Section("deadlines", "case__person", _right),
    models.TakeOver: Section("take_overs", "case__person"),
    models.Notice: Section("notices", "case__person"),
    models.Delivery: Section("communications", "case__person"),
    models.EmergencyAccess: Section("emergency_accesses", "case__person"),
    Look: Section("audit_events", ""),
}
# Models about people that are not in it, and why.
LEFT_OUT: dict[type[db.Model], str] = {
    models.Measured: "worked out from `history` for the figures, and kept as codes and dates",
    models.MeasuredCase: "the same",
    models.ToMeasure: "a note that something in `history` is to be counted; gone in seconds",
    models.PersonKey: "keyed hashes of what stands in `patient`",
    models.PersonLink: "what somebody holds of two records may be about somebody else: asked for at each record",
    models.Draft: "half-typed, of no person yet; its case takes its place, or it is forgotten",
    models.BulkJob: "how a worker did several tasks at once; what came of each is in `history`",
    models.BulkRow: "the same",
    models.Concern: "about a child, and not about this person alone; the municipality that got it decides who reads it",
    models.RetentionRound: "how cases that are over are worked off; what it came to stands in `history`",
    models.RetentionRow: "the same",
    LookCheck: "what a leader thought of a look of a colleague's; the look itself stands in `audit_events`",
    Change: "what rows said before, still sealed; what was corrected stands in `provenance`",
    models.EmergencySeen: "which leader has read of an emergency access",
    models.Letter: "gone after an hour; what it says stands in `service_requests` and `disclosures`",
    models.Export: "copies like this one; that they were made is in `history`",
}


def head(*, unit: Unit, language: str, now: datetime) -> dict[str, Any]:
    """How the document begins: what it is, and who is answerable for what it says."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "language": language,
        "made_at": now.isoformat(),
        "controller": {"organisation": unit.organisation.name, "unit": unit.name, "phone": unit.phone},
    }


def sections(person: models.Person, *, language: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Everything about this person that the unit's organisation holds, section by section. The caller has set the scope."""
    person = person.unhidden()
    for model, section in SECTIONS.items():
        yield section.name, list(_rows(model, person, language))


def _rows(model: type[db.Model], person: models.Person, language: str) -> Iterator[dict[str, Any]]:
    if model is models.Person:
        yield _row(person, language)
        return
    if model is Look:
        yield from who_looked(person)
        return
    section = SECTIONS[model]
    fields = model._meta.concrete_fields
    related = [field.name for field in fields if field.is_relation and not _is_ours(field)]
    found = model._default_manager.filter(**{section.person: person.pk}).select_related(*related).order_by("pk")
    for instance in found.iterator(chunk_size=500):
        yield _row(_with_known(instance, person), language)


def _with_known(instance: Any, person: models.Person) -> Any:
    """What was corrected is the citizen's own: it is not hidden from them."""
    if isinstance(instance, models.Correction):
        instance.is_revealed = True
    return instance


def _row(instance: Any, language: str) -> dict[str, Any]:
    section = SECTIONS[type(instance)]
    said = {
        field.name: _said(instance, field)
        for field in instance._meta.concrete_fields
        if field.name not in MACHINERY and field.related_model not in (User, DataKey)
    }
    return said | (section.words(instance, language) if section.words else {})


def _said(instance: Any, field: Any) -> Any:
    """A column as data: a code with its word, a unit or a service by name, a moment by ISO 8601."""
    value = getattr(instance, field.attname)
    if value in (None, ""):
        return None
    if field.is_relation:
        return str(value) if _is_ours(field) else _name(getattr(instance, field.name))
    if field.choices:
        return {"code": value, "text": force_str(dict(field.flatchoices).get(value, value))}
    if isinstance(field, ArrayField):
        return [str(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | int | str | dict | list) else str(value)


def _is_ours(field: Any) -> bool:
    """Points at another row of the document, and is said by its id; anything else by its name."""
    return bool(field.related_model._meta.app_label == "referrals")


def _name(other: Any) -> str:
    kind = next((kind for kind in ("name", "text") if hasattr(other, f"{kind}_da")), "")
    return worded(other, kind) if kind else str(other)


def who_looked(person: models.Person) -> Iterator[dict[str, Any]]:
    """Who has had the citizen on a screen: when, where, in which role and what for. No names of those who work there."""
    cases = list(models.Case.objects.filter(person=person.pk).values_list("pk", flat=True))
    looks = Look.objects.filter(db.Q(case__in=cases) | db.Q(person=person.pk)).order_by("looked_at", "pk")
    units = {unit.pk: str(unit) for unit in Unit.objects.select_related("organisation")}
    for look in looks.iterator(chunk_size=500):
        yield {
            "at": look.looked_at.isoformat(),
            "organisation": units.get(look.unit) if look.unit else None,
            "roles": [force_str(Role(role).label) for role in look.roles],
            "purpose": {"code": look.purpose, "text": look.get_purpose_display()},
            "how": {"code": look.how, "text": look.get_how_display()},
            "emergency": bool(look.emergency),
        }
