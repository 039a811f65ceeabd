"""A hand-off in words: what is owed, what is waited for, what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from navigator import clock
from navigator.web.addresses import address
from navigator.web.templatetags.shown import day, moment, overdue, worded
from pathways.models import Answering
from pathways.rulebook import rulebook
from referrals import cpr, journal, needs, workflow
from referrals.enums import (
    Category,
    Channel,
    Event,
    Evidence,
    Happening,
    Paper,
    Reached,
    Right,
    Side,
    Status,
    Tell,
    TimeOfDay,
    Wait,
)
from referrals.models import CaseEvent, Consent, Correction, FollowUp, Guarantee, Referral, Screening
from referrals.troubles import Standing, Trouble

register = template.Library()

OWED = {
    Wait.CHOICE: gettext_lazy("Choose a service"),
    Wait.CONSENT: gettext_lazy("Ask the citizen about the next door, and send it on"),
    Wait.SEEN: gettext_lazy("Open the referral"),
    Wait.ANSWER: gettext_lazy("Answer the referral"),
    Wait.REPLY: gettext_lazy("Answer the service’s question"),
    Wait.BOOKING: gettext_lazy("Agree a time with the citizen"),
    Wait.CHECK_IN: gettext_lazy("Hear from the citizen, who is on a waiting list"),
    Wait.VISIT: gettext_lazy("The visit is near"),
    Wait.ARRIVAL: gettext_lazy("Confirm whether the citizen has arrived"),
    Wait.RE_ENGAGE: gettext_lazy("Try to reach the citizen, who did not come"),
    Wait.DECISION: gettext_lazy("Decide whether the service may return it"),
    Wait.CITIZEN_ARRIVAL: gettext_lazy("The citizen says they have come: confirm it"),
    Wait.HAND_OVER: gettext_lazy("Nobody answered: go on calling the service"),
    Wait.COMPANION: gettext_lazy("Find somebody who goes along"),
    Wait.TELL_CITIZEN: gettext_lazy("Tell the citizen what was passed on"),
    Wait.REACH_OUT: gettext_lazy("Reach the citizen in another way"),
    Wait.FIRST_WEEK: gettext_lazy("Get in touch: the first week after discharge"),
    Wait.EFFECT: gettext_lazy("Ask the citizen: does it help?"),
    Wait.GUARANTEE: gettext_lazy("Make sure that the statutory deadline is kept"),
    Wait.TAKE_OVER: gettext_lazy("Say whether your unit is responsible for the citizen"),
    Wait.OBLIGATION: gettext_lazy("Do what you owe the citizen"),
    Wait.WITHDRAWN: gettext_lazy("A consent was withdrawn: agree with the citizen how it goes on"),
    Wait.CONSENT_ENDS: gettext_lazy("A consent runs out: ask the citizen once more, or let it end"),
    Wait.TELL_CUSTODY: gettext_lazy("Tell those with custody what was passed on"),
    Wait.CONTACT: gettext_lazy("Get in touch with the citizen, who has asked for it"),
    Wait.PLAN: gettext_lazy("Make a coordinated plan with the citizen"),
    Wait.PLAN_MEETING: gettext_lazy("Hold the meeting about the plan"),
}
BY_TELEPHONE = {
    Wait.SEEN: gettext_lazy("Phone the service: have they received the referral?"),
    Wait.ANSWER: gettext_lazy("Phone the service: do they accept?"),
    Wait.BOOKING: gettext_lazy("Phone the service: when is the first visit?"),
    Wait.CHECK_IN: gettext_lazy("Phone the service: how does the waiting list go?"),
    Wait.ARRIVAL: gettext_lazy("Phone the service: has the citizen arrived?"),
    Wait.CITIZEN_ARRIVAL: gettext_lazy("Phone the service: the citizen says they have come"),
}
AWAITED = {
    Wait.CHOICE: gettext_lazy("%(who)s is to choose a service"),
    Wait.CONSENT: gettext_lazy("%(who)s is to ask the citizen about the next door"),
    Wait.SEEN: gettext_lazy("%(who)s has not opened the referral"),
    Wait.ANSWER: gettext_lazy("%(who)s has not answered"),
    Wait.REPLY: gettext_lazy("%(who)s is to answer a question"),
    Wait.BOOKING: gettext_lazy("%(who)s has not agreed a time"),
    Wait.CHECK_IN: gettext_lazy("On the waiting list of %(who)s"),
    Wait.VISIT: gettext_lazy("The visit at %(who)s is near"),
    Wait.ARRIVAL: gettext_lazy("%(who)s has not confirmed arrival"),
    Wait.RE_ENGAGE: gettext_lazy("The citizen did not come: %(who)s tries to reach them"),
    Wait.DECISION: gettext_lazy("%(who)s is to decide on a return"),
    Wait.CITIZEN_ARRIVAL: gettext_lazy("The citizen says they have come: %(who)s is to confirm it"),
    Wait.HAND_OVER: gettext_lazy("%(who)s is to reach the service by telephone"),
    Wait.COMPANION: gettext_lazy("%(who)s is to find somebody who goes along"),
    Wait.TELL_CITIZEN: gettext_lazy("%(who)s is to tell the citizen what was passed on"),
    Wait.REACH_OUT: gettext_lazy("%(who)s is to reach the citizen in another way"),
    Wait.FIRST_WEEK: gettext_lazy("%(who)s is to get in touch in the first week after discharge"),
    Wait.EFFECT: gettext_lazy("%(who)s is to ask whether it helps"),
    Wait.GUARANTEE: gettext_lazy("A statutory deadline is running; %(who)s is responsible for it"),
    Wait.TAKE_OVER: gettext_lazy("%(who)s is to say whether it takes over"),
    Wait.OBLIGATION: gettext_lazy("%(who)s: %(duty)s"),
    Wait.WITHDRAWN: gettext_lazy("%(who)s is to agree how it goes on after a consent was withdrawn"),
    Wait.CONSENT_ENDS: gettext_lazy("A consent runs out: %(who)s is to ask the citizen once more"),
    Wait.TELL_CUSTODY: gettext_lazy("%(who)s is to tell those with custody"),
    Wait.CONTACT: gettext_lazy("%(who)s is to get in touch with the citizen"),
    Wait.PLAN: gettext_lazy("%(who)s is to make a coordinated plan"),
    Wait.PLAN_MEETING: gettext_lazy("%(who)s is to hold the meeting about the plan"),
}
HALF, NEARLY = 0.5, 0.8  # of a statutory deadline, where the ladder speaks too
OF_YOURS = {
    Category.IDENTITY: gettext_lazy("who you are"),
    Category.CONTACT: gettext_lazy("how to reach you"),
    Category.NEEDS: gettext_lazy("what help you need"),
    Category.WISHES: gettext_lazy("what you wish"),
    Category.MESSAGE: gettext_lazy("a message from those who help you"),
    Category.WHOLE_CASE: gettext_lazy("all that stands in your case"),
}
VISIT_AGREED = gettext_lazy("Time agreed at %(who)s: %(moment)s")
HEARS = {
    Tell.OWED_BY: gettext_lazy("whoever owes it is reminded"),
    Tell.SENDER: gettext_lazy("the sender is told"),
    Tell.OWNER: gettext_lazy("whoever is responsible for the citizen is told"),
    Tell.COORDINATOR: gettext_lazy("the coordinator is told"),
    Tell.CITIZEN: gettext_lazy("the citizen is reminded"),
}
# What a referral with its receiver asks of them; the rest asks nothing, and its status says how it stands.
RECEIVER_OWES = {
    Event.REPLY: gettext_lazy("The sender has answered your question"),
    Event.SEND_BACK: gettext_lazy("The coordinator asks you to answer anyway"),
}


@register.filter
def owed(follow_up: FollowUp) -> str:
    """What the reader's own unit owes, as something to do."""
    if follow_up.obligation:
        return worded(follow_up.obligation, "text")
    return str((BY_TELEPHONE if _by_telephone(follow_up) else OWED)[Wait(follow_up.waits_for)])


