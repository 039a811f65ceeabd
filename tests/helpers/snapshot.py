"""All that is stored about people, so that a test can say: nothing changed. Who looked is not among it: a look is kept
also where nothing changes."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection, models

from navigator.accounts.models import Session, Unit
from navigator.audit.models import Look
from navigator.database import scope
from navigator.database.walls import people_models
from pathways.models import DirectoryVersion


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


def staff() -> dict[str, str]:
    """All about who works where, and whether the catalogue has changed. Not sessions: to be seen here is to use one."""
    accounts = [model for model in apps.get_app_config("accounts").get_models() if model is not Session]
    return _digests([*accounts, Authenticator, DirectoryVersion])


def digests() -> dict[str, str]:
    """The same as `everything` and `staff`, in one question: says that something has changed, and in which table."""
    with scope.scope(*Unit.objects.values_list("pk", flat=True)):
        return _digests([model for model in people_models() if model is not Look]) | staff()


def _digests(tables: list[type[models.Model]]) -> dict[str, str]:
    line = "SELECT '{0}', md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {0} t"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(line.format(model._meta.db_table) for model in tables))
        return dict(cursor.fetchall())
