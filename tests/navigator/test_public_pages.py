"""What every reader may know and tell: accessibility and privacy."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from navigator.web.models import Barrier
from tests.helpers.pages import text

pytestmark = pytest.mark.django_db


def test_a_barrier_is_told_by_anybody_kept_sealed_and_read_by_whoever_runs_the_pages() -> None:
    response = Client().post(reverse("accessibility"), {"text": "Knappen er for lille på siden om hverdagen."})
    assert response.status_code == 302 and "Tak." in text(Client().get(response.url))
    (barrier,) = Barrier.objects.all()
    assert barrier.text == "Knappen er for lille på siden om hverdagen." and b"Knappen" not in bytes(barrier.sealed)
    assert barrier.text in _read()
    _read("--done", str(barrier.pk))
    assert not Barrier.objects.exists()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [("", "Skriv, hvad der er i vejen."), ("x" * 2001, "Skriv det lidt kortere: højst 2000 tegn.")],
)
def test_what_tells_nothing_or_too_much_is_refused_and_not_kept(said: str, sentence: str) -> None:
    response = Client().post(reverse("accessibility"), {"text": said})
    assert response.status_code == 422 and sentence in text(response)
    assert not Barrier.objects.exists()


def test_every_page_leads_to_them_and_to_the_self_check() -> None:
    page = Client().get(reverse("privacy"))
    for name in ("check_start", "accessibility", "privacy", "account_login"):
        assert f'href="{reverse(name)}"' in page.content.decode()


def _read(*arguments: str) -> str:
    said = StringIO()
    call_command("barriers", *arguments, stdout=said)
    return said.getvalue()
