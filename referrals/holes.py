"""The holes in the net: where help did not exist, was not near, did not answer, or was refused. Counted over the same rows as
the figures, for what a unit has a part in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models as db
from django.db.models import Count, F, Q

from navigator.accounts.models import Unit
from pathways.models import Right, Service
from referrals import masking, models, needs
from referrals.figures import FIGURES, Chosen, Middle, rows

LONGEST = 25  # lines of a table: the worst first, and a page that can be read
OF_CASES, OF_REFERRALS = FIGURES["guarantee"], FIGURES["returned"]
GROUPS = ((15, "0–14"), (18, "15–17"), (25, "18–24"), (30, "25–29"), (65, "30–64"), (200, "65+"))
PROFILE = (("substance", "use"), ("mental", "state"))


@dataclass(frozen=True, slots=True)
class Hole:
    """A kind of help that was missing in a municipality, for how many cases; and one of them, without whose."""

    kind: str
    municipality: str
    cases: int
    instead: Sequence[str] = ()
    example: Sequence[Any] = ()
    ages: str = ""
    level: int | None = None


@dataclass(frozen=True, slots=True)
class OfService:
    """How hand-offs to one service have gone; `wait` is what it says itself, `promised` the shortest deadline by law."""

    service: Service
    received: int
    due: int
    answered: int
    median_answer: float | None
    median_arrival: float | None
    arrived: int
    returned: int
    reasons: Sequence[tuple[str, int]]
    promised: int | None

    @property
    def median_days(self) -> int:
        """Until an answer, in whole days."""
        return round(self.median_answer or 0)

    @property
    def days_to_arrival(self) -> int:
        """From being sent, in whole days; the median of those who have arrived."""
        return round(self.median_arrival or 0)

    @property
    def is_few(self) -> bool:
        """Nobody outside the unit is told more than that something was sent there."""
        parts = ((self.answered, self.due), (self.returned, self.received), (self.arrived, self.received))
        return any(masking.masked([part])[1] for part in parts)

    @property
    def reasons_may_be_told(self) -> bool:
        """Outside the unit: neither those of a reason nor the rest of those returned are few."""
        numbers = [number for _reason, number in self.reasons]
        return not any(masking.is_small(number) for number in [*numbers, self.returned - sum(numbers)])

    @property
    def breaks_the_promise(self) -> bool:
        """One waits longer there than the law promises, by what it says or by what was seen."""
        waits = [wait for wait in (self.service.wait_days, self.median_arrival) if wait is not None]
        return self.promised is not None and bool(waits) and max(waits) > self.promised


def gaps(column: str, *, unit: Unit, chosen: Chosen, words: Mapping[str, Any]) -> list[Hole]:
    """Kinds that do not exist where the citizen lives (`gaps`), or have no service there that fits (`unserved`)."""
    kind = db.Func(F(column), function="unnest", output_field=db.CharField())
    found = rows(OF_CASES, unit=unit, chosen=chosen).exclude(**{column: []}).annotate(missing=kind)
    worst = found.values("missing", "municipality").annotate(cases=Count("pk"))
    top = list(worst.order_by("-cases", "missing", "municipality")[:LONGEST])
    may_be_told = found.filter(is_protected=False, is_restricted=False)
    latest = may_be_told.order_by("missing", "municipality", "-began_at").distinct("missing", "municipality")
    cases = {(each.missing, each.municipality): each.pk for each in latest} if top else {}
    examples = _examples(cases.get((each["missing"], each["municipality"])) for each in top)
    return [_hole(each, examples.get(cases.get((each["missing"], each["municipality"]))), words) for each in top]


def _examples(ids: Iterable[UUID | None]) -> dict[UUID | None, models.Assessment]:
    wanted = models.Assessment.objects.filter(case__in=[each for each in ids if each])
    return {each.case_id: each for each in wanted.order_by("case", "-assessed_at").distinct("case")}


def _hole(found: Mapping[str, Any], example: models.Assessment | None, words: Mapping[str, Any]) -> Hole:
    hole = Hole(found["missing"], found["municipality"], found["cases"])
    if example is None:
        return hole
    gap = next((gap for gap in example.explanation["da"]["gaps"] if gap["kind"] == hole.kind), None)
    return replace(
        hole,
        instead=gap["substitute"] if gap else (),
        ages=next(said for under, said in GROUPS if example.answers["age"] < under),
        level=example.level,
        example=needs.told(_of_the_need(example.answers), words),
    )


def _of_the_need(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What an example may tell: how it is with substances and the mind, and what it is about. No door, place or date."""
    told = {name: {field: answers[name][field]} for name, field in PROFILE if field in answers.get(name, {})}
    return told | {"social": answers["social"]} if answers.get("social") else told


