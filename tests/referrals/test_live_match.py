"""The match beside the form: what it says, what it costs, and the duties that become tasks."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.database import scope
from referrals import actions, models
from referrals.doors import ShownDoor
from referrals.enums import Happening, Urgency, Wait
from referrals.errors import TooLate
from tests.helpers.cases import CANNABIS, DUAL, logged
from tests.helpers.world import World
from tests.referrals.test_views import NEW, at, read, text, typed

LIVE = {"HX-Request": "true"}
# Session, user, scope and the savepoints of the test's transaction.
EVERY_PAGE = re.compile(r"^(SAVEPOINT|RELEASE|SET |SELECT set_config)|accounts_(session|user|membership)")
# As much as anybody can answer: every topic, every circumstance that fits an adult.
EVERYTHING: dict[str, Any] = {
    "acute": ["nothing"],
    "substance_use": "dependence",
    "substances": ["alcohol", "cannabis", "stimulants", "opioids", "sedatives"],
    "mental_state": "severe",
    "mental_signs": ["stress", "low_mood", "anxiety", "trauma", "self_harm", "psychosis", "bipolar"],
    "function": "reduced",
    "social_home": ["homeless", "housing_insecure"],
    "social_money": ["economy", "debt"],
    "social_work": ["unemployed", "job_at_risk"],
    "social_network": ["lonely", "substance_network", "daily_support", "authority_contact"],
    "social_body": ["somatic"],
    "social_prison": ["prison_release"],
    "social_relatives": ["relative_worry"],
    **dict.fromkeys(
        [
            "injecting_ever", "long_persistent_use", "substitution_insufficient", "first_episode", "long_duration",
            "pregnant", "partner_pregnant", "children_in_household", "child_0_7_exposed", "placed_formerly",
            "cannot_attend", "wants_companion", "no_digital", "intellectual_disability", "in_psychiatric_course",
            "in_substance_treatment", "no_benefit",
        ],
        "yes",
    ),
    "interpreter": "ar",
    "days_since_discharge": "2",
}  # fmt: skip


def live(world: World, **more: Any) -> Any:
    return at(world.alice).post(NEW, typed(do="", **more), headers=LIVE)


def duties_of(case: models.Case, world: World) -> list[models.FollowUp]:
    with scope.scope(world.alice.unit.pk):
        found = case.follow_ups.filter(waits_for=Wait.OBLIGATION).select_related("obligation")
        return list(found.order_by("obligation"))


# What it says


def test_one_short_sentence_is_said_aloud(world: World) -> None:
    page = live(world).content.decode()
    said = re.search(r'id="match-said" role="status"[^>]*>([^<]*)<', page)
    assert said is not None
    assert said[1].strip() == "Niveau 1, 3 døre, 6 pligter."


def test_the_model_is_a_picture_with_words(world: World) -> None:
    page = live(world, mental_state="moderate", mental_signs=["anxiety"]).content.decode()
    title = re.search(r"<title id=\"level-picture-title\">([^<]*)</title>", page)
    assert title is not None
    assert title[1].endswith("Markeret: niveau 3, Rusmiddelbehandlingen.")
    assert len(re.findall(r'class="is-on side-', page)) == 1


def test_it_says_what_was_ruled_out_and_what_hangs_on_a_question(world: World) -> None:
    answered = text(live(world, acute=["nothing"]))
    assert "Alarm 112 : Ikke tilfældet: Livsfare lige nu eller Overdosis eller svær forgiftning." in answered
    assert "Alarm 112 :" not in text(live(world))  # not asked is never a no


def test_each_reason_says_its_strength(world: World) -> None:
    reasons = re.findall(r'<span class="why">\(([^)]*)\)', live(world).content.decode())
    assert any("lov" in reason for reason in reasons)


def test_a_case_frozen_before_reasons_had_a_strength_is_still_shown(world: World) -> None:
    case = logged(world)
    (assessment,) = read(world.alice, models.Assessment)
    old = assessment.explanation
    for language in ("da", "en"):
        del old[language]["not_matched"]
        for match in old[language]["matches"]:
            match["reasons"] = [{k: v for k, v in why.items() if k != "strength"} for why in match["reasons"]]
    with scope.scope(world.alice.unit.pk):
        models.Assessment(
            **{f.attname: getattr(assessment, f.attname) for f in models.Assessment._meta.concrete_fields}
            | {"id": uuid7(), "explanation": old, "assessed_at": clock.now() + timedelta(minutes=1)}
        ).save()
    page = text(at(world.alice).get(reverse("case", args=[case.pk])))
    assert "Social stofmisbrugsbehandling" in page
    assert "Udelukket" not in page


# What it costs


@pytest.mark.parametrize("answers", [{"substances": [], "wishes": ""}, EVERYTHING], ids=["one", "fifty"])
def test_the_live_match_costs_at_most_eight_queries_however_much_is_answered(
    world: World, answers: dict[str, Any]
) -> None:
    client, draft_id = at(world.alice), str(uuid7())
    client.post(NEW, typed(do=""), headers=LIVE)  # the rulebook is read once a process
    counts = []
    for _begun_and_then_kept in range(2):
        with CaptureQueriesContext(connection) as queries:
            response = client.post(NEW, typed(do="", draft=draft_id, **answers), headers=LIVE)
        assert "match-level" in response.content.decode()
        counts.append(len([query for query in queries.captured_queries if not EVERY_PAGE.search(query["sql"])]))
    assert counts == [6, 4]


# Duties


def open_with(world: World, duties: list[str], answers: dict[str, Any] = CANNABIS) -> models.Case:
    with scope.scope(world.alice.unit.pk):
        return actions.open_case(
            identity={}, answers=answers | {"role": "professional"}, wishes="", first_contact_on=clock.today(),
            duties=duties, by=world.alice, now=clock.now(),
        )  # fmt: skip


def test_a_ticked_duty_is_a_task_of_whoever_logged_it(world: World) -> None:
    response = at(world.alice).post(NEW, typed(duty=["guide_to_service", "notify_child_concern", "nonsense"]))
    assert response.status_code == 302
    (case,) = read(world.alice, models.Case)
    (duty,) = duties_of(case, world)  # the others are no duties of this match
    assert duty.obligation is not None
    assert (duty.obligation.code, duty.owed_by_id, duty.owed_worker_id) == (
        "guide_to_service",
        world.alice.unit.pk,
        world.alice.user.pk,
    )
    assert duty.urgency == Urgency.ORDINARY
    assert "Guid borgeren helt frem til den rigtige hjælp" in text(at(world.alice).get("/"))


def test_several_duties_stand_beside_each_other_also_where_the_coordinator_answers(world: World) -> None:
    case = open_with(world, ["guide_to_service", "named_coordinator"], DUAL)
    assert [duty.obligation_id for duty in duties_of(case, world)] == ["guide_to_service", "named_coordinator"]
    assert {duty.owed_by_id for duty in duties_of(case, world)} == {world.alice.unit.pk}


def test_what_is_owed_today_is_due_today(world: World) -> None:
    case = open_with(world, ["same_day_follow_up"], CANNABIS | {"acute": ["suicidal_thoughts"]})
    (duty,) = duties_of(case, world)
    assert (duty.urgency, duty.due_at) == (Urgency.ACUTE, clock.end_of_day(clock.today()))


def test_a_duty_is_done_with_one_click_and_a_note(world: World) -> None:
    case = open_with(world, ["guide_to_service"])
    (duty,) = duties_of(case, world)
    url = reverse("duty_done", args=[case.pk, duty.pk])
    page = at(world.alice).get(reverse("case", args=[case.pk])).content.decode()
    assert url in page
    response = at(world.alice).post(url, {"note": "Gik med i dag."}, follow=True)
    assert "Klaret: Guid borgeren helt frem til den rigtige hjælp" in text(response)
    (done,) = duties_of(case, world)
    assert done.closed_at is not None
    assert at(world.alice).post(url).status_code == 404
    with scope.scope(world.alice.unit.pk), pytest.raises(TooLate):
        actions.record_duty_done(follow_up=duty, note="", by=world.alice, now=clock.now())
    with scope.scope(world.alice.unit.pk):
        assert case.events.filter(kind=Happening.NOTED).count() == 1


def test_only_whoever_owes_a_duty_ticks_it_off(world: World) -> None:
    case = open_with(world, ["guide_to_service"])
    (duty,) = duties_of(case, world)
    for by in (world.dorte, world.bo, world.erik):
        assert at(by).post(reverse("duty_done", args=[case.pk, duty.pk])).status_code == 404
    (same,) = duties_of(case, world)
    assert same.closed_at is None


@pytest.mark.parametrize(("places", "said"), [(3, ""), (4, "1 sted mere"), (8, "5 steder mere")])
def test_a_door_with_many_places_says_how_many_more_and_unfolds_them(places: int, said: str) -> None:
    services = [{"id": uuid7(), "name": f"Sted {n}", "organisation": "Aarhus"} for n in range(places)]
    door = ShownDoor("gp", "primary", "Egen læge", "", "", services, reasons=[], rights=[])
    with translation.override("da"):
        page = render_to_string("referrals/_door.html", {"door": door})
    shown, _summary, unfolded = page.partition('<details class="earlier"')
    assert re.findall(r"Sted \d", shown) == ["Sted 0", "Sted 1", "Sted 2"]
    assert re.findall(r"Sted \d", unfolded) == [f"Sted {n}" for n in range(3, places)]
    assert said in unfolded
