"""What is asked when a citizen is sent on, to one service or to several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from navigator.web.templatetags.shown import worded
from pathways.enums import WhyAnother
from pathways.models import Service
from referrals import actions, fields
from referrals.consent_forms import BasisForm
from referrals.enums import Side, Urgency
from referrals.forms import DesignForm
from referrals.models import Referral

PRIMARY, SUPPORT = "primary", "support"


class SendForm(BasisForm):
    """What goes with a referral: why it may be told, how urgent it is, who goes along, and a word to whoever receives
    it. The same goes to every service; only the call that an acute referral begins with is one for each."""

    covers_next_door = forms.BooleanField(
        label=_("The citizen agrees that it may be passed on if this service cannot help"),
        help_text=_("Then the journey goes on the same day, without you having to ask again"),
        required=False,
    )
    urgency = forms.ChoiceField(
        label=_("How urgent is it?"), choices=Urgency.choices, initial=Urgency.ORDINARY, widget=forms.RadioSelect
    )
    companion = forms.BooleanField(
        label=_("The citizen wants somebody to go along"),
        help_text=_("Finding somebody becomes a task of its own"),
        required=False,
    )
    who = fields.text(_("Who goes along?"), hint=_("Leave it empty while nobody is found: then it is a task"))
    meeting_place = fields.text(_("Where and when do they meet?"))
    takes_back = forms.MultipleChoiceField(
        label=_("Does this come instead of another referral?"),
        help_text=_("What you tick is taken back when this is sent, and the service is told so"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    card = forms.BooleanField(
        label=_("Make the card to take along at once"),
        help_text=_("You fetch it from the page that comes next"),
        required=False,
    )
    message = forms.CharField(
        label=_("Message to the service"),
        help_text=_("Do not repeat what they are told anyway"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self, *args: Any, services: Sequence[Service], on_its_way: Sequence[Referral] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.services = services
        self.fields["takes_back"].choices = [(str(each.pk), _on_its_way(each)) for each in on_its_way]  # type: ignore[attr-defined]
        if not on_its_way:
            del self.fields["takes_back"]
        for number in range(len(services)):
            self.fields[_at("spoke_with", number)] = fields.text(
                _("Who did you speak with?"), hint=_("Name and role, for example the nurse on duty")
            )
            self.fields[_at("nobody_answered", number)] = forms.BooleanField(
                label=_("Nobody answered"),
                help_text=_(
                    "The referral is sent all the same. The coordinator is told at once, and you go on calling"
                ),
                required=False,
            )
        self.dress()

    @classmethod
    def not_yet_sent(cls, typed: QueryDict, **kwargs: Any) -> SendForm:
        """What is typed so far, shown again: what is still missing is no mistake yet."""
        several = {"sides", "takes_back"}
        return cls(initial={name: typed.getlist(name) if name in several else typed[name] for name in typed}, **kwargs)

    @property
    def calls(self) -> list[tuple[Service, Any, Any]]:
        """Each service with what is asked about the call."""
        return [
            (service, self[_at("spoke_with", number)], self[_at("nobody_answered", number)])
            for number, service in enumerate(self.services)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for number in range(len(self.services) if self._is_acute else 0):
            spoke_with, nobody = _at("spoke_with", number), _at("nobody_answered", number)
            if not cleaned.get(nobody) and not cleaned.get(spoke_with, "").strip():
                self.add_error(
                    spoke_with, _("Call the service first, and write whom you spoke with, or that nobody answered.")
                )
        return cleaned

    @property
    def _is_acute(self) -> bool:
        return self.cleaned_data.get("urgency", self.initial.get("urgency")) == Urgency.ACUTE

    def telling(self, told: dict[str, Any]) -> actions.Telling:
        """What is told, and why it may be told."""
        return actions.Telling(told, self.ground)

    def hand_over(self, number: int = 0) -> actions.HandOver | None:
        """The call that an acute referral to this service begins with."""
        if not self._is_acute:
            return None
        said = self.cleaned_data
        return actions.HandOver("" if said[_at("nobody_answered", number)] else said[_at("spoke_with", number)])

    @property
    def company(self) -> actions.Company | None:
        """Who goes along, where anybody is to."""
        said = self.cleaned_data
        return actions.Company(said["who"], said["meeting_place"]) if said["companion"] or said["who"] else None


class SendElsewhereForm(SendForm):
    """The same for another door than the rules suggest: why, and on which side it is the door."""

    field_order = ["why_another", "because", "role", "sides"]

    why_another = forms.ChoiceField(
        label=_("Why this door?"),
        choices=WhyAnother.choices,
        widget=forms.RadioSelect,
        help_text=_("It is counted for those who write the rules, without anything about the citizen"),
        error_messages={"required": _("Say why you choose this door.")},
    )
    because = forms.CharField(
        label=_("In your own words"),
        help_text=_("It stays on the case. The service does not see it"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    role = forms.ChoiceField(
        label=_("What is it for the citizen?"),
        choices=[
            (PRIMARY, _("The door: when they have been met here, they have arrived")),
            (SUPPORT, _("Help beside the door")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it is the door, or help beside it.")},
    )
    sides = forms.MultipleChoiceField(label=_("On which side?"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, tracks: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sides"].choices = [(side, Side(side).label) for side in tracks]  # type: ignore[attr-defined]
        self.tracks = tracks
        if len(tracks) < 2:
            del self.fields["sides"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("why_another") == WhyAnother.OTHER and not cleaned.get("because", "").strip():
            self.add_error("because", _("Write why you choose this door."))
        if cleaned.get("role") == PRIMARY and "sides" in self.fields and not cleaned.get("sides"):
            self.add_error("sides", _("Choose the side on which this is the door."))
        return cleaned

    @property
    def served(self) -> list[str]:
        """The sides on which arrival here is arrival; none for help beside."""
        if self.cleaned_data["role"] != PRIMARY:
            return []
        return list(self.cleaned_data["sides"]) if "sides" in self.fields else list(self.tracks)


class FindDoorForm(DesignForm):
    """Any open service, by what it is called."""

    q = fields.text(_("Name of the service, the place or the kind of help"), max_length=100)


def _at(name: str, number: int) -> str:
    """The field of one service: the first has the plain name."""
    return f"{name}_{number + 1}" if number else name


def _on_its_way(referral: Referral) -> str:
    """An attempt as somebody chooses it: where it is, and how far it has come."""
    return f"{worded(referral.service, 'name')}: {referral.get_status_display()}"
