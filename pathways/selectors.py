"""Reads of the catalogue, page-shaped and counted."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from pathways.models import GapCount, OtherDoorCount, RuleSet, Service


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


def named(said: str, *, on: date) -> QuerySet[Service]:
    """The services in whose name, organisation or kind of help every word occurs; all of them without a word."""
    found = services_on(on)
    for word in said.split():
        found = found.filter(
            Q(name_da__icontains=word)
            | Q(name_en__icontains=word)
            | Q(organisation__name__icontains=word)
            | Q(kind__text_da__icontains=word)
            | Q(kind__text_en__icontains=word)
        )
    return found


def chosen_against_the_rules(*, since: date) -> QuerySet[OtherDoorCount]:
    """Which other doors were chosen than the rules suggest, the most frequent first."""
    return (
        OtherDoorCount.objects.filter(month__gte=since)
        .select_related("matched_kind", "chosen_kind")
        .order_by("-count", "month", "matched_kind_id", "chosen_kind_id")
    )


def rule_sets() -> QuerySet[RuleSet]:
    """Every version, the newest first; without the rules themselves."""
    return RuleSet.objects.defer("document").order_by("-published_at", "-version")
