"""Letters: what each says and leaves out, as tagged PDF in one language; sealed, short-lived, and kept in the access log."""

from __future__ import annotations

import base64
from datetime import timedelta
from io import BytesIO
from typing import Any

import pypdf
import pytest
import time_machine
from babel import dates
from django.urls import reverse

from navigator import clock
from navigator.database import scope
from pathways.rulebook import rulebook
from referrals import actions, models, telling
from referrals.enums import Side
from referrals.models import Letter
from referrals.tasks import make_papers
from tests.conftest import WORKER, play_for_a_while
from tests.helpers.cases import CANNABIS, YES, logged, sent, service
from tests.helpers.looks import looks_of
from tests.helpers.pages import at
from tests.helpers.world import World

HOSTILE = '<img src="file:///etc/passwd"> {{ settings.SECRET_KEY }} {% now "Y" %}'
VISIT = clock.start_of_day(clock.today() + timedelta(days=11)) + timedelta(hours=9, minutes=30)
DAY_DA, DAY_EN = (
    dates.format_date(clock.day_of(VISIT), "d. MMMM y", "da"),
    dates.format_date(clock.day_of(VISIT), "d MMMM y", "en"),
)
A4, A5 = (595, 842), (420, 595)  # points


def booked(world: World, **identity: str) -> models.Referral:
    """Bo has given a time."""
    case = logged(world, **{"name": "Karla Opfundet", "cpr": "0108589995", "address": "Opdigtet Vej 1", **identity})
    now = clock.now()
    with scope.scope(world.alice.unit.pk):
        assessment = case.assessments.get()
        words = rulebook(on=clock.today()).catalogue.words
        told = telling.what_is_told(
            case=case, assessment=assessment, words=words, municipality="Aarhus", message="Ring gerne.", by=world.alice
        )  # fmt: skip
        referral = actions.send_referral(
            case=case, service=service("substance_treatment_outpatient", world.bo.unit), sides=[Side.SUBSTANCE],
            role="primary", telling=actions.Telling(told, YES), by=world.alice, now=now,
        )  # fmt: skip
    with scope.scope(world.bo.unit.pk):
        actions.open_referral(referral=referral, by=world.bo, now=now)
        actions.accept_referral(referral=referral, by=world.bo, now=now)
        actions.book_time(referral=referral, appointment_at=VISIT, by=world.bo, now=now)
    return referral


def letter(world: World, referral: models.Referral, kind: str, language: str = "da") -> Letter:
    """Asked for on the page, made as the worker process makes it."""
    said = {"which": f"{kind} {referral.pk}", "language": language}
    response = at(world.alice).post(reverse("letters", args=[referral.case_id]), said)
    assert response.status_code == 302, response.content.decode()[:2000]
    with scope.scope(world.alice.unit.pk):
        assert actions.make_papers(now=clock.now) == 1
        return Letter.objects.select_related("data_key", "case").latest("asked_at")


def read(world: World, made: Letter) -> tuple[pypdf.PdfReader, str]:
    fetched = at(world.alice).get(reverse("letter_file", args=[made.pk]))
    assert fetched["Content-Type"] == "application/pdf" and "no-store" in fetched["Cache-Control"]
    pdf = pypdf.PdfReader(BytesIO(fetched.content))
    return pdf, " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


SAYS = {
    ("referral", "da"): ("Henvisning", ["Karla Opfundet", "010858-••••", "Behov", "Hvorfor jer", "Svar os"]),
    ("referral", "en"): ("Referral", ["Karla Opfundet", "What is needed", "Why you", "Answer us"]),
    ("appointment", "da"): (
        "Du har et besøg",
        ["Karla Opfundet", "Opdigtet Vej 1", DAY_DA, "9.30", "Kan du ikke komme?", "Alice Jensen"],
    ),
    ("appointment", "en"): ("You have a visit", ["Karla Opfundet", DAY_EN, "Can you not come?"]),
    ("door_card", "da"): ("Social stofmisbrugsbehandling", [DAY_DA, "/doors/"]),
    ("door_card", "en"): ("", [DAY_EN, "/doors/", "What can I say?"]),
    ("consent_form", "da"): ("Må vi give det videre?", ["Du kan altid tage dit ja tilbage.", "Hvem borgeren er", "2026.2"]),
    ("consent_form", "en"): ("May we pass it on?", ["You can always take back your yes.", "2026.2"]),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "language"), SAYS)
