"""What would be restricted and disposed of today: a dry run. It is carried out on the page, by two people."""

from typing import Any

from django.core.management.base import BaseCommand

from navigator import clock
from navigator.accounts.models import Unit
from navigator.database import scope
from referrals import keeping


class Command(BaseCommand):
    help = (
        "Lists, unit by unit, which cases would be restricted or disposed of today, and by which rule. Changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        number = 0
        for unit in Unit.objects.select_related("organisation").order_by("pk"):
            with scope.scope(unit.pk):
                for each in keeping.due(unit=unit, now=clock.now()):
                    number += 1
                    self.stdout.write(
                        f"{unit}: {each.case.short_number} {each.step} since {each.due_on}, ended {each.ended_on}"
                        f" ({each.rule}, {each.rule.strength}: {each.rule.source})"
                    )
        self.stdout.write(f"{number} cases are due. Nothing was changed.")
