"""The loop closes here: somebody at the service has met the person. Who says so, and when, is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from navigator.accounts.models import Unit
from referrals import lists, models, workflow
from referrals.acting import By, Citizen, Guest, actors, capacities
from referrals.actions import events, follow_ups, guarantees, notices, ownership
from referrals.actions.case import close_case_as, reopen_case
from referrals.actions.steps import apply, at_the_case_of, live, locked, may, too_late, write
from referrals.enums import Actor, Event, Evidence, Happening, Outcome, Status, Tell, Wait
from referrals.errors import Invalid, NotAllowed, TooLate

CORRECTABLE_FOR = timedelta(days=7)


def confirm_arrival(
    *,
    referral: models.Referral,
    sides: Sequence[str],
    evidence: Evidence = Evidence.RECEIVER,
    by: By | Guest,
    now: datetime,
    met_at: datetime | None = None,
) -> models.Referral:
    """The person has been met, on these sides. The receiver now answers for the citizen; in a dual case the coordinator
    unit goes on doing so. Other attempts on the same tracks end; the other side and the parallel offers go on.

    An integrated service serves two sides and confirms each (rule D17): the referral has arrived with the last of them.
    """
    with at_the_case_of(referral) as case:
        referral = locked(referral)
        may(referral, Event.ARRIVE, by=by)
        if Actor.RECEIVER not in actors(referral, by) and evidence == Evidence.RECEIVER:
            raise Invalid(_("Say whether you went along, or the citizen has told you."))
        if set(sides) - set(referral.sides) or (referral.sides and not sides):
            raise Invalid(_("Say on which side the citizen has been met."))
        met_at = met_at or now
        tracks = list(case.tracks.all())
        _meet([track for track in tracks if track.side in sides], referral, case=case, met_at=met_at, by=by, now=now)
        arrived = {track.side for track in tracks if track.arrived_at}
        if referral.sides:
            _end_other_attempts(case, arrived=arrived, but=referral, evidence=evidence, by=by, now=now)
        if not set(referral.sides) <= arrived:
            return referral  # the other side is still to meet the person
        referral = apply(
            referral,
            Event.ARRIVE,
            case=case,
            by=by,
            now=now,
            occurred_at=met_at,
            arrived_at=met_at,
            arrived_by_evidence=evidence,
            detail={"evidence": evidence},
        )
        if referral.sides and len(tracks) == 1 and referral.receiver_unit:
            worker = by.user if by.unit == referral.receiver_unit else None
            ownership.change_owner(case, to=referral.receiver_unit, worker=worker, by=by, now=now)
        if not case.closed_at and all(track.arrived_at for track in tracks):
            close_case_as(Outcome.ARRIVED, case, by=by, now=now)
        return referral


def citizen_says_coming(*, referral: models.Referral, by: Citizen, now: datetime) -> None:
    """The citizen's own word that the visit suits them: known on the day, and no clock moves. Said twice, it stands once.
    Raises TooLate when that visit is not agreed any more."""
    with at_the_case_of(referral) as case:
        referral = locked(referral)
        if referral.status != Status.BOOKED:
            raise too_late(referral)
        if not lists.says_coming([referral]):
            events.record(Happening.CITIZEN_SAYS_COMING, case=case, referral=referral, now=now, by=by)


def citizen_says_arrived(*, referral: models.Referral, by: By | Citizen, now: datetime) -> None:
    """The citizen's own word. It counts when sender or receiver confirms it; until then it is a task of the receiver's."""
    with at_the_case_of(referral) as case:
        referral = locked(referral)
        said = referral.follow_ups.open().filter(waits_for=Wait.CITIZEN_ARRIVAL).exists()
        if referral.status not in workflow.LIVE or said:
            return
        happened = events.record(Happening.CITIZEN_SAYS_ARRIVED, case=case, referral=referral, now=now, by=by)
        owed_by = referral.receiver_unit or referral.sender_unit
        follow_ups.open_wait(Wait.CITIZEN_ARRIVAL, case=case, referral=referral, owed_by=owed_by, now=now)
        notices.tell(happened, to=referral.sender_unit, tells=Tell.SENDER, now=now)


def dispute_arrival(*, referral: models.Referral, note: str, by: By, now: datetime) -> None:
    """The service has not met the citizen who says to have arrived. A disagreement is a task of the sender's."""
    with at_the_case_of(referral) as case:
        referral = locked(referral)
        if not capacities(referral, by.unit) & {Actor.RECEIVER, Actor.COORDINATOR}:
            raise NotAllowed(_("Only the service can say that it has not met the citizen."))
        if not referral.follow_ups.open().filter(waits_for=Wait.CITIZEN_ARRIVAL).exists():
            raise TooLate(_("Nobody has said that the citizen has arrived, or it has been answered already."))
        happened = events.record(Happening.ARRIVAL_DISPUTED, case=case, referral=referral, now=now, by=by, note=note)
        follow_ups.close(referral.follow_ups.filter(waits_for=Wait.CITIZEN_ARRIVAL), now=now)
        follow_ups.open_once(Wait.REACH_OUT, Actor.SENDER, case=case, referral=referral, now=now)
        notices.tell(happened, to=referral.sender_unit, tells=Tell.SENDER, now=now)


