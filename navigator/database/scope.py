"""Which units' rows this connection may see. Nothing set: nothing seen.

PostgreSQL's row-level security (walls.py) compares the unit columns of each row with the units named here. They are set
for the session and reset afterwards, never with SET LOCAL: that does not reach streaming answers and dies with a
savepoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection


def enter(units: Iterable[UUID]) -> None:
    """From now on this connection sees the rows of these units, and no others."""
    with connection.cursor() as cursor:
        # An emergency access ends where any other scope begins.
        cursor.execute(
            "SELECT set_config('navigator.units', %s, false), set_config('navigator.emergency', '', false)",
            [_as_array(units)],
        )


def leave() -> None:
    """From now on this connection sees nothing about people."""
    if connection.connection is not None and not connection.connection.closed:
        enter(())


def units_in_scope() -> frozenset[UUID]:
    """The units whose rows this connection sees now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT navigator_units()")
        return frozenset(cursor.fetchone()[0])


@contextmanager
def scope(*units: UUID) -> Iterator[None]:
    """Only these units inside the block; what was before comes back after it, also after an error."""
    before = units_in_scope()
    enter(units)
    try:
        yield
    finally:
        _restore(before)


@contextmanager
def widened_to(*units: UUID | None) -> Iterator[None]:
    """These units too inside the block: for a step whose right to act has been checked, such as an arrival that the
    receiver confirms on the sender's case."""
    before = units_in_scope()
    enter(before | {unit for unit in units if unit is not None})
    try:
        yield
    finally:
        _restore(before)


@contextmanager
def emergency(access: UUID) -> Iterator[None]:
    """The one case of an emergency access, to be read, inside the block: the database looks whether it is this unit's and
    still lasts."""
    _set_emergency(str(access))
    try:
        yield
    finally:
        if not _is_broken():
            _set_emergency("")


def _set_emergency(access: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('navigator.emergency', %s, false)", [access])


def _restore(units: frozenset[UUID]) -> None:
    """A broken transaction cannot be spoken to; whoever rolls it back restores the scope, and until then nothing shows."""
    if not _is_broken():
        enter(units)


def _is_broken() -> bool:
    if connection.needs_rollback or connection.connection is None or connection.connection.closed:
        return True
    return bool(connection.connection.info.transaction_status.name == "INERROR")


def _as_array(units: Iterable[UUID]) -> str:
    return "{" + ",".join(sorted(str(unit) for unit in units)) + "}"
