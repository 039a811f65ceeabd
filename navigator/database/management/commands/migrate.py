"""Django's migrate, and then the walls: no table about people exists for a moment without them."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections, transaction

from navigator.database import walls


class Command(migrate.Command):
    help = "Migrates the tables and raises the walls around them (grants and row-level security)."

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["plan"] or options["check_unapplied"]:
            return
        alias = options["database"]
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            for statement in walls.statements():
                cursor.execute(statement)
