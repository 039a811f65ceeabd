"""A task is put off: one's own reminder waits, and nobody else hears anything later than before (decision 12)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from navigator import clock
from navigator.web.templatetags.shown import day
from referrals import models
from referrals.acting import By
from referrals.actions import events
from referrals.actions.steps import at_the_case_of, locked_case
from referrals.enums import Happening, Tell, Urgency, Wait
from referrals.errors import Invalid, NotAllowed, TooLate
from referrals.ladder import Rung, morning_of

AT_MOST = timedelta(days=14)
# A statutory clock, a call that nobody answered, a promise of days, and what another waits for a yes or no to.
NEVER = (Wait.GUARANTEE, Wait.HAND_OVER, Wait.FIRST_WEEK, Wait.DECISION, Wait.TAKE_OVER, Wait.CITIZEN_ARRIVAL)


def snooze(*, follow_up: models.FollowUp, until: date, because: str, by: By, now: datetime) -> None:
    """Off the list of today until the morning of that day. A reminder to one's own unit that was to come before then
    comes then. Raises Invalid for a day that is too late, naming the last possible one."""
    if not because.strip():
        raise Invalid(_("Write why it is put off."))
    with _at_its_case(follow_up) as case:
        rows = models.FollowUp.objects.select_for_update(of=("self",), no_key=True).open()
        found = rows.filter(pk=follow_up.pk).first()
        if found is None:
            raise TooLate(_("That has been done already."))
        if found.owed_by_id != by.unit.pk:
            raise NotAllowed(_("Another unit owes that."))
        _must_be_possible(found, until, by=by, now=now)
        back_at = morning_of(until)
        changes = {"snoozed_until": back_at} | _own_reminders(found, before=back_at)
        for field, value in changes.items():
            setattr(found, field, value)
        found.save(update_fields=changes)
        events.record(
            Happening.SNOOZED,
            case=case,
            referral=found.referral,
            now=now,
            by=by,
            note=because,
            until=until.isoformat(),
            wait=found.waits_for,
        )


def latest_day(follow_up: models.FollowUp, *, now: datetime) -> date | None:
    """The last day until which it may be put off; none where it may not. A fortnight at most, before anybody else is to
    hear of the silence, and not past the last day of a statutory deadline of the case."""
    if follow_up.urgency == Urgency.ACUTE or follow_up.waits_for in NEVER:
        return None
    latest = clock.day_of(now) + AT_MOST
    others = [at for _n, rung, at in _ahead(follow_up) if _tells_another(rung, follow_up)]
    if others:
        on_that_day = clock.day_of(min(others))
        # On that very morning it is back on the list, before another hears of it.
        latest = min(latest, on_that_day - timedelta(days=min(others) <= morning_of(on_that_day)))
    running = models.Guarantee.objects.filter(case=follow_up.case_id, stopped_at__isnull=True, due_at__gt=now)
    ends = running.order_by("due_at").values_list("due_at", flat=True).first()
    if ends is not None:
        latest = min(latest, clock.day_of(ends) - timedelta(days=1))
    return latest if latest > clock.day_of(now) else None


def last_day(follow_up: models.FollowUp, *, by: By, now: datetime) -> date:
    """The same for whoever wants to put it off. Raises Invalid where they may not."""
    latest = latest_day(follow_up, now=now) if follow_up.owed_by_id == by.unit.pk else None
    if latest is None:
        raise Invalid(
            _("This cannot be put off: it is acute, statutory, or somebody else is told about it by tomorrow.")
        )
    return latest


def _must_be_possible(follow_up: models.FollowUp, until: date, *, by: By, now: datetime) -> None:
    latest = last_day(follow_up, by=by, now=now)
    if until <= clock.day_of(now):
        raise Invalid(_("Choose a day that is still to come."))
    if until > latest:
        raise Invalid(_("It can be put off until %(day)s at the latest.") % {"day": day(latest)})


def _own_reminders(follow_up: models.FollowUp, *, before: datetime) -> dict[str, object]:
    """Reminders to one's own unit that were to come before that morning come as one, then. Others' are left alone."""
    mine = [n for n, rung, at in _ahead(follow_up) if at <= before and not _tells_another(rung, follow_up)]
    return {"step": max(mine), "next_at": before} if mine else {}


def _ahead(follow_up: models.FollowUp) -> list[tuple[int, Rung, datetime]]:
    """The rungs of the ladder that are not yet climbed, with their place and when they come."""
    if follow_up.next_at is None:
        return []
    rungs = models.Ladder.objects.get(pk=follow_up.ladder_version).rungs
    climbed = rungs.of(follow_up.waits_for, follow_up.urgency, kind=follow_up.service_kind)
    times = [
        rung.at(follow_up.waits_since, until=follow_up.due_at, also_closed=settings.ALSO_CLOSED_ON) for rung in climbed
    ]
    times[follow_up.step] = max(times[follow_up.step], follow_up.next_at)  # put off before
    return [(n, rung, times[n]) for n, rung in enumerate(climbed) if n >= follow_up.step]


def _tells_another(rung: Rung, follow_up: models.FollowUp) -> bool:
    """The coordinator is always somebody else, also where the same unit coordinates."""
    if rung.tell in (Tell.COORDINATOR, Tell.CITIZEN):
        return True
    told = {
        Tell.OWED_BY: follow_up.owed_by_id,
        Tell.SENDER: follow_up.sender_unit_id,
        Tell.OWNER: follow_up.owner_unit_id,
    }
    return told[rung.tell] != follow_up.owed_by_id


@contextmanager
def _at_its_case(follow_up: models.FollowUp) -> Iterator[models.Case]:
    """A transaction with the case locked. A service sees the case only through its referral."""
    if follow_up.referral is not None:
        with at_the_case_of(follow_up.referral) as case:
            yield case
        return
    with transaction.atomic():
        yield locked_case(follow_up.case_id)
