"""A hand-off in words: what is owed, what is waited for, what happened."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navigator.web.templatetags.shown import moment, worded
from referrals import workflow
from referrals.enums import Event, Happening, Side, Status, Tell, Wait
from referrals.models import CaseEvent, FollowUp

register = template.Library()

OWED = {
    Wait.CHOICE: gettext_lazy("Choose a service"),
    Wait.SEEN: gettext_lazy("Open the referral"),
    Wait.ANSWER: gettext_lazy("Answer the referral"),
    Wait.BOOKING: gettext_lazy("Agree a time with the citizen"),
    Wait.ARRIVAL: gettext_lazy("Confirm whether the citizen has arrived"),
}
BY_TELEPHONE = {
    Wait.SEEN: gettext_lazy("Phone the service: have they got the referral?"),
    Wait.ANSWER: gettext_lazy("Phone the service: do they accept?"),
    Wait.BOOKING: gettext_lazy("Phone the service: when is the first visit?"),
    Wait.ARRIVAL: gettext_lazy("Phone the service: has the citizen arrived?"),
}
AWAITED = {
    Wait.CHOICE: gettext_lazy("%(who)s is to choose a service"),
    Wait.SEEN: gettext_lazy("%(who)s has not opened the referral"),
    Wait.ANSWER: gettext_lazy("%(who)s has not answered"),
    Wait.BOOKING: gettext_lazy("%(who)s has not agreed a time"),
    Wait.ARRIVAL: gettext_lazy("%(who)s has not confirmed arrival"),
}
HEARS = {
    Tell.OWED_BY: gettext_lazy("whoever owes it is reminded"),
    Tell.SENDER: gettext_lazy("the sender is told"),
    Tell.COORDINATOR: gettext_lazy("the coordinator is told"),
}


@register.filter
def owed(follow_up: FollowUp) -> str:
    """What the reader's own unit owes, as something to do."""
    wait = Wait(follow_up.waits_for)
    by_telephone = follow_up.referral_id and follow_up.owed_by_id == follow_up.sender_unit_id and wait in BY_TELEPHONE
    return str((BY_TELEPHONE if by_telephone else OWED)[wait])


@register.filter
def awaited(follow_up: FollowUp) -> str:
    """What somebody else owes."""
    return AWAITED[Wait(follow_up.waits_for)] % {"who": follow_up.owed_by}


@register.filter
def receiver_owes(status: str) -> str:
    """What a referral in this status asks of its receiver."""
    wait = workflow.WAITS_FOR.get(Status(status))
    return str(OWED[wait]) if wait else str(Status(status).label)


@register.filter
def hears(tell: Tell) -> str:
    """Who hears of a silence."""
    return str(HEARS[tell])


@register.filter
def told_by(event: CaseEvent) -> str:
    """One event as a sentence; who and when stand beside it."""
    label, detail = event.get_kind_display(), event.detail
    match event.kind:
        case Event.BOOK if "appointment_at" in detail:
            return _("A time was agreed: %(moment)s") % {"moment": moment(detail["appointment_at"])}
        case Event.CANCEL if event.by_id is None:
            return _("Ended by itself: the citizen has arrived elsewhere")
        case Happening.TRACK_ARRIVED:
            return _("The citizen has been met: %(side)s") % {"side": Side(detail["side"]).label}
        case Happening.OWNER_CHANGED if getattr(event, "to_unit", ""):
            return _("%(unit)s now answers for the citizen") % {"unit": event.to_unit}  # type: ignore[attr-defined]
        case Event.SEND if event.referral:
            return _("The referral was sent to %(service)s") % {"service": worded(event.referral.service, "name")}
    return str(label)


@register.filter
def status_badge(status: str) -> str:
    """The colour that goes with a status; the word stands beside it."""
    if status == Status.ARRIVED:
        return "badge-success"
    return "badge-info" if status in workflow.LIVE else ""