def services(*, unit: Unit, chosen: Chosen, now: datetime) -> list[OfService]:
    """Every service that something was sent to, those that leave most unanswered or return most first."""
    answered = FIGURES["answered"]
    found = rows(OF_REFERRALS, unit=unit, chosen=chosen)
    counted = list(
        found.values("service").annotate(
            received=Count("pk"),
            arrived=Count("pk", filter=Q(arrived_at__isnull=False)),
            returned=Count("pk", filter=Q(returned_at__isnull=False)),
            median_answer=Middle("days_to_answer"),
            median_arrival=Middle("days_to_arrival"),
            **answered.asked(now, name="answer_"),
        )
    )
    counted.sort(key=lambda each: (_badness(each), each["received"]), reverse=True)
    counted = counted[:LONGEST]
    reasons = _reasons(found, [each["service"] for each in counted])
    known = Service.objects.select_related("organisation").in_bulk([each["service"] for each in counted])
    promised = _promised({service.kind_id for service in known.values()})
    return [
        OfService(
            known[each["service"]],
            each["received"],
            each["answer_among"],
            each["answer_counted"],
            each["median_answer"],
            each["median_arrival"],
            each["arrived"],
            each["returned"],
            reasons[each["service"]].most_common(3) if each["service"] in reasons else (),
            promised.get(known[each["service"]].kind_id),
        )
        for each in counted
    ]


def _badness(each: Mapping[str, Any]) -> int:
    return int(each["answer_among"] - each["answer_counted"] + each["returned"])


def _reasons(found: db.QuerySet[Any], ids: Sequence[UUID]) -> dict[UUID, Counter[str]]:
    of_service: dict[UUID, Counter[str]] = {}
    returned = found.filter(service__in=ids, returned_at__isnull=False).values("service", "return_reason")
    for each in returned.annotate(number=Count("pk")).order_by("return_reason"):
        of_service.setdefault(each["service"], Counter())[each["return_reason"]] = each["number"]
    return of_service


def _promised(kinds: Iterable[str]) -> dict[str, int]:
    """The shortest deadline by law of each kind, in days."""
    found = Right.objects.filter(kinds__in=list(kinds), days__isnull=False).values_list("kinds", "days")
    shortest: dict[str, int] = {}
    for kind, days in found:
        if days is not None:
            shortest[kind] = min(days, shortest.get(kind, days))
    return shortest


def refused(*, unit: Unit, chosen: Chosen) -> list[tuple[str, int]]:
    """Reasons that are none, with which a service has tried to return somebody."""
    reason = db.Func(F("refused_reasons"), function="unnest", output_field=db.CharField())
    found = rows(OF_REFERRALS, unit=unit, chosen=chosen).exclude(refused_reasons=[]).annotate(reason=reason)
    counted = found.values("reason").annotate(number=Count("pk")).order_by("-number", "reason")
    return [(each["reason"], each["number"]) for each in counted]


def other_doors(*, unit: Unit, chosen: Chosen) -> list[tuple[str, str, int]]:
    """Doors chosen against the match: which kind, why, how often."""
    found = rows(OF_REFERRALS, unit=unit, chosen=chosen).exclude(other_door="").values("kind", "other_door")
    counted = found.annotate(number=Count("pk")).order_by("-number", "kind", "other_door")[:LONGEST]
    return [(each["kind"], each["other_door"], each["number"]) for each in counted]
