import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rest_framework.exceptions import ParseError

from navigator import clock
from pathways import matching
from pathways.api.parsers import read_json


class Command(BaseCommand):
    help = "Matches needs: one JSON object a line in, one JSON answer a line out. Exit status 1 when a line was bad."

    def handle(self, *args: Any, **options: Any) -> None:
        bad, today = 0, clock.today()
        for line in sys.stdin.buffer:
            try:
                said = matching.answer(matching.match(read_json(line), on=today))
            except (ParseError, matching.InvalidAnswers, matching.NoDoor) as error:
                said, bad = {"error": str(error)}, bad + 1
            self.stdout.write(json.dumps(said, ensure_ascii=False, separators=(",", ":")))
        if bad:
            raise CommandError(f"{bad} of the lines could not be matched.", returncode=1)
