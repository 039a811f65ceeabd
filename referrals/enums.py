"""The words of a hand-off. Codes are stored; labels are for people."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """The side of the model that a track is on; codes as in the vocabulary."""

    SUBSTANCE = "substance", _("Substance treatment")
    PSYCHIATRY = "psychiatry", _("Psychiatry")
    SOCIAL = "social", _("Social effort")


class Status(models.TextChoices):
    """Where one referral is. `workflow.py` says what leads where."""

    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    SEEN = "seen", _("Seen by the service")
    QUESTION = "question", _("Information is missing")
    ACCEPTED = "accepted", _("Accepted")
    WAITLISTED = "waitlisted", _("On a waiting list")
    BOOKED = "booked", _("Time agreed")
    VISIT_CANCELLED = "visit_cancelled", _("The visit was cancelled")
    NO_SHOW = "no_show", _("Did not come")
    RETURN_ASKED = "return_asked", _("The service wants to return it")
    ARRIVED = "arrived", _("Has arrived")
    IN_COURSE = "in_course", _("In a course")
    CLOSED = "closed", _("The course is closed")
    RETURNED = "returned", _("Returned, with the next door")
    WITHDRAWN = "withdrawn", _("Withdrawn by the citizen")
    CANCELLED = "cancelled", _("Cancelled by the sender")
    LOST_CONTACT = "lost_contact", _("Contact was lost")
    DECEASED = "deceased", _("The citizen has died")
    MOVED = "moved", _("The citizen has moved")


class Event(models.TextChoices):
    """What happens to a referral."""

    SEND = "send", _("The referral was sent")
    OPEN = "open", _("The service has opened the referral")
    ASK = "ask", _("The service has asked a question")
    REPLY = "reply", _("The sender has answered the question")
    ACCEPT = "accept", _("The service has accepted")
    WAITLIST = "waitlist", _("The service has put the citizen on a waiting list")
    BOOK = "book", _("A time was agreed")
    CANCEL_VISIT = "cancel_visit", _("The visit was cancelled")
    MISS = "miss", _("The citizen did not come")
    ATTEMPT = "attempt", _("New contact was tried")
    ARRIVE = "arrive", _("The citizen has arrived")
    CORRECT = "correct", _("The arrival was corrected")
    START = "start", _("The course has begun")
    CLOSE = "close", _("The course is closed")
    ASK_RETURN = "ask_return", _("The service wants to return the referral")
    SEND_BACK = "send_back", _("The coordinator has not approved the return")
    RETURN = "return", _("The referral was returned, with the next door")
    WITHDRAW = "withdraw", _("The citizen does not want it any more")
    CANCEL = "cancel", _("The sender has cancelled")
    LOSE = "lose", _("The coordinator has decided that contact is lost")
    DIE = "die", _("The citizen has died")
    MOVE = "move", _("The citizen has moved away")


class Happening(models.TextChoices):
    """What happens to a case beside the steps of its referrals."""

    CASE_OPENED = "case_opened", _("The needs were logged")
    ASSESSED = "assessed", _("The needs were matched")
    OWNER_CHANGED = "owner_changed", _("Another unit answers for the citizen")
    TAKE_OVER_ASKED = "take_over_asked", _("Another unit was asked to answer for the citizen")
    TAKE_OVER_DECLINED = "take_over_declined", _("The other unit has not taken over")
    TRACK_ARRIVED = "track_arrived", _("The citizen has been met")
    MEETING_CORRECTED = "meeting_corrected", _("That the citizen was met was a mistake")
    CITIZEN_SAYS_ARRIVED = "citizen_arrived", _("The citizen says to have arrived")
    ARRIVAL_DISPUTED = "arrival_disputed", _("The service has not met the citizen")
    REFUSED_RETURN = "refused_return", _("A return was tried with a reason that is not legitimate")
    OVERRUN_REASONED = "overrun_reasoned", _("The reason of an overrun was registered")
    CHOSEN_FREELY = "chosen_freely", _("The citizen has chosen another provider")
    HEARD_FROM = "heard_from", _("Somebody waiting was heard from")
    COMPANION_AGREED = "companion_agreed", _("Somebody goes along")
    COMPANION_CONFIRMED = "companion_ok", _("Both have confirmed the companion")
    CITIZEN_MOVED = "citizen_moved", _("The citizen has moved to another municipality")
    CITIZEN_TURNED_18 = "turned_18", _("The citizen has turned 18")
    CITIZEN_DIED = "citizen_died", _("The citizen has died")
    CALLED_OVER = "called_over", _("Handed over by telephone")
    NOBODY_ANSWERED = "nobody_answered", _("Nobody answered the telephone")
    TASK_PASSED_ON = "task_passed_on", _("A colleague's task was passed on")
    SNOOZED = "snoozed", _("A task was put off")
    PAUSED = "paused", _("Reminders are paused")
    CONTACT_SET = "contact_set", _("How the citizen is reached was changed")
    NOTED = "noted", _("A note")
    CALLED = "called", _("Contact with the citizen")
    SCREENED = "screened", _("A screening was made")
    PERSON_LINKED = "person_linked", _("Linked to another record of what may be the same person")
    PERSON_UNLINKED = "person_unlinked", _("The link between two records was removed")
    EMERGENCY_ACCESS = "emergency_access", _("Another unit has read the case in an emergency")
    PROTECTED = "protected", _("Name and address are protected")
    PROTECTION_LIFTED = "protection_lifted", _("Name and address are not protected any more")
    IDENTITY_SHOWN = "identity_shown", _("Protected name and address were shown")
    CORRECTED = "corrected", _("Something that was registered was corrected")
    EXPORTED = "exported", _("A copy of everything was made for the citizen")
    RIGHT_ASKED = "right_asked", _("The citizen has asked for a right")
    RIGHT_ANSWERED = "right_answered", _("The citizen's request was answered")
    CASE_REOPENED = "case_reopened", _("The case was opened again")
    CASE_CLOSED = "case_closed", _("The case was closed")


class Right(models.TextChoices):
    """What a citizen can ask for besides a copy and a correction (GDPR art. 18 and 21)."""

    RESTRICTION = "restriction", _("That the case is used less: restriction")
    OBJECTION = "objection", _("That it is not used so: objection")


class Actor(models.TextChoices):
    """In which capacity somebody acts on a referral."""

    SENDER = "sender", _("The sender")
    RECEIVER = "receiver", _("The receiving service")
    COORDINATOR = "coordinator", _("The coordinator")
    CITIZEN = "citizen", _("The citizen")


class Wait(models.TextChoices):
    """What a follow-up waits for. The ladder says what its silence leads to."""

    CHOICE = "choice", _("A service is to be chosen")
    CONSENT = "consent", _("Consent to pass it on is to be asked for")
    SEEN = "seen", _("The service is to open the referral")
    ANSWER = "answer", _("The service is to answer")
    REPLY = "reply", _("A question is to be answered")
    BOOKING = "booking", _("A time is to be agreed")
    CHECK_IN = "check_in", _("Somebody waiting is to be heard from")
    VISIT = "visit", _("The visit is near")
    ARRIVAL = "arrival", _("Arrival is to be confirmed")
    RE_ENGAGE = "re_engage", _("New contact is to be tried")
    DECISION = "decision", _("The coordinator is to decide on a return")
    CITIZEN_ARRIVAL = "citizen_arrival", _("The citizen's word of arrival is to be confirmed")
    HAND_OVER = "hand_over", _("Somebody is to be reached by telephone now")
    COMPANION = "companion", _("Somebody to go along is to be found")
    TELL_CITIZEN = "tell_citizen", _("The citizen is to be told what was passed on")
    REACH_OUT = "reach_out", _("A message could not be delivered: the other way is to be used")
    FIRST_WEEK = "first_week", _("Contact in the first week after discharge")
    EFFECT = "effect", _("Does it help?")
    GUARANTEE = "guarantee", _("A statutory deadline runs")
    TAKE_OVER = "take_over", _("Another unit is to say whether it takes over")
    OBLIGATION = "obligation", _("A duty towards the citizen is to be done")


class Tell(models.TextChoices):
    """Whom a rung of the ladder tells."""

    OWED_BY = "owed_by", _("Whoever owes the step")
    SENDER = "sender", _("The sender")
    OWNER = "owner", _("Whoever answers for the citizen")
    COORDINATOR = "coordinator", _("The coordinator")
    CITIZEN = "citizen", _("The citizen")


class Urgency(models.TextChoices):
    ORDINARY = "ordinary", _("Ordinary")
    ACUTE = "acute", _("Acute")


class Basis(models.TextChoices):
    """Why the receiver may be told: consent, or a statutory basis that is reasoned."""

    CONSENT_ORAL = "consent_oral", _("The citizen has said yes")
    CONSENT_WRITTEN = "consent_written", _("The citizen has said yes in writing")
    STATUTORY = "statutory", _("The law allows it without consent")


class Told(models.TextChoices):
    """Why a notice was written."""

    SILENCE = "silence", _("Something has not happened in time")
    HAPPENED = "happened", _("Something has happened")
    ASSIGNED = "assigned", _("A task has come to you from a colleague")
    NOT_DELIVERED = "not_delivered", _("A message could not be delivered")


class DeliveryState(models.TextChoices):
    """How far a message has come. A relay that accepts has not delivered: bounces come later."""

    PENDING = "pending", _("To be sent")
    HANDED_OVER = "handed_over", _("Handed over")
    DROPPED = "dropped", _("Dropped: no longer true")
    FAILED = "failed", _("Cannot be sent")
    BOUNCED = "bounced", _("Came back")


class Evidence(models.TextChoices):
    """Who has seen that the person arrived."""

    RECEIVER = "receiver", _("The service has met the citizen")
    COMPANION = "companion", _("A professional went along")
    CITIZEN = "citizen", _("The citizen says so, and it was confirmed")


class Channel(models.TextChoices):
    """How somebody is reached."""

    IN_APP = "in_app", _("Here")
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    PHONE = "phone", _("Telephone")
    LETTER = "letter", _("Letter")
    VISIT = "visit", _("A visit")


class Reached(models.TextChoices):
    """What came of a contact attempt."""

    AGREED = "agreed", _("Spoke with the citizen: a new time is wanted")
    CALL_LATER = "call_later", _("Spoke with the citizen: call later")
    NO_ANSWER = "no_answer", _("No answer")
    WRONG_NUMBER = "wrong_number", _("Wrong number or address")
    RELATIVE = "relative", _("Spoke with a relative")
    WANTS_COMPANION = "wants_companion", _("The citizen wants somebody to go along")
    REFUSED = "refused", _("The citizen does not want it now")


class Outcome(models.TextChoices):
    """How a case ended."""

    ARRIVED = "arrived", _("The citizen has arrived")
    SELF_RESOLVED = "self_resolved", _("The need is met in another way")
    WITHDRAWN = "withdrawn", _("The citizen does not want help now")
    LOST_CONTACT = "lost_contact", _("Contact was lost")
    DECEASED = "deceased", _("The citizen has died")
    MOVED = "moved", _("The citizen has moved out of the country")


class Bulk(models.TextChoices):
    """What may be done to several tasks at once."""

    SNOOZE = "snooze", _("Put off")
    DONE = "done", _("Done: there was contact")


class RowState(models.TextChoices):
    """How one task of several stands."""

    WAITING = "waiting", _("Not yet")
    DONE = "done", _("Done")
    FAILED = "failed", _("Not done")
