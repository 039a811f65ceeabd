"""The services there are, indexed so that a match costs the same however long the directory grows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from .vocabulary import OLDEST


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """One actual service, with what finding and ranking need."""

    id: UUID
    kind: str
    municipalities: frozenset[str]  # every municipality it covers: regions and nation are spelled out by the caller
    min_age: int | None = None  # whole years, included; None: no limit of its own
    max_age: int | None = None
    languages: frozenset[str] = frozenset()
    wait_days: int | None = None  # None: not known, ranked after every known wait
    anonymous: bool | None = None  # None: not known
    leaves_unanswered: bool = False  # many who sent somebody there have heard nothing in time

    def covers(self, age: int) -> bool:
        return (self.min_age is None or self.min_age <= age) and (self.max_age is None or age <= self.max_age)


class Directory:
    """Finds services by kind and municipality. Built once for each version of the catalogue, then only read."""

    __slots__ = ("_places", "version")

    def __init__(self, entries: Iterable[ServiceEntry], *, version: str) -> None:
        self.version = version
        places: defaultdict[tuple[str, str], list[ServiceEntry]] = defaultdict(list)
        for entry in sorted(entries, key=_standing):
            for municipality in entry.municipalities:
                places[entry.kind, municipality].append(entry)
        self._places = {place: tuple(found) for place, found in places.items()}

    def find(
        self, kind: str, municipality: str, age: int, language: str | None = None, *, anonymous: bool = False
    ) -> tuple[ServiceEntry, ...]:
        """The services that take somebody of this age here: language asked for, fit, shorter wait, then those that
        answer, then id.

        Fit is: open to the anonymous where that is wished, then made for the fewest other ages.
        """
        found = self._places.get((kind, municipality))
        if found is None:
            return ()
        fitting = tuple([entry for entry in found if entry.covers(age)])
        if len(fitting) > 1 and (language or anonymous):
            return tuple(sorted(fitting, key=lambda e: (language not in e.languages, anonymous and not e.anonymous)))
        return fitting


def _standing(entry: ServiceEntry) -> tuple[int, bool, int, bool, UUID]:
    """The order among services that answer a wish equally well."""
    youngest = 0 if entry.min_age is None else entry.min_age
    eldest = OLDEST if entry.max_age is None else entry.max_age
    return eldest - youngest, entry.wait_days is None, entry.wait_days or 0, entry.leaves_unanswered, entry.id
