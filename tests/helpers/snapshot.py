"""All that is stored about people, so that a test can say: nothing changed. Who looked is not among it: a look is kept
also where nothing changes."""

from __future__ import annotations

from typing import Any

from navigator.accounts.models import Unit
from navigator.audit.models import Look
from navigator.database import scope
from navigator.database.walls import people_models


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table about people, on the test's own connection and in the scope of every unit."""
    with scope.scope(*Unit.objects.values_list("pk", flat=True)):
        return {
            model._meta.db_table: sorted(map(_plain, model._default_manager.values_list()), key=repr)
            for model in people_models()
            if model is not Look
        }


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