def test_each_says_what_it_is_for_in_one_language(world: World, kind: str, language: str) -> None:
    title, wanted = SAYS[kind, language]
    pdf, said = read(world, letter(world, booked(world), kind, language))
    assert [each for each in wanted if each not in said] == [], said
    root: Any = pdf.trailer["/Root"]
    assert root["/Lang"] == language and root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    assert pdf.metadata and pdf.metadata.title and title in pdf.metadata.title
    assert "pdfuaid" in pdf.xmp_metadata.rdf_root.toxml()  # type: ignore[union-attr]
    assert tuple(round(side) for side in pdf.pages[0].mediabox[2:]) == (A5 if kind == "door_card" else A4)
    assert len(pdf.pages) <= (2 if kind == "referral" else 1)
    fonts = {str(font.get_object()["/BaseFont"]) for page in pdf.pages for font in page["/Resources"]["/Font"].values()}  # type: ignore[index]
    assert fonts and all("IBM-Plex" in font and "+" in font for font in fonts), "its own letters, embedded"


def test_the_card_says_where_and_nothing_about_who(world: World) -> None:
    _pdf, said = read(world, letter(world, booked(world), "door_card"))
    assert "Karla" not in said and "0108" not in said and "Opdigtet" not in said


@pytest.mark.parametrize("kind", ["referral", "appointment"])
def test_who_is_protected_is_in_no_letter(world: World, kind: str) -> None:
    referral = booked(world)
    with scope.scope(world.alice.unit.pk):
        actions.protect(
            case=referral.case, until=clock.today() + timedelta(days=300), because="Brev", by=world.alice, now=clock.now()
        )  # fmt: skip
    _pdf, said = read(world, letter(world, referral, kind))
    assert "Karla" not in said and "0108" not in said and "Opdigtet" not in said


def test_a_child_does_not_sign_alone(world: World) -> None:
    case = logged(world, answers=CANNABIS | {"age": 13})
    gp = service("gp", None).pk
    said = {"which": f"consent_form {gp}", "language": "da"}
    address = f"{reverse('letters', args=[case.pk])}?service={gp}"
    assert at(world.alice).post(address, said).status_code == 302
    with scope.scope(world.alice.unit.pk):
        actions.make_papers(now=clock.now)
        made = Letter.objects.get()
    _pdf, text = read(world, made)
    assert "Den anden forælder med forældremyndighed" in text and "Hvad siger barnet?" in text
    assert "Mit navn, min underskrift" not in text


def test_what_was_written_is_shown_as_it_was_written(world: World) -> None:
    referral = booked(world, name=HOSTILE)
    with scope.scope(world.alice.unit.pk):
        actions.agree_companion(referral=referral, who=HOSTILE, meeting_place="", by=world.alice, now=clock.now())
    pdf, said = read(world, letter(world, referral, "appointment"))
    assert said.count(HOSTILE) == 2
    assert not [image for page in pdf.pages for image in page.images]


def test_it_is_sealed_for_an_hour_and_every_fetch_is_kept(world: World) -> None:
    made = letter(world, booked(world), "appointment")
    with scope.scope(world.alice.unit.pk):
        stored = bytes(Letter.objects.values_list("pdf", flat=True).get())
    assert len(stored) > 1000 and b"JVBER" not in stored, "not even base64 of %PDF"
    address = reverse("letter_file", args=[made.pk])
    at(world.alice).get(address)
    assert ("letter_file", "export", "help", made.case.person_id) in looks_of(
        world.alice, "what", "how", "purpose", "person"
    )
    assert at(world.bo).get(address).status_code == at(world.erik).get(address).status_code == 404
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        assert at(world.alice).get(address).status_code == 404
        with scope.scope(world.alice.unit.pk):
            assert actions.make_papers(now=clock.now) == 0
            assert not Letter.objects.exists()