@register.filter
def awaited(follow_up: FollowUp) -> str:
    """What somebody else owes."""
    if follow_up.waits_for == Wait.ARRIVAL and not overdue(follow_up.waits_since):
        return VISIT_AGREED % {"who": follow_up.owed_by, "moment": moment(follow_up.waits_since)}
    if _by_telephone(follow_up):
        return _("%(who)s is to phone the service and follow up") % {"who": follow_up.owed_by}
    duty = worded(follow_up.obligation, "text") if follow_up.obligation else ""
    return AWAITED[Wait(follow_up.waits_for)] % {"who": follow_up.owed_by, "duty": duty}


@register.filter
def since_when(standing: Standing) -> str:
    """Since when somebody is in their worst trouble, or when a deadline ends."""
    if standing.worst is Trouble.GUARANTEE:
        passed = overdue(standing.since)
        last = day(standing.since - timedelta(microseconds=1))
        return (
            _("passed: the last day was %(day)s") % {"day": last}
            if passed
            else _("the last day is %(day)s") % {"day": last}
        )
    if standing.worst is Trouble.CALM:
        return _("next: %(day)s") % {"day": day(standing.since)}
    if standing.worst is Trouble.DISCHARGED:
        return _("contact is due %(day)s") % {"day": day(standing.since - timedelta(microseconds=1))}
    return _("since %(day)s") % {"day": day(standing.since)}