def correct_arrival(*, referral: models.Referral, because: str, by: By, now: datetime) -> models.Referral:
    """'Arrived' was a mistake. For a week it can be corrected, with a trace: whoever answered for the citizen does so
    again, the clocks run on, and what is to happen next is owed again."""
    if not because.strip():
        raise Invalid(_("Write why the arrival is corrected."))
    with at_the_case_of(referral) as case:
        referral = locked(referral)
        if referral.arrived_at and now - referral.status_since > CORRECTABLE_FOR:
            raise TooLate(_("An arrival can be corrected for a week. Open a new case if the citizen needs help again."))
        may(referral, Event.CORRECT, by=by)
        if case.closed_at and case.outcome != Outcome.ARRIVED:
            raise TooLate(_("This case is closed. Open a new one if the citizen needs help again."))
        if _unmeet(case, referral, now=now) and case.closed_at:
            reopen_case(case, by=by, now=now)
        _give_back(case, referral, by=by, now=now)
        return apply(
            referral, Event.CORRECT, case=case, by=by, now=now, note=because, arrived_at=None, arrived_by_evidence=""
        )


def correct_meeting(*, referral: models.Referral, because: str, by: By, now: datetime) -> None:
    """An integrated service has said of one side that the citizen was met, and that was a mistake; the other side has
    not met the citizen yet. The clocks of that side run on, and the attempt goes on on both."""
    if not because.strip():
        raise Invalid(_("Write why the arrival is corrected."))
    with at_the_case_of(referral) as case:
        referral = live(referral)
        if not actors(referral, by) & {Actor.RECEIVER, Actor.COORDINATOR}:
            raise NotAllowed(_("Your unit cannot do this on this referral."))
        mistaken = _unmeet(case, referral, now=now)
        if not mistaken:
            raise TooLate(_("Nobody has said that the citizen was met here, or it has been corrected already."))
        happened = events.record(
            Happening.MEETING_CORRECTED, case=case, referral=referral, now=now, by=by, note=because, sides=mistaken
        )
        notices.tell(happened, to=referral.sender_unit, tells=Tell.SENDER, now=now)


def _unmeet(case: models.Case, referral: models.Referral, *, now: datetime) -> list[str]:
    """Takes back that this attempt has met the citizen, and lets the clocks run on. Returns on which sides it had."""
    met = case.tracks.filter(arrived_by=referral)
    sides = list(met.values_list("side", flat=True))
    met.update(arrived_at=None, arrived_by=None)
    guarantees.resume(case, sides=sides, now=now)
    return sides


def _meet(
    tracks: Sequence[models.Track],
    referral: models.Referral,
    *,
    case: models.Case,
    met_at: datetime,
    by: By | Guest,
    now: datetime,
) -> None:
    for track in tracks:
        if track.arrived_at is None:
            track.arrived_at, track.arrived_by = met_at, referral
            track.save(update_fields=["arrived_at", "arrived_by"])
            guarantees.stop(case, sides=[track.side], because=models.Guarantee.Stopped.ARRIVED, now=now)
            events.record(
                Happening.TRACK_ARRIVED,
                case=case,
                referral=referral,
                now=now,
                occurred_at=met_at,
                by=by,
                side=track.side,
            )


def _give_back(case: models.Case, referral: models.Referral, *, by: By | Guest, now: datetime) -> None:
    """Whoever answered for the citizen before this arrival does so again, unless somebody has taken over since."""
    moved = case.events.filter(kind=Happening.OWNER_CHANGED, recorded_at=referral.status_since).last()
    if moved and moved.detail["after"] == str(case.owner_unit_id) == str(referral.receiver_unit_id):
        before = Unit.objects.get(pk=moved.detail["before"])
        worker = referral.sender if before.pk == referral.sender_unit_id else None
        ownership.change_owner(case, to=before, worker=worker, by=by, now=now)


def _end_other_attempts(
    case: models.Case,
    *,
    arrived: Collection[str],
    but: models.Referral,
    evidence: Evidence,
    by: By | Guest,
    now: datetime,
) -> None:
    """Attempts all of whose tracks have arrived are over, drafts too. One that has met the person itself, on the other
    side, has not failed: with the last side it has arrived."""
    attempts = case.referrals.filter(status__in=[*workflow.LIVE, Status.DRAFT]).exclude(pk=but.pk).exclude(sides=[])
    for other in attempts.filter(sides__contained_by=sorted(arrived)).select_related("sender_unit", "receiver_unit"):
        met_at = case.tracks.filter(arrived_by=other).order_by("arrived_at").values_list("arrived_at", flat=True).last()
        if met_at:
            arrival: dict[str, Any] = {
                "arrived_at": met_at,
                "arrived_by_evidence": evidence,
                "detail": {"evidence": evidence},
            }
            write(other, Event.ARRIVE, to=Status.ARRIVED, case=case, by=by, now=now, occurred_at=met_at, **arrival)
            continue
        write(other, Event.CANCEL, to=Status.CANCELLED, case=case, by=None, now=now, detail={"arrived": str(but.pk)})
