"""Closed lists of the catalogue. What editors may extend stands in the vocabulary instead."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class TermList(models.TextChoices):
    """The lists of the vocabulary that hold a code and a label, and perhaps a rank."""

    SUBSTANCE_USE = "substance_use"
    MENTAL_STATE = "mental_state"
    FUNCTION = "function"
    SUBSTANCES = "substances"
    MENTAL_SIGNS = "mental_signs"
    ACUTE_SIGNS = "acute_signs"
    SOCIAL_NEEDS = "social_needs"
    CIRCUMSTANCES = "circumstances"
    ROLES = "roles"
    SIDES = "sides"


LADDERS = (TermList.SUBSTANCE_USE, TermList.MENTAL_STATE, TermList.FUNCTION)


class Sector(models.TextChoices):
    MUNICIPALITY = "municipality"
    REGION = "region"
    NATIONAL = "national"
    GP = "gp"
    PRIVATE = "private"
    CIVIL_SOCIETY = "civil_society"
    PRISON = "prison"
    JOINT = "joint"


class Access(models.TextChoices):
    """Who can open the door of a service."""

    SELF = "self"
    RELATIVE = "relative"
    PROFESSIONAL = "professional"
    GP = "gp"
    ANONYMOUS = "anonymous"
    VISITATION = "visitation"
    OUTREACH = "outreach"
    EMERGENCY = "emergency"


# Languages that a service may give its help in (ISO 639-1), by their names.
LANGUAGES: dict[str, Any] = {
    "ar": _("Arabic"),
    "da": _("Danish"),
    "de": _("German"),
    "en": _("English"),
    "fa": _("Farsi"),
    "kl": _("Greenlandic"),
    "pl": _("Polish"),
    "so": _("Somali"),
    "tr": _("Turkish"),
    "uk": _("Ukrainian"),
    "ur": _("Urdu"),
}
LONGEST_WAIT = 3 * 365  # days that anybody may say


class Extent(models.TextChoices):
    """How much of the country one line of a service's area covers (HSDS: extent_type)."""

    NATIONAL = "national"
    REGION = "region"
    MUNICIPALITY = "municipality"


class WhyAnother(models.TextChoices):
    """Why somebody has chosen another door than the rules suggest."""

    WISH = "wish", _("The citizen wishes it")
    KNOWN = "known", _("The citizen knows the place, or has been helped there before")
    NEARER = "nearer", _("It is nearer or easier to get to")
    SOONER = "sooner", _("The wait is shorter")
    NO_ROOM = "no_room", _("The suggested service cannot take the citizen")
    NOT_FITTING = "not_fitting", _("The suggestions do not fit the need")
    OTHER = "other", _("Something else")


class Strength(models.TextChoices):
    """What an obligation rests on. Nothing is shown as law that is not."""

    LAW = "law"
    GUIDELINE = "guideline"
    POLICY = "policy"
