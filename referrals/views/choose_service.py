"""Referrals are written and sent, to one service or to several: what you see is what they get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from navigator import clock
from navigator.web.htmx import render_page_or_fragment
from navigator.web.templatetags.shown import day, deadline, worded
from pathways.models import Service
from referrals import actions, consent_texts, consenting, doors, grounds, links, models, selectors, telling, workflow
from referrals.acting import actors
from referrals.actions.steps import may
from referrals.consent_forms import ANONYMOUS, SAID_YES
from referrals.enums import Channel, Event, Status, Urgency
from referrals.errors import Invalid
from referrals.send_forms import FindDoorForm, SendElsewhereForm, SendForm
from referrals.tracks import sides_served
from referrals.views.reaching import by, case_or_404, language, municipalities, referral_or_404, words

PAGE, PREVIEW = "referrals/choose_service.html", "referrals/_send_preview.html"
MOST_AT_ONCE = 8  # nobody sends a citizen to more places in one press


@dataclass
class Desk:
    """What lies on the table while a referral is written."""

    request: HttpRequest
    case: models.Case
    assessment: models.Assessment
    services: Sequence[Service]
    draft: models.Referral | None = None

    @property
    def sends(self) -> bool:
        """The button was pressed, and it was not the one that only shows."""
        return self.request.method == "POST" and self.request.POST.get("do") != "preview"

    @property
    def message(self) -> str:
        """As far as it is typed."""
        typed = self.request.POST if self.request.method == "POST" else {}
        return typed.get("message", "").strip().replace("\r\n", "\n")

    def about_consent(self) -> dict[str, Any]:
        """What the form has to ask before these services are told."""
        anonymous = telling.wants_anonymous(self.assessment.answers)
        unit, now = by(self.request).unit, clock.now()
        asked = [
            grounds.asked(self.case, self.assessment.answers, to=service, by=unit, now=now) for service in self.services
        ]
        categories = grounds.categories_of(self.told(self.message))
        until = selectors.said_yes_until(self.case, self.services, categories=categories, now=now)
        said = _("The citizen has said yes: until %(day)s") % {"day": day(until)} if until and not anonymous else ""
        return {"asked": consenting.together(asked), "anonymous": anonymous, "said_yes": said}

    def on_its_way(self) -> list[models.Referral]:
        """What this may come instead of: the attempts that this unit may take back."""
        live = (each for each in selectors.referrals_of(case=self.case) if each.status in workflow.LIVE)
        who = by(self.request)
        return [each for each in live if Event.CANCEL in workflow.possible(each.status, actors(each, who))]

    def told(self, message: str) -> dict[str, Any]:
        """What the services are told, word for word."""
        name = municipalities().get(self.case.municipality, self.case.municipality)
        return telling.what_is_told(
            case=self.case,
            assessment=self.assessment,
            words=words(),
            municipality=name,
            message=message,
            by=by(self.request),
        )


@require_http_methods(["GET", "POST"])
def choose_service(request: HttpRequest, case_id: UUID, service_id: UUID) -> HttpResponse:
    """One matched service: what it will be told, and the button that sends it."""
    return _send_matched(request, case_id, [service_id])


@require_http_methods(["GET", "POST"])
def choose_services(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Several matched services, told the same in one press: all of them or none."""
    try:
        chosen = [UUID(said) for said in request.GET.getlist("service")][:MOST_AT_ONCE]
    except ValueError:
        raise Http404 from None
    if not chosen:
        case_or_404(request, case_id)
        messages.info(request, _("Tick the services first, and then send to those you have chosen."))
        return redirect("case", case_id)
    return _send_matched(request, case_id, chosen)


