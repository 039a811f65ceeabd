"""Every page for its right reader, and nothing for the others."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from navigator import clock
from navigator.accounts.models import Membership, Role
from navigator.database import scope
from navigator.web.models import beat
from referrals import actions, models
from referrals.acting import By
from referrals.enums import Side, Status
from tests.helpers.cases import DUAL, logged, sent
from tests.helpers.pages import at, text
from tests.helpers.world import World

NEW = "/cases/new/"
TYPED = {
    "municipality": "0751",
    "age": "30",
    "name": "Mikkel Opfundet",
    "phone": "20 00 00 01",
    "first_contact_on": "",
    "substance_use": "misuse",
    "substances": ["cannabis"],
    "wishes": "Helst om formiddagen",
}


def typed(**more: Any) -> dict[str, Any]:
    return TYPED | {"first_contact_on": clock.today().isoformat(), "do": "save"} | more


def read(by: By, model: Any) -> list[Any]:
    """All rows of a model that this unit may see."""
    with scope.scope(by.unit.pk):
        return list(model.objects.all())


# Who may look


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("my_list", {"alice", "bo", "carla", "dorte", "erik"}),
        ("search", {"alice", "bo", "carla", "dorte", "erik"}),
        ("new_case", {"alice", "dorte", "erik"}),
        ("inbox", {"bo", "carla", "dorte"}),
    ],
)
def test_a_page_opens_for_its_roles_and_is_refused_to_others(world: World, name: str, who: set[str]) -> None:
    for person in ("alice", "bo", "carla", "dorte", "erik"):
        expected = 200 if person in who else 403
        assert at(getattr(world, person)).get(reverse(name)).status_code == expected, person


def test_nobody_unknown_sees_anything(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet")
    response = Client().get(reverse("case", args=[case.pk]))
    assert (response.status_code, response.url) == (302, f"/login/?next=/cases/{case.pk}/")  # type: ignore[attr-defined]


def test_a_case_is_there_for_its_units_only(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet")
    url = reverse("case", args=[case.pk])
    for by in (world.alice, world.dorte):
        response = at(by).get(url)
        assert response.status_code == 200
        assert "Mikkel Opfundet" in text(response)
        assert case.short_number in text(response)
    for by in (world.bo, world.erik):
        assert at(by).get(url).status_code == 404


def test_a_role_in_another_unit_opens_nothing_here(world: World) -> None:
    """Erik coordinates elsewhere: while he works in his jobcentre he may not receive."""
    Membership.objects.create(user=world.erik.user, unit=world.bo.unit, role=Role.RECEIVER)
    client = at(world.erik)
    assert client.get(reverse("inbox")).status_code == 403
    assert client.post(reverse("choose_unit"), {"unit": str(world.bo.unit.pk)}).status_code == 302
    assert client.get(reverse("inbox")).status_code == 200
    assert client.post(reverse("choose_unit"), {"unit": str(world.alice.unit.pk)}).status_code == 404
    assert client.get(reverse("inbox")).status_code == 200


# A need is logged


def test_saving_opens_the_case_with_its_match(world: World) -> None:
    response = at(world.alice).post(NEW, typed())
    (case,) = read(world.alice, models.Case)
    assert (response.status_code, response.url) == (302, f"/cases/{case.pk}/")  # type: ignore[attr-defined]
    (assessment,) = read(world.alice, models.Assessment)
    assert assessment.answers == {
        "municipality": "0751",
        "age": 30,
        "door": "jobcenter",
        "role": "professional",
        "substance": {"use": "misuse", "substances": ["cannabis"]},
    }
    with scope.scope(world.alice.unit.pk):
        assert case.wishes == "Helst om formiddagen"


def test_the_match_while_typing_is_the_match_of_the_page(world: World) -> None:
    client = at(world.alice)
    fragment = client.post(NEW, typed(do=""), headers={"HX-Request": "true"}).content.decode()
    page = client.post(NEW, typed(do="match")).content.decode()
    assert fragment.strip() in page
    assert 'class="match" id="match"' in fragment
    assert "<h1>" not in fragment
    assert "Social stofmisbrugsbehandling" in fragment
    assert read(world.alice, models.Case) == []  # looking opens nothing


def test_what_was_not_asked_stays_unasked_and_a_denied_topic_is_said(world: World) -> None:
    data = typed(
        social_home=["nothing"],
        social_work=["unemployed"],
        acute=["nothing"],
        pregnant="no",
        age="",
        birth_date="2000-01-31",
    )
    at(world.alice).post(NEW, data)
    (assessment,) = read(world.alice, models.Assessment)
    assert assessment.answers["acute"] == []
    assert assessment.answers["social"] == ["unemployed"]
    assert assessment.answers["no"] == ["homeless", "housing_insecure"]
    assert assessment.answers["circumstances"] == {"pregnant": False}
    assert "mental" not in assessment.answers
    assert assessment.answers["age"] == 26


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"age": ""}, "Skriv alder, fødselsdato eller CPR-nummer"),
        ({"age": "121"}, ""),
        ({"municipality": ""}, "Vælg kommunen."),
        ({"first_contact_on": (clock.today() + timedelta(days=2)).isoformat()}, "kan ikke ligge i fremtiden"),
        ({"cpr": "123"}, "Et CPR-nummer har ti tegn"),
        ({"cpr": "3113010001"}, "en dato, der ikke kan passe"),
        ({"cpr": "0108589995", "birth_date": "2000-01-01"}, "passer ikke sammen"),
        ({"substances": ["cannabis", "nothing"]}, "Du har sat kryds både ved noget"),
        ({"substance_use": "much"}, ""),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_mistake_is_said_and_nothing_typed_is_lost(world: World, wrong: dict[str, Any], said: str) -> None:
    response = at(world.alice).post(NEW, typed(**wrong))
    assert response.status_code == 422
    page = response.content.decode()
    assert "error-summary" in page
    assert said in page
    assert 'value="Mikkel Opfundet"' in page
    assert "Helst om formiddagen" in page
    assert read(world.alice, models.Case) == []


def test_a_cpr_number_that_does_not_fit_the_check_digit_is_accepted(world: World) -> None:
    assert at(world.alice).post(NEW, typed(age="", cpr="010858-9995")).status_code == 302
    (assessment,) = read(world.alice, models.Assessment)
    assert assessment.answers["age"] == 68


def test_a_possible_same_person_is_shown_before_a_case_is_opened(world: World) -> None:
    first = logged(world, name="Mikkel Opfundet", phone="20000001")
    client = at(world.alice)
    response = client.post(NEW, typed())
    assert response.status_code == 422
    assert first.short_number in text(response)
    assert len(read(world.alice, models.Case)) == 1

    assert client.post(NEW, typed(same_person=str(first.person_id))).status_code == 302
    assert {case.person_id for case in read(world.alice, models.Case)} == {first.person_id}
    assert client.post(NEW, typed(same_person="new")).status_code == 302
    assert len(read(world.alice, models.Person)) == 2


def test_the_same_cpr_number_is_no_new_person(world: World) -> None:
    logged(world, cpr="0108589995")
    response = at(world.alice).post(NEW, typed(age="", cpr="0108589995", same_person="new"))
    assert response.status_code == 422
    assert "CPR-nummeret er allerede registreret" in text(response)
    assert len(read(world.alice, models.Case)) == 1


def test_records_are_linked_and_unlinked(world: World) -> None:
    first, second = logged(world, name="Mikkel Opfundet"), logged(world, name="Mikkel Opfundet")
    client = at(world.alice)
    client.post(reverse("link_person", args=[first.pk]), {"number": second.short_number})
    (link,) = read(world.alice, models.PersonLink)
    assert "Regnes for samme person" in text(client.get(reverse("case", args=[first.pk])))
    assert at(world.erik).post(reverse("unlink_person", args=[first.pk, link.pk])).status_code == 404
    client.post(reverse("unlink_person", args=[first.pk, link.pk]))
    (link,) = read(world.alice, models.PersonLink)
    assert link.unlinked_at is not None


# A referral is sent


def the_door(world: World, case: models.Case) -> str:
    page = at(world.alice).get(reverse("case", args=[case.pk])).content.decode()
    return re.findall(rf"/cases/{case.pk}/services/[0-9a-f-]+/", page)[0]


def test_what_is_shown_is_what_is_sent_and_the_answer_is_a_date(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet", phone="20000001")
    client, url = at(world.alice), the_door(world, case)
    shown = text(client.get(url))
    response = client.post(url, {"basis": "consent_oral", "urgency": "ordinary", "message": "Ring først."}, follow=True)
    assert "De skal åbne den senest" in text(response)
    (referral,) = read(world.bo, models.Referral)
    assert (referral.status, referral.sides, referral.receiver_unit_id) == ("sent", ["substance"], world.bo.unit.pk)
    receiver = at(world.bo)
    receiver.post(reverse("open_referral", args=[referral.pk]))
    page = text(receiver.get(reverse("referral", args=[referral.pk])))
    for told in ("Mikkel Opfundet", "20000001", "Problematisk brug", "Alice Jensen"):
        assert told in shown
        assert told in page
    assert "Ring først." in page


def test_a_statutory_basis_needs_its_reason(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet")
    response = at(world.alice).post(
        the_door(world, case), {"basis": "statutory", "urgency": "ordinary", "message": "Ring først."}
    )
    assert response.status_code == 422
    assert "Ring først." in response.content.decode()
    assert read(world.alice, models.Referral) == []


def test_whoever_wants_to_be_anonymous_is_told_of_by_pseudonym(world: World) -> None:
    answers = {
        "municipality": "0751",
        "age": 30,
        "substance": {"use": "misuse"},
        "circumstances": {"wants_anonymous": True},
    }
    case = logged(world, answers=answers, name="Mikkel Opfundet", pseudonym="M", phone="20000001")
    page = text(at(world.alice).get(the_door(world, case)))
    assert "Mikkel" not in page
    assert "20000001" not in page


def test_a_service_that_was_not_matched_has_no_page(world: World) -> None:
    case, other = logged(world), logged(world, answers={"municipality": "0851", "age": 70})
    elsewhere = the_door(world, other).split("/")[-2]
    assert at(world.alice).get(reverse("choose_service", args=[case.pk, elsewhere])).status_code in (200, 404)
    assert at(world.erik).get(the_door(world, case)).status_code == 404


def test_too_late_is_said_with_409_and_nothing_is_sent(world: World) -> None:
    case = logged(world)
    url, client = the_door(world, case), at(world.alice)
    data = {"basis": "consent_oral", "urgency": "ordinary"}
    assert client.post(url, data).status_code == 302
    response = client.post(url, data)
    assert response.status_code == 409
    assert "Der er allerede en åben henvisning" in text(response)
    assert len(read(world.alice, models.Referral)) == 1


# A referral is received


def test_looking_at_an_unopened_referral_shows_its_envelope_and_marks_nothing(world: World) -> None:
    referral = sent(world, to=world.bo.unit, case=logged(world, name="Mikkel Opfundet"))
    page = text(at(world.bo).get(reverse("referral", args=[referral.pk])))
    assert "En ny henvisning" in page
    assert "Ring gerne." not in page
    assert [row.status for row in read(world.bo, models.Referral)] == [Status.SENT]
    assert at(world.bo).get(reverse("open_referral", args=[referral.pk])).status_code == 405


def test_the_receiver_sees_no_case(world: World) -> None:
    referral = sent(world, to=world.bo.unit)
    at(world.bo).post(reverse("open_referral", args=[referral.pk]))
    page = at(world.bo).get(reverse("referral", args=[referral.pk])).content.decode()
    assert f"/cases/{referral.case_id}/" not in page
    assert at(world.bo).get(f"/cases/{referral.case_id}/").status_code == 404


@pytest.mark.parametrize("name", ["open_referral", "accept_referral", "book_time"])
def test_only_the_receiver_does_what_is_the_receivers(world: World, name: str) -> None:
    referral = sent(world, to=world.bo.unit)
    assert at(world.carla).post(reverse(name, args=[referral.pk])).status_code == 404
    assert at(world.erik).post(reverse(name, args=[referral.pk])).status_code == 404
    assert at(world.alice).post(reverse(name, args=[referral.pk])).status_code == 403
    assert [row.status for row in read(world.alice, models.Referral)] == [Status.SENT]


def test_a_wrong_time_is_said_on_the_page(world: World) -> None:
    referral = sent(world, to=world.bo.unit)
    response = at(world.bo).post(reverse("book_time", args=[referral.pk]), {"day": "2020-01-01", "time": "10:00"})
    assert response.status_code == 422
    assert [row.status for row in read(world.bo, models.Referral)] == [Status.SENT]


def test_a_place_for_both_sides_says_who_has_met_the_citizen(world: World) -> None:
    case = logged(world, answers=DUAL)
    referral = sent(
        world, to=world.bo.unit, case=case, kind="dual_diagnosis_municipal", sides=[Side.SUBSTANCE, Side.PSYCHIATRY]
    )
    client, url = at(world.bo), reverse("confirm_arrival", args=[referral.pk])
    client.post(reverse("open_referral", args=[referral.pk]))
    assert client.post(url).status_code == 422
    assert client.post(url, {"sides": ["substance"]}).status_code == 302
    assert [row.status for row in read(world.bo, models.Referral)] == [Status.SEEN]
    assert client.post(url, {"sides": ["psychiatry"]}).status_code == 302
    assert [row.status for row in read(world.bo, models.Referral)] == [Status.ARRIVED]


def test_a_service_without_an_account_is_followed_by_telephone(world: World) -> None:
    referral = sent(world, to=None, kind="gp", sides=[])
    client = at(world.alice)
    assert "Ring til tilbuddet: Har de fået henvisningen?" in text(client.get("/"))
    assert client.post(reverse("open_referral", args=[referral.pk])).status_code == 302
    assert client.post(reverse("confirm_arrival", args=[referral.pk])).status_code == 302
    assert [row.status for row in read(world.alice, models.Referral)] == [Status.ARRIVED]


# Lists


def test_my_list_says_what_is_owed_and_who_has_arrived(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet")
    assert "Vælg et tilbud" in text(at(world.alice).get("/"))
    referral = sent(world, to=world.bo.unit, case=case)
    assert "Aarhus Rusmiddelcenter, Modtagelsen har ikke åbnet henvisningen endnu" in text(at(world.alice).get("/"))
    assert "1 henvisning venter på jer" in text(at(world.bo).get("/"))
    with scope.scope(world.bo.unit.pk):
        actions.confirm_arrival(referral=referral, sides=[Side.SUBSTANCE], by=world.bo, now=clock.now())
    assert "Mikkel Opfundet er kommet til" in text(at(world.alice).get("/"))


def test_a_search_is_a_post_and_finds_exactly(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet", phone="20000001")
    for said in ("mikkel opfundet", "Opfundet", "20 00 00 01", case.short_number):
        assert case.short_number in text(at(world.alice).post(reverse("search"), {"said": said}, follow=True)), said
        assert case.short_number not in text(
            at(world.erik).post(reverse("search"), {"said": said}, follow=True)
        ).replace(said, ""), said
    assert "0 sager" in text(at(world.alice).post(reverse("search"), {"said": "ikkel"}, follow=True))


def test_everybody_hears_when_the_engine_is_silent(world: World) -> None:
    assert "Påmindelser kører ikke lige nu" in text(at(world.alice).get("/"))
    for job in ("sweep", "deliver"):
        beat(job, now=clock.now(), did={})
    assert "Påmindelser kører ikke lige nu" not in text(at(world.alice).get("/"))


def test_the_switch_of_language_is_a_post_and_keeps_the_page(world: World) -> None:
    client = at(world.alice)
    response = client.post(reverse("set_language"), {"language": "en", "next": "/cases/new/"}, follow=True)
    assert response.redirect_chain == [("/cases/new/", 302)]
    assert "What you have not asked is left at ‘Not asked’" in text(response)


def test_a_unit_that_refers_to_itself_need_not_phone_itself(world: World) -> None:
    sent(world, to=world.bo.unit)
    with scope.scope(world.alice.unit.pk):
        models.FollowUp.objects.update(owed_by=world.alice.unit)
    assert "Åbn henvisningen" in text(at(world.alice).get("/"))
