"""What is done with people's data, said by each organisation in plain words, to whoever wants to read it."""

from __future__ import annotations

from uuid import uuid4

from django.test import Client

from tests.helpers.pages import at, text
from tests.helpers.world import World


def test_each_organisation_has_a_page_that_says_what_the_law_wants(world: World) -> None:
    here = world.alice.unit.organisation
    here.contact, here.dpo_contact = "Rådhuspladsen 2, tlf. 89 40 20 00", "dpo@aarhus.example"
    here.kept_da, here.kept_en = "Vi har dem i fem år.", "We keep them for five years."
    here.save(update_fields=["contact", "dpo_contact", "kept_da", "kept_en"])
    anybody = Client()
    page = text(anybody.get(f"/privacy/{here.pk}/"))
    for said in (
        "Aarhus Jobcenter har ansvaret", here.contact, here.dpo_contact, here.kept_da, "Hvorfor vi har dem", "Hvorfor vi må",
        "artikel 6 og 9", "Hvem ser dem", "få en kopi", "få fejl rettet", "slette", "sige nej", "tage et ja tilbage",
        "Datatilsynet", "Det meste kommer fra dig",
    ):  # fmt: skip
        assert said in page, said
    anybody.cookies["django_language"] = "en"
    assert here.kept_en in text(anybody.get(f"/privacy/{here.pk}/"))
    assert anybody.get(f"/privacy/{uuid4()}/").status_code == 404


def test_every_page_leads_there(world: World) -> None:
    own = f'href="/privacy/{world.alice.unit.organisation_id}/"'
    assert own in at(world.alice).get("/").content.decode()
    outside = Client().get("/login/").content.decode()
    assert 'href="/privacy/"' in outside
    every = Client().get("/privacy/").content.decode()
    assert own in every and f"/privacy/{world.bo.unit.organisation_id}/" in every
