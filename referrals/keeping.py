"""Which closed cases of a unit are to be restricted or disposed of today, and by which rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import models as db
from django.db.models.functions import Coalesce, Greatest

from navigator import clock
from navigator.accounts.models import Unit
from navigator.database import scope
from referrals import models, retention, workflow
from referrals.enums import RetentionStep, Status

AT_ONCE = 100  # cases of each step in one round: two people can still look at each of them
GOES_ON = (Status.DRAFT, *workflow.LIVE, Status.IN_COURSE)


@dataclass(frozen=True, slots=True)
class Due:
    """A case, what is due and why."""

    case: models.Case
    step: RetentionStep
    kept: retention.Kept

    def get_step_display(self) -> str:
        """As a row of a round says it: the page shows either."""
        return str(self.step.label)

    @property
    def case_id(self) -> UUID:
        return self.case.pk

    @property
    def rule(self) -> models.RetentionRule:
        return self.kept.rule

    @property
    def ended_on(self) -> date:
        return self.kept.ended_on

    @property
    def due_on(self) -> date:
        return self.kept.restrict_on if self.step is RetentionStep.RESTRICT else self.kept.dispose_on


def due(*, unit: Unit, now: datetime, only: Collection[UUID] | None = None) -> list[Due]:
    """What is due on the cases that this unit answers for, the longest over first; restrictions before disposals.

    A case waits for as long as somebody owes something on it or a course goes on. It is disposed of together with every other
    case of the same citizen, when the last of them may be: they share one key.
    """
    rules, today = list(models.RetentionRule.objects.all()), clock.day_of(now)
    if not rules:
        return []
    cases = _over().filter(owner_unit=unit)
    if only is not None:
        cases = cases.filter(pk__in=only)
    shortest = retention.months_after(today, -min(rule.restrict_after for rule in rules))
    to_restrict = _due(cases.filter(restricted_at=None, last_step_at__lt=clock.end_of_day(shortest)), rules, today)
    disposing = [rule.dispose_after for rule in rules if rule.dispose_after is not None and rule.confirmed_by]
    if not disposing:
        return list(islice(to_restrict, AT_ONCE))
    shortest = retention.months_after(today, -min(disposing))
    late = cases.filter(restricted_at__isnull=False, last_step_at__lt=clock.end_of_day(shortest))
    to_dispose = list(islice(_due(late, rules, today), AT_ONCE))
    waiting = _whose_other_cases_wait({each.case.person for each in to_dispose}, rules, today)
    return [*islice(to_restrict, AT_ONCE), *(each for each in to_dispose if each.case.person_id not in waiting)]


def _due(cases: db.QuerySet[Any], rules: list[models.RetentionRule], today: date) -> Iterator[Due]:
    for case in cases.order_by("last_step_at", "pk").iterator(chunk_size=AT_ONCE):
        kept = _kept(case, rules)
        step = kept.step(is_restricted=case.restricted_at is not None, today=today) if kept else None
        if kept and step:
            yield Due(case, step, kept)


def _whose_other_cases_wait(
    people: Iterable[models.Person], rules: list[models.RetentionRule], today: date
) -> set[UUID]:
    """Citizens with a case, here or at another unit, that may not be disposed of yet."""
    people = list(people)
    with scope.widened_to(*{unit for person in people for unit in person.held_by}):
        theirs = models.Case.objects.filter(person__in=people, disposed_at=None)
        ready = {each.case.pk for each in _due(_over().filter(pk__in=theirs), rules, today) if _is_disposal(each)}
        return set(theirs.exclude(pk__in=ready).values_list("person", flat=True))


def _is_disposal(found: Due) -> bool:
    return found.step is RetentionStep.DISPOSE


def _over() -> db.QuerySet[Any]:
    """Closed cases on which nothing is owed and nothing goes on, each with `last_step_at`. In no order."""
    owed = models.FollowUp.objects.open().filter(case=db.OuterRef("pk"))
    attempts = models.Referral.objects.filter(case=db.OuterRef("pk")).order_by()
    latest = attempts.values("case").annotate(latest=db.Max("status_since")).values("latest")
    closed = models.Case.objects.filter(closed_at__isnull=False, disposed_at=None)
    return (
        closed.exclude(db.Exists(owed))
        .exclude(db.Exists(attempts.filter(status__in=GOES_ON)))
        .annotate(last_step_at=Greatest("closed_at", Coalesce(db.Subquery(latest), "closed_at")))
        .select_related("person")
        .prefetch_related("tracks")
    )


def _kept(case: Any, rules: list[models.RetentionRule]) -> retention.Kept | None:
    sides = [track.side for track in case.tracks.all()]
    return retention.kept(rules, outcome=case.outcome, sides=sides, ended_on=clock.day_of(case.last_step_at))


def asked(*, unit: Unit) -> models.RetentionRound | None:
    """What somebody here has asked for and nobody has answered yet."""
    rounds = models.RetentionRound.objects.filter(unit=unit, answered_at=None)
    return rounds.select_related("asked_by").prefetch_related("rows__rule", "rows__case").first()


def rounds(*, unit: Unit) -> list[models.RetentionRound]:
    """The last ten that were answered, the latest first, each with how many cases it restricted and disposed of."""
    answered = models.RetentionRound.objects.filter(unit=unit, answered_at__isnull=False)
    done = {
        f"number_{step}": db.Count("rows", filter=db.Q(rows__step=step, rows__done_at__isnull=False))
        for step in RetentionStep
    }
    return list(answered.annotate(**done).select_related("asked_by", "answered_by").order_by("-answered_at")[:10])
