from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from navigator import clock
from pathways import actions
from pathways.actions.fixture import MalformedCatalogue


class Command(BaseCommand):
    help = "Loads the vocabulary, the directory and the rule sets. Loading twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        default = settings.ROOT / "fixtures" / "catalogue"
        parser.add_argument("--from", dest="folder", type=Path, default=default, metavar="DIR")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            change = actions.load_catalogue(folder=folder, now=clock.now())
        except MalformedCatalogue as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(
                f"Catalogue: {change.created} created, {change.updated} updated, {change.removed} removed."
            )