def _by_telephone(follow_up: FollowUp) -> bool:
    """The service has no account here: the sender owes its answers."""
    without_account = follow_up.referral is not None and follow_up.referral.receiver_unit_id is None
    return without_account and follow_up.waits_for in BY_TELEPHONE


@register.filter
def done_at(follow_up: FollowUp) -> str:
    """Where it is done: the page, and the place on it."""
    match follow_up.waits_for:
        case Wait.CONSENT if follow_up.referral_id:
            return address("send_on", follow_up.referral_id)
        case Wait.CHOICE:
            return address("case", follow_up.case_id) + "#match"
        case Wait.WITHDRAWN | Wait.CONSENT_ENDS:
            return address("case", follow_up.case_id) + "#consents"
        case Wait.GUARANTEE:
            return address("case", follow_up.case_id) + "#deadlines"
        case Wait.PLAN | Wait.PLAN_MEETING:
            return address("plan", follow_up.case_id)
        case Wait.CONTACT:
            return address("case", follow_up.case_id) + "#call-log"
    if follow_up.referral_id:
        return address("referral", follow_up.referral_id)
    return address("case", follow_up.case_id)


@register.filter
def receiver_owes(referral: Referral) -> str:
    """What a referral asks of its receiver now, and why it is back where that is so."""
    said = RECEIVER_OWES.get(getattr(referral, "last_event", ""))  # type: ignore[arg-type]
    if said and referral.status == Status.SEEN:
        return str(said)
    waits = [wait for wait in workflow.WAITS_FOR.get(Status(referral.status), {}) if wait is not Wait.VISIT]
    if referral.status in (Status.QUESTION, Status.RETURN_ASKED) or not waits:
        return str(Status(referral.status).label)
    return str(OWED[waits[0]])


@register.filter
def on_date(when: str) -> str:
    """A date that means the same in ten years."""
    return journal.day(when)


@register.filter
def on_moment(at: str) -> str:
    """The same with the time of day."""
    return journal.moment(at)


@register.filter
def masked_cpr(number: str) -> str:
    """A CPR number as it is shown to everybody."""
    return cpr.masked(number)


@register.filter
def language_name(code: str) -> str:
    """A language by its name."""
    return str(needs.LANGUAGES.get(code, code))


@register.filter
def hears(tell: Tell) -> str:
    """Who hears of a silence."""
    return str(HEARS[tell])


@register.filter
def told_by(event: CaseEvent) -> str:
    """One event as a sentence; who and when stand beside it."""
    return sentence(event, day=day, moment=moment)