@require_GET
def other_door(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Any open service where the citizen lives, found by its name or kind."""
    case = case_or_404(request, case_id)
    form = FindDoorForm(request.GET or None)
    said = form.cleaned_data["q"] if form.is_valid() else ""
    found = selectors.services_there(
        municipality=case.municipality,
        age=selectors.assessment_of(case).answers["age"],
        said=said,
        on=clock.today(),
        language=language(),
    )
    context = {"case": case, "form": form, "said": said.strip(), "found": found}
    return render_page_or_fragment(request, "referrals/other_door.html", "referrals/_other_doors.html", context)


@require_http_methods(["GET", "POST"])
def send_elsewhere(request: HttpRequest, case_id: UUID, service_id: UUID) -> HttpResponse:
    """Another door than the match, with a reason. One that is matched after all is sent as such."""
    case = case_or_404(request, case_id)
    service, assessment = selectors.service(service_id), selectors.assessment_of(case)
    there = {"municipality": case.municipality, "age": assessment.answers["age"], "on": clock.today()}
    if service is None or not selectors.takes(service, **there):
        raise Http404
    if doors.matched_service(assessment.explanation, str(service_id)):
        return redirect("choose_service", case.pk, service_id)
    desk = Desk(request, case, assessment, [service])
    tracks = list(case.tracks.order_by("side").values_list("side", flat=True))
    form: SendElsewhereForm = _form(
        desk, SendElsewhereForm, initial=_start(assessment, ""), tracks=tracks, on_its_way=desk.on_its_way()
    )
    if desk.sends and form.is_valid():
        said = form.cleaned_data
        another = {"why_another": said["why_another"], "because": said["because"]}
        sending = actions.Sending(service, form.served, said["role"], hand_over=form.hand_over(), **another)
        return _send(desk, form, [sending])
    return _page(desk, form, role=_("Another door than the suggested ones"))


@require_http_methods(["GET", "POST"])
def send_on(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """A return has made the next attempt; the citizen has been asked, and it is sent."""
    draft = referral_or_404(request, referral_id)
    case = case_or_404(request, draft.case_id)
    assessment = selectors.assessment_of(case)
    desk = Desk(request, case, assessment, [draft.service], draft=draft)
    form = _form(desk, SendForm, initial=_start(assessment, draft.role) | {"urgency": draft.urgency})
    del form.fields["urgency"]
    may(draft, Event.SEND, by=by(request))
    if desk.sends and form.is_valid():
        told = form.telling(desk.told(form.cleaned_data["message"]))
        hand_over, now = form.hand_over(), clock.now()
        try:
            referral = actions.send_on(referral=draft, telling=told, hand_over=hand_over, by=by(request), now=now)
        except Invalid as refusal:
            form.add_error(None, refusal.sentence)
            return _page(desk, form, role=_("The next door"))
        if form.company:
            _agree(referral, form.company, by=by(request))
        return _receipt_of(desk, form, [referral])
    return _page(desk, form, role=_("The next door"))


@require_GET
def receipt(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """What happens when, as dates, for everything that was sent in the same press; and what the citizen gets."""
    referral = referral_or_404(request, referral_id)
    case = case_or_404(request, referral.case_id)
    if referral.sent_at is None:
        raise Http404
    together = selectors.sent_together(referral)
    ladders = selectors.ladders_of(wait for each in together for wait in each.waits)  # type: ignore[attr-defined]
    context = {
        "case": case,
        "sent": [
            {"referral": each, "wait": wait, "ahead": selectors.steps_ahead(wait, ladders=ladders) if wait else []}
            for each in together
            for wait in [_first_wait(each)]
        ],
        "deadlines": [clock for clock in selectors.guarantees_of(case) if clock.stopped_at is None],
        "cards": selectors.cards_of(together, unit=by(request).unit, now=clock.now()),
        "is_reminded": _is_reminded(case.person),
    }
    return render(request, "referrals/receipt.html", context)


def _send_matched(request: HttpRequest, case_id: UUID, chosen: Sequence[UUID]) -> HttpResponse:
    """The page for services that the match has offered; 404 for any other."""
    case = case_or_404(request, case_id)
    assessment = selectors.assessment_of(case)
    services = selectors.services(chosen)
    matches = [doors.matched_service(assessment.explanation, str(service.pk)) for service in services]
    if len(services) < len(set(chosen)) or None in matches:
        raise Http404
    desk = Desk(request, case, assessment, services)
    roles = [match["role"] for match in matches if match]
    start = _start(assessment, "acute" if "acute" in roles else "")
    form = _form(desk, SendForm, initial=start, on_its_way=desk.on_its_way())
    if desk.sends and form.is_valid():
        return _send(desk, form, _as_matched(desk, form, matches))
    return _page(desk, form, role=doors.HEADINGS[roles[0]] if len(set(roles)) == 1 else "")


def _as_matched(desk: Desk, form: SendForm, matches: Sequence[Any]) -> list[actions.Sending]:
    matched = doors.doors(desk.assessment.explanation, words=words())
    tracks = list(desk.case.tracks.values_list("side", flat=True))
    return [
        actions.Sending(
            service,
            sides_served(matched[match["kind"]], tracks=tracks, doors=matched.values()),
            match["role"],
            hand_over=form.hand_over(number),
        )
        for number, (service, match) in enumerate(zip(desk.services, matches, strict=True))
    ]


def _form(desk: Desk, kind: Any, *, initial: dict[str, Any], **more: Any) -> Any:
    """Empty, filled in, or as far as it is typed while only the preview was asked for."""
    request = desk.request
    if request.method == "POST" and not desk.sends:
        return kind.not_yet_sent(request.POST, services=desk.services, **desk.about_consent(), **more)
    about = desk.about_consent()
    data = request.POST if desk.sends else None
    return kind(data, initial=initial | _likeliest(about), services=desk.services, **about, **more)


def _likeliest(about: dict[str, Any]) -> dict[str, str]:
    """What is ticked already: that nothing says who it is, or that the citizen has said yes before."""
    return {"basis": ANONYMOUS} if about["anonymous"] else {"basis": SAID_YES} if about["said_yes"] else {}


def _start(assessment: models.Assessment, role: str) -> dict[str, Any]:
    """What the answers say already: whether it is acute, and whether somebody is to go along."""
    return {
        "urgency": Urgency.ACUTE if role == "acute" else Urgency.ORDINARY,
        "companion": assessment.answers.get("circumstances", {}).get("wants_companion") is True,
    }


def _page(desk: Desk, form: SendForm, *, role: Any) -> HttpResponse:
    """What the services will be told stands beside the form, the message included as far as it is typed."""
    request = desk.request
    typed = request.POST if request.method == "POST" else {}
    context = {
        "case": desk.case,
        "services": desk.services,
        "closed": [each for each in desk.services if each.is_closed(on=clock.today())],
        "form": form,
        "draft": desk.draft,
        "told": desk.told(desk.message),
        "consent_text": consent_texts.asked(language(), receivers=_in_words(desk.services)),
        "goes_along": typed.get("who", "").strip(),
        "they_meet": typed.get("meeting_place", "").strip(),
        "receivers": [(service, _reached_by(service)) for service in desk.services],
        "role": role,
        "is_reminded": _is_reminded(desk.case.person),
        "mistakes": form.mistakes,
    }
    return render_page_or_fragment(request, PAGE, PREVIEW, context, status=422 if form.errors else 200)


def _is_reminded(person: models.Person) -> bool:
    """Whether a message goes to the citizen before a visit; else reminding them is a task."""
    return person.safe_channel in (Channel.SMS, Channel.EMAIL) and not person.do_not_contact


def _in_words(services: Sequence[Service]) -> str:
    """Their names in a sentence."""
    return _(" and ").join(worded(service, "name") for service in services)


def _reached_by(service: Service) -> str:
    """How it comes to them."""
    if service.unit_id:
        return _("They read it here.")
    if links.can_get_link(service):
        return _("They have no account here: they get a link by e-mail and a code, and nothing else in the message.")
    return _("They have no account here and no e-mail: nothing is sent. You phone them.")


def _send(desk: Desk, form: SendForm, sendings: Sequence[actions.Sending]) -> HttpResponse:
    try:
        sent = actions.send_referrals(
            case=desk.case,
            sendings=sendings,
            telling=form.telling(desk.told(form.cleaned_data["message"])),
            urgency=Urgency(form.cleaned_data["urgency"]),
            company=form.company,
            instead_of=form.cleaned_data.get("takes_back", ()),
            by=by(desk.request),
            now=clock.now(),
        )
    except Invalid as refusal:
        form.add_error(None, refusal.sentence)
        return _page(desk, form, role="")
    return _receipt_of(desk, form, sent)


def _agree(referral: models.Referral, company: actions.Company, *, by: Any) -> None:
    actions.agree_companion(
        referral=referral, who=company.who, meeting_place=company.meeting_place, by=by, now=clock.now()
    )


def _receipt_of(desk: Desk, form: SendForm, sent: Sequence[models.Referral]) -> HttpResponse:
    for referral in sent:
        messages.success(desk.request, _said(referral))
        if form.cleaned_data["card"]:
            actions.ask_for_letter(
                case=desk.case,
                kind=models.Letter.Kind.DOOR_CARD,
                service=referral.service,
                referral=referral,
                language=language(),
                by=by(desk.request),
                now=clock.now(),
            )
    return redirect("receipt", sent[0].pk)


def _first_wait(referral: models.Referral) -> models.FollowUp | None:
    """What its silence leads to now: the wait of its status."""
    waits: list[models.FollowUp] = referral.waits  # type: ignore[attr-defined]
    of_status = workflow.WAITS_FOR.get(Status(referral.status), {})
    return next((wait for wait in waits if wait.waits_for in of_status), None)


def _said(referral: models.Referral) -> str:
    """What happens now, as dates."""
    wait, service = selectors.waits_of(referral), referral.service
    if wait is None or referral.receiver_unit_id is None:
        return _(
            "The referral to %(service)s is noted. They have no account here: phone them, and note what they say."
        ) % {"service": worded(service, "name")}
    return _(
        "The referral is sent to %(service)s. They are to open it by %(due)s. If they do not, they are reminded."
    ) % {
        "service": worded(service, "name"),
        "due": deadline(wait.due_at),
    }
