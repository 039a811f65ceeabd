"""Which units' rows this connection may see, and who acts on it. Nothing set: nothing seen.

PostgreSQL's row-level security (walls.py) compares the unit columns of each row with the units named here. They are set
for the session and reset afterwards, never with SET LOCAL: that does not reach streaming answers and dies with a
savepoint. Who acts is told in the same way, for the change history.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection


def enter(units: Iterable[UUID]) -> None:
    """From now on this connection sees the rows of these units, and no others."""
    _tell(units=_as_array(units), emergency="")  # an emergency access ends where any other scope begins


def begin(units: Iterable[UUID], *, by: UUID | None, request: UUID) -> None:
    """A request begins: whose rows it sees, and who asks. Other units may be entered within it; who asks remains."""
    _tell(units=_as_array(units), emergency="", by=str(by or ""), request=str(request), job="")


def leave() -> None:
    """From now on this connection sees nothing about people, and acts for nobody."""
    if connection.connection is not None and not connection.connection.closed:
        _tell(units="{}", emergency="", by="", request="", job="")


@contextmanager
def job(name: str, *, run: UUID | None) -> Iterator[None]:
    """What is changed inside the block is changed by this job; `run` tells one run of it from another."""
    _tell(job=name, request=str(run or ""))
    try:
        yield
    finally:
        if not _is_broken():
            _tell(job="", request="")


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
    _tell(emergency=str(access))
    try:
        yield
    finally:
        if not _is_broken():
            _tell(emergency="")


def _tell(**said: str) -> None:
    """Sets what the walls and the change history go by, for the session, in one statement."""
    settings = ", ".join("set_config(%s, %s, false)" for _name in said)
    values = [value for name, text in said.items() for value in (f"navigator.{name}", text)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {settings}", values)


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
