"""A question that is put together once a process, and then asked with other values.

A long queryset takes Django longer to put together and write as SQL than PostgreSQL takes to answer it. What `prepared`
builds is written once for each shape it can take, with places where `Given` stands; asking fills the places. The values
are sent as always, and the scope of the connection decides as always what is seen: nothing is kept but SQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from copy import copy
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Generic, ParamSpec, TypeVar

import psycopg
from django.db import NotSupportedError, connections
from django.db import models as db
from django.db.models.sql.compiler import SQLCompiler
from psycopg.sql import Literal
from psycopg.types.datetime import TimestamptzLoader

Asked = ParamSpec("Asked")
Row = TypeVar("Row", covariant=True)


class Given(db.Expression):
    """The place of a value that is not known while the question is put together."""

    def __init__(self, name: str, work_out: Callable[[Any], Any] | None = None) -> None:
        super().__init__()
        self.name, self.work_out = name, work_out

    @property
    def pk(self) -> Given:
        """Of a row that is given, its key is sent."""
        return self

    def __add__(self, other: Any) -> Given:  # type: ignore[override]
        return derived(self, lambda value: value + other)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]

    def is_same(self, other: Given) -> bool:
        """The same value is sent for both."""
        return (self.name, self.work_out) == (other.name, other.work_out)

    def of(self, given: dict[str, Any]) -> Any:
        """What is sent."""
        value = given[self.name]
        if self.work_out:
            value = self.work_out(value)
        return value.pk if isinstance(value, db.Model) else value


def derived(value: Any, work_out: Callable[[Any], Any]) -> Any:
    """What is worked out from a value, or will be when it is given."""
    if not isinstance(value, Given):
        return work_out(value)
    before = value.work_out
    return Given(value.name, (lambda given: work_out(before(given))) if before else work_out)


class OneOf(db.Func):
    """`OneOf("pk", keys)`: a list of any length is one value, where `__in` is written anew for each length."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    output_field = db.BooleanField()


class ReadingCursor(psycopg.RawCursor[Any]):
    """Sends a statement as it was written, and reads moments in C, where Django's own way is Python for each."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        super().__init__(connection)
        self.adapters.register_loader("timestamptz", TimestamptzLoader)

    def execute(self, query: str, params: Any = None) -> Any:  # type: ignore[override]
        """With values it is a prepared statement, planned once."""
        try:
            return super().execute(query, params, prepare=params is not None)
        finally:  # psycopg forgets what it said the second time; Django's log of questions asks for it
            self._query = SimpleNamespace(query=query.encode())  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Written:
    """A queryset as SQL, cut where a value that is given stands, and which value that is."""

    queryset: db.QuerySet[Any, Any]
    compiler: SQLCompiler
    converters: dict[int, Any]
    pieces: list[str]
    places: list[int]
    values: list[Given]
    sql: str

    @classmethod
    def down(cls, queryset: db.QuerySet[Any, Any]) -> Written:
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        connection = connections[queryset.db]
        connection.ensure_connection()
        pieces, places, values, found = [""], list[int](), list[Given](), iter(params)
        for piece in re.split("(%[s%])", sql):
            value = next(found) if piece == "%s" else None
            if isinstance(value, Given):
                place = next((n for n, each in enumerate(values) if each.is_same(value)), len(values))
                places.append(place)
                values[place:] = values[place:] or [value]
                pieces.append("")
            elif piece == "%s":  # written out: partial indexes are found by constants only
                pieces[-1] += Literal(value).as_string(connection.connection)
            else:
                pieces[-1] += "%" if piece == "%%" else piece
        converters = compiler.get_converters(column for column, *_rest in compiler.select or ())
        text = _put_between(pieces, [f"${place + 1}" for place in places])
        return cls(queryset, compiler, converters, pieces, places, values, text)

    def ask(self, given: dict[str, Any], *, planned_once: bool) -> list[Any]:
        connection: Any = connections[self.queryset.db]
        connection.close_if_health_check_failed()  # as Django's own cursors: a session is the first that a request asks for
        connection.ensure_connection()
        params = [value.of(given) for value in self.values]

        def execute(*args: Any, **kwargs: Any) -> list[list[Any]]:
            if not planned_once:  # the values are written out, and planned for
                literals = [Literal(param).as_string(connection.connection) for param in params]
                text = _put_between(self.pieces, [literals[place] for place in self.places])
                return [_rows(connection, text)]
            try:
                return [_rows(connection, self.sql, params)]
            except NotSupportedError:  # a migration has changed a column since it was planned
                if connection.in_atomic_block:
                    raise
                with connection.cursor() as cursor:
                    cursor.execute("DEALLOCATE ALL")
                return [_rows(connection, self.sql, params)]

        compiler: Any = copy(self.compiler)
        compiler.connection, compiler.execute_sql = connection, execute
        compiler.get_converters = lambda columns: self.converters
        rows = self.queryset.all()
        rows.query.get_compiler = lambda *args, **kwargs: compiler  # type: ignore[method-assign]
        return list(rows)


def _rows(connection: Any, *said: Any) -> list[Any]:
    with connection._prepare_cursor(ReadingCursor(connection.connection)) as cursor:
        cursor.execute(*said)
        return list(cursor.fetchall())


def _put_between(pieces: list[str], values: list[str]) -> str:
    return pieces[0] + "".join(value + piece for value, piece in zip(values, pieces[1:], strict=True))


class prepared(Generic[Asked, Row]):
    """`@prepared` on a function that builds a queryset makes one that gives its rows.

    What is passed by position is the shape: each is written for itself. What is passed by name is given anew each time;
    the function gets its place, or None where None is passed. It may use it in filters, and add to it.
    """

    planned_once = True

    def __init__(self, build: Callable[Asked, db.QuerySet[Any, Row]]) -> None:
        self.build, self.written = build, dict[Hashable, Written]()
        self.__doc__ = build.__doc__

    def __call__(self, *shape: Asked.args, **given: Asked.kwargs) -> list[Row]:
        known = {name: value for name, value in given.items() if value is not None}
        key = (shape, frozenset(known))
        if key not in self.written:
            places = {name: Given(name) if name in known else None for name in given}
            self.written[key] = Written.down(self.build(*shape, **places))  # type: ignore[arg-type]
        return self.written[key].ask(known, planned_once=self.planned_once)


class planned_anew(prepared[Asked, Row]):
    """The same, but for how it is planned: each time, for the values that are given. For a question that reads much of what
    one unit has, where a plan for any unit would read what all units have."""

    planned_once = False
