"""Why a message was not sent, or has not been sent yet. Codes are stored; labels are for people."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    # dropped: no longer true, or not to be sent
    DONE = "done", _("What it was about is done")
    READ = "read", _("It has been read here already")
    SUPERSEDED = "superseded", _("A later message says the same")
    LATE = "late", _("Too late to be of use")
    DO_NOT_CONTACT = "do_not_contact", _("The citizen is not to be contacted")
    PAUSED = "paused", _("Reminders are paused until after it would have been of use")
    # failed: a task for somebody
    BY_PHONE = "phone", _("The citizen is reached by telephone")
    BY_LETTER = "letter", _("The citizen is reached by letter")
    BY_VISIT = "visit", _("The citizen is reached by a visit")
    NO_ADDRESS = "no_address", _("There is no address to send it to")
    REFUSED = "refused", _("The address was refused")
    NO_RELAY = "no_relay", _("No mail server is set up")
    NO_GATEWAY = "no_gateway", _("No SMS gateway is set up")
    GAVE_UP = "gave_up", _("It was tried for two days")
    CAME_BACK = "came_back", _("The message came back")
    # pending: tried again
    TIMED_OUT = "timed_out", _("No answer in time")
    BUSY = "busy", _("The other side asked us to try later")
    AWAY = "away", _("The other side could not be reached")
    ERROR = "error", _("Something went wrong here")
