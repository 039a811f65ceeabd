"""The tests' ground: a database made by the owner and used as the app, with the catalogue in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import environ
import psycopg
import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import setup_databases

from tests.helpers.world import World, build_places, build_world

env = environ.Env()
APP, OWNER, WORKER = (env.db_url(name) for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "WORKER_DATABASE_URL"))

# Rules and ladder are in force before any moment that a test stands at, whatever day it is run.
PUBLISHED = "2026-01-01 00:00Z"

# Laid out once, and put back after a test that has committed something.
PLACES = ("accounts_organisation", "accounts_unit", "accounts_coordinatorcover")

# What a committed test leaves behind. The catalogue stays: it is loaded once.
LEFT_BY_TESTS = (
    "referrals",
    "vault",
    "web",
    "sessions",
    "accounts",
    "account",
    "mfa",
    "socialaccount",
    "admin",
)


def play(role: dict[str, str]) -> None:
    """From now on the tests' connection is this role's."""
    connection.close()
    connection.settings_dict |= {key: role[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}


@contextmanager
def play_for_a_while(role: dict[str, str]) -> Iterator[None]:
    """Connections opened in the block, in new threads too, are this role's."""
    play(role)
    try:
        yield
    finally:
        play(APP)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: pytest.FixtureRequest, django_db_modify_db_settings: None
) -> None:
    """Tables, walls and catalogue are the owner's work; every test runs as the app."""
    with django_db_blocker.unblock():
        play(OWNER)
        setup_databases(verbosity=0, interactive=False)
        with time_machine.travel(PUBLISHED, tick=False):
            call_command("load_catalogue", verbosity=0)
            call_command("load_ladder", verbosity=0)
            call_command("load_retention", verbosity=0)
        build_places()
        with as_owner() as owner:
            owner.execute("CREATE SCHEMA laid_out")
            for table in (*PLACES, "pathways_service"):
                owner.execute(f"CREATE TABLE laid_out.{table} AS TABLE {table}")  # type: ignore[arg-type]
        play(APP)
    # Nothing to take down: the servers end with the run, and on lasting ones the next run makes its databases anew.


def _delete_what_the_test_left(self: TransactionTestCase) -> None:
    """Django would truncate every table, the catalogue too; the app may truncate none. So the owner deletes."""
    with as_owner() as owner:
        for table in ("audit_look", "audit_seal", "audit_lookcheck", "audit_sealcheck"):
            if owner.execute(f"SELECT EXISTS (SELECT FROM {table})").fetchone() == (True,):
                # What nobody may change, only whoever owns the table can take away: by taking the lock off first.
                owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                owner.execute(f"DELETE FROM {table}")
                owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        owner.execute("DELETE FROM pathways_answering")
        owner.execute("UPDATE referrals_retentionrule SET confirmed_by = '' WHERE confirmed_by <> ''")
        owner.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in _tables(*LEFT_BY_TESTS):
            if table not in ("referrals_ladder", "referrals_retentionrule"):
                owner.execute(f"DELETE FROM {table}")  # type: ignore[arg-type]
        for table in PLACES:
            owner.execute(f"INSERT INTO {table} TABLE laid_out.{table}")  # type: ignore[arg-type]
        columns = "unit_id, closed_from, reopens_on, substitute_id, closing_told_at, revision"
        now, was = (", ".join(f"{row}.{name}" for name in columns.split(", ")) for row in ("now", "was"))
        owner.execute(
            f"UPDATE pathways_service now SET ({columns}) = ROW ({was}) FROM laid_out.pathways_service was"  # type: ignore[arg-type]
            f" WHERE was.id = now.id AND ({now}) IS DISTINCT FROM ({was})"
        )
        for table in _tables("history"):  # last: what was deleted is kept there
            owner.execute(f"DELETE FROM {table}")  # type: ignore[arg-type]


def _tables(*labels: str) -> list[str]:
    models = [model for label in labels for model in apps.get_app_config(label).get_models(include_auto_created=True)]
    return [model._meta.db_table for model in models]


TransactionTestCase._fixture_teardown = _delete_what_the_test_left  # type: ignore[method-assign]


def as_owner() -> psycopg.Connection[tuple[object, ...]]:
    """A connection of the owner to the test's database: it sees past the walls."""
    return _connect(OWNER)


def as_worker() -> psycopg.Connection[tuple[object, ...]]:
    """A connection of the worker: deadlines and outbox, and people only in a scope."""
    return _connect(WORKER)


def as_app() -> psycopg.Connection[tuple[object, ...]]:
    """A connection of the app: nothing about people without a scope."""
    return _connect(APP)


def _connect(role: dict[str, str]) -> psycopg.Connection[tuple[object, ...]]:
    parts = {"user": role["USER"], "password": role["PASSWORD"], "host": role["HOST"], "port": role["PORT"]}
    given = {key: value for key, value in parts.items() if value} | role.get("OPTIONS", {})
    return psycopg.connect(dbname=connection.settings_dict["NAME"], **given)


@pytest.fixture
def world(db: None) -> World:
    """A worker in each of the places: jobcentre, substance centre, psychiatry, coordination; and a stranger."""
    return build_world()


@pytest.fixture
def committed_world(transactional_db: None) -> World:
    """The same, committed: for threads, workers and browsers."""
    return build_world()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Sums up what tests have counted (`record_property`), in whatever process they ran."""
    counted = Counter[str]()
    for report in terminalreporter.getreports("passed"):
        counted.update({name: value for name, value in report.user_properties if isinstance(value, int)})
    for name, number in sorted(counted.items()):
        terminalreporter.write_line(f"{number} {name}")
