"""The triggers that keep the change history: one on each table whose model says `keeps_history`.

`migrate` makes them anew after every migration. Their functions belong to the owner of the tables: app and worker need no
right to write history, and have none. A table about people that keeps none says why (`no_history`); one to which rows are
only ever added needs none.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

# What a query did to this row, in the words of jsonb; `it` is the row as it is now, or as it last was.
FUNCTION = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    it {table};
    said jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN
        it := OLD;
        said := to_jsonb(OLD);
    ELSE
        it := NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD *= NEW THEN
            RETURN NULL;
        END IF;
        SELECT jsonb_object_agg(was.key, was.value) INTO said
        FROM jsonb_each(to_jsonb(OLD)) AS was JOIN jsonb_each(to_jsonb(NEW)) AS is_now USING (key)
        WHERE was.value <> is_now.value;{follow}
    END IF;{hide}
    INSERT INTO history_change (changed_at, "table", "row", operation, before, units, by, job, request, role)
    VALUES (
        clock_timestamp(), '{table}', it.{key}, lower(TG_OP), said, {units},
        nullif(current_setting('navigator.by', true), '')::uuid,
        coalesce(current_setting('navigator.job', true), ''),
        nullif(current_setting('navigator.request', true), '')::uuid,
        session_user
    );
    RETURN NULL;
END $$
"""
# The history of a row follows it to whom it opens now.
FOLLOW = """
        IF {before} IS DISTINCT FROM {units} THEN
            UPDATE history_change SET units = {units} WHERE "table" = '{table}' AND "row" = it.{key}::text;
        END IF;"""
HIDE = """
    IF said ? '{column}' THEN
        said := said || '{{"{column}": null}}';
    END IF;"""


def statements() -> Iterator[str]:
    """All SQL of the triggers, in order; running it twice changes nothing. The owner of the tables runs it."""
    for model in apps.get_models():
        if getattr(model, "keeps_history", False):
            table = model._meta.db_table
            yield _function(model)
            yield (
                f"CREATE OR REPLACE TRIGGER keeps_history AFTER INSERT OR UPDATE OR DELETE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {_name(table)}()"
            )
            yield f"REVOKE ALL ON FUNCTION {_name(table)}() FROM PUBLIC"


def _function(model: type[models.Model]) -> str:
    table, key = model._meta.db_table, model._meta.pk.column
    units = _units(model, of="it")
    follow = FOLLOW.format(table=table, key=key, units=units, before=_units(model, of="OLD")) if units != "NULL" else ""
    hidden = [model._meta.get_field(name).column for name in getattr(model, "history_hides", ())]  # type: ignore[union-attr]
    return FUNCTION.format(
        function=_name(table),
        table=table,
        key=key,
        units=units,
        follow=follow,
        hide="".join(HIDE.format(column=column) for column in hidden),
    )


def _units(model: type[models.Model], *, of: str) -> str:
    """Whom the row opens to, as one list; NULL where the table has no wall."""
    fields = [model._meta.get_field(name) for name in getattr(model, "opened_by", ())]
    single = [f"{of}.{field.column}" for field in fields if not isinstance(field, ArrayField)]  # type: ignore[union-attr]
    lists = [f"{of}.{field.column}" for field in fields if isinstance(field, ArrayField)]
    if single:
        lists.insert(0, f"array_remove(ARRAY[{', '.join(single)}], NULL)")
    return " || ".join(lists) or "NULL"


def _name(table: str) -> str:
    return f"navigator_keep_{table}"
