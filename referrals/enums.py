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
    ACCEPTED = "accepted", _("Accepted")
    BOOKED = "booked", _("Time agreed")
    ARRIVED = "arrived", _("Has arrived")
    WITHDRAWN = "withdrawn", _("Withdrawn by the citizen")
    CANCELLED = "cancelled", _("Cancelled by the sender")


class Event(models.TextChoices):
    """What happens to a referral."""

    SEND = "send", _("The referral was sent")
    OPEN = "open", _("The service has opened the referral")
    ACCEPT = "accept", _("The service has accepted")
    BOOK = "book", _("A time was agreed")
    ARRIVE = "arrive", _("The citizen has arrived")
    WITHDRAW = "withdraw", _("The citizen does not want it any more")
    CANCEL = "cancel", _("The sender has cancelled")


class Happening(models.TextChoices):
    """What happens to a case beside its referrals."""

    CASE_OPENED = "case_opened", _("The needs were logged")
    ASSESSED = "assessed", _("The needs were matched")
    OWNER_CHANGED = "owner_changed", _("Another unit answers for the citizen")
    TRACK_ARRIVED = "track_arrived", _("The citizen has been met")
    PERSON_LINKED = "person_linked", _("Linked to another record of what may be the same person")
    PERSON_UNLINKED = "person_unlinked", _("The link between two records was removed")
    CASE_CLOSED = "case_closed", _("The case was closed")


class Actor(models.TextChoices):
    """In which capacity somebody acts on a referral."""

    SENDER = "sender", _("The sender")
    RECEIVER = "receiver", _("The receiving service")
    COORDINATOR = "coordinator", _("The coordinator")


class Wait(models.TextChoices):
    """What a follow-up waits for. The ladder says what its silence leads to."""

    CHOICE = "choice", _("A service is to be chosen")
    SEEN = "seen", _("The service is to open the referral")
    ANSWER = "answer", _("The service is to answer")
    BOOKING = "booking", _("A time is to be agreed")
    ARRIVAL = "arrival", _("Arrival is to be confirmed")


class Tell(models.TextChoices):
    """Whom a step of the ladder tells."""

    OWED_BY = "owed_by", _("Whoever owes the step")
    SENDER = "sender", _("The sender")
    COORDINATOR = "coordinator", _("The coordinator")


class Urgency(models.TextChoices):
    ORDINARY = "ordinary", _("Ordinary")
    ACUTE = "acute", _("Acute")


class Basis(models.TextChoices):
    """Why the receiver may be told: consent, or a statutory basis that is reasoned."""

    CONSENT_ORAL = "consent_oral", _("The citizen has said yes")
    CONSENT_WRITTEN = "consent_written", _("The citizen has said yes in writing")
    STATUTORY = "statutory", _("The law allows it without consent")


class Outcome(models.TextChoices):
    """How a case ended."""

    ARRIVED = "arrived", _("The citizen has arrived")
    WITHDRAWN = "withdrawn", _("The citizen does not want help now")
