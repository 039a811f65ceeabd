"""bin/manage check_hand_offs: is anybody lost?"""

from typing import Any

from django.core.management.base import BaseCommand

from navigator import clock
from referrals import checks


class Command(BaseCommand):
    help = (
        "Counts what must never be in the hand-offs, and says so. Names nobody. The worker runs it, once a night too."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in checks.check(now=clock.now()).items():
            self.stdout.write(f"{count:>8}  {name.replace('_', ' ')}")
