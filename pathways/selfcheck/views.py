"""The pages of the self-check. Each keeps what it has in the reader's own cookie, and every POST leads on by a redirect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from navigator import clock
from pathways import selectors
from pathways.matching import InvalidAnswers
from pathways.models import Service
from pathways.rulebook import Rulebook, rulebook
from pathways.selfcheck import answers, carried, course, paper, showing, words
from pathways.selfcheck.check import READINGS, VOICES, Check
from pathways.selfcheck.doors import Door, door
from pathways.selfcheck.result import result

View = Callable[..., HttpResponse]
never_kept = cache_control(no_store=True, private=True)  # nor by the browser: the next at this machine finds nothing


def with_answers(view: View) -> View:
    """A page in the midst of a self-check: without its cookie, or with one of an older vocabulary, one begins anew."""

    @never_kept
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check = carried.read(request, now=clock.now())
        if check is None or not check.voice:
            return redirect("check_start")
        try:
            return view(request, check, *args, **kwargs)
        except InvalidAnswers:
            return carried.forget(redirect("check_start"))

    return inner


@never_kept
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """For whom is it? The answer begins a self-check; how one likes to read is kept from the one before."""
    check = carried.read(request, now=clock.now()) or Check()
    if request.method == "POST":
        voice = request.POST.get("voice", "")
        if voice not in VOICES:
            return redirect("check_start")
        begun = Check(voice=voice, reading=check.reading)
        return carried.keep(redirect("check_question", words.slug("acute")), begun, now=clock.now())
    entries = [(voice, words.document("questions")["voices"][voice][_language()]["entry"]) for voice in VOICES]
    return render(request, "selfcheck/start.html", {"check": check, "entries": entries})


@with_answers
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, check: Check, slug: str) -> HttpResponse:
    """One question. What was answered before stands there again."""
    path = words.by_slug().get(slug)
    if path is None:
        raise Http404
    book = _book()
    there = book.catalogue.municipality_names
    asked = words.asked(path, check, book.catalogue.vocabulary, language=_language())
    mistake = ""
    if request.method == "POST":
        try:
            value = answers.read(asked, request.POST, municipalities=there)
            return _go_on(check.answering(path, value), answered=path, book=book)
        except answers.Missing as missing:
            mistake = str(missing)
    last = showing.said(check, book, there, language=_language())[-1:] if check.supported else []
    context = showing.question(check, asked, there, mistake=mistake, typed=request.POST.get("reply", "")[:60])
    context |= {"check": check, "last": last if path not in check.said else []}
    return render(request, "selfcheck/question.html", context, status=422 if mistake else 200)


@with_answers
@require_GET
def so_far(request: HttpRequest, check: Check) -> HttpResponse:
    """What has been said, each with the way to change it: after each part of the supported reading, or when wished."""
    book = _book()
    onward = course.next_question(check, on=clock.today(), book=book)
    lines = showing.said(check, book, book.catalogue.municipality_names, language=_language())
    context = {"check": check, "said": lines, "next_at": _address(onward)}
    return render(request, "selfcheck/so_far.html", context)


@with_answers
@require_GET
def show_result(request: HttpRequest, check: Check) -> HttpResponse:
    """The door, why, and what else can help; first the acute help where it is urgent."""
    book, today = _book(), clock.today()
    onward = course.next_question(check, on=today, book=book)
    if onward:
        return redirect(_address(onward))
    found = result(check, language=_language(), on=today, book=book)
    context = {"check": check, "result": found, "of_another": check.voice != "me", "age": check.known("age")}
    return render(request, "selfcheck/result.html", context)


@never_kept
@require_POST
def read_as(request: HttpRequest) -> HttpResponse:
    """How one likes to read: plain, easy, or easy together with somebody."""
    check = carried.read(request, now=clock.now()) or Check()
    reading = request.POST.get("reading", "")
    response = redirect(_own_address(request))
    if reading not in READINGS:
        return response
    return carried.keep(response, Check(check.voice, reading, check.said), now=clock.now())


@never_kept
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """The answers are gone at once."""
    return carried.forget(redirect("check_forgotten"))


@require_GET
def forgotten(request: HttpRequest) -> HttpResponse:
    return render(request, "selfcheck/forgotten.html")


@require_GET
def show_door(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """The public page of a door: what anybody may know of it, and nothing of who asks."""
    found = _door(service_id, on=clock.today())
    return render(request, "selfcheck/door.html", {"door": found, "code": paper.code(found.address)})


@require_GET
def door_sheet(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """The same as one sheet of paper."""
    found = _door(service_id, on=clock.today())
    response = HttpResponse(paper.sheet(found, on=clock.today()), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="door-{found.service.code}.pdf"'
    return response


def _door(service_id: UUID, *, on: date) -> Door:
    service: Service | None = selectors.services_on(on).filter(pk=service_id).first()
    if service is None:
        raise Http404
    catalogue = _book().catalogue
    rights = {right["code"]: right for right in catalogue.words["rights"]}
    kind = catalogue.vocabulary.kinds[service.kind_id]
    return door(service, language=_language(), on=on, rights=[rights[code] for code in kind.rights])


def _go_on(check: Check, *, answered: str, book: Rulebook) -> HttpResponse:
    """To the next question or the result; with somebody who helps, by way of what was said in a part that is done."""
    onward = course.next_question(check, on=clock.today(), book=book)
    done = onward is None or words.part(onward) != words.part(answered)
    response = redirect("check_so_far") if check.supported and done else redirect(_address(onward))
    return carried.keep(response, check, now=clock.now())


def _address(onward: str | None) -> str:
    """Of the next question; of the result where there is none."""
    return reverse("check_question", args=[words.slug(onward)]) if onward else reverse("check_result")


def _own_address(request: HttpRequest) -> str:
    """Back to the page that one came from, by its name among ours: a foreign address is not gone back to."""
    name = request.POST.get("at", "")
    if name in words.by_slug():
        return reverse("check_question", args=[name])
    return reverse({"result": "check_result", "so-far": "check_so_far"}.get(name, "check_start"))


def _book() -> Rulebook:
    return rulebook(on=clock.today())


def _language() -> str:
    """The language of the page, `da` or `en`."""
    return "en" if (translation.get_language() or "da").startswith("en") else "da"
