"""The coordinated plan: in its order, the citizen's in every step, and never more than six months between two meetings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from navigator import clock
from navigator.database import scope
from navigator.web.templatetags.shown import day
from referrals import actions, models, planning
from referrals.actions.case import close_case_as
from referrals.actions.ownership import change_owner
from referrals.enums import Form, Happening, Lane, Left, Outcome, Tell, Wait
from referrals.errors import Invalid, NotAllowed, TooLate
from tests.helpers.cases import DUAL, logged, sent, service
from tests.helpers.pages import at, text
from tests.helpers.world import World

MONDAY = datetime.fromisoformat("2027-03-01T10:00:00+01:00")
TODAY = MONDAY.date()
HALF_A_YEAR = timedelta(days=183)


@pytest.fixture(autouse=True)
def on_a_monday() -> Iterator[None]:
    with time_machine.travel(MONDAY):
        yield


def begun(world: World) -> models.Case:
    case = logged(world, answers=DUAL, name="Karla Opfundet")
    step(world, actions.begin_plan, case, agreed=Form.ORAL)
    return case


def step(world: World, action: Any, case: models.Case, **said: Any) -> Any:
    """Dorte coordinates, and so answers for whoever needs both sides."""
    with scope.scope(world.dorte.unit.pk):
        return action(case=case, by=world.dorte, now=clock.now(), **said)


def written(world: World) -> models.Case:
    """All that must be there before it is approved."""
    case = begun(world)
    step(world, actions.add_party, case, who="Mette Holm, kontaktperson", phone="20000001")
    step(world, actions.hold_plan_meeting, case, met_on=TODAY, next_on=TODAY + timedelta(days=90))
    step(world, actions.set_priorities, case, priorities="Sove om natten")
    effort(world, case)
    return case


def effort(world: World, case: models.Case, what: str = "Samtale hver uge", **said: Any) -> None:
    with scope.scope(world.dorte.unit.pk):
        party = models.Party.objects.get(plan__case=case)
    step(world, actions.add_effort, case, what=what,
         **{"lane": Lane.TREATMENT, "party": party.pk, "by_on": TODAY + timedelta(days=14)} | said)  # fmt: skip


def owed(world: World, case: models.Case) -> list[tuple[str, Any]]:
    with scope.scope(world.dorte.unit.pk):
        waits = case.follow_ups.open().filter(waits_for__in=[Wait.PLAN, Wait.PLAN_MEETING])
        return [(wait.waits_for, wait.owed_by_id) for wait in waits.order_by("waits_for")]


def test_in_its_order_and_the_citizen_says_when_it_is_right(world: World) -> None:
    case = begun(world)
    answers_for = world.dorte.unit.pk
    assert owed(world, case) == [(Wait.PLAN, answers_for)]
    with pytest.raises(Invalid) as lacking:
        step(world, actions.approve_plan, case, manages=True)
    assert lacking.value.sentence == "Mangler stadig: Deltagere; Møde; Det vigtige; Hvem gør hvad."

    case = written(world)
    with pytest.raises(Invalid):
        step(world, actions.approve_plan, case, manages=False)
    step(world, actions.approve_plan, case, manages=True)
    assert owed(world, case) == [(Wait.PLAN_MEETING, answers_for)]
    with scope.scope(world.dorte.unit.pk):
        plan = actions.plan_of(case)
        assert plan and plan.approved_at and plan.priorities == "Sove om natten"
        kinds = list(case.events.filter(kind__startswith="plan_").order_by("pk").values_list("kind", flat=True))
    assert kinds == [Happening.PLAN_BEGUN, Happening.PLAN_MET, Happening.PLAN_APPROVED]

    # What is new is approved anew; what is done or taken out is less, and is not.
    with scope.scope(world.dorte.unit.pk):
        row = models.Effort.objects.get(plan=plan)
    step(world, actions.leave_effort, case, effort=row.pk, left_as=Left.DONE)
    with pytest.raises(TooLate):
        step(world, actions.leave_effort, case, effort=row.pk, left_as=Left.DROPPED)
    with scope.scope(world.dorte.unit.pk):
        assert models.Plan.objects.get(pk=plan.pk).approved_at
    effort(world, case, "Besøg fra støttekontakten", lane=Lane.SUPPORT)
    with scope.scope(world.dorte.unit.pk):
        assert models.Plan.objects.get(pk=plan.pk).approved_at is None
    assert [wait for wait, _unit in owed(world, case)] == [Wait.PLAN, Wait.PLAN_MEETING]


@pytest.mark.parametrize(("days", "goes"), [(0, True), (183, True), (184, False), (-1, False)])
def test_at_most_six_months_between_two_meetings(world: World, days: int, goes: bool) -> None:
    case, on = begun(world), TODAY + timedelta(days=days)
    if not goes:
        with pytest.raises(Invalid):
            step(world, actions.agree_plan_meeting, case, on=on)
        assert [wait for wait, _unit in owed(world, case)] == [Wait.PLAN]
        return
    step(world, actions.agree_plan_meeting, case, on=on)
    with scope.scope(world.dorte.unit.pk):
        wait = case.follow_ups.open().get(waits_for=Wait.PLAN_MEETING)
    assert clock.day_of(wait.waits_since) == on
    assert clock.day_of(wait.due_at) == on - timedelta(days=14)


def test_the_six_months_count_from_the_last_meeting(world: World) -> None:
    case, held = begun(world), TODAY - timedelta(days=30)
    with pytest.raises(Invalid):
        step(world, actions.hold_plan_meeting, case, met_on=held, next_on=held + HALF_A_YEAR + timedelta(days=1))
    with pytest.raises(Invalid):
        step(world, actions.hold_plan_meeting, case, met_on=TODAY + timedelta(days=1), next_on=TODAY + HALF_A_YEAR)
    with scope.scope(world.dorte.unit.pk):
        assert models.Plan.objects.get(case=case).met_on is None, "nothing half saved"
    step(world, actions.hold_plan_meeting, case, met_on=held, next_on=held + HALF_A_YEAR)
    with scope.scope(world.dorte.unit.pk):
        (met,) = case.events.filter(kind=Happening.PLAN_MET)
    assert met.detail == {"met_on": str(held), "next_on": str(held + HALF_A_YEAR), "before": ""}


def test_a_service_that_has_the_citizen_may_ask_and_the_coordinator_hears(world: World) -> None:
    case = logged(world, answers=DUAL)
    referral = sent(world, to=world.bo.unit, case=case, sides=["substance"])  # type: ignore[list-item]
    bo = at(world.bo)
    bo.post(reverse("open_referral", args=[referral.pk]))
    assert "Bed koordinatoren om en plan" in text(bo.get(reverse("referral", args=[referral.pk])))
    ask = reverse("ask_for_plan", args=[referral.pk])
    assert bo.post(ask, {"because": ""}).status_code == 422
    assert bo.post(ask, {"because": "Boligen er sagt op."}).status_code == 302
    again = bo.post(ask, {"because": "Igen."})
    assert again.status_code == 409
    with scope.scope(world.dorte.unit.pk):
        asked = case.events.get(kind=Happening.PLAN_ASKED)
        notice = models.Notice.objects.get(event=asked)
        assert (asked.note, notice.to_unit_id, notice.tells) == (
            "Boligen er sagt op.",
            world.dorte.unit.pk,
            Tell.COORDINATOR,
        )
    assert at(world.carla).post(ask, {"because": "x"}).status_code == 404
    with scope.scope(world.bo.unit.pk):
        why = actions.Return("capacity", next_door=service("gp", None), earliest=TODAY + timedelta(days=400))
        actions.return_referral(referral=referral, why=why, by=world.bo, now=clock.now())
    assert bo.post(ask, {"because": "Igen."}).status_code == 409


def test_a_meeting_that_is_due_keeps_its_clock_however_often_it_is_asked_for(world: World) -> None:
    case = written(world)
    step(world, actions.ask_for_plan, case, because="Boligen er sagt op.")
    with scope.scope(world.dorte.unit.pk):
        asked = case.follow_ups.open().get(waits_for=Wait.PLAN_MEETING)
    with pytest.raises(TooLate):
        step(world, actions.ask_for_plan, case, because="Igen.")
    with scope.scope(world.dorte.unit.pk):
        assert case.follow_ups.open().get(waits_for=Wait.PLAN_MEETING) == asked


def test_the_first_meeting_is_not_put_off_for_ever(world: World) -> None:
    case = begun(world)
    with time_machine.travel(MONDAY + timedelta(days=30)), pytest.raises(Invalid):
        step(world, actions.agree_plan_meeting, case, on=TODAY + HALF_A_YEAR + timedelta(days=1))
    step(world, actions.agree_plan_meeting, case, on=TODAY + HALF_A_YEAR)


def test_only_whoever_answers_or_coordinates_writes_and_nobody_without_a_yes(world: World) -> None:
    case = logged(world, answers=DUAL)
    with pytest.raises(TooLate):
        step(world, actions.add_party, case, who="Mette", phone="")
    with scope.scope(world.alice.unit.pk, world.carla.unit.pk), pytest.raises(NotAllowed):
        actions.begin_plan(case=case, agreed=Form.ORAL, by=world.carla, now=clock.now())
    step(world, actions.begin_plan, case, agreed=Form.ORAL)
    with pytest.raises(TooLate):
        step(world, actions.begin_plan, case, agreed=Form.ORAL)
    case = written(world)
    with scope.scope(world.dorte.unit.pk):
        party = models.Party.objects.get(plan__case=case)
    with pytest.raises(Invalid) as still:
        step(world, actions.remove_party, case, party=party.pk)
    assert "Mette Holm" in still.value.sentence


def test_it_goes_on_after_arrival_and_ends_with_any_other_end(world: World) -> None:
    case = written(world)
    step(world, actions.close_case, case, outcome=Outcome.WITHDRAWN, because="Vil ikke nu")
    assert owed(world, case) == []
    with scope.scope(world.dorte.unit.pk):
        assert models.Plan.objects.get(case=case).ended_at
    with pytest.raises(TooLate):
        step(world, actions.ask_for_plan, case, because="x")

    case = begun(world)
    with scope.scope(world.dorte.unit.pk):
        case.refresh_from_db()
        close_case_as(Outcome.ARRIVED, case, by=world.dorte, now=clock.now())
    assert [wait for wait, _unit in owed(world, case)] == [Wait.PLAN]
    step(world, actions.add_party, case, who="Mette Holm", phone="")


def test_on_the_page_nothing_typed_is_lost_and_the_citizen_and_the_paper_say_the_same(world: World) -> None:
    case, dorte = logged(world, answers=DUAL, name="Karla Opfundet"), at(world.dorte)
    page, to = reverse("plan", args=[case.pk]), lambda name: reverse("plan_step", args=[case.pk, name])
    assert "Det begynder med et ja" in text(dorte.get(page))
    assert dorte.post(to("begin"), {"agreed": "oral"}).status_code == 302
    assert dorte.post(to("party"), {"who": "Mette Holm, kontaktperson", "phone": "20000001"}).status_code == 302
    late = dorte.post(to("met"), {"met_on": str(TODAY), "next_on": str(TODAY + HALF_A_YEAR + timedelta(days=1))})
    assert (late.status_code, "senest" in text(late)) == (422, True)
    assert str(TODAY + HALF_A_YEAR + timedelta(days=1)) in late.content.decode(), "what was typed stands there"
    dorte.post(to("met"), {"met_on": str(TODAY), "next_on": str(TODAY + timedelta(days=90))})
    dorte.post(to("priorities"), {"priorities": "Sove om natten"})
    with scope.scope(world.dorte.unit.pk):
        party = models.Party.objects.get()
    said = {"lane": "mental", "what": "Samtale hver uge", "party": party.pk, "by_on": str(TODAY + timedelta(days=14))}
    assert dorte.post(to("effort"), said).status_code == 302
    assert dorte.post(to("approve"), {"manages": "on"}).status_code == 302
    shown = text(dorte.get(page))
    for words in ("Sove om natten", "Samtale hver uge", "Mette Holm, kontaktperson", "Godkendt af borgeren"):
        assert words in shown
    assert dorte.post(to("nonsense")).status_code == 404
    assert at(world.carla).get(page).status_code == 404

    with scope.scope(world.dorte.unit.pk):
        token, code = actions.make_personal_link(case=case, by=world.dorte, now=clock.now())
    citizen = Client()
    citizen.get(f"/my-way/{token}/")
    own = text(citizen.post("/my-way/enter/", {"code": code}, follow=True))
    for words in ("Min plan", "Sove om natten", "Samtale hver uge", "I mødes igen"):
        assert words in own


def test_a_conference_tells_of_the_plan(world: World) -> None:
    dorte, case = at(world.dorte), logged(world, answers=DUAL)
    assert "Der er ikke begyndt nogen plan" in text(dorte.get(reverse("conference", args=[case.pk])))
    case = written(world)
    effort(world, case, "Finde en bolig", lane=Lane.SOCIAL)
    with scope.scope(world.dorte.unit.pk):
        dropped = models.Effort.objects.earliest("pk")
    step(world, actions.leave_effort, case, effort=dropped.pk, left_as=Left.DROPPED)
    shown = text(dorte.get(reverse("conference", args=[case.pk])))
    for words in (f"Næste møde: {day(TODAY + timedelta(days=90))}", "Finde en bolig", "Mette Holm, kontaktperson"):
        assert words in shown
    assert "Samtale hver uge" not in shown


def test_much_at_once_is_said(world: World) -> None:
    case, dorte = written(world), at(world.dorte)
    for number in range(planning.MANY):
        effort(world, case, f"Nummer {number}")
    with CaptureQueriesContext(connection) as queries:
        assert "Det er meget på én gang" in text(dorte.get(reverse("plan", args=[case.pk])))
    assert len([each for each in queries if 'FROM "referrals_party"' in each["sql"]]) == 1


def test_another_unit_that_takes_over_has_the_plan(world: World) -> None:
    case = written(world)
    with scope.scope(world.dorte.unit.pk):
        case.refresh_from_db()
        change_owner(case, to=world.bo.unit, worker=None, by=world.dorte, now=clock.now())
    with scope.scope(world.bo.unit.pk):
        assert [each.what for each in models.Effort.objects.filter(plan__case=case)] == ["Samtale hver uge"]
        assert [each.who for each in models.Party.objects.all()] == ["Mette Holm, kontaktperson"]
    assert {unit for _wait, unit in owed(world, case)} == {world.dorte.unit.pk}, "who coordinates makes the plan"


def test_the_road_stands_where_the_first_step_is_missing() -> None:
    plan = models.Plan(met_on=date(2026, 1, 1))
    states = [station.state for station in planning.road(plan, parties=[models.Party()], efforts=[]).stations]
    assert states == ["done", "done", "done", "current", "ahead", "ahead"]
