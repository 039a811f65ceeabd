"""Letters: what the citizen or a service gets on paper. A kind of letter is a template and what it says."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from navigator.web import paper
from pathways.models import Service
from pathways.selfcheck.doors import door
from pathways.selfcheck.paper import picture
from referrals import consent_texts, consenting, doors, grounds, models, planning, selectors, telling
from referrals.enums import Category
from referrals.models import Letter
from referrals.templatetags.handoff import right_title

STYLES = Path(__file__).parent
SMALL = (Letter.Kind.DOOR_CARD,)  # A5, in big type


def page(letter: Letter, *, on: date) -> str:
    """What a letter says, as HTML in its language. The caller has set the scope: what whoever asks may not see stays out."""
    letter = Letter.objects.select_related(
        "service__organisation", "service__kind", "unit__organisation", "worker", "referral"
    ).get(pk=letter.pk)
    # None where a service asks, that has the copy it was sent and no more.
    case = models.Case.objects.select_related("person__data_key").filter(pk=letter.case_id).first()
    with translation.override(letter.language):
        template, content = LETTERS[Letter.Kind(letter.kind)]
        context = {"letter": letter, "case": case, "service": letter.service, "on": on.isoformat()}
        said = content(letter, case, on) if case else WITHOUT_A_CASE[Letter.Kind(letter.kind)](letter, on)
        return render_to_string(template, context | said)


def printed(page: str, *, kind: str) -> bytes:
    """The file."""
    return paper.printed(page, style=STYLES / ("card.css" if kind in SMALL else "letter.css"))


def _referral(letter: Letter, case: models.Case, on: date) -> dict[str, Any]:
    """The copy as it was sent and nothing more; why this service, and which deadlines run."""
    referral = _of(letter)
    copy = referral.disclosures.select_related("data_key").latest("disclosed_at")
    latest = case.assessments.latest("assessed_at")
    match = doors.matched_service(latest.explanation, str(letter.service_id))
    said = latest.explanation[letter.language]["matches"]
    reasons = next((each["reasons"] for each in said if match and each["kind"] == match["kind"]), ())
    return {
        "told": copy.told,
        "called": telling.called(copy.told),
        "reasons": [reason["text"] for reason in reasons],
        "rights": _rights(case),
        "companion": selectors.companion_of(referral),
    }


def _appointment(letter: Letter, case: models.Case, on: date) -> dict[str, Any]:
    to = {} if case.person.is_hidden else {"name": case.person.name, "address": case.person.address}
    helper = {"worker": letter.worker.name, "unit": letter.unit, "phone": letter.unit.phone}
    return _visit(letter, on) | {"to": to, "helper": helper, "rights": _rights(case)}


def _appointment_at_ours(letter: Letter, on: date) -> dict[str, Any]:
    """The same from the service that has agreed the visit: it knows what it was told, and no address. Whoever has sent the
    citizen helps till then."""
    told = selectors.disclosed(_of(letter))
    who = told.get("who", {})
    to = {} if who.get("is_protected") else {"name": telling.called(told)}
    return _visit(letter, on) | {"to": to, "helper": told.get("from", {}), "ours": True}


def _visit(letter: Letter, on: date) -> dict[str, Any]:
    referral = _of(letter)
    assert referral.appointment_at is not None
    return {
        "at": referral.appointment_at.isoformat(),
        "door": door(_service(letter), language=letter.language, on=on),
        "companion": selectors.companion_of(referral),
    }


def _door_card(letter: Letter, case: models.Case, on: date) -> dict[str, Any]:
    referral, found = _of(letter), door(_service(letter), language=letter.language, on=on)
    at = referral.appointment_at.isoformat() if referral.appointment_at else ""
    return {"door": found, "code": picture(found.address), "at": at}


def _consent_form(letter: Letter, case: models.Case, on: date) -> dict[str, Any]:
    """The words that are read aloud, who signs, and what is passed on."""
    answers = case.assessments.latest("assessed_at").answers
    age = grounds.age_of(case.person, answers, on=on)
    service = _service(letter)
    name = service.name_en if letter.language == "en" else service.name_da
    return {
        "asked": consent_texts.asked(letter.language, receivers=name),
        "by_custody": age is not None and age < consenting.OWN_CONSENT,
        "childs_voice": age is not None and consenting.CHILDS_VOICE <= age < consenting.OWN_CONSENT,
        "categories": [each.label for each in Category if each is not Category.WHOLE_CASE],
        "version": consent_texts.CURRENT,
    }


def _plan(letter: Letter, case: models.Case, on: date) -> dict[str, Any]:
    """What is agreed now: what was done or taken out has left it."""
    plan = models.Plan.objects.get(case=case, ended_at__isnull=True)
    parties, efforts = selectors.parts_of_plan(plan)
    open_now = [each for each in efforts if not each.left_at]
    return {"plan": plan, "parties": parties, "lanes": planning.lanes(open_now)}


LETTERS = {
    Letter.Kind.REFERRAL: ("letters/referral.html", _referral),
    Letter.Kind.APPOINTMENT: ("letters/appointment.html", _appointment),
    Letter.Kind.DOOR_CARD: ("letters/door_card.html", _door_card),
    Letter.Kind.PLAN: ("letters/plan.html", _plan),
    Letter.Kind.CONSENT_FORM: ("letters/consent_form.html", _consent_form),
}

WITHOUT_A_CASE = {Letter.Kind.APPOINTMENT: _appointment_at_ours}


def _of(letter: Letter) -> models.Referral:
    assert letter.referral is not None  # the database holds it: letter_is_of_a_referral
    return letter.referral


def _service(letter: Letter) -> Service:
    assert letter.service is not None  # the same
    return letter.service


def _rights(case: models.Case) -> list[tuple[str, str]]:
    """Each deadline that runs, with the last day on which it is kept."""
    running = [each for each in selectors.guarantees_of(case) if each.stopped_at is None]
    return [(right_title(each), each.last_day.isoformat()) for each in running]
