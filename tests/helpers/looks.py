"""What the access log holds, as the owner reads it, and lines of it where no page is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from navigator import clock
from navigator.audit import months
from navigator.audit.models import How, Look, Purpose
from navigator.database import scope
from referrals import models
from referrals.acting import By
from tests.conftest import OWNER, as_owner, play_for_a_while


def looked(case: models.Case, *, by: By, at: datetime | None = None) -> Look:
    """A line: somebody has had the case on the screen."""
    with scope.scope(by.unit.pk):
        return Look.objects.create(
            looked_at=at or clock.now(),
            user=by.user.pk,
            unit=by.unit.pk,
            roles=["frontline"],
            what="case",
            how=How.PAGE,
            purpose=Purpose.HELP,
            case=case.pk,
            person=case.person_id,
        )


def looks_of(by: By, *names: str) -> list[tuple[Any, ...]]:
    """What this unit's lines say in these columns, sorted."""
    with scope.scope(by.unit.pk):
        return sorted(Look.objects.filter(unit=by.unit.pk).values_list(*names), key=repr)


def but_the_log(queries: Any) -> list[str]:
    """What a page asks the database beside the one insert into the access log."""
    return [query["sql"] for query in queries.captured_queries if '"audit_look"' not in query["sql"]]


@contextmanager
def own_months(*firsts: date) -> Iterator[None]:
    """These months of the log have partitions of their own for a while, whatever day the tests are run."""
    with play_for_a_while(OWNER):
        before = set(months.names())
        for first in firsts:
            months.make(today=first, ahead=0)
    try:
        yield
    finally:
        with as_owner() as owner:
            for name in set(months.names()) - before:
                owner.execute(f"DROP TABLE access_log.{name}")  # type: ignore[arg-type]
