"""The months of the access log, as the owner: from cron once a month, and with every migrate."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from navigator import clock
from navigator.audit import months


class Command(BaseCommand):
    help = "Makes the coming months of the access log, or drops one that is older than the log is kept. As the owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--drop", metavar="YYYY-MM", help="drop this month")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["drop"]:
            made = months.make(today=clock.today())
            self.stdout.write(f"Made: {', '.join(made) or 'nothing, all months are there'}.")
            return
        try:
            dropped = months.drop(date.fromisoformat(f"{options['drop']}-01"), today=clock.today())
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{options['drop']} is {'dropped' if dropped else 'not there'}.")
