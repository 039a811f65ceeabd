"""Rotation: every data key is wrapped anew by the current master key. The sealed texts stay as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet

from navigator.vault import keys
from navigator.vault.models import DataKey

BATCH = 500  # data keys a transaction: none is held for longer than some milliseconds


@dataclass(frozen=True, slots=True)
class Progress:
    """How many data keys were wrapped anew so far, and how many were to be when it began."""

    done: int
    of: int


def rewrap_all(*, batch: int = BATCH) -> Iterator[Progress]:
    """Wraps what an older master key wraps, batch by batch, until nothing is left; says after each how far it is.

    Whoever reads or seals meanwhile is not disturbed, and whatever ends it, it goes on from there when it is run again.
    Raises keys.Unreadable when the environment lacks a master key that still wraps something.
    """
    done, of = 0, _wrapped_by_others().count()
    while _wrapped_by_others().exists():  # again: another process may still have the old key as its current one
        last: UUID | None = None
        while rewrapped := _rewrap_batch(after=last, size=batch):
            last, done = rewrapped[-1].pk, done + len(rewrapped)
            yield Progress(done, max(of, done))


def wrapped_by() -> Counter[str]:
    """How many data keys each master key wraps: one that wraps none may be taken out of the environment."""
    there = DataKey.objects.exclude(wrapped=None).values_list("master_key_id")
    return Counter(dict(there.annotate(number=Count("pk"))))


@transaction.atomic
def _rewrap_batch(*, after: UUID | None, size: int) -> list[DataKey]:
    """Locked, so that a key that is destroyed at the same moment stays destroyed."""
    left = _wrapped_by_others().filter(pk__gt=after) if after else _wrapped_by_others()
    batch = list(left.select_for_update(no_key=True, of=("self",)).order_by("pk")[:size])
    for data_key in batch:
        data_key.rewrap()
    DataKey.objects.bulk_update(batch, ["master_key_id", "wrapped"])
    return batch


def _wrapped_by_others() -> QuerySet[DataKey]:
    return DataKey.objects.exclude(wrapped=None).exclude(master_key_id=keys.current_master()[0])
