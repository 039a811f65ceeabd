"""After a new master key was put first in NAVIGATOR_MASTER_KEYS and every process was restarted with it."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from navigator.vault import keys, rotation
from navigator.web.models import seal_barriers_anew


class Command(BaseCommand):
    help = "Wraps every data key with the first of NAVIGATOR_MASTER_KEYS. May be ended and run again at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        newest = keys.current_master()[0]
        try:
            for progress in rotation.rewrap_all():
                self.stdout.write(
                    f"{progress.done} of {progress.of} data keys", ending="\r" if sys.stdout.isatty() else "\n"
                )
            seal_barriers_anew()
        except keys.Unreadable as error:
            raise CommandError(f"{error} Give it again, and run this once more.") from None
        wraps = rotation.wrapped_by()
        self.stdout.write(
            f"'{newest}' wraps all {wraps[newest]} data keys. Others may be taken out of the environment."
        )
