"""Reads of the catalogue, page-shaped and counted."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from pathways.models import GapCount, Municipality, Service


def services_on(day: date) -> QuerySet[Service]:
    """The services that exist on a day, each with its kind and organisation."""
    return (
        Service.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)
        .select_related("kind", "organisation")
        .order_by("kind__position", "code")
    )


def services_of_unit(unit: UUID, *, on: date) -> QuerySet[Service]:
    """The services that this unit receives for."""
    return services_on(on).filter(unit=unit)


def wanted_in_vain(*, since: date) -> QuerySet[GapCount]:
    """Which kinds were looked for where they do not exist, the most wanted first."""
    return (
        GapCount.objects.filter(month__gte=since)
        .select_related("kind", "municipality")
        .order_by("-count", "month", "kind_id", "municipality_id")
    )


def municipalities(*, on: date) -> dict[str, str]:
    """The name of every municipality that there is on this day, by its code, in Danish alphabetical order."""
    there = Municipality.objects.filter(valid_from__lte=on).exclude(valid_to__lte=on)
    return dict(sorted(there.values_list("code", "name"), key=lambda row: danish_order(row[1])))


def danish_order(name: str) -> str:
    """A key that sorts as Danes do: Æ, Ø and Å last, and Aa as Å."""
    return name.casefold().replace("aa", "å").translate(str.maketrans("æøå", "{|}"))
