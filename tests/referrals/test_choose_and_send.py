"""Several services in one press, another door with a reason, and the receipt."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from navigator import clock
from navigator.database import scope
from pathways.models import OtherDoorCount, Service
from pathways.rulebook import rulebook
from referrals import actions, models
from referrals.enums import Urgency, Wait
from referrals.errors import TooLate
from tests.helpers.cases import CANNABIS, DUAL, logged, sent
from tests.helpers.snapshot import everything
from tests.helpers.world import World
from tests.referrals.test_hand_off_views import at, post, text, url

NEEDS = CANNABIS | {"social": ["debt"]}
TOLD: dict[str, Any] = {"basis": "consent_oral", "urgency": "ordinary", "message": "Ring gerne."}


def offered(world: World, case: models.Case) -> list[str]:
    """The services that the case page lets one tick, in its order."""
    page = at(world.alice).get(url("case", case)).content.decode()
    return re.findall(r'name="service" value="([0-9a-f-]{36})"', page)


def two(world: World, case: models.Case) -> list[str]:
    """The door itself and one that is offered at the same time."""
    ids = offered(world, case)
    kinds = {str(pk): kind for pk, kind in Service.objects.filter(pk__in=ids).values_list("pk", "kind")}
    first = next(pk for pk in ids if kinds[pk].startswith("substance_treatment"))
    return [first, next(pk for pk in ids if kinds[pk] == "social_worker")]


def to(case: models.Case, services: list[str]) -> str:
    return f"{url('choose_services', case)}?{'&'.join(f'service={pk}' for pk in services)}"


def sent_from(world: World) -> list[models.Referral]:
    with scope.scope(world.alice.unit.pk):
        return list(models.Referral.objects.order_by("pk"))


def test_two_services_are_told_the_same_in_one_press(world: World) -> None:
    case = logged(world, answers=NEEDS, name="Mikkel Opfundet")
    chosen = two(world, case)
    response = at(world.alice).post(
        to(case, chosen),
        TOLD | {"companion": "on", "who": "Mentor Mads", "meeting_place": "Busterminalen kl. 9", "card": "on"},
        follow=True,
    )
    referrals = sent_from(world)
    assert [str(referral.service_id) for referral in referrals] == chosen
    assert [referral.sides for referral in referrals] == [["substance"], []]
    assert len({referral.sent_at for referral in referrals}) == 1
    assert response.redirect_chain == [(reverse("receipt", args=[referrals[0].pk]), 302)]
    with scope.scope(world.alice.unit.pk):
        assert len({copy.content for copy in models.Disclosure.objects.all()}) == 1
        agreed = [(each.who, each.meeting_place) for each in models.Companion.objects.all()]
    assert agreed == [("Mentor Mads", "Busterminalen kl. 9")] * 2
    shown = text(response)
    for referral in referrals:
        assert referral.service.name_da in shown
        assert f"Kort til at tage med: {referral.service.name_da} . Det bliver lavet." in shown
    with scope.scope(world.alice.unit.pk):
        cards = models.Letter.objects.order_by("pk")
        assert [(card.kind, card.referral) for card in cards] == [("door_card", referral) for referral in referrals]
    assert "Der sendes ikke brev herfra. Fortæl borgeren, hvilke tilbud der har fået besked" in shown


def test_if_one_cannot_be_sent_none_is(world: World) -> None:
    case = logged(world, answers=NEEDS)
    chosen = two(world, case)
    assert at(world.alice).post(url("choose_service", case, chosen[1]), TOLD).status_code == 302
    before, counts = everything(), list(OtherDoorCount.objects.values())
    assert at(world.alice).post(to(case, chosen), TOLD).status_code == 409
    assert everything() == before
    services = list(Service.objects.filter(pk__in=chosen))
    sendings = [actions.Sending(service, [], "support", why_another="wish") for service in services]
    with scope.scope(world.alice.unit.pk), pytest.raises(TooLate):
        actions.send_referrals(
            case=case, sendings=sendings, telling=actions.Telling({}, actions.Yes()), urgency=Urgency.ORDINARY,
            company=None, by=world.alice, now=clock.now(),
        )  # fmt: skip
    assert everything() == before
    assert list(OtherDoorCount.objects.values()) == counts == []


def test_an_acute_press_asks_for_a_call_to_each(world: World) -> None:
    case = logged(world, answers=NEEDS)
    address, before = to(case, two(world, case)), everything()
    response = at(world.alice).post(address, TOLD | {"urgency": "acute", "spoke_with": "Vagten"})
    assert response.status_code == 422
    assert "#id_spoke_with_2" in response.content.decode()
    assert everything() == before
    data = TOLD | {"urgency": "acute", "spoke_with": "Vagten", "nobody_answered_2": "on"}
    assert at(world.alice).post(address, data).status_code == 302
    with scope.scope(world.alice.unit.pk):
        calls = models.FollowUp.objects.open().filter(waits_for=Wait.HAND_OVER)
        assert [call.referral for call in calls] == [sent_from(world)[1]]


def test_the_preview_is_cut_out_of_the_page_and_is_what_the_receiver_reads(world: World) -> None:
    case = logged(world, answers=NEEDS, name="Mikkel Opfundet", phone="20000001")
    address, before = to(case, two(world, case)), everything()
    data = {"do": "preview", "message": "Ring først.\r\nTak.", "who": "Mentor Mads"}
    page = at(world.alice).post(address, data)
    fragment = at(world.alice).post(address, data, headers={"HX-Request": "true"}).content.decode()
    assert page.status_code == 200
    assert fragment.strip() in page.content.decode()
    assert "error-summary" not in page.content.decode()
    assert "De ser også, hvem der går med: Mentor Mads" in text(page)
    assert everything() == before
    at(world.alice).post(address, TOLD | {"message": "Ring først.\r\nTak."})
    (theirs,) = [referral for referral in sent_from(world) if referral.receiver_unit_id == world.bo.unit.pk]
    post(world.bo, "open_referral", theirs)
    told = fragment[fragment.index('<dl class="facts">') : fragment.rindex("</dl>")]
    assert told in at(world.bo).get(url("referral", theirs)).content.decode()


def test_nothing_ticked_and_what_is_not_offered(world: World) -> None:
    case = logged(world)
    response = at(world.alice).get(url("choose_services", case), follow=True)
    assert "Sæt først kryds ved tilbuddene" in text(response)
    stranger = str(Service.objects.exclude(pk__in=offered(world, case)).values_list("pk", flat=True)[0])
    before = everything()
    assert at(world.alice).post(to(case, [stranger]), TOLD).status_code == 404
    assert at(world.alice).post(to(case, ["x"]), TOLD).status_code == 404
    assert at(world.erik).post(to(case, offered(world, case)[:1]), TOLD).status_code == 404
    assert everything() == before


# Another door


def elsewhere(world: World, kind: str = "municipal_guidance") -> Service:
    """A service that covers Aarhus and is not among the doors for cannabis."""
    found = rulebook(on=clock.today()).catalogue.directory.find(kind, "0751", 30)
    return Service.objects.get(pk=found[0].id)


def test_any_open_service_there_is_found_by_its_words(world: World) -> None:
    case, door = logged(world), elsewhere(world)
    empty = at(world.alice).get(url("other_door", case))
    assert str(door.pk) not in empty.content.decode()
    found = at(world.alice).get(url("other_door", case), {"q": door.name_da.upper()})
    assert url("send_elsewhere", case, door) in found.content.decode()
    fragment = at(world.alice).get(url("other_door", case), {"q": door.name_da}, headers={"HX-Request": "true"})
    assert "<h1>" not in fragment.content.decode()
    assert "Ingen åbne tilbud" in text(at(world.alice).get(url("other_door", case), {"q": "findes slet ikke"}))
    assert at(world.erik).get(url("other_door", case)).status_code == 404


def test_another_door_is_sent_with_its_reason_and_counted_without_a_person(world: World) -> None:
    case, door = logged(world, name="Mikkel Opfundet"), elsewhere(world)
    data = TOLD | {"why_another": "known", "because": "Kender Bente der.", "role": "primary"}
    assert post(world.alice, "send_elsewhere", case, door, **data).status_code == 302
    (referral,) = sent_from(world)
    assert (referral.sides, referral.role, referral.other_door) == (["substance"], "primary", "known")
    with scope.scope(world.alice.unit.pk):
        assert models.Referral.objects.select_related("data_key").get().chosen_because == "Kender Bente der."
        version = models.Assessment.objects.get().rule_set_version
    counted = OtherDoorCount.objects.values_list(
        "month", "rule_set_version", "matched_kind", "chosen_kind", "reason", "count"
    )
    month = clock.today().replace(day=1)
    assert list(counted) == [(month, version, "substance_treatment_outpatient", "municipal_guidance", "known", 1)]
    assert "Kender Bente der." in text(at(world.alice).get(url("case", case)))
    assert post(world.alice, "send_elsewhere", logged(world), door, **data).status_code == 302
    assert [row[-1] for row in counted.all()] == [2]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (CANNABIS, {"role": "support"}),
        (CANNABIS, {"why_another": "other", "role": "support", "because": " "}),
        (CANNABIS, {"why_another": "wish"}),
        (DUAL, {"why_another": "wish", "role": "primary"}),
        (DUAL, {"why_another": "wish", "role": "primary", "sides": "social"}),
    ],
)
def test_another_door_without_its_reason_or_side_is_refused(
    world: World, answers: dict[str, Any], said: dict[str, str]
) -> None:
    case, door = logged(world, answers=answers), elsewhere(world)
    before = everything()
    assert post(world.alice, "send_elsewhere", case, door, **TOLD | said).status_code == 422
    assert everything() == before
    assert not OtherDoorCount.objects.exists()


def test_another_door_comes_in_the_place_of_one_in_the_same_press(world: World) -> None:
    case, door = logged(world), elsewhere(world)
    before = sent(world, to=world.bo.unit, case=case)
    stranger = sent(world, to=world.bo.unit)
    assert "Kommer det i stedet for en anden henvisning?" in text(
        at(world.alice).get(url("send_elsewhere", case, door))
    )
    data = TOLD | {"why_another": "wish", "role": "primary"}
    was = everything()
    assert post(world.alice, "send_elsewhere", case, door, **data, takes_back=[stranger.pk]).status_code == 422
    assert everything() == was

    assert post(world.alice, "send_elsewhere", case, door, **data, takes_back=[before.pk]).status_code == 302
    with scope.scope(world.alice.unit.pk):
        of_the_case = dict(models.Referral.objects.filter(case=case).values_list("service", "status"))
        assert of_the_case == {before.service_id: "cancelled", door.pk: "sent"}
        taken_back = models.CaseEvent.objects.get(referral=before, kind="cancel")
        assert taken_back.note == f"Sendt i stedet til {door}."
        owed = models.FollowUp.objects.open().filter(case=case).exclude(waits_for=Wait.GUARANTEE)
        assert "choice" not in owed.values_list("waits_for", flat=True)
    with scope.scope(world.bo.unit.pk):
        assert models.Notice.objects.filter(event=taken_back.pk, to_unit=world.bo.unit).exists()
    page = at(world.alice).get(url("send_elsewhere", case, door))
    assert "Kommer det i stedet" in text(page), "the one that is on its way now may be taken back in its turn"


def test_help_beside_the_door_closes_no_track(world: World) -> None:
    case, door = logged(world, answers=DUAL), elsewhere(world)
    data = TOLD | {"why_another": "wish", "role": "support", "sides": "substance"}
    assert post(world.alice, "send_elsewhere", case, door, **data).status_code == 302
    assert [referral.sides for referral in sent_from(world)] == [[]]


def test_a_door_that_is_matched_is_no_other_door_and_one_elsewhere_none_at_all(world: World) -> None:
    case = logged(world)
    matched = offered(world, case)[0]
    response = at(world.alice).get(reverse("send_elsewhere", args=[case.pk, matched]))
    assert (response.status_code, response.url) == (302, reverse("choose_service", args=[case.pk, matched]))  # type: ignore[attr-defined]
    far = rulebook(on=clock.today()).catalogue.directory.find("municipal_guidance", "0851", 30)[0].id
    assert at(world.alice).get(reverse("send_elsewhere", args=[case.pk, far])).status_code == 404


def test_the_receipt_is_for_the_case(world: World) -> None:
    referral = sent(world, to=world.bo.unit)
    shown = text(at(world.alice).get(url("receipt", referral)))
    assert "Åbn henvisningen" in shown
    assert "sidste dag" in shown
    assert at(world.bo).get(url("receipt", referral)).status_code == 404
    assert at(world.erik).get(url("receipt", referral)).status_code == 404
