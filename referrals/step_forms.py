"""What is asked when one step is taken. Each form's fields are what the action of that step is given."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals import actions, fields
from referrals.consent_forms import BasisForm
from referrals.enums import Channel, Outcome, Reached
from referrals.fields import Choices, Groups
from referrals.forms import DesignForm

BY_HAND = (Channel.PHONE, Channel.SMS, Channel.EMAIL, Channel.LETTER, Channel.VISIT)


class QuestionForm(DesignForm):
    question = fields.words(
        _("What do you need to know?"),
        hint=_("It goes to the sender at once. You keep the referral while they answer"),
        missing=_("Write what you need to know."),
        rows=3,
    )


class AnswerForm(DesignForm):
    answer = fields.words(_("Your answer"), missing=_("Write the answer."), rows=3)


class WaitingListForm(DesignForm):
    until = fields.day(_("When does the wait end?"), hint=_("The statutory deadlines run on meanwhile"))


class CancelVisitForm(DesignForm):
    by_service = fields.one_of(
        _("Who has cancelled?"),
        [("service", _("The service")), ("citizen", _("The citizen"))],
        missing=_("Say who has cancelled."),
        coerce=lambda said: said == "service",
    )
    because = fields.words(_("Why?"))


class AttemptForm(DesignForm):
    """A contact with the citizen, by telephone most often, from a row or from a referral."""

    channel = fields.one_of(
        _("How did you try?"),
        [(channel.value, channel.label) for channel in BY_HAND],
        missing=_("Say how you tried."),
        coerce=Channel,
        initial=Channel.PHONE,
    )
    reached = fields.one_of(
        _("What came of it?"),
        [(reached.value, reached.label) for reached in Reached],
        missing=_("Say what came of it."),
        coerce=Reached,
    )
    note = fields.words(_("Note"))


class BecauseForm(DesignForm):
    """A step that needs a reason and nothing else."""

    because = fields.words(_("Why?"), missing=_("Write why."))


class NoteForm(DesignForm):
    """A step that may be noted."""

    note = fields.words(_("Note"))


class WithdrawForm(DesignForm):
    wants_instead = fields.words(
        _("What does the citizen want instead?"),
        hint=_("'Nothing now' is an answer too"),
        missing=_("Write what the citizen wants instead; 'nothing now' is an answer too."),
    )


class ApproveForm(DesignForm):
    """The coordinator agrees to a return; with another door where they know a better one."""

    next_door = fields.door(_("A better door, if you know one"))

    def __init__(self, *args: Any, doors: Groups, named: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields.offer(self.fields["next_door"], doors, nothing=named)


class EffectForm(DesignForm):
    helps = fields.one_of(
        _("Does it help?"),
        [("yes", _("Yes")), ("no", _("No: something else is needed"))],
        missing=_("Say whether it helps."),
        coerce=lambda said: said == "yes",
    )
    note = fields.words(_("What does the citizen say?"))


class CompanionForm(DesignForm):
    who = fields.text(_("Who goes along?"), hint=_("Leave it empty while nobody is found: then it is a task"))
    meeting_place = fields.text(_("Where and when do they meet?"))


class ConfirmCompanionForm(DesignForm):
    companion = forms.BooleanField(label=_("The companion has said yes"), required=False)
    citizen = forms.BooleanField(label=_("The citizen has said yes"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("companion") and not cleaned.get("citizen"):
            self.add_error("companion", _("Tick who has said yes."))
        return cleaned


class HandOverForm(DesignForm):
    """Another call about an acute referral."""

    spoke_with = fields.text(_("Who did you speak with?"), hint=_("Leave it empty if nobody answered this time either"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {"hand_over": actions.HandOver(cleaned.get("spoke_with", ""))}


class ReturnForm(DesignForm):
    """Why the service cannot help. Each reason asks for what it needs, and for nothing else: `ASKED`.

    The reasons that are not legitimate are not among the choices; the page shows them, with what to do instead.
    """

    ASKED: dict[str, tuple[str, ...]] = {
        "capacity": ("capacity_earliest", "capacity_next_door"),
        "outside_target_group": ("outside_target_group_text", "outside_target_group_next_door"),
        "other_municipality": ("other_municipality_next_door",),
        "missing_information": ("missing_information_text",),
        "citizen_declined": ("citizen_declined_text",),
        "duplicate": ("duplicate_of",),
        "already_in_course": (),
    }
    reason = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the reasons."), "invalid_choice": _("Choose one of the reasons.")},
    )
    capacity_earliest = fields.day(_("From when is there room?"), required=False)
    capacity_next_door = fields.door(_("Where can the citizen go now?"))
    outside_target_group_text = fields.words(_("Which criterion is not met?"))
    outside_target_group_next_door = fields.door(_("Who can help instead?"))
    other_municipality_next_door = fields.door(_("The door there"))
    missing_information_text = fields.words(_("What do you need to know?"), rows=3)
    citizen_declined_text = fields.words(_("What does the citizen want instead?"))
    duplicate_of = fields.door(_("Which other referral?"))

    NEEDED: dict[str, Any] = {
        "capacity_earliest": _("Give the earliest date on which there is room."),
        "capacity_next_door": _("Name the next door: whoever returns a citizen says where they can go instead."),
        "outside_target_group_text": _("Write which criterion the citizen does not meet."),
        "outside_target_group_next_door": _(
            "Name the next door: whoever returns a citizen says where they can go instead."
        ),
        "other_municipality_next_door": _("Choose the municipality, and then the door there."),
        "missing_information_text": _("Write what you need to know."),
        "citizen_declined_text": _("Write what the citizen wants instead; 'nothing now' is an answer too."),
        "duplicate_of": _("Say which other referral it is a duplicate of."),
    }

    def __init__(
        self, *args: Any, reasons: Choices, doors: Groups, doors_there: Groups, others: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = reasons  # type: ignore[attr-defined]
        for name in ("capacity_next_door", "outside_target_group_next_door"):
            fields.offer(self.fields[name], doors, nothing=_("Choose"))
        fields.offer(self.fields["other_municipality_next_door"], doors_there, nothing=_("Choose"))
        self.fields["duplicate_of"].choices = [("", _("Choose")), *others]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What another reason asks for is neither missed nor used."""
        cleaned = super().clean() or self.cleaned_data
        asked = self.ASKED.get(cleaned.get("reason", ""), ())
        for name in set(self.fields) - {"reason", *asked}:
            self.errors.pop(name, None)
        for name in asked:
            if name not in self.errors and not cleaned.get(name):
                self.add_error(name, self.NEEDED[name])
        return cleaned

    def said(self, name: str) -> Any:
        """What was typed for the chosen reason: `text`, `next_door`, `earliest` or `duplicate_of`."""
        reason = self.cleaned_data["reason"]
        field = name if name == "duplicate_of" else f"{reason}_{name}"
        return self.cleaned_data.get(field) if field in self.ASKED[reason] else None


