"""The change history: whatever way a row is written, the database keeps what stood there, who changed it and in which
request; sealed as in the row, opened to whom the row opens, and written by nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.urls import reverse
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.accounts.models import Membership, Unit, User
from navigator.celery import app as celery_app
from navigator.database import scope, walls
from navigator.history.models import Change
from navigator.vault.models import DataKey
from referrals import actions, models
from referrals.actions.ownership import change_owner
from referrals.models import Person, PersonLink
from tests.conftest import WORKER, as_app, as_owner, as_worker, play_for_a_while
from tests.helpers.cases import logged, sent
from tests.helpers.pages import at
from tests.helpers.world import World

MARKER = "Zebrafinke"
ASKED = uuid7()


def changes(*columns: str, **of: Any) -> list[tuple[Any, ...]]:
    """What the history holds, oldest first, as the owner of the tables reads it."""
    where = " AND ".join(f'"{name}" = %s' for name in of) or "true"
    with as_owner() as owner:
        said = ", ".join(f'"{column}"' for column in columns)
        return owner.execute(
            f"SELECT {said} FROM history_change WHERE {where} ORDER BY id", list(of.values())
        ).fetchall()  # type: ignore[arg-type]


def seen(*columns: str, **of: Any) -> list[tuple[Any, ...]]:
    """The same, as the application sees it in the scope it is in."""
    return list(Change.objects.filter(**of).order_by("id").values_list(*columns))


def test_every_way_of_writing_is_kept_with_who_and_in_which_request(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet")
    unit, user = world.alice.unit.pk, world.alice.user.pk
    scope.begin([unit], by=user, request=ASKED)
    person = case.person
    person.do_not_contact = True
    person.save(update_fields=["do_not_contact"])
    Person.objects.filter(pk=person.pk).update(language="en")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE referrals_person SET language = 'da' WHERE id = %s", [person.pk])
        cursor.execute("UPDATE referrals_person SET language = 'da' WHERE id = %s", [person.pk])  # changes nothing
    other = logged(world, name="Karla Opfundet").person
    first, second = sorted([person, other], key=lambda each: each.pk)
    link = PersonLink(
        unit=world.alice.unit, first=first, second=second, linked_at=clock.now(), linked_by=world.alice.user
    )
    PersonLink.objects.bulk_create([link])
    PersonLink.objects.filter(pk=link.pk).delete()

    asked = {"by": user, "request": ASKED, "job": "", "role": "navigator_app"}
    assert seen("operation", "before", row=str(person.pk), **asked) == [
        ("update", {"do_not_contact": False}),
        ("update", {"language": "da"}),
        ("update", {"language": "en"}),
    ]
    (added, nothing), (removed, whole) = seen("operation", "before", row=str(link.pk), **asked)
    assert (added, nothing, removed) == ("insert", None, "delete")
    assert (whole["id"], whole["unit_id"]) == (str(link.pk), str(unit))
    scope.leave()


def test_a_page_says_who_asks_and_what_it_changed_together(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet")
    with scope.scope(world.alice.unit.pk):
        before = Change.objects.count()
    assert at(world.alice).post(reverse("record_death", args=[case.pk]), {"sure": "on"}).status_code == 302
    with scope.scope(world.alice.unit.pk, world.dorte.unit.pk):
        new = seen("table", "by", "request")[before:]
    assert {"referrals_case", "referrals_person", "referrals_followup"} <= {table for table, _by, _request in new}
    assert {by for _table, by, _request in new} == {world.alice.user.pk}
    assert len({request for _table, _by, request in new}) == 1 and isinstance(new[0][2], UUID)


def test_a_job_is_kept_by_its_name(committed_world: World) -> None:
    celery_app.loader.import_default_modules()
    referral, run = sent(committed_world, to=committed_world.bo.unit), uuid7()
    with scope.scope(committed_world.alice.unit.pk):
        follow_up = referral.follow_ups.get(waits_for="seen")
    with time_machine.travel(clock.now() + timedelta(days=9)), play_for_a_while(WORKER):
        celery_app.tasks["referrals.tasks.sweep"].apply(task_id=str(run))
    assert set(changes("by", "job", "request", "role", row=str(follow_up.pk), operation="update")) == {
        (None, "referrals.tasks.sweep", run, "navigator_worker")
    }


def test_no_text_stands_in_it_but_what_stood_there_can_be_read_with_the_key(committed_world: World) -> None:
    world = committed_world
    case = logged(world, name=MARKER, phone="20000001")
    referral = sent(world, to=world.bo.unit, case=case)
    with scope.scope(world.alice.unit.pk):
        person = Person.objects.select_related("data_key").get(pk=case.person_id)
        person.name = "Karla Opfundet"
        person.save(update_fields=["name"])
        actions.add_note(case=case, note=MARKER, by=world.alice, now=clock.now())
        actions.agree_companion(referral=referral, who=MARKER, meeting_place="", by=world.alice, now=clock.now())
        actions.agree_companion(referral=referral, who="Bodil", meeting_place="", by=world.alice, now=clock.now())
        kept = Change.of(person)[0]
        assert kept.text_before(person, "name") == MARKER
        assert Change.of(referral.companion)[0].text_before(referral.companion, "who") == MARKER
    with as_owner() as owner:
        whole = "".join(str(row) for row in owner.execute("SELECT history_change::text FROM history_change"))
    assert str(person.pk) in whole
    for marker in (MARKER, MARKER.encode().hex(), "20000001"):
        assert marker not in whole


def test_a_password_is_said_to_be_changed_and_never_kept(committed_world: World) -> None:
    alice = committed_world.alice.user
    alice.set_password("another battery staple horse")
    alice.name = "Alice Holm"
    alice.save(update_fields=["password", "name"])
    assert changes("before", row=str(alice.pk), operation="update") == [({"name": "Alice Jensen", "password": None},)]
    with scope.scope(committed_world.alice.unit.pk):
        assert seen("before", row=str(alice.pk)) == [], "no unit holds a user"


def test_it_opens_to_whom_the_row_opens_now(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet")
    alice, dorte, carla = world.alice.unit.pk, world.dorte.unit.pk, world.carla.unit.pk

    def sees(unit: UUID) -> int:
        with scope.scope(unit):
            return Change.of(case).count()

    assert (sees(alice), sees(dorte), sees(carla)) == (1, 1, 0)
    with scope.scope(alice, carla):
        change_owner(
            models.Case.objects.get(pk=case.pk), to=world.carla.unit, worker=None, by=world.alice, now=clock.now()
        )
    assert (sees(alice), sees(dorte), sees(carla)) == (2, 2, 2)
    assert sees(world.erik.unit.pk) == 0


@pytest.mark.parametrize("connect", [as_app, as_worker])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history_change SET units = units",
        "DELETE FROM history_change",
        "TRUNCATE history_change",
        "INSERT INTO history_change (changed_at, \"table\", \"row\", operation, job, role) VALUES (now(), '', '', 'insert', '', '')",
        "SELECT navigator_keep_referrals_person()",
        "ALTER TABLE referrals_person DISABLE TRIGGER keeps_history",
    ],
)
def test_nobody_who_serves_writes_it(db: None, connect: Any, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), connect() as other:
        other.execute(statement)


def test_every_table_about_people_keeps_it_or_says_why_not() -> None:
    for model in walls.people_models():
        only_added_to = any(
            getattr(model, name, False) for name in ("append_only", "never_changed", "written_by_triggers")
        )
        said = [bool(getattr(model, "keeps_history", False)), bool(getattr(model, "no_history", "")), only_added_to]
        assert said.count(True) == 1, model
    for model in (User, Membership, Unit):
        assert model.keeps_history
    # A copy of a wrapped key would undo its disposal.
    assert not hasattr(DataKey, "keeps_history")


def test_every_table_that_is_to_keep_it_has_its_trigger(db: None) -> None:
    keeps = {model._meta.db_table for model in apps.get_models() if getattr(model, "keeps_history", False)}
    with as_owner() as owner:
        found = owner.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'keeps_history' AND tgenabled = 'O'"
        ).fetchall()
    assert {table for (table,) in found} == keeps
