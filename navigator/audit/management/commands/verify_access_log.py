"""Is the access log as it was sealed? From cron, as the worker or the owner."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from navigator.audit import seals


class Command(BaseCommand):
    help = "Counts every sealed day of the access log again and names the first that is not as it was sealed."

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            if cursor.fetchone() == (settings.DATABASE_ROLES["app"],):
                raise CommandError("The app sees only the lines of a unit: run this as the worker or the owner.")
        found = seals.verify()
        if found.first_wrong:
            raise CommandError(f"The access log of {found.first_wrong} is not as it was sealed.")
        if found.last is None:
            self.stdout.write("Nothing is sealed yet.")
            return
        self.stdout.write(
            f"{found.days} days are as they were sealed, until {found.last.day}: {found.last.digest}."
            + (f" {found.not_kept} older days are no longer kept." if found.not_kept else "")
        )
