"""What a worker types. Forms validate and speak; actions write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from navigator import clock
from navigator.web.forms import DesignForm as DesignForm
from navigator.web.templatetags.shown import worded
from referrals import cpr as cpr_numbers
from referrals import fields, needs, protection
from referrals.enums import Evidence, Side
from referrals.fields import Choices
from referrals.models import Case

NONE = "nothing"  # the box for 'asked, and nothing of this'
NOT_ASKED = ("", _("Not asked"))
MONTHS_BACK = 24  # a first contact longer ago is a slip of the pen


def clean_cpr(typed: str) -> str:
    """The ten signs; empty where nothing was typed."""
    if not typed.strip():
        return ""
    try:
        return cpr_numbers.read(typed)
    except cpr_numbers.NotACpr as error:
        if error.is_date:
            raise forms.ValidationError(_("This CPR number begins with a date that cannot be right.")) from None
        raise forms.ValidationError(_("A CPR number has ten digits, for example 010190-1234.")) from None


class PersonForm(DesignForm):
    """Who it is, as far as anybody knows: a name is not needed, an age is."""

    name = fields.text(_("Name"))
    pseudonym = fields.text(_("Pseudonym"), hint=_("When the citizen does not want to give a name"))
    cpr = fields.text(
        _("CPR number"),
        hint=_("Or a replacement number. Only when you need it and may ask for it"),
        max_length=13,
    )
    phone = fields.text(_("Telephone"), max_length=30, inputmode="tel")
    birth_date = fields.day(_("Or date of birth"), required=False)
    age = forms.IntegerField(
        label=_("Age"),
        min_value=0,
        max_value=120,
        required=False,
        widget=forms.NumberInput(attrs={"class": "form-input short", "autocomplete": "off"}),
        error_messages={"invalid": _("Write the age in whole years, for example 22.")},
    )
    municipality = forms.ChoiceField(
        label=_("Municipality of residence"),
        error_messages={
            "required": _("Choose the municipality."),
            "invalid_choice": _("Choose a municipality from the list."),
        },
    )
    first_contact_on = fields.day(
        _("First contact"),
        hint=_("The day the citizen first asked for help, at whatever door: the deadlines count from it"),
    )
    protected = forms.BooleanField(
        label=_("Name and address are protected"),
        help_text=_("They are hidden from the first moment. You write the end of the protection on the case"),
        required=False,
    )
    same_person = forms.ChoiceField(label=_("Is it one of these?"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, municipalities: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipality"].choices = [("", _("Choose")), *municipalities]  # type: ignore[attr-defined]
        self.fields["first_contact_on"].error_messages |= {
            "required": _("Write the day of the first contact."),
            "invalid": _("Write a date that exists."),
        }
        self.possible: Sequence[Case] = ()

    @cached_property
    def full_years(self) -> int | None:
        """The age today: by the date of birth or the CPR number, else as it was typed."""
        born = self.cleaned_data.get("birth_date") or self._born_by_cpr()
        return needs.age_on(clock.today(), born=born) if born else self.cleaned_data.get("age")

    def clean_cpr(self) -> str:
        return clean_cpr(self.cleaned_data["cpr"])

    def clean_birth_date(self) -> date | None:
        born: date | None = self.cleaned_data["birth_date"]
        if born and not 0 <= needs.age_on(clock.today(), born=born) <= 120:
            raise forms.ValidationError(_("The date of birth must lie in the past, at most 120 years back."))
        return born

    def clean_first_contact_on(self) -> date:
        day: date = self.cleaned_data["first_contact_on"]
        if day > clock.today():
            raise forms.ValidationError(_("The first contact cannot lie in the future."))
        if (clock.today() - day).days > MONTHS_BACK * 31:
            raise forms.ValidationError(_("The first contact lies more than two years back. Check the year."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        born, by_cpr = cleaned.get("birth_date"), self._born_by_cpr()
        if born and by_cpr and born != by_cpr:
            self.add_error("birth_date", _("The date of birth and the CPR number do not fit each other."))
        elif self.full_years is None and not {"age", "birth_date", "cpr"} & set(self.errors):
            self.add_error("age", _("Write the age, the date of birth or the CPR number: help depends on the age."))
        return cleaned

    def forgive_what_is_empty(self) -> None:
        """While one still types, what is not yet there is no mistake."""
        for name in [name for name in self.errors if not self.data.get(name)]:
            del self.errors[name]

    @property
    def more_is_open(self) -> bool:
        """Something rarer than name and age was written, or is wrong."""
        rare = ("pseudonym", "cpr", "protected")
        return any(self[name].value() for name in rare) or bool({*rare, "first_contact_on"} & set(self.errors))

    def offer(self, possible: Sequence[Case]) -> None:
        """People who may be the same are shown, and the worker says which, or that it is somebody new."""
        self.possible = possible
        people = {str(case.person_id): case.person.shown_as for case in possible}
        choices = [("new", _("No, it is a new person")), *people.items()]
        self.fields["same_person"].choices = choices  # type: ignore[attr-defined]

    def identity(self) -> dict[str, str]:
        """What is registered of the person."""
        born = self.cleaned_data.get("birth_date") or self._born_by_cpr()
        said = {field: self.cleaned_data.get(field, "").strip() for field in ("name", "pseudonym", "cpr", "phone")}
        return said | {"birth_date": born.isoformat() if born else ""}

    @property
    def protected_until(self) -> date | None:
        """For a year, as the law has it, until somebody writes another day."""
        return protection.for_a_year(clock.today()) if self.cleaned_data.get("protected") else None

    def _born_by_cpr(self) -> date | None:
        typed = self.cleaned_data.get("cpr")
        return cpr_numbers.born(typed) if typed else None


class LadderSelect(forms.RadioSelect):
    """The steps of a ladder, each with an example of what it can look like."""

    def __init__(self, *args: Any, examples: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attrs["class"], self.examples = "form-radio", examples

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if example := self.examples.get(value):
            option["example"] = example
            option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_example"
        return option


class NeedsForm(DesignForm):
    """What is wrong, as people speak of it. What is left is not asked, and that is not a no.

    The questions come from the vocabulary; `needs.py` says in which order and group they are asked.
    """

    wishes = forms.CharField(
        label=_("The citizen's own wishes and goals"),
        help_text=_("In the citizen's own words: what is to be different? The service sees them"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, words: Mapping[str, Any], door: str = "", **kwargs: Any) -> None:
        self.questions, self.conversation = needs.questions(words, door=door), needs.conversation(door)
        super().__init__(*args, **kwargs)
        for question in self.questions:
            self.fields[question.name] = _field(question)
        self.dress()
        self.order_fields([q.name for group in self.conversation for q in self.questions if q.group == group.code])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for question in self.questions:
            ticked = cleaned.get(question.name)
            if question.answer == "many" and ticked and NONE in ticked and len(ticked) > 1:
                self.add_error(question.name, _("You have ticked both something and that it is nothing of this."))
        return cleaned

    def answers(self, *, municipality: str, age: int, door: str) -> dict[str, Any]:
        """The answers as the match request writes them. Holds nothing that identifies."""
        given = [(q, self.cleaned_data[q.name]) for q in self.questions if q.name in self.cleaned_data]
        return {"municipality": municipality, "age": age, "door": door, "role": "professional"} | needs.answers(
            given, none=NONE
        )

    def refuse(self, problems: Iterable[Any]) -> None:
        """The engine's own complaints, at the fields that they are about."""
        by_path = {question.path: question.name for question in self.questions}
        for problem in problems:
            self.add_error(by_path.get(problem.field), str(problem))

    @cached_property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        """The bound questions under their headings, the acute ones first."""
        return [
            (group, [self[question.name] for question in self.questions if question.group == group.code])
            for group in self.conversation
        ]

    @property
    def answered_count(self) -> int:
        """How many questions were answered."""
        return sum(len(lines) for _heading, lines in self.answered)

    @property
    def answered(self) -> list[tuple[Any, list[tuple[str, Any, str]]]]:
        """What was answered, in plain words under its heading: (id of the field, question, answer)."""
        found = []
        for group in self.conversation:
            said = [(q, self._in_words(q)) for q in self.questions if q.group == group.code]
            lines = [(f"id_{q.name}", self.fields[q.name].label, words) for q, words in said if words]
            if lines:
                found.append((group.heading, lines))
        return found

    def _in_words(self, question: needs.Question) -> str:
        value, field = self.cleaned_data.get(question.name), self.fields[question.name]
        if value in (None, "", []):
            return ""
        words = dict(getattr(field, "choices", ()))
        return ", ".join(str(words.get(each, each)) for each in (value if isinstance(value, list) else [value]))

    @cached_property
    def open_groups(self) -> set[str]:
        """Folded groups in which something was answered or is wrong: they stay open."""
        return {q.group for q in self.questions if q.name in self.errors or self[q.name].value() not in (None, "", [])}


