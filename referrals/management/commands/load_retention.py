"""fixtures/retention/*.json → database. Safe to repeat: what somebody has confirmed or changed here is left as it is."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from referrals.models import RetentionRule


class Command(BaseCommand):
    help = "Loads how long cases are kept, by how they ended: the rules that there are none of yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=settings.ROOT / "fixtures/retention/2026.1.json")

    @transaction.atomic
    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            rules = json.loads(file.read_text())["rules"]
            new = 0
            for rule in rules:
                which = {"outcome": rule["outcome"], "side": rule["side"]}
                _kept, created = RetentionRule.objects.get_or_create(**which, defaults=rule)
                new += created
        except OSError as error:
            raise CommandError(f"{file}: cannot be read ({error.strerror})") from None
        except (ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{file}: {error}") from None
        self.stdout.write(f"{len(rules)} rules of retention, {new} of them new")
