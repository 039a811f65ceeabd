"""fixtures/ladders/*.json → database. Safe to repeat: a published version is never changed."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from navigator import clock
from referrals import ladder
from referrals.models import Ladder


class Command(BaseCommand):
    help = "Publishes a ladder: what silence leads to, and when."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=settings.ROOT / "fixtures/ladders/2026.1.json")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            document = json.loads(file.read_text())
            ladder.parse(document)
            version = document["version"]
        except OSError as error:
            raise CommandError(f"{file}: cannot be read ({error.strerror})") from None
        except (ValueError, KeyError) as error:
            raise CommandError(f"{file}: {error}") from None
        kept, created = Ladder.objects.get_or_create(
            version=version, defaults={"document": document, "published_at": clock.now()}
        )
        if kept.document != document:
            raise CommandError(f"{file}: version {version} is published with another content; give it a new version")
        self.stdout.write(f"Ladder {version} {'published' if created else 'is in force already'}")
