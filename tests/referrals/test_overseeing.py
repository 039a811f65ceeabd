"""Who looked, for those who oversee: the unit's log for its leader, the organisation's for its auditor; samples and seals."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest
import time_machine
from django.urls import reverse

from navigator import clock
from navigator.accounts.models import Role, Unit
from navigator.audit import samples, seals
from navigator.audit.models import LookCheck, SealCheck, Verdict
from navigator.database import scope
from referrals import models
from referrals.acting import By
from tests.conftest import as_app
from tests.helpers.cases import logged
from tests.helpers.looks import looked, looks_of
from tests.helpers.pages import at, text
from tests.helpers.planted import worker
from tests.helpers.snapshot import everything
from tests.helpers.world import World

LOG = "access_log"


@pytest.fixture
def leader(world: World) -> By:
    return worker(world.alice.unit, Role.UNIT_LEADER)


def numbers(response: object, *cases: models.Case) -> set[str]:
    return {case.short_number for case in cases if case.short_number in text(response)}


def last_month(day: int = 10) -> date:
    return (clock.today().replace(day=1) - timedelta(days=1)).replace(day=day)


def test_a_leader_sees_who_has_looked_in_the_unit_and_nowhere_else(world: World, leader: By) -> None:
    colleague = worker(world.alice.unit, Role.FRONTLINE)
    yesterday = clock.now() - timedelta(days=1)
    mine, other, theirs = logged(world), logged(world), logged(world, by=world.carla)
    looked(mine, by=world.alice, at=yesterday)
    looked(other, by=colleague)
    looked(theirs, by=world.carla)
    page = at(leader)
    assert numbers(page.get(reverse(LOG)), mine, other, theirs) == {mine.short_number, other.short_number}
    by_worker = page.get(reverse(LOG), {"worker": str(colleague.user.pk)})
    assert numbers(by_worker, mine, other, theirs) == {other.short_number}
    by_day = page.get(reverse(LOG), {"day": clock.day_of(yesterday).isoformat()})
    assert numbers(by_day, mine, other, theirs) == {mine.short_number}
    assert numbers(page.get(reverse(LOG), {"purpose": "find"}), mine, other, theirs) == set()
    assert ("oversee", mine.pk) in looks_of(leader, "purpose", "case")


def test_an_auditor_sees_the_units_of_the_organisation(world: World) -> None:
    auditor = worker(world.alice.unit, Role.AUDITOR)
    unit = Unit.objects.create(
        organisation=world.alice.unit.organisation, name="Naboenheden", door="jobcenter", municipality="0751"
    )
    neighbour = worker(unit, Role.FRONTLINE)
    mine, next_door, theirs = logged(world), logged(world, by=neighbour), logged(world, by=world.carla)
    for case, by in ((mine, world.alice), (next_door, neighbour), (theirs, world.carla)):
        looked(case, by=by)
    page = at(auditor)
    assert numbers(page.get(reverse(LOG)), mine, next_door, theirs) == {mine.short_number, next_door.short_number}
    assert numbers(page.get(reverse(LOG), {"unit": str(unit.pk)}), mine, next_door) == {next_door.short_number}
    assert reverse("case", args=[mine.pk]) not in page.get(reverse(LOG)).content.decode()
    assert page.get(reverse("case", args=[mine.pk])).status_code == 403


def test_the_sample_is_drawn_by_lot_and_stays_the_same(world: World) -> None:
    case, first = logged(world), last_month(1)
    made = [
        looked(case, by=world.alice, at=clock.start_of_day(last_month(day)) + timedelta(minutes=minute))
        for day in (1, 15, 28)
        for minute in range(10)
    ]
    looked(case, by=world.alice, at=clock.now())
    with scope.scope(world.alice.unit.pk):
        drawn = [look.pk for look in samples.of_month(world.alice.unit, first)]
        again = [look.pk for look in samples.of_month(world.alice.unit, first)]
    assert len(drawn) == samples.SIZE and drawn == again and set(drawn) < {look.pk for look in made}
    assert drawn != [look.pk for look in made[: samples.SIZE]]
    with scope.scope(world.bo.unit.pk):
        assert samples.of_month(world.alice.unit, first) == []
    assert samples.months(today=date(2027, 1, 15))[:2] == [date(2026, 12, 1), date(2026, 11, 1)]


def test_a_leader_says_of_each_whether_it_is_right_and_a_second_thought_is_added(world: World, leader: By) -> None:
    look = looked(logged(world), by=world.alice, at=clock.start_of_day(last_month()))
    client, address = at(leader), reverse("check_look", args=[f"{last_month():%Y-%m}", look.pk])
    assert "0 af 1" in text(client.get(reverse("samples")))
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"verdict": "follow_up", "note": "Spørg Alice"}).status_code == 302
    assert "Spørg Alice" in text(client.get(reverse("samples")))
    assert client.post(address, {"verdict": "right", "note": ""}).status_code == 302
    with scope.scope(world.alice.unit.pk):
        assert list(LookCheck.objects.order_by("checked_at").values_list("verdict", flat=True)) == [
            "follow_up",
            "right",
        ]
        assert samples.checks([world.alice.unit], first=last_month(1))[look.pk].verdict == Verdict.RIGHT
    assert "1 af 1" in text(client.get(reverse("samples")))


def test_only_a_line_of_the_own_sample_is_checked_and_only_by_a_leader(world: World, leader: By) -> None:
    month = f"{last_month():%Y-%m}"
    mine = looked(logged(world), by=world.alice, at=clock.start_of_day(last_month()))
    theirs = looked(logged(world, by=world.carla), by=world.carla, at=clock.start_of_day(last_month()))
    today = looked(logged(world), by=world.alice)
    auditor, before, said = worker(world.alice.unit, Role.AUDITOR), everything(), {"verdict": "right"}
    for look in (theirs, today):
        assert at(leader).post(reverse("check_look", args=[month, look.pk]), said).status_code == 404
    assert at(leader).post(reverse("check_look", args=["2031-01", mine.pk]), said).status_code == 404
    assert at(auditor).post(reverse("check_look", args=[month, mine.pk]), said).status_code == 403
    assert everything() == before
    assert mine.looked_at and "Se på den" not in text(at(auditor).get(reverse("samples")))


def test_what_a_leader_said_cannot_be_changed(committed_world: World) -> None:
    for statement in ("UPDATE audit_lookcheck SET verdict = 'right'", "DELETE FROM audit_sealcheck"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), as_app() as app:
            app.execute(statement)


def test_an_auditor_sees_whether_the_seals_hold(world: World) -> None:
    auditor = at(worker(world.alice.unit, Role.AUDITOR))
    assert "endnu ikke talt efter" in text(auditor.get(reverse("seals")))
    SealCheck.objects.create(checked_at=clock.now(), days=31)
    assert "31 dage er, som de blev forseglet" in text(auditor.get(reverse("seals")))
    SealCheck.objects.create(checked_at=clock.now(), days=3, first_wrong=date(2026, 3, 1))
    assert "Loggen er ikke, som den blev forseglet" in text(auditor.get(reverse("seals")))
    assert at(worker(world.alice.unit, Role.UNIT_LEADER)).get(reverse("seals")).status_code == 403


def test_the_worker_counts_the_last_month_again_each_night(world: World) -> None:
    with time_machine.travel(clock.now() - timedelta(days=3), tick=False):
        looked(logged(world), by=world.alice)
    with scope.scope(world.alice.unit.pk):
        sealed = seals.seal(now=clock.now() + timedelta(hours=2))
        found = seals.check(now=clock.now())
    assert (found.days, found.first_wrong) == (len(sealed), None) and found.days >= 3
