"""CPR numbers: read without a fuss, shown masked, told in full to whoever says what for."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from navigator import clock
from navigator.database import scope
from referrals import actions, cpr, models
from referrals.enums import Side
from tests.helpers.cases import YES, logged, service
from tests.helpers.looks import looks_of
from tests.helpers.pages import at, text
from tests.helpers.world import World

NUMBER, WHOLE, MASKED = "0108589995", "010858-9995", "010858-••••"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0108589995", "0108589995"),  # MedCom's own, and modulus 11 does not fit
        ("010858 - 9995", "0108589995"),
        ("2512489996", "2512489996"),
        ("010858-1ab2", "0108581AB2"),  # X-eCPR
        ("0108585AB2", "0108585AB2"),  # D-eCPR
        ("6108589995", "6108589995"),  # a local one, the day 60 too high
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, number: str) -> None:
    assert cpr.read(typed) == number
    assert cpr.is_one(number)


@pytest.mark.parametrize(
    ("typed", "is_date"),
    [("12345", False), ("010858999X", False), ("0108589AB2", False), ("3202589995", True), ("9908581AB2", True)],
)
def test_what_is_none_is_said_without_the_number(typed: str, is_date: bool) -> None:
    with pytest.raises(cpr.NotACpr) as refused:
        cpr.read(typed)
    assert refused.value.is_date is is_date and typed not in str(refused.value)


def test_the_check_digit_is_a_hint_and_a_replacement_tells_no_birthday() -> None:
    assert cpr.looks_unusual("0108589995") and not cpr.looks_unusual("0108581AB2")
    assert cpr.born("0108589995") == date(1858, 8, 1) or cpr.born("0108589995") == date(1958, 8, 1)
    assert cpr.born("0108581AB2") is cpr.born("6108589995") is None
    assert not cpr.is_one("4520000001")  # a telephone number with its country code


def told(world: World) -> models.Referral:
    """Bo has been told the number, and has opened it."""
    case = logged(world, name="Karla Opfundet", cpr=NUMBER)
    who = {"who": {"name": "Karla Opfundet", "cpr": NUMBER}, "case_number": case.short_number}
    with scope.scope(world.alice.unit.pk):
        return actions.send_referral(
            case=case, service=service("substance_treatment_outpatient", world.bo.unit), sides=[Side.SUBSTANCE],
            role="primary", telling=actions.Telling(who, YES), by=world.alice, now=clock.now(),
        )  # fmt: skip


def test_it_is_shown_masked_and_in_full_for_a_purpose(world: World) -> None:
    referral = told(world)
    case, address = reverse("case", args=[referral.case_id]), reverse("show_cpr", args=[referral.case_id])
    page = at(world.alice).get(case)
    assert MASKED in text(page) and b"9995" not in page.content

    alice = at(world.alice)
    whole = alice.post(address, {"purpose": "identify"})
    assert WHOLE in text(whole) and "<html" in whole.content.decode() and "no-store" in whole["Cache-Control"]
    cut_out = alice.post(address, {"purpose": "journal"}, headers={"HX-Request": "true"})
    assert WHOLE in text(cut_out) and "<html" not in cut_out.content.decode()
    assert looks_of(world.alice, "what", "how", "purpose", "case")[1:] == [
        ("show_cpr", "reveal", "identify", referral.case_id),
        ("show_cpr", "reveal", "journal", referral.case_id),
    ]


def test_nothing_is_told_without_a_purpose_or_to_others(world: World) -> None:
    referral = told(world)
    address, theirs = reverse("show_cpr", args=[referral.case_id]), reverse("show_cpr_told", args=[referral.pk])
    asked = [
        (at(world.alice).get(address), 405),
        (at(world.alice).post(address), 404),
        (at(world.alice).post(address, {"purpose": "oversee"}), 404),
        (at(world.erik).post(address, {"purpose": "identify"}), 404),
        (at(world.bo).post(address, {"purpose": "identify"}), 404),  # the case is not the service's
        (at(world.bo).post(theirs, {"purpose": "identify"}), 404),  # it has only the envelope
        (Client().post(reverse("link_cpr"), {"purpose": "identify"}), 404),
    ]
    assert [response.status_code for response, _expected in asked] == [expected for _response, expected in asked]
    assert all(b"9995" not in response.content for response, _expected in asked)

    with scope.scope(world.bo.unit.pk):
        actions.open_referral(referral=referral, by=world.bo, now=clock.now())
    assert b"9995" not in at(world.bo).get(reverse("referral", args=[referral.pk])).content
    assert WHOLE in text(at(world.bo).post(theirs, {"purpose": "identify"}))
    assert looks_of(world.bo, "what", "how", "purpose", "referral")[-1] == (
        "show_cpr_told", "reveal", "identify", referral.pk,
    )  # fmt: skip