@register.filter
def done_by(event: CaseEvent) -> str:
    """Who did it: somebody at work, the citizen without anybody's help, or nobody but the clock."""
    if event.by:
        return f"{event.by.name}, {event.by_unit}"
    return _("the citizen") if event.by_citizen else _("the system")


def sentence(event: CaseEvent, *, day: Callable[[str], str], moment: Callable[[str], str]) -> str:
    """The same with dates said as the reader needs them: a page says 'tomorrow', a journal the date."""
    label, detail = event.get_kind_display(), event.detail
    match event.kind:
        case Event.BOOK if "appointment_at" in detail:
            return _("A time was agreed: %(moment)s") % {"moment": moment(detail["appointment_at"])}
        case Event.WAITLIST if "until" in detail:
            return _("The citizen is on a waiting list until %(day)s") % {"day": day(detail["until"])}
        case Event.CANCEL_VISIT:
            return (
                _("The service cancelled the visit")
                if detail.get("by_service")
                else _("The citizen cancelled the visit")
            )
        case Event.ATTEMPT if "channel" in detail:
            said = {"channel": Channel(detail["channel"]).label, "reached": Reached(detail["reached"]).label}
            return _("New contact was tried. %(channel)s: %(reached)s") % said
        case Event.ARRIVE if "evidence" in detail:
            return _("The citizen has arrived. %(evidence)s") % {"evidence": Evidence(detail["evidence"]).label}
        case Event.ASK_RETURN | Event.RETURN | Happening.REFUSED_RETURN if detail.get("reason"):
            return f"{label}: {decline_reason(detail['reason'])}"
        case Event.CANCEL if event.by_id is None:
            return _("Ended by itself: the citizen has arrived elsewhere")
        case Happening.TRACK_ARRIVED:
            return _("The citizen has been met: %(side)s") % {"side": Side(detail["side"]).label}
        case Happening.OWNER_CHANGED if getattr(event, "to_unit", ""):
            return _("%(unit)s is now responsible for the citizen") % {"unit": event.to_unit}  # type: ignore[attr-defined]
        case Happening.CALLED_OVER if event.note:
            return _("Handed over by telephone. Spoke with:")
        case Happening.CALLED:
            said = {"channel": Channel(detail["channel"]).label, "reached": Reached(detail["reached"]).label}
            return _("Contact with the citizen. %(channel)s: %(reached)s") % said
        case Happening.CONTACT_SET if "best_at" in detail:
            said = {"channel": Channel(detail["safe_channel"]).label, "when": TimeOfDay(detail["best_at"]).label}
            return _("The citizen has asked to be contacted. %(channel)s: %(when)s") % said
        case Happening.SERVICE_CLOSES if detail.get("reopens_on"):
            return _("The service is closed from %(first)s and opens again %(last)s") % {
                "first": day(detail["closed_from"]),
                "last": day(detail["reopens_on"]),
            }
        case Happening.SERVICE_CLOSES:
            return _("The service is closed from %(first)s until further notice") % {
                "first": day(detail["closed_from"])
            }
        case Happening.PAPERS_SENT:
            return _("Papers were sent by secure post: %(paper)s") % {"paper": Paper(detail["paper"]).label}
        case Happening.PROTECTED:
            return _("Name and address are protected until %(day)s") % {"day": day(detail["until"])}
        case Happening.RIGHT_ASKED:
            return _("The citizen has asked: %(right)s") % {"right": Right(detail["right"]).label}
        case Happening.RIGHT_ANSWERED:
            return _("The citizen was told yes") if detail["granted"] else _("The citizen was told no")
        case Happening.CORRECTED if detail.get("fact"):
            return _("Corrected: %(fact)s") % {"fact": Correction.Fact(detail["fact"]).label}
        case Happening.NOTED if event.corrects_id:
            return _("A note that corrects an earlier one")
        case Happening.SCREENED:
            return _("A screening was made: %(about)s") % {"about": Screening.About(detail["about"]).label}
        case Happening.NOTED if "effect" in detail:
            return _("It helps") if detail["effect"] else _("It does not help yet: another choice is made")
        case Happening.NOTED if "first_week" in detail:
            return _("There was contact, day %(n)s after discharge") % {"n": detail["first_week"]}
        case Happening.NOTED if "obligation" in detail:
            return _("Done: %(duty)s") % {"duty": worded(detail["obligation"])}
        case Happening.SNOOZED:
            task = str(OWED[Wait(detail["wait"])])
            return _("Put off until %(day)s: %(task)s") % {"task": task, "day": day(detail["until"])}
        case Event.WITHDRAW if "consent" in detail:
            return _("The citizen has withdrawn the consent: the referral has ended")
        case Event.SEND if event.referral:
            return _("The referral was sent to %(service)s") % {"service": worded(event.referral.service, "name")}
    return str(label)


