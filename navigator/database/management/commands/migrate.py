"""Django's migrate, and then the walls, the triggers of the change history and the coming months of the access log: no table
about people exists for a moment without its walls."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections, transaction

from navigator import clock
from navigator.audit import months
from navigator.database import walls
from navigator.history import triggers


class Command(migrate.Command):
    help = "Migrates the tables and raises the walls around them (grants, row-level security, change history)."

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["plan"] or options["check_unapplied"]:
            return
        alias = options["database"]
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            for statement in (*walls.statements(), *triggers.statements()):
                cursor.execute(statement)
        if "audit_look" in connections[alias].introspection.table_names():  # not while migrating back to nothing
            months.make(today=clock.today())
