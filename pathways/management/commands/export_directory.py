from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from navigator import clock
from pathways import actions
from pathways.actions.interchange import CSV, JSON


class Command(BaseCommand):
    help = "Writes the whole directory of today as CSV, or as HSDS 3.0 in JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("form", choices=[CSV, JSON])

    def handle(self, *args: Any, form: str, **options: Any) -> None:
        for written in actions.export_directory(form=form, unit=None, on=clock.today()):
            self.stdout.write(written, ending="")
