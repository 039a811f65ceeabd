"""What is asked before somebody else is told: who says yes, how and for how long, or which law allows it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals import actions, consenting, fields
from referrals.enums import Custody, Form, GivenBy, Law
from referrals.fields import Choices
from referrals.forms import DesignForm
from referrals.grounds import Ground

SAID_YES, STATUTORY, ANONYMOUS = "said_yes", "statutory", "anonymous"
YES = {
    "consent_oral": (Form.ORAL, _("The citizen says yes to me now")),
    "consent_written": (Form.WRITTEN, _("The citizen says yes in writing")),
    "consent_paper": (Form.PAPER, _("There is a signed paper, kept elsewhere")),
}
BY = {
    GivenBy.CITIZEN: _("The citizen, who is 15 or older"),
    GivenBy.CUSTODY_SOLE: GivenBy.CUSTODY_SOLE.label,
    GivenBy.CUSTODY_BOTH: GivenBy.CUSTODY_BOTH.label,
    GivenBy.CUSTODY_ONE: GivenBy.CUSTODY_ONE.label,
}


class ConsentForm(DesignForm):
    """A yes of now. Asks what the age makes necessary and no more."""

    basis = fields.one_of(
        _("How does the citizen say yes?"),
        [(code, label) for code, (_form, label) in YES.items()],
        missing=_("Say how the citizen says yes."),
    )
    given_by = fields.one_of(_("Who says yes?"), [], missing=_("Say who says yes."))
    child_says = fields.words(_("What does the child say?"), hint=_("Ask the child too, and write it in its own words"))
    custody = fields.one_of(
        _("Do those with custody know of it?"),
        list(Custody.choices),
        missing=_("Say whether those with custody know of it."),
        hint=_("From 15 the young person says yes alone. Those with custody are to know and to be heard"),
    )
    paper_at = fields.text(_("Where does the paper lie?"), hint=_("For example the number in your own case system"))
    consent_note = fields.words(_("Why is it done in this way?"))
    lasts = forms.TypedChoiceField(
        label=_("How long does the yes hold?"),
        choices=[(12, _("a year, which is the most")), (6, _("half a year")), (3, _("three months"))],
        coerce=int,
        empty_value="12",
        required=False,
        initial=12,
    )

    def __init__(self, *args: Any, asked: consenting.Asked, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        self.fields["given_by"].choices = [(each.value, BY[each]) for each in asked.by]  # type: ignore[attr-defined]
        for name in ("given_by", "custody"):
            self.fields[name].required = False  # asked for a yes only
        if len(asked.by) == 1:
            del self.fields["given_by"]
        if not asked.custody_informed:
            del self.fields["custody"]
        if not asked.childs_voice:
            del self.fields["child_says"]
        if asked.in_writing:
            self.fields["consent_note"].help_text = _("From the health service to others the yes is in writing, unless")
        elif not asked.custody_informed:
            del self.fields["consent_note"]

    @property
    def says_yes(self) -> bool:
        return self.cleaned_data.get("basis") in YES

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.says_yes:
            for name, sentence in self._missing(cleaned):
                self.add_error(name, sentence)
        return cleaned

    def _missing(self, said: dict[str, Any]) -> list[tuple[str, Any]]:
        """What a yes of this kind lacks."""
        missing = []
        if "given_by" in self.fields and not said.get("given_by"):
            missing.append(("given_by", _("Say who says yes.")))
        if "child_says" in self.fields and not said.get("child_says", "").strip():
            missing.append(("child_says", _("Ask the child too, and write what it says.")))
        if "custody" in self.fields and not said.get("custody"):
            missing.append(("custody", _("Say whether those with custody know of it.")))
        if said["basis"] == "consent_paper" and not said.get("paper_at", "").strip():
            missing.append(("paper_at", _("Write where the paper lies.")))
        if "consent_note" in self.fields and not said.get("consent_note", "").strip():
            if said.get("custody") == Custody.NOT_TOLD:
                missing.append(("consent_note", _("Write why those with custody are not told.")))
            elif self.asked.in_writing and said["basis"] == "consent_oral":
                sentence = _(
                    "From the health service to others the yes is in writing. Write why a spoken one is enough here."
                )
                missing.append(("consent_note", sentence))
        return missing

    @property
    def yes(self) -> actions.Yes:
        """The yes as it was said."""
        said = self.cleaned_data
        return actions.Yes(
            form=YES[said["basis"]][0],
            given_by=GivenBy(said.get("given_by") or self.asked.by[0]),
            custody=Custody(said["custody"]) if said.get("custody") else None,
            child_says=said.get("child_says", ""),
            paper_at=said["paper_at"],
            note=said.get("consent_note", ""),
            next_door=said.get("covers_next_door", False),
            lasts=consenting.MONTHS[int(said["lasts"])],
        )


class BasisForm(ConsentForm):
    """A yes of now or of before, a law that allows it, or nothing told that says who it is."""

    law = forms.ChoiceField(
        label=_("Which law allows it?"),
        choices=[("", _("Choose")), *Law.choices],
        required=False,
        error_messages={"invalid_choice": _("Choose one of the laws.")},
    )
    basis_reason = forms.CharField(
        label=_("What allows it, when the citizen has not said yes"),
        help_text=_("Telling the citizen becomes a task of yours"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, said_yes: str = "", anonymous: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        basis = self.fields["basis"]
        basis.label = _("Why may you tell the service?")
        basis.error_messages["required"] = _("Say why you may tell the service.")
        choices: Choices = [(code, label) for code, (_form, label) in YES.items()]
        if anonymous:
            choices = [(ANONYMOUS, _("The citizen wants to be anonymous, and nothing here says who it is"))]
        if said_yes:
            choices = [(SAID_YES, said_yes), *choices]
        basis.choices = [*choices, (STATUTORY, _("The law allows it without a yes"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("basis") == STATUTORY:
            if not cleaned.get("law") and "law" not in self.errors:
                self.add_error("law", _("Choose one of the laws."))
            if "basis_reason" in self.fields and not cleaned.get("basis_reason", "").strip():
                self.add_error(
                    "basis_reason", _("Write why the law allows you to tell the service without the citizen's consent.")
                )
        return cleaned

    @property
    def ground(self) -> Ground:
        """Why it may be told."""
        said = self.cleaned_data
        match said["basis"]:
            case "said_yes":
                return actions.SaidYes()
            case "statutory":
                return actions.Statutory(Law(said["law"]), said.get("basis_reason") or said.get("reason", ""))
            case "anonymous":
                return actions.Anonymous()
        return self.yes
