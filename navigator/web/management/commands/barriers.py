"""Reads aloud what readers have told of barriers on our pages; `--done ID` takes away what has been dealt with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand

from navigator import clock
from navigator.web.models import Barrier


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--done", type=UUID, metavar="ID", help="this one has been dealt with, and is taken away")

    def handle(self, *args: Any, done: UUID | None = None, **options: Any) -> None:
        if done:
            Barrier.objects.filter(pk=done).delete()
        for barrier in Barrier.objects.all():
            self.stdout.write(f"{barrier.pk} {clock.day_of(barrier.told_at)}\n{barrier.text}\n")
