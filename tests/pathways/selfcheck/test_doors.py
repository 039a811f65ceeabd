"""A door's public page and its sheet: the same facts for everybody, and nothing of who asks."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pypdf
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import formats

from navigator import clock
from pathways.models import Service
from pathways.selfcheck import paper
from tests.helpers.pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def alcohol() -> Service:
    return Service.objects.get(kind="alcohol_treatment", areas__municipality="0751")


def sheet(service: Service, *, language: str) -> pypdf.PdfReader:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get(reverse("door_sheet", args=[service.pk]))
    assert response["Content-Type"] == "application/pdf" and response["Content-Disposition"].startswith("inline")
    return pypdf.PdfReader(BytesIO(response.content))


def test_the_page_says_what_one_needs_to_get_there(alcohol: Service) -> None:
    shown = text(Client().get(reverse("door", args=[alcohol.pk])))
    last = formats.date_format(clock.today() + timedelta(days=14), "j. F Y")
    for each in (
        "Hjælp til at drikke mindre",
        "Aarhus Kommune",
        "Du kan selv tage kontakt. Ingen skal sende dig.",
        "Du behøver ikke sige, hvem du er.",
        "Det koster ikke noget.",
        f"Omkring {alcohol.wait_days} dage.",
        f"senest {last}.",
        "Reglen er fra 2015. Vi har ikke tjekket den siden.",
        "Hverdage kl. 9-15",
        "Vi har ikke tjekket det endnu.",
        "Ring til rådhuset, eller gå derind.",
    ):
        assert each in shown, each


def test_what_somebody_has_checked_is_not_doubted(alcohol: Service) -> None:
    checked = {"assured_date": date(2026, 1, 1), "assurer_email": "a@kommune.example", "phone": "89 40 20 00"}
    Service.objects.filter(pk=alcohol.pk).update(address="Nygade 1, 8000 Aarhus C", **checked)
    page = Client().get(reverse("door", args=[alcohol.pk]))
    shown = text(page)
    assert "Vi har ikke tjekket det endnu." not in shown and "Nygade 1, 8000 Aarhus C" in shown
    assert 'href="tel:89402000"' in page.content.decode()


def test_a_door_that_needs_a_doctor_says_so() -> None:
    psychiatry = Service.objects.filter(kind="psychiatry_adult").order_by("code")[0]
    shown = text(Client().get(reverse("door", args=[psychiatry.pk])))
    assert "Din egen læge kan sende dig hertil. Ring til lægen først." in shown
    assert "Du kan selv tage kontakt" not in shown and "Ring, eller gå derhen." not in shown
    assert "gå derind" not in shown and "gå derind" not in sheet(psychiatry, language="da").pages[0].extract_text()


def test_a_door_that_is_open_says_its_note_once() -> None:
    doctor = Service.objects.filter(kind="gp").order_by("code")[0]
    shown = text(Client().get(reverse("door", args=[doctor.pk])))
    assert (shown.count("Telefonnummeret står på dit sundhedskort."), "Ring, eller gå derhen." in shown) == (1, True)


def test_a_door_that_has_closed_or_never_was_is_not_there(alcohol: Service) -> None:
    for name in ("door", "door_sheet"):
        assert Client().get(reverse(name, args=["00000000-0000-7000-8000-000000000000"])).status_code == 404
    Service.objects.filter(pk=alcohol.pk).update(valid_to=clock.today())
    assert Client().get(reverse("door", args=[alcohol.pk])).status_code == 404


def test_a_door_is_sent_by_ones_own_mail_and_telephone_and_not_by_us(alcohol: Service) -> None:
    page = Client().get(reverse("door", args=[alcohol.pk])).content.decode()
    address = (settings.PUBLIC_URL + reverse("door", args=[alcohol.pk])).replace(":", "%3A").replace("/", "%2F")
    assert f"mailto:?subject=Alkoholbehandling&amp;body={address}" in page
    assert f"sms:?&amp;body={address}" in page


@pytest.mark.parametrize(
    ("language", "title", "sentence"),
    [
        ("da", "Hjælp til at drikke mindre – Alkoholbehandling", "Hvordan kommer jeg ind?"),
        ("en", "Help to drink less – Alcohol treatment", "How do I get in?"),
    ],
)
def test_the_sheet_is_a_tagged_document_in_one_language(
    alcohol: Service, language: str, title: str, sentence: str
) -> None:
    read = sheet(alcohol, language=language)
    root: Any = read.trailer["/Root"]
    assert read.metadata is not None and read.metadata.title == title
    assert root["/Lang"] == language and root["/MarkInfo"]["/Marked"] and root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert len(read.pages) == 1
    said = " ".join(page.extract_text() for page in read.pages)
    assert sentence in said and reverse("door", args=[alcohol.pk]).strip("/").split("/")[-1] in said.replace("\n", "")
    fonts = [font.get_object() for page in read.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts and all("Plex" in font["/BaseFont"] for font in fonts)
    assert all("/FontFile2" in d or "/FontFile3" in d for d in map(_descriptor, fonts))


def test_the_sheet_is_read_in_the_order_of_its_headings_and_its_code_has_words(alcohol: Service) -> None:
    tags = list(_tags(sheet(alcohol, language="da").trailer["/Root"]["/StructTreeRoot"]))  # type: ignore[index]
    kinds = [kind for kind, _alt in tags]
    assert kinds.index("/H1") < kinds.index("/H2") < kinds.index("/Figure")
    assert [alt for kind, alt in tags if kind == "/Figure"] == ["En kode med adressen på dørens side"]


def test_a_code_stands_for_its_address_and_no_other() -> None:
    assert paper.code("https://a.example/") == paper.code("https://a.example/") != paper.code("https://b.example/")
    assert paper.code("https://a.example/").startswith("<svg") and "style" not in paper.code("https://a.example/")


def _descriptor(font: Any) -> Any:
    return font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()


def _tags(node: Any) -> Any:
    """The structure tree in reading order: each tag with its other text."""
    node = node.get_object()
    if "/S" in node:
        yield node["/S"], node.get("/Alt", "")
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(kid, dict):
            yield from _tags(kid)
