"""People are found by how their name begins, within the unit; a search by CPR number leaves a record."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest
from django.core.management import call_command

from navigator.accounts.models import Membership, Role, Session, Unit
from navigator.database import scope
from referrals import models, names, searching
from tests.helpers.cases import logged
from tests.helpers.looks import looks_of
from tests.helpers.snapshot import everything
from tests.helpers.world import AARHUS, World
from tests.referrals.test_lists import at, text


def found(world: World, said: str, *, who: str = "alice", by_cpr: bool = True) -> list[str]:
    by = getattr(world, who)
    with scope.scope(by.unit.pk):
        cases = searching.search(unit=by.unit, said=said, by_cpr=by_cpr, at=None).page.rows
        return sorted(case.person.shown_as for case in cases)


def test_names_are_compared_without_case_accents_and_the_spelling_of_å() -> None:
    assert names.parts("Anne-Marie  MAANSSON") == ["anne", "marie", "månsson"]
    assert names.parts("René Müller Ångström") == ["rene", "myller", "ångstrøm"]
    assert names.starts("Bo Karlsen") == {"bo", "kar", "karl", "karls"}
    assert names.fits("Karla Månsson", "maans kar")
    assert not names.fits("Karla Månsson", "ka")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("mik", ["Mikkel Månsson"]),
        ("MIKKEL", ["Mikkel Månsson"]),
        ("maanss", ["Mikkel Månsson"]),
        ("Månsson Mik", ["Mikkel Månsson"]),
        ("mikkels", []),  # the first five letters fit, the name does not
        ("mi", []),
        ("bo", ["Bo Li"]),
        ("rene", ["René Opfundet"]),
        ("stjer", ["Stjernen"]),
        ("20 00 00 01", ["Mikkel Månsson"]),
        ("0108589995", ["Bo Li"]),
        ("", []),
    ],
)
def test_what_is_said_finds_who_fits(world: World, said: str, expected: list[str]) -> None:
    logged(world, name="Mikkel Månsson", phone="20000001")
    logged(world, name="Bo Li", cpr="0108589995")
    logged(world, name="René Opfundet")
    logged(world, pseudonym="Stjernen")
    assert found(world, said) == expected
    assert found(world, said, who="erik") == []


def test_a_cpr_number_is_for_those_who_log_needs_and_is_recorded(world: World) -> None:
    case = logged(world, name="Bo Li", cpr="0108589995")
    assert case.short_number in text(at(world.alice).post("/search/", {"said": "010858-9995"}, follow=True))
    at(world.alice).post("/search/", {"said": "0108589996"}, follow=True)
    looks = looks_of(world.alice, "user", "what", "how", "purpose", "case")
    who = world.alice.user.pk
    assert looks == [(who, "search", "cpr_search", "find", None), (who, "search", "cpr_search", "find", case.pk)]
    before = everything()
    assert "Du kan ikke søge på CPR-nummer" in text(at(world.bo).post("/search/", {"said": "0108589995"}, follow=True))
    at(world.alice).post("/search/", {"said": "Bo Li"}, follow=True)
    assert everything() == before
    assert looks_of(world.bo, "how", "case") == [("search", None)]
    assert looks_of(world.alice, "how", "case")[2:] == [("search", case.pk)]


def test_what_was_found_is_a_page_to_come_back_to_and_the_words_are_kept_sealed(world: World) -> None:
    case = logged(world, name="Bo Li", cpr="0108589995")
    here, elsewhere = at(world.alice), at(world.alice)
    for said in ("Bo Li", "0108589995"):
        answer = here.post("/search/", {"said": said})
        assert (answer.status_code, answer["Location"]) == (302, "/search/")
        for _again in range(2):
            assert case.short_number in text(here.get("/search/"))
        kept = here.session["searched_for"]
        assert said not in kept and said.encode() not in b64decode(kept)
        assert said not in str(dict(here.session))
    looks = sorted(looks_of(world.alice, "how", "case"))
    assert looks == [("cpr_search", case.pk)] * 2 + [("search", case.pk)] * 2
    assert case.short_number not in text(elsewhere.get("/search/")), "another session"

    other = Unit.objects.create(organisation=world.alice.unit.organisation, name="Ungeenheden", municipality=AARHUS)
    Membership.objects.create(user=world.alice.user, unit=other, role=Role.FRONTLINE)
    here.post("/unit/", {"unit": str(other.pk)})
    assert "0108589995" not in here.get("/search/").content.decode(), "another unit"
    here.post("/unit/", {"unit": str(world.alice.unit.pk)})
    assert case.short_number in text(here.get("/search/"))

    here.post("/search/", {"said": " "})
    assert "searched_for" not in here.session and case.short_number not in text(here.get("/search/"))
    here.post("/search/", {"said": "Bo Li"})
    session = Session.objects.filter(session_key=here.session.session_key)
    assert session.exists()
    here.post("/logout/")
    assert not session.exists()


def test_the_index_is_made_anew_and_holds_no_whole_part(world: World) -> None:
    logged(world, name="Mikkel Månsson")

    def kept() -> list[Any]:
        with scope.scope(world.alice.unit.pk):
            return sorted((key.kind, bytes(key.digest)) for key in models.PersonKey.objects.all())

    before = kept()
    assert [kind for kind, _digest in before] == ["full_name"] + ["name_start"] * 6
    with scope.scope(world.alice.unit.pk):
        models.PersonKey.objects.filter(kind="name_start").update(kind="name_part")
    call_command("index_names", verbosity=0)
    call_command("index_names", verbosity=0)
    assert kept() == before
