"""The second wall: who may touch a table at all, and which rows of it.

A model about people says which of its columns open a row (`opened_by`); a bug in a view then shows nothing instead of
everything. `migrate` raises the walls anew after every migration, so that what stands here is what is in force.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

UNITS_IN_SCOPE = """
CREATE OR REPLACE FUNCTION navigator_units() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(nullif(current_setting('navigator.units', true), ''), '{}')::uuid[] $$
"""


def people_models() -> list[type[models.Model]]:
    """Every model about people: those that say which columns open a row."""
    return [model for model in apps.get_models() if hasattr(model, "opened_by")]


def statements() -> Iterator[str]:
    """All SQL of the walls, in order; running it twice changes nothing. The owner of the tables runs it."""
    app, worker = settings.DATABASE_ROLES["app"], settings.DATABASE_ROLES["worker"]
    yield UNITS_IN_SCOPE
    yield f"GRANT USAGE ON SCHEMA public TO {app}, {worker}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {app}, {worker}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}, {worker}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}, {worker}"
    yield f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {app}, {worker}"
    for model in people_models():
        yield from _wall_around(model, app=app, worker=worker)
    for model in apps.get_models():
        if getattr(model, "never_changed", False):
            yield f"REVOKE UPDATE, DELETE ON {model._meta.db_table} FROM {app}, {worker}"
        if getattr(model, "written_by_triggers", False):
            yield f"REVOKE INSERT, UPDATE, DELETE ON {model._meta.db_table} FROM {app}, {worker}"


def _wall_around(model: type[models.Model], *, app: str, worker: str) -> Iterator[str]:
    table = model._meta.db_table
    rule = _rule(model)
    if getattr(model, "written_by_triggers", False) and (open_tables := _open_to_all()):
        rule = f'{rule} OR "table" IN ({open_tables})'
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    for role, sees in ((app, rule), (worker, "true" if getattr(model, "swept", False) else rule)):
        yield f"DROP POLICY IF EXISTS {role}_scope ON {table}"
        yield f"CREATE POLICY {role}_scope ON {table} TO {role} USING ({sees}) WITH CHECK ({sees})"
    if opened := getattr(model, "in_emergency", ()):
        # Reads only: no policy lets an emergency write or lock a row.
        yield f"DROP POLICY IF EXISTS {app}_emergency ON {table}"
        yield f"CREATE POLICY {app}_emergency ON {table} FOR SELECT TO {app} USING ({_is_one(model, *opened)})"
    if getattr(model, "append_only", False):
        # History is added to, never changed; only the columns that open a row may follow the case to a new owner.
        columns = ", ".join(_column(model, name) for name in model.opened_by)  # type: ignore[attr-defined]
        yield f"REVOKE UPDATE, DELETE ON {table} FROM {app}, {worker}"
        yield f"GRANT UPDATE ({columns}) ON {table} TO {app}, {worker}"


def _rule(model: type[models.Model]) -> str:
    """The condition of the row: one of its own columns names a unit in scope. The sub-select is run once a query."""
    in_scope = "(SELECT navigator_units())"
    tests = []
    for name in model.opened_by:  # type: ignore[attr-defined]
        column = _column(model, name)
        is_list = isinstance(model._meta.get_field(name), ArrayField)
        tests.append(f"{column} && {in_scope}" if is_list else f"{column} = ANY ({in_scope}::uuid[])")
    return " OR ".join(tests)


def _open_to_all() -> str:
    """The tables about no person whose history anybody here may read."""
    found = [model._meta.db_table for model in apps.get_models() if getattr(model, "history_opens_to_all", False)]
    return ", ".join(f"'{table}'" for table in found)


def _is_one(model: type[models.Model], name: str, function: str) -> str:
    """The row belongs to the one case, or is the one person, that an emergency access opens now."""
    return f"{_column(model, name)} = (SELECT {function}())"


def _column(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]
