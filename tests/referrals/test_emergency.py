"""Emergency access: one case of another unit, to be read, for half an hour, with a reason; and it is heard of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.accounts.models import Membership, Role, User
from navigator.database import scope
from referrals import actions, models
from referrals.acting import By
from tests.conftest import as_app, as_owner
from tests.helpers.cases import logged, sent
from tests.helpers.looks import looks_of
from tests.helpers.snapshot import everything
from tests.helpers.world import PASSWORD, World

WHY = "Borgeren er bevidstløs her hos os, og vi kender ikke medicinen."


def at(by: By) -> Client:
    client = Client()
    client.force_login(by.user)
    return client


def ask(by: By, case: models.Case, **said: Any) -> Any:
    return at(by).post(reverse("emergency"), {"number": case.short_number, "reason": WHY} | said)


def opened(world: World, case: models.Case, *, by: By | None = None) -> models.EmergencyAccess:
    """Erik has asked for it, half a second ago."""
    by = by or world.erik
    with scope.scope(by.unit.pk):
        return actions.open_in_emergency(number=case.short_number, reason=WHY, by=by, now=clock.now())


def joins(unit: Any, role: Role, name: str = "Olga Opdigtet") -> By:
    user = User.objects.create_user(f"{uuid7()}@x.example", PASSWORD, name=name)
    Membership.objects.create(user=user, unit=unit, role=role)
    return By(user=user, unit=unit)


def test_the_case_is_read_and_every_look_is_marked(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet", phone="20000001")
    sent(world, to=world.bo.unit, case=case)
    response = ask(world.erik, case)
    with scope.scope(world.erik.unit.pk):
        access = models.EmergencyAccess.objects.get()
    assert (response.status_code, response.url) == (302, reverse("emergency_case", args=[access.pk]))
    assert (access.by, access.reason, access.number) == (world.erik.user, WHY, case.short_number)
    assert access.ends_at - access.opened_at == timedelta(minutes=30)

    page = at(world.erik).get(response.url).content.decode()
    assert "Mikkel Opfundet" in page and "20000001" in page and "Akut adgang til" in page and "Sendt" in page
    look = ("emergency_case", "page", "emergency", case.pk, case.person_id, access.pk)
    assert looks_of(world.erik, "what", "how", "purpose", "case", "person", "emergency") == [look]
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


def test_it_opens_nothing_else(world: World) -> None:
    case, other = logged(world, name="Mikkel Opfundet"), logged(world, name="Karla Opfundet")
    access = opened(world, case)
    assert at(world.erik).get(reverse("case", args=[case.pk])).status_code == 404
    assert at(world.erik).post(reverse("add_note", args=[case.pk]), {"note": "x"}).status_code == 404
    assert "Karla" not in at(world.erik).get(reverse("emergency_case", args=[access.pk])).content.decode()
    with scope.scope(world.erik.unit.pk):
        assert models.Case.objects.count() == 0
        with scope.emergency(access.pk):
            assert models.Case.objects.get() == case != other
            with scope.widened_to(world.erik.unit.pk):
                assert models.Case.objects.count() == 0


def test_a_protected_name_is_shown_to_whoever_may_says_why_and_still_has_access(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet", phone="20000001")
    with scope.scope(world.alice.unit.pk):
        actions.protect(case=case, until=clock.today(), because="Har vist sit brev.", by=world.alice, now=clock.now())
    access, said = opened(world, case), {"because": "Lægen skal kende navnet nu."}
    page, address = (reverse(name, args=[access.pk]) for name in ("emergency_case", "emergency_identity"))
    shown = at(world.erik).get(page).content.decode()
    assert "Beskyttet navn og adresse" in shown and "Mikkel" not in shown and address not in shown
    leader = joins(world.erik.unit, Role.UNIT_LEADER)
    before = everything()
    refused = at(world.erik).post(address, said)
    assert refused.status_code == 403 and "Mikkel" not in refused.content.decode()
    assert at(leader).post(address, said).status_code == 404, "an access is for whoever has asked for it"
    assert everything() == before
    theirs = opened(world, case, by=leader)
    address = reverse("emergency_identity", args=[theirs.pk])
    assert address in at(leader).get(reverse("emergency_case", args=[theirs.pk])).content.decode()
    before = everything()
    for asked in (at(leader).get(address), at(leader).post(address, {"because": " "})):
        assert "Mikkel" not in asked.content.decode()
    assert everything() == before
    revealed = at(leader).post(address, said)
    assert revealed.status_code == 200 and "no-store" in revealed["Cache-Control"]
    assert "Mikkel Opfundet" in revealed.content.decode() and "20000001" in revealed.content.decode()
    look = ("emergency_identity", "reveal", "emergency", case.pk, theirs.pk)
    assert look in looks_of(leader, "what", "how", "purpose", "case", "emergency")
    history = at(world.alice).get(reverse("case", args=[case.pk])).content.decode()
    assert said["because"] in history and "Mikkel" not in history
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        assert at(leader).post(address, said).status_code == 409


OPENED = {"referrals_case", "referrals_person", "referrals_track", "referrals_referral", "referrals_followup",
          "referrals_caseevent"}  # fmt: skip
CLOSED = {
    "referrals_assessment",
    "referrals_disclosure",
    "referrals_personkey",
    "referrals_guarantee",
    "referrals_notice",
}


def reached(table: str, *, unit: UUID, access: UUID) -> int:
    """How many rows the app reaches of a table, from below."""
    with as_app() as app:
        app.execute("SELECT set_config('navigator.units', %s, false)", [f"{{{unit}}}"])
        app.execute("SELECT set_config('navigator.emergency', %s, false)", [str(access)])
        return app.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # type: ignore[arg-type,index,return-value]


def test_the_database_opens_this_case_to_this_unit_while_it_lasts(committed_world: World) -> None:
    world = committed_world
    case = logged(world, name="Mikkel Opfundet")
    sent(world, to=world.bo.unit, case=case)
    sent(world, to=world.bo.unit, case=logged(world, name="Karla Opfundet"))
    access = opened(world, case).pk
    erik = world.erik.unit.pk

    assert {table for table in OPENED | CLOSED if reached(table, unit=erik, access=access)} == OPENED
    assert (
        reached("referrals_case", unit=erik, access=access)
        == reached("referrals_person", unit=erik, access=access)
        == 1
    )
    for unit, key in [(erik, uuid7()), (world.carla.unit.pk, access)]:
        assert {table for table in OPENED if reached(table, unit=unit, access=key)} == set()
    with as_owner() as owner:
        owner.execute(
            "UPDATE referrals_emergencyaccess SET opened_at = opened_at - interval '31 minutes',"
            " ends_at = ends_at - interval '31 minutes'"
        )
    assert {table for table in OPENED if reached(table, unit=erik, access=access)} == set()


@pytest.mark.parametrize("table", sorted(OPENED - {"referrals_caseevent"}))
def test_the_database_lets_an_emergency_change_nothing(committed_world: World, table: str) -> None:
    world = committed_world
    case = logged(world)
    sent(world, to=world.bo.unit, case=case)
    access, before = opened(world, case).pk, everything()
    with as_app() as app:
        app.execute("SELECT set_config('navigator.units', %s, false)", [f"{{{world.erik.unit.pk}}}"])
        app.execute("SELECT set_config('navigator.emergency', %s, false)", [str(access)])
        assert app.execute(f"UPDATE {table} SET id = id").rowcount == 0  # type: ignore[arg-type]
        assert app.execute(f"DELETE FROM {table}").rowcount == 0  # type: ignore[arg-type]
        assert app.execute(f"SELECT * FROM {table} FOR UPDATE").fetchall() == []  # type: ignore[arg-type]
    assert everything() == before


def test_an_access_is_not_prolonged(committed_world: World) -> None:
    access = opened(committed_world, logged(committed_world))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), as_app() as app:
        app.execute("UPDATE referrals_emergencyaccess SET ends_at = ends_at + interval '1 day'")
    access.pk, access.ends_at = uuid7(), access.opened_at + timedelta(minutes=31)
    with scope.scope(committed_world.erik.unit.pk), pytest.raises(Exception, match="half_an_hour_at_most"):
        access.save(force_insert=True)


def test_after_half_an_hour_it_is_over(world: World) -> None:
    access = opened(world, logged(world, name="Mikkel Opfundet"))
    with time_machine.travel(access.ends_at, tick=False):
        client = at(world.erik)
        response = client.get(reverse("emergency_case", args=[access.pk]))
    assert response.status_code == 409
    assert "Mikkel" not in response.content.decode() and "Den halve time er gået" in response.content.decode()
    assert looks_of(world.erik, "case") == []


def test_it_is_for_whoever_asked(world: World) -> None:
    access = opened(world, logged(world))
    colleague = joins(world.erik.unit, Role.FRONTLINE)
    for by in (colleague, world.alice, world.bo):
        assert at(by).get(reverse("emergency_case", args=[access.pk])).status_code == 404


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"number": "999999-9"}, "Der er ingen sag med dette nummer"),
        ({"number": "x"}, "Der er ingen sag med dette nummer"),
        ({"number": ""}, "Skriv sagsnummeret"),
        ({"reason": ""}, "Skriv hvorfor"),
        ({"reason": "Haster"}, "Skriv så meget"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_opened(world: World, said: dict[str, str], sentence: str) -> None:
    case = logged(world, name="Mikkel Opfundet")
    before = everything()
    response = ask(world.erik, case, **said)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert everything() == before
    tried = [("emergency", "search", None)] if said.get("number") else []
    assert looks_of(world.erik, "what", "how", "case") == tried


def test_a_case_of_ones_own_is_opened_as_always(world: World) -> None:
    case = logged(world)
    before = everything()
    assert ask(world.alice, case).url == reverse("case", args=[case.pk])
    assert everything() == before


def test_only_whoever_works_with_cases_asks_and_only_leaders_and_auditors_oversee(world: World) -> None:
    access = opened(world, logged(world))
    leader, auditor = joins(world.erik.unit, Role.UNIT_LEADER), joins(world.erik.unit, Role.AUDITOR)
    used, seen = reverse("emergencies"), reverse("emergency_seen", args=[access.pk])
    assert at(auditor).get(reverse("emergency")).status_code == 403
    assert at(world.erik).get(used).status_code == at(world.erik).post(seen).status_code == 403
    assert WHY in at(leader).get(used).content.decode()
    assert WHY in at(auditor).get(used).content.decode()
    stranger = joins(world.carla.unit, Role.UNIT_LEADER)
    assert WHY not in at(stranger).get(used).content.decode()
    assert at(stranger).post(seen).status_code == 404
    assert looks_of(auditor, "what", "purpose", "case") == [("emergencies", "oversee", access.case_id)] * 2


def test_both_leaders_and_whoever_oversees_are_told_at_once(world: World) -> None:
    access = opened(world, logged(world, name="Mikkel Opfundet"))
    assert access.told == sorted([world.erik.unit.pk, world.alice.unit.pk, world.dorte.unit.pk])
    for unit in (world.erik.unit, world.alice.unit, world.dorte.unit):
        leader = joins(unit, Role.UNIT_LEADER)
        assert "Den akutte adgang er brugt 1 gang" in at(leader).get("/").content.decode()
        assert at(leader).post(reverse("emergency_seen", args=[access.pk])).status_code == 302
        assert at(leader).post(reverse("emergency_seen", args=[access.pk])).status_code == 302
        assert "Den akutte adgang er brugt" not in at(leader).get("/").content.decode()
    news = at(world.alice).get("/news/").content.decode()
    assert "En anden enhed har læst sagen i en akut situation" in news and "Mikkel Opfundet" in news
    with scope.scope(world.alice.unit.pk):
        assert models.CaseEvent.objects.get(kind="emergency_access").note == WHY


def test_where_there_is_an_auditor_no_coordinator_is_told(world: World) -> None:
    auditor = joins(world.alice.unit, Role.AUDITOR)
    ended = joins(world.carla.unit, Role.AUDITOR)
    Membership.objects.filter(user=ended.user).update(ended_at=clock.now())
    access = opened(world, logged(world))
    assert access.told == sorted([world.erik.unit.pk, auditor.unit.pk])