class AskTakeOverForm(BasisForm):
    field_order = ["unit", "reason", "basis"]

    unit = forms.ChoiceField(
        label=_("Which unit?"),
        error_messages={"required": _("Choose a unit."), "invalid_choice": _("Choose a unit from the list.")},
    )
    reason = fields.words(
        _("Why should they be responsible for the citizen?"),
        hint=_("They see this and not the case. Do not write who it is"),
        missing=_("Write why they should take over."),
    )

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["basis_reason"]  # it is the reason why they should take over
        self.fields["basis"].label = _("Why may they see the whole case?")
        self.fields["basis"].error_messages["required"] = _("Say why they may see the whole case.")
        self.fields["unit"].choices = [("", _("Choose")), *units]  # type: ignore[attr-defined]


class AnswerTakeOverForm(DesignForm):
    accept = fields.one_of(
        _("Will you take over?"),
        [("yes", _("Yes, from now on we are responsible for the citizen")), ("no", _("No"))],
        missing=_("Say yes or no."),
        coerce=lambda said: said == "yes",
    )
    note = fields.words(_("If not, why?"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("accept") is False and not cleaned.get("note", "").strip():
            self.add_error("note", _("Write why your unit cannot be responsible for the citizen."))
        return cleaned


class MoveForm(DesignForm):
    municipality = forms.ChoiceField(
        label=_("The new municipality"),
        error_messages={
            "required": _("Choose the municipality."),
            "invalid_choice": _("Choose a municipality from the list."),
        },
    )

    def __init__(self, *args: Any, municipalities: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipality"].choices = [("", _("Choose")), *municipalities]  # type: ignore[attr-defined]


class CloseCaseForm(DesignForm):
    outcome = forms.TypedChoiceField(
        label=_("How has it ended?"),
        coerce=Outcome,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how it has ended."), "invalid_choice": _("Say how it has ended.")},
    )
    because = fields.words(_("Why is the case closed?"), missing=_("Write why the case is closed."))
    ENDS = (Outcome.SELF_RESOLVED, Outcome.WITHDRAWN, Outcome.MOVED)

    def __init__(self, *args: Any, coordinator: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends = [*self.ENDS, Outcome.LOST_CONTACT] if coordinator else self.ENDS
        self.fields["outcome"].choices = [(end.value, end.label) for end in ends]  # type: ignore[attr-defined]


class OverrunForm(DesignForm):
    reason = fields.words(_("Why was the deadline passed?"), missing=_("Write why the deadline was passed."))


class FreeChoiceForm(DesignForm):
    because = fields.words(
        _("Which provider has the citizen chosen?"),
        hint=_("This deadline stops. The case stays open until the citizen has arrived there"),
        missing=_("Write which provider the citizen has chosen."),
    )


class AgeForm(DesignForm):
    """The age at a new match; everything else is asked as when the case was opened."""

    age = forms.IntegerField(
        label=_("Age"),
        min_value=0,
        max_value=120,
        widget=forms.NumberInput(attrs={"class": "form-input short", "autocomplete": "off"}),
        error_messages={
            "required": _("Write the age in whole years, for example 22."),
            "invalid": _("Write the age in whole years, for example 22."),
        },
    )
