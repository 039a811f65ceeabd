"""All that is stored about people, so that a test can say: nothing changed. Who looked is not among it: a look is kept
also where nothing changes."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection, models

from navigator.accounts.models import Session, Unit
from navigator.audit.models import Look
from navigator.database import scope
from navigator.database.walls import people_models
from pathways.models import DirectoryVersion


def everything() -> dict[str, str]:
    """What stands in each table about people, on the test's own connection and in the scope of every unit: a digest, that
    says in which table something has changed."""
    with scope.scope(*Unit.objects.values_list("pk", flat=True)):
        return _digests([model for model in people_models() if model is not Look])


def tables_with(words: str) -> list[str]:
    """The tables about people in which these words stand as they are."""
    asked = "SELECT '{0}' FROM {0} t WHERE strpos(t::text, %s) > 0"
    tables = [model._meta.db_table for model in people_models()]
    with scope.scope(*Unit.objects.values_list("pk", flat=True)), connection.cursor() as cursor:
        cursor.execute(" UNION ".join(map(asked.format, tables)), [words] * len(tables))
        return [table for (table,) in cursor.fetchall()]


def staff() -> dict[str, str]:
    """All about who works where, and whether the catalogue has changed. Not sessions: to be seen here is to use one."""
    accounts = [model for model in apps.get_app_config("accounts").get_models() if model is not Session]
    return _digests([*accounts, Authenticator, DirectoryVersion])


def digests() -> dict[str, str]:
    """Both."""
    return everything() | staff()


def _digests(tables: list[type[models.Model]]) -> dict[str, str]:
    """All in one question."""
    line = "SELECT '{0}', md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {0} t"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(line.format(model._meta.db_table) for model in tables))
        return dict(cursor.fetchall())