def test_what_cannot_be_written_is_refused_and_nothing_is_asked_for(world: World) -> None:
    referral = sent(world, to=world.bo.unit)
    address = reverse("letters", args=[referral.case_id])
    for said in (
        {},
        {"which": f"appointment {referral.pk}", "language": "da"},
        {"which": f"door_card {referral.pk}", "language": "fr"},
        {"which": f"invoice {referral.pk}", "language": "da"},
        {"which": "door_card", "language": "da"},
    ):
        assert at(world.alice).post(address, said).status_code == 422
    assert at(world.alice).get(f"{address}?service=nonsense").status_code == 404
    assert at(world.bo).get(address).status_code == 404
    with scope.scope(world.alice.unit.pk):
        assert not Letter.objects.exists()


def test_the_service_prints_the_visit_that_it_has_agreed_and_only_what_it_was_told(committed_world: World) -> None:
    world = committed_world
    referral = booked(world)
    bo, address = at(world.bo), reverse("visit_letter", args=[referral.pk])
    assert address in bo.get(reverse("referral", args=[referral.pk])).content.decode()
    page = bo.post(address, {"language": "da"})["Location"]
    with play_for_a_while(WORKER):
        make_papers()
    assert "Hent PDF" in bo.get(page).content.decode()
    said = " ".join(pypdf.PdfReader(BytesIO(bo.get(f"{page}file/").content)).pages[0].extract_text().split())
    for told in ("Karla Opfundet", DAY_DA, "9.30", "Alice Jensen", "De slipper først, når vi har mødt dig."):
        assert told in said
    assert "Opdigtet Vej" not in said and "Hvad har jeg ret til?" not in said, "an address and rights it was not told"
    looks = [look for look in looks_of(world.bo, "what", "how", "purpose") if "letter" in look[0]]
    assert looks == [("letter", "page", "receive"), ("letter_file", "export", "receive")]

    for other, status in ((world.alice, 403), (world.erik, 404)):
        assert at(other).post(address, {"language": "da"}).status_code == status
        assert at(other).get(page).status_code == 404
    with scope.scope(world.bo.unit.pk):
        actions.cancel_visit(referral=referral, by_service=True, because="Syg", by=world.bo, now=clock.now())
    assert bo.post(address, {"language": "da"}).status_code == 409
    with scope.scope(world.bo.unit.pk):
        assert Letter.objects.count() == 1


def test_whose_name_is_protected_has_no_name_in_the_services_letter_either(world: World) -> None:
    referral = booked(world)
    with scope.scope(world.alice.unit.pk):
        actions.protect(
            case=referral.case, until=clock.today() + timedelta(days=300), because="Brev", by=world.alice, now=clock.now()
        )  # fmt: skip
    page = at(world.bo).post(reverse("visit_letter", args=[referral.pk]), {"language": "en"})["Location"]
    with scope.scope(world.bo.unit.pk):
        actions.make_papers(now=clock.now)
    said = pypdf.PdfReader(BytesIO(at(world.bo).get(f"{page}file/").content)).pages[0].extract_text()
    assert "You have a visit" in said and "Karla" not in said and "Protected" not in said


def test_the_worker_process_makes_it(committed_world: World) -> None:
    """As the worker's own role, which sees nobody but in a scope."""
    world = committed_world
    referral = booked(world)
    said = {"which": f"appointment {referral.pk}", "language": "da"}
    made = at(world.alice).post(reverse("letters", args=[referral.case_id]), said)["Location"]
    assert "Det bliver lavet." in at(world.alice).get(made).content.decode()
    with play_for_a_while(WORKER):
        make_papers()
    assert "Hent PDF" in at(world.alice).get(made).content.decode()
    with scope.scope(world.alice.unit.pk):
        found = Letter.objects.select_related("data_key").get()
    assert found.failed_at is None and base64.b64decode(found.pdf).startswith(b"%PDF-1.7")
