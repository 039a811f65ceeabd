"""The words of a hand-off. Codes are stored; labels are for people."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """The side of the model that a track is on; codes as in the vocabulary."""

    SUBSTANCE = "substance", _("Substance treatment")
    PSYCHIATRY = "psychiatry", _("Psychiatry")
    SOCIAL = "social", _("Social support")


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
    IN_COURSE = "in_course", _("In a programme")
    CLOSED = "closed", _("The programme has ended")
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
    START = "start", _("The programme has begun")
    CLOSE = "close", _("The programme has ended")
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
    OWNER_CHANGED = "owner_changed", _("Another unit is responsible for the citizen")
    TAKE_OVER_ASKED = "take_over_asked", _("Another unit was asked to take responsibility for the citizen")
    TAKE_OVER_DECLINED = "take_over_declined", _("The other unit has not taken over")
    TRACK_ARRIVED = "track_arrived", _("The citizen has been met")
    MEETING_CORRECTED = "meeting_corrected", _("That the citizen was met was a mistake")
    CITIZEN_SAYS_ARRIVED = "citizen_arrived", _("The citizen says they have arrived")
    CITIZEN_SAYS_COMING = "citizen_coming", _("The citizen says they are coming")
    ARRIVAL_DISPUTED = "arrival_disputed", _("The service has not met the citizen")
    REFUSED_RETURN = "refused_return", _("A return was tried with a reason that is not legitimate")
    OVERRUN_REASONED = "overrun_reasoned", _("The reason of an overrun was registered")
    CHOSEN_FREELY = "chosen_freely", _("The citizen has chosen another provider")
    INTERPRETER_ORDERED = "interpreter_ok", _("An interpreter is ordered for the visit")
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
    PAPERS_SENT = "papers_sent", _("Papers were sent by secure post")
    PERSON_LINKED = "person_linked", _("Linked to another record of what may be the same person")
    PERSON_UNLINKED = "person_unlinked", _("The link between two records was removed")
    CONSENT_WITHDRAWN = "consent_withdrawn", _("The citizen has withdrawn a consent")
    EMERGENCY_ACCESS = "emergency_access", _("Another unit has read the case in an emergency")
    RESTRICTED = "restricted", _("The case was restricted")
    RESTRICTION_LIFTED = "restriction_lifted", _("The restriction was lifted, and the citizen told before")
    DISPOSED = "disposed", _("The case was disposed of: its texts can no longer be read")
    PROTECTED = "protected", _("Name and address are protected")
    PROTECTION_LIFTED = "protection_lifted", _("Name and address are not protected any more")
    IDENTITY_SHOWN = "identity_shown", _("Protected name and address were shown")
    CORRECTED = "corrected", _("Something that was registered was corrected")
    EXPORTED = "exported", _("A copy of everything was made for the citizen")
    RIGHT_ASKED = "right_asked", _("The citizen has asked for a right")
    RIGHT_ANSWERED = "right_answered", _("The citizen's request was answered")
    PLAN_ASKED = "plan_asked", _("A coordinated plan, or a meeting about it, was asked for")
    PLAN_BEGUN = "plan_begun", _("The citizen has said yes to a coordinated plan")
    PLAN_MET = "plan_met", _("The meeting about the plan was held")
    PLAN_APPROVED = "plan_approved", _("The citizen has approved the plan")
    PLAN_ENDED = "plan_ended", _("The plan was ended")
    SERVICE_CLOSES = "service_closes", _("The service closes for a time")
    CASE_REOPENED = "case_reopened", _("The case was opened again")
    CASE_CLOSED = "case_closed", _("The case was closed")


class Right(models.TextChoices):
    """What a citizen can ask for besides a copy and a correction (GDPR art. 18 and 21)."""

    RESTRICTION = "restriction", _("That the case is used less: restriction")
    OBJECTION = "objection", _("That it is not used in this way: objection")
    CORRECTION = "correction", _("That something is put right: correction")


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
    GUARANTEE = "guarantee", _("A statutory deadline is running")
    TAKE_OVER = "take_over", _("Another unit is to say whether it takes over")
    OBLIGATION = "obligation", _("A duty towards the citizen is to be done")
    WITHDRAWN = "withdrawn", _("A consent was withdrawn: how it goes on is to be agreed")
    CONSENT_ENDS = "consent_ends", _("A consent runs out")
    TELL_CUSTODY = "tell_custody", _("Those with custody are to be told")
    CONTACT = "contact", _("The citizen has asked to be contacted")
    PLAN = "plan", _("A coordinated plan is to be made")
    PLAN_MEETING = "plan_meeting", _("The meeting about the plan is to be held")


class Tell(models.TextChoices):
    """Whom a rung of the ladder tells."""

    OWED_BY = "owed_by", _("Whoever owes the step")
    SENDER = "sender", _("The sender")
    OWNER = "owner", _("Whoever is responsible for the citizen")
    COORDINATOR = "coordinator", _("The coordinator")
    CITIZEN = "citizen", _("The citizen")


class Urgency(models.TextChoices):
    ORDINARY = "ordinary", _("Ordinary")
    ACUTE = "acute", _("Acute")


class Basis(models.TextChoices):
    """Why somebody else may be told."""

    CONSENT = "consent", _("The citizen has said yes")
    STATUTORY = "statutory", _("The law allows it without consent")
    ANONYMOUS = "anonymous", _("Nothing is told that says who it is")


class Law(models.TextChoices):
    """The statutory ways to tell without consent. Each needs a reason, and the citizen is told."""

    TREATMENT = "sul_41", _("Needed for the treatment that goes on now (sundhedsloven § 41)")
    REQUIRED = "required", _("A law says that it must be told")
    ESSENTIAL = (
        "essential",
        _("An essential regard: to the citizen or to others (sundhedsloven § 43, forvaltningsloven § 28)"),
    )
    DANGER = "danger", _("Life or health is in danger now")
    SAME_AUTHORITY = "same_authority", _("It stays within our own authority, and is needed for the work there")


class Form(models.TextChoices):
    """How a consent was given."""

    ORAL = "oral", _("Spoken")
    WRITTEN = "written", _("In writing")
    PAPER = "paper", _("On paper that is kept elsewhere")


class GivenBy(models.TextChoices):
    """Who has said yes. `consenting.py` says who can, by age."""

    CITIZEN = "citizen", _("The citizen")
    CUSTODY_SOLE = "custody_sole", _("The one parent who has custody")
    CUSTODY_BOTH = "custody_both", _("Both who share custody")
    CUSTODY_ONE = "custody_one", _("One of two who share custody; it is no essential matter")


class Custody(models.TextChoices):
    """Whether those with custody of somebody aged 15 to 17 know of it."""

    INFORMED = "informed", _("They know, and have been heard")
    LATER = "later", _("They are to be told: it becomes a task")
    NOT_TOLD = "not_told", _("They are not told: it would harm the young person")


class Category(models.TextChoices):
    """What kinds of data a consent covers."""

    IDENTITY = "identity", _("Who the citizen is")
    CONTACT = "contact", _("How to reach the citizen")
    NEEDS = "needs", _("What help is needed, and for what")
    WISHES = "wishes", _("What the citizen wishes")
    MESSAGE = "message", _("A message from the sender")
    WHOLE_CASE = "whole_case", _("Everything on the case")


class Purpose(models.TextChoices):
    """What it is told for."""

    HELP = "help", _("That the service can help")
    ANSWER_FOR = "answer_for", _("That another unit can take responsibility for the citizen")


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


class TimeOfDay(models.TextChoices):
    """When it is safe to reach somebody on a working day."""

    ANY = "any", _("All day")
    MORNING = "morning", _("In the morning")
    AFTERNOON = "afternoon", _("In the afternoon")


class Reached(models.TextChoices):
    """What came of a contact attempt."""

    AGREED = "agreed", _("Spoke with the citizen: a new time is wanted")
    CALL_LATER = "call_later", _("Spoke with the citizen: call later")
    NO_ANSWER = "no_answer", _("No answer")
    WRONG_NUMBER = "wrong_number", _("Wrong number or address")
    RELATIVE = "relative", _("Spoke with a relative")
    WANTS_COMPANION = "wants_companion", _("The citizen wants somebody to go along")
    REFUSED = "refused", _("The citizen does not want it now")


class Paper(models.TextChoices):
    """What kind of paper was sent by secure post; the paper itself never comes here (decision 28)."""

    CONSENT = "consent", _("A signed consent")
    STATEMENT = "statement", _("A statement or an assessment")
    DISCHARGE = "discharge", _("A discharge letter")
    PLAN = "plan", _("A plan")
    OTHER = "other", _("Another paper")


class Lane(models.TextChoices):
    """The four parts of the municipal social effort (K L2189-2202), which a plan brings together."""

    TREATMENT = "treatment", _("Treatment")
    SOCIAL = "social", _("Home, work and money")
    MENTAL = "mental", _("Mental health")
    SUPPORT = "support", _("Contact and support")


class Left(models.TextChoices):
    """How an effort left the plan."""

    DONE = "done", _("Done")
    DROPPED = "dropped", _("Taken out")


class Outcome(models.TextChoices):
    """How a case ended."""

    ARRIVED = "arrived", _("The citizen has arrived")
    SELF_RESOLVED = "self_resolved", _("The need is met in another way")
    WITHDRAWN = "withdrawn", _("The citizen does not want help now")
    LOST_CONTACT = "lost_contact", _("Contact was lost")
    DECEASED = "deceased", _("The citizen has died")
    MOVED = "moved", _("The citizen has moved out of the country")


class RetentionStep(models.TextChoices):
    """What becomes of a closed case when its time has come."""

    RESTRICT = "restrict", _("Restricted")
    DISPOSE = "dispose", _("Disposed of")


class Bulk(models.TextChoices):
    """What may be done to several tasks at once."""

    SNOOZE = "snooze", _("Put off")
    DONE = "done", _("Done: there was contact")
    ASSIGN = "assign", _("Give to a colleague")


class RowState(models.TextChoices):
    """How one task of several stands."""

    WAITING = "waiting", _("Not yet")
    DONE = "done", _("Done")
    FAILED = "failed", _("Not done")