@register.filter
def covers(consent: Consent) -> str:
    """What kinds of data a yes covers, in words."""
    return "; ".join(str(Category(each).label) for each in consent.categories)


@register.filter
def covers_of_yours(consent: Consent) -> str:
    """The same, said to the citizen."""
    return ", ".join(str(OF_YOURS[Category(each)]) for each in consent.categories)


@register.filter
def decline_reason(code: str) -> str:
    """A reason for a return, in the words of the vocabulary."""
    reasons = {reason["code"]: reason for reason in rulebook(on=clock.today()).catalogue.words["decline_reasons"]}
    return worded(reasons.get(code, {})) or code


@register.filter
def right_title(guarantee: Guarantee) -> str:
    """What the citizen has a right to, in the words of the vocabulary."""
    rights = {right["code"]: right for right in rulebook(on=clock.today()).catalogue.words["rights"]}
    return worded(rights.get(guarantee.right, {})) or guarantee.right


@register.filter
def days_left(guarantee: Guarantee) -> str:
    """How a statutory deadline stands, in days."""
    days = (clock.day_of(guarantee.due_at) - clock.today()).days - 1
    if guarantee.overrun(clock.now()):
        return ngettext("passed by %(n)s day", "passed by %(n)s days", -days) % {"n": -days}
    if days <= 0:
        return _("ends today")
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}


@register.filter
def deadline_badge(guarantee: Guarantee) -> str:
    """The colour that goes with a deadline; the days stand in it."""
    if guarantee.stopped_at:
        return "badge-success" if guarantee.stopped_by == Guarantee.Stopped.ARRIVED else "badge-quiet"
    if guarantee.overrun(clock.now()):
        return "badge-error"
    return "badge-warning" if _used(guarantee) >= HALF else "badge-info"


@register.filter
def deadline_stage(guarantee: Guarantee) -> str:
    """The same in words: nobody is to read it from the colour alone."""
    if guarantee.stopped_at:
        return _("Stopped: %(why)s") % {"why": guarantee.get_stopped_by_display()}
    if guarantee.overrun(clock.now()):
        return _("Overdue")
    used = _used(guarantee)
    if used >= NEARLY:
        return _("Nearly due")
    return _("Half the time has passed") if used >= HALF else _("Running")


def _used(guarantee: Guarantee) -> float:
    """How much of the time has passed: as the ladder counts it, from the first day to the end of the last."""
    began = clock.start_of_day(guarantee.started_on)
    return (clock.now() - began) / (guarantee.due_at - began)


@register.filter
def last_day(guarantee: Guarantee) -> str:
    """The last day on which the deadline is kept."""
    return day(guarantee.last_day)


@register.filter
def status_badge(status: str) -> str:
    """The colour that goes with a status; the word stands beside it."""
    if status in workflow.MET:
        return "badge-success"
    if status in (Status.NO_SHOW, Status.VISIT_CANCELLED, Status.QUESTION, Status.RETURN_ASKED, Status.LOST_CONTACT):
        return "badge-warning"
    return "badge-info" if status in workflow.LIVE else "badge-quiet"


@register.filter
def how_it_answers(service_id: object) -> Answering | None:
    """How a service answers those who send to it, where enough is known to say so."""
    known = rulebook(on=clock.today()).catalogue.services.get(UUID(str(service_id)))
    return known.answering if known else None