def _field(question: needs.Question) -> forms.Field:
    label = worded(question.texts) if question.texts else question.label
    common: dict[str, Any] = {"label": label, "help_text": question.hint, "required": False}
    options: Choices = [(code, worded(texts)) for code, texts in question.options]
    match question.answer:
        case "many":
            options.append((NONE, _("Asked: none of these")))
            return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **common)
        case "one":
            steps = LadderSelect(examples=question.examples)
            return forms.ChoiceField(choices=[NOT_ASKED, *options], widget=steps, **common)
        case "flag":
            choices = [("yes", _("Yes")), ("no", _("No")), NOT_ASKED]
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
        case "number":
            widget = forms.NumberInput(attrs={"class": "form-input short"})
            return forms.IntegerField(min_value=0, max_value=36_500, widget=widget, **common)
    languages: Choices = [("", _("No, or not asked")), *needs.LANGUAGES.items()]
    return forms.ChoiceField(choices=languages, **common)


class BookForm(DesignForm):
    """A first visit. Whether an interpreter is ordered is asked where the needs name a language."""

    day = fields.day(_("Date"))
    time = forms.TimeField(
        label=_("Time of day"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "form-input short"}),
        input_formats=["%H:%M", "%H.%M"],
        error_messages={"required": _("Write the time of day."), "invalid": _("Write the time as 14:30.")},
    )

    def __init__(self, *args: Any, language: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if language:
            self.fields["interpreter_ordered"] = forms.TypedChoiceField(
                label=_("Is an interpreter ordered? %(language)s")
                % {"language": needs.LANGUAGES.get(language, language)},
                choices=[("yes", _("Yes")), ("no", _("No, not yet"))],
                coerce=lambda said: said == "yes",
                widget=forms.RadioSelect,
                error_messages={"required": _("Say whether an interpreter is ordered: the citizen needs one.")},
            )
            self.dress()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if {"day", "time"} <= set(cleaned):
            at = datetime.combine(cleaned["day"], cleaned["time"], tzinfo=clock.COPENHAGEN)
            if at <= clock.now():
                self.add_error("day", _("That time has passed. Give a time that is still to come."))
            cleaned["appointment_at"] = at
        return cleaned


class ArrivalForm(DesignForm):
    """On which sides the citizen has been met, where there are two; and how one knows, where it is not the service that
    says so."""

    evidence = forms.TypedChoiceField(
        label=_("How do you know?"),
        choices=[
            (Evidence.COMPANION, _("I went along")),
            (Evidence.CITIZEN, _("The citizen says so")),
        ],
        coerce=Evidence,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you went along, or the citizen has told you.")},
    )
    sides = forms.MultipleChoiceField(
        label=_("Who has met the citizen?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Say on which side the citizen has been met.")},
    )

    def __init__(self, *args: Any, sides: list[str], by_service: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sides"].choices = [(side, Side(side).label) for side in sides]  # type: ignore[attr-defined]
        if len(sides) < 2:
            del self.fields["sides"]
        if by_service:
            del self.fields["evidence"]


class CancelForm(DesignForm):
    """Why a referral is taken back."""

    because = forms.CharField(
        label=_("Why is it taken back?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write why, so that the service understands it.")},
    )


class CodeForm(DesignForm):
    """The code that was sent another way than the link."""

    code = fields.text(
        _("Code"),
        missing=_("Write the code."),
        hint=_("The digits that you were given"),
        max_length=12,
        inputmode="numeric",
    )


class GuestQuestionForm(DesignForm):
    """What a service needs to know before it can answer."""

    question = forms.CharField(
        label=_("What do you need to know?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what you need to know.")},
    )
