"""A prepared question gives what the queryset gives, whatever is given, and only what the scope opens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db import models as db
from django.test.utils import CaptureQueriesContext

from navigator import clock
from navigator.accounts.models import Organisation, Unit, User
from navigator.database import scope
from navigator.database.prepared import OneOf, derived, prepared
from referrals import models
from tests.conftest import as_owner
from tests.helpers.cases import logged
from tests.helpers.world import World

DAY = timedelta(days=1)


def opened(*, unit: Unit, since: datetime, until: Any, worker: User | None = None) -> db.QuerySet[models.Case]:
    found = models.Case.objects.filter(
        owner_unit=unit, opened_at__gte=since, opened_at__lt=derived(until, lambda at: at)
    )
    found = found.filter(owner_worker=worker) if worker else found
    return found.filter(opened_at__lt=until + DAY).select_related("person__data_key").order_by("opened_at", "pk")


def test_it_gives_what_the_queryset_gives_and_is_put_together_once_a_shape(world: World) -> None:
    now, ask = clock.now(), prepared(opened)
    cases = [logged(world, name=f"{n}", now=now - n * DAY) for n in range(4)]
    alice, bo = world.alice, world.bo
    for given in (
        {"unit": alice.unit, "since": now - 2 * DAY, "until": now + DAY, "worker": None},
        {"unit": alice.unit, "since": now - 3 * DAY, "until": now - DAY, "worker": None},
        {"unit": alice.unit, "since": now - 3 * DAY, "until": now, "worker": cases[0].owner_worker or alice.user},
        {"unit": bo.unit, "since": now - 9 * DAY, "until": now + DAY, "worker": None},
    ):
        with scope.scope(alice.unit.pk):
            plain = list(opened(**given))  # type: ignore[arg-type]
            with CaptureQueriesContext(connection) as queries:
                found = ask(**given)  # type: ignore[arg-type]
                assert [case.person.name for case in found] == [case.person.name for case in plain]
            assert len(queries) == 1  # whom they are about was asked with them
    assert len(ask.written) == 2  # with a worker, and without


def test_it_is_the_scope_that_decides_what_is_seen(world: World) -> None:
    logged(world)
    ask, now = prepared(opened), clock.now()
    given: dict[str, Any] = {"unit": world.alice.unit, "since": now - DAY, "until": now + DAY, "worker": None}
    with scope.scope(world.alice.unit.pk):
        assert len(ask(**given)) == 1
    with scope.scope(world.bo.unit.pk):
        assert ask(**given) == []
    assert ask(**given) == []
    with scope.scope(world.alice.unit.pk):
        assert len(ask(**given)) == 1


@prepared
def organisations(begins: str, /, *, keys: list[UUID], name: str) -> db.QuerySet[Organisation, tuple[str]]:
    found = Organisation.objects.filter(OneOf("pk", keys), name__startswith=begins).exclude(name=name)
    return found.order_by("name").values_list("name")


def test_what_is_constant_is_written_out_and_what_is_given_is_sent(world: World) -> None:
    odd = [Organisation.objects.create(name=name) for name in ("100 % O'Hara", "100 % \\ %s", "100", 'x"')]
    keys = [each.pk for each in odd]
    assert organisations("100 %", keys=keys, name="") == [("100 % O'Hara",), ("100 % \\ %s",)]
    assert organisations("100 %", keys=keys, name="100 % O'Hara") == [("100 % \\ %s",)]
    assert organisations("100 %", keys=keys[1:2], name="' OR true --") == [("100 % \\ %s",)]
    assert organisations("100 %", keys=[], name="") == []
    assert organisations('x"', keys=keys, name="") == [('x"',)]


def test_it_is_planned_once_a_connection_and_for_any_value(world: World) -> None:
    for name in ("a", "b", "c"):
        organisations("planned once", keys=[world.alice.unit.organisation_id], name=name)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%%planned once%%'", []
        )
        assert cursor.fetchall() == [(3, 0)]


def test_a_migration_meanwhile_is_noticed(committed_world: World) -> None:
    keys = [committed_world.alice.unit.organisation_id]
    before = organisations("", keys=keys, name="")
    assert len(before) == 1
    try:
        with as_owner() as owner:
            owner.execute("ALTER TABLE accounts_organisation ALTER name TYPE varchar(201)")
        assert organisations("", keys=keys, name="") == before
    finally:
        connection.close()
        with as_owner() as owner:
            owner.execute("ALTER TABLE accounts_organisation ALTER name TYPE varchar(200)")
