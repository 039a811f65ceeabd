"""The second wall, proved from below: as the application's own role, with SQL, past all of our own code."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.audit import samples
from navigator.audit.models import Look, LookCheck, Verdict
from navigator.database import scope, walls
from navigator.history.models import Change
from referrals import actions, models
from referrals.enums import Bulk, Form, Lane, Outcome
from tests.conftest import APP, WORKER, as_app, as_owner, as_worker
from tests.helpers.cases import YES, logged, sent
from tests.helpers.looks import looked
from tests.helpers.measures import measure
from tests.helpers.world import World

PEOPLE_TABLES = sorted(model._meta.db_table for model in walls.people_models())
# What is about no person: a document, rules, and the key of a message that came back.
NAMES_NOBODY = {models.Ladder, models.BounceReport, models.RetentionRule}


def count(cursor_of: psycopg.Connection[tuple[object, ...]], table: str, *units: UUID) -> int:
    with cursor_of as db:
        db.execute("SELECT set_config('navigator.units', %s, false)", ["{" + ",".join(map(str, units)) + "}"])
        # The history of the directory's services is about no person, and open.
        about = "WHERE \"table\" NOT LIKE 'pathways_service%'" if table == "history_change" else ""
        return db.execute(f"SELECT count(*) FROM {table} {about}").fetchone()[0]  # type: ignore[arg-type,index,return-value]


@pytest.mark.parametrize("role", [APP, WORKER], ids=["app", "worker"])
def test_the_roles_own_nothing_and_pass_no_wall(db: None, role: dict[str, str]) -> None:
    with as_owner() as owner:
        row = owner.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = %s", [role["USER"]]
        ).fetchone()
        owned = owner.execute("SELECT count(*) FROM pg_tables WHERE tableowner = %s", [role["USER"]]).fetchone()

    assert row == (False, False, False, False)
    assert owned == (0,)


def test_the_tests_run_as_the_app(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (APP["USER"],)


def test_every_table_of_referrals_has_a_wall() -> None:
    from django.apps import apps

    about_people = {model for model in apps.get_app_config("referrals").get_models() if model not in NAMES_NOBODY}
    assert about_people | {Look, LookCheck, Change} == set(walls.people_models())


def test_every_people_table_is_under_row_level_security(db: None) -> None:
    with as_owner() as owner:
        found = owner.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind IN ('r', 'p') ORDER BY relname"
        ).fetchall()
    assert [name for (name,) in found] == PEOPLE_TABLES


def test_no_scope_shows_nothing_and_another_units_scope_nothing_of_ours(committed_world: World) -> None:
    world = committed_world
    referral = sent(world, to=world.bo.unit)
    with scope.scope(world.alice.unit.pk):
        actions.link(case=referral.case, other=logged(world, name="Karla"), by=world.alice, now=clock.now())
        actions.agree_companion(referral=referral, who="Bodil", meeting_place="", by=world.alice, now=clock.now())
        actions.record_screening(
            case=referral.case, about="mental_state", instrument="asi", called="", version="", score="4", text="",
            step="", made_on=clock.today(), by=world.alice, now=clock.now(),
        )  # fmt: skip
        actions.ask_to_take_over(
            case=referral.case, unit=world.carla.unit, reason="x", ground=YES, by=world.alice, now=clock.now()
        )
        actions.keep_draft(draft_id=uuid7(), typed={"name": ["Mikkel"]}, by=world.alice, now=clock.now())
        actions.ask_for_bulk(
            kind=Bulk.DONE, follow_ups=[referral.case.follow_ups.order_by("pk")[0].pk], by=world.alice, now=clock.now()
        )
        actions.correct_fact(
            case=referral.case, fact="name", right="Karla", because="x", by=world.alice, now=clock.now()
        )
        plan = actions.begin_plan(case=referral.case, agreed=Form.ORAL, by=world.alice, now=clock.now())
        actions.add_party(case=referral.case, who="Mette", phone="", by=world.alice, now=clock.now())
        actions.add_effort(
            case=referral.case, lane=Lane.SOCIAL, what="x", party=plan.parties.get().pk, by_on=clock.today(),
            by=world.alice, now=clock.now(),
        )  # fmt: skip
        actions.make_personal_link(case=referral.case, by=world.alice, now=clock.now())
        actions.ask_for_export(case=referral.case, note="x", language="da", by=world.alice, now=clock.now())
        actions.ask_for_letter(
            case=referral.case, kind=models.Letter.Kind.REFERRAL, service=referral.service, referral=referral,
            language="da", by=world.alice, now=clock.now(),
        )  # fmt: skip
        looked(referral.case, by=world.alice)
        consent = referral.case.consents.filter(to_service=referral.service).get()
        actions.withdraw_consent(case=referral.case, consent=consent, by=world.alice, now=clock.now())
        actions.record_concern(
            case=None, about="at_home", channel="phone", municipality="0751", sent_at=clock.now(), to_whom="Vagten",
            note="", by=world.alice, now=clock.now(),
        )  # fmt: skip
        look, alice = looked(referral.case, by=world.alice), world.alice
        samples.check(
            look,
            unit=alice.unit,
            first=date(2026, 1, 1),
            verdict=Verdict.RIGHT,
            note="x",
            by=alice.user,
            now=clock.now(),
        )
        over, a_year_ago = logged(world), clock.now() - timedelta(days=400)
        actions.close_case(case=over, outcome=Outcome.WITHDRAWN, because="x", by=world.alice, now=clock.now())
        models.Case.objects.filter(pk=over.pk).update(opened_at=a_year_ago, closed_at=a_year_ago)
        actions.ask_for_retention(by=world.alice, now=clock.now())
    others = logged(world, by=world.carla)
    with scope.scope(world.alice.unit.pk):
        access = actions.open_in_emergency(number=others.short_number, reason="x", by=world.alice, now=clock.now())
        actions.mark_emergency_as_seen(access=access, by=world.alice, now=clock.now())
    measure()
    logged(world)  # and one that is still to be measured
    filled = set(PEOPLE_TABLES) - {"referrals_securelink"}  # test_links.py has those

    assert {table for table in PEOPLE_TABLES if count(as_owner(), table)} == filled
    for table in PEOPLE_TABLES:
        assert count(as_app(), table) == 0
        assert count(as_app(), table, world.erik.unit.pk) == 0
    assert {table for table in PEOPLE_TABLES if count(as_app(), table, world.alice.unit.pk)} == filled


def test_the_worker_sees_deadlines_and_outbox_and_no_person(committed_world: World) -> None:
    sent(committed_world, to=committed_world.bo.unit)

    seen = {table for table in PEOPLE_TABLES if count(as_worker(), table)}
    assert seen == {"referrals_delivery", "referrals_followup", "referrals_notice", "referrals_tomeasure"}


def test_a_receiver_sees_what_was_sent_and_not_the_case(world: World) -> None:
    referral = sent(world, to=world.bo.unit)

    with scope.scope(world.bo.unit.pk):
        assert models.Referral.objects.get() == referral
        assert models.Disclosure.objects.count() == 1
        assert models.Case.objects.count() == models.Person.objects.count() == models.Assessment.objects.count() == 0
        assert set(models.CaseEvent.objects.values_list("kind", flat=True)) == {"send"}


@pytest.mark.parametrize("table", ["referrals_caseevent", "referrals_assessment", "referrals_disclosure"])
@pytest.mark.parametrize("statement", ["DELETE FROM {table}", "UPDATE {table} SET data_key_id = data_key_id"])
def test_history_cannot_be_changed_by_anybody_who_serves(db: None, table: str, statement: str) -> None:
    if table == "referrals_assessment":
        statement = statement.replace("data_key_id", "answers")
    for connect in (as_app, as_worker):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connect() as other:
            other.execute(statement.format(table=table))  # type: ignore[arg-type]


def test_a_row_of_another_unit_cannot_be_written(world: World) -> None:
    with scope.scope(world.alice.unit.pk), pytest.raises(Exception, match="row-level security"), transaction.atomic():
        models.PersonLink.objects.bulk_create(
            [
                models.PersonLink(
                    unit=world.erik.unit,
                    first=logged(world).person,
                    second=logged(world).person,
                    linked_at=logged(world).opened_at,
                    linked_by=world.alice.user,
                )
            ]
        )


def test_an_error_in_the_middle_leaves_the_scope_as_it_was(world: World) -> None:
    with scope.scope(world.alice.unit.pk):
        with pytest.raises(RuntimeError), scope.widened_to(world.bo.unit.pk), transaction.atomic():
            raise RuntimeError
        assert scope.units_in_scope() == {world.alice.unit.pk}
    assert scope.units_in_scope() == frozenset()


def test_a_broken_transaction_leaves_the_scope_as_it_was(committed_world: World) -> None:
    alice, bo = committed_world.alice.unit.pk, committed_world.bo.unit.pk
    with scope.scope(alice):
        with pytest.raises(Exception, match="does not exist"), transaction.atomic(), scope.widened_to(bo):
            connection.cursor().execute("SELECT * FROM nowhere")
        assert scope.units_in_scope() == {alice}


def test_scopes_of_two_threads_do_not_meet(committed_world: World) -> None:
    seen: dict[str, frozenset[UUID]] = {}
    barrier = threading.Barrier(2)

    def work(name: str, unit: UUID) -> None:
        with scope.scope(unit):
            barrier.wait(10)
            seen[name] = scope.units_in_scope()
            barrier.wait(10)
        connection.close()

    units = {"alice": committed_world.alice.unit.pk, "bo": committed_world.bo.unit.pk}
    threads = [threading.Thread(target=work, args=item) for item in units.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {name: frozenset({unit}) for name, unit in units.items()}
