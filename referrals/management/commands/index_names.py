"""Makes anew what people are found by. Once after an upgrade that changes how they are compared; safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand

from navigator.accounts.models import Unit
from navigator.database import scope
from navigator.vault.keys import Unreadable
from referrals import models
from referrals.actions.person import index


class Command(BaseCommand):
    help = "Indexes the names of all people anew, unit by unit."

    def handle(self, *args: Any, **options: Any) -> None:
        indexed = unreadable = 0
        for unit in Unit.objects.order_by("pk"):
            with scope.scope(unit.pk):
                known = models.PersonKey.objects.filter(unit=unit).values("person")
                people = models.Person.objects.filter(pk__in=known).select_related("data_key")
                for person in people.iterator(chunk_size=500):
                    try:
                        index(person, unit=unit)
                        indexed += 1
                    except Unreadable:  # forgotten on purpose: found by nobody
                        unreadable += 1
        self.stdout.write(f"{indexed} names indexed, {unreadable} unreadable")
