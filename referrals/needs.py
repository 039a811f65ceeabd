"""The questions about a need: in which groups they are asked, and how answers are written down. Pure.

The vocabulary says what can be asked and answered; here stands only how a conversation goes. What the vocabulary holds
and no group names is asked in the last one, so that nothing can be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from pathways.enums import LANGUAGES as SPOKEN

Texts = Mapping[str, str]
TYPES: dict[str, Literal["flag", "number", "text"]] = {"bool": "flag", "int": "number", "str": "text"}


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the conversation. A folded one is opened when it is needed."""

    code: str
    heading: Any
    folded: bool = True


ACUTE = Group("acute", _("Is it acute?"), folded=False)
# As people speak, and in this order where the door has none of its own.
HEADINGS: dict[str, Any] = {
    "substance": _("Alcohol, drugs and medicine"),
    "mental": _("How the citizen feels"),
    "home": _("Home"),
    "money": _("Money"),
    "work": _("Work and school"),
    "daily": _("Daily life and network"),
    "family": _("The family"),
    "body": _("The body"),
    "attend": _("Can the citizen turn up?"),
    "course": _("Treatment now and before"),
}
LAST_GROUP = "course"
# What somebody who turns up at this door most often speaks of first; the first of them stands open.
SCHOOL_DOORS = frozenset({"school", "youth_club", "ppr"})
SPOKEN_OF_FIRST: dict[str, tuple[str, ...]] = {
    "jobcenter": ("work", "money"),
    "school": ("work", "mental", "family"),
    "youth_club": ("work", "mental", "substance"),
    "ppr": ("work", "mental", "family"),
    "gp": ("mental", "body"),
    "health_visitor": ("family", "mental"),
    "child_family": ("family", "mental"),
    "social_services": ("home", "money"),
    "home_care": ("daily", "body"),
    "psychiatry": ("mental", "substance"),
    "psychiatric_acute": ("mental", "substance"),
    "hospital": ("body", "substance"),
    "prison": ("course", "substance"),
    "shelter": ("home", "substance"),
    "drop_in": ("substance", "home"),
    "housing": ("home", "daily"),
    "civil_society": ("daily", "mental"),
}

# Social needs are asked a topic at a time; each can be denied by itself. The topic: its group, label and codes.
TOPICS: dict[str, tuple[str, Any, tuple[str, ...]]] = {
    "home": ("home", _("Home"), ("homeless", "housing_insecure")),
    "money": ("money", _("Money"), ("economy", "debt")),
    "work": (
        "work",
        _("Work, education and school"),
        ("unemployed", "job_at_risk", "school_absence", "learning_only"),
    ),
    "network": (
        "daily",
        _("Network and daily life"),
        ("lonely", "substance_network", "daily_support", "authority_contact"),
    ),
    "body": ("body", _("Physical health"), ("somatic",)),
    "prison": ("course", _("Prison and sentence"), ("prison_release", "in_prison", "forensic")),
    "relatives": ("family", _("Relatives"), ("relative_worry", "child_of_ill_parent")),
}
SCHOOL_WORDS = ("school_absence", "learning_only", "job_at_risk", "unemployed")
CIRCUMSTANCES = {
    "substance": ("injecting_ever", "long_persistent_use", "substitution_insufficient"),
    "mental": ("first_episode", "long_duration"),
    "family": ("pregnant", "partner_pregnant", "children_in_household", "child_0_7_exposed", "placed_formerly"),
    "attend": (
        "cannot_attend",
        "wants_companion",
        "no_digital",
        "wants_anonymous",
        "interpreter",
        "intellectual_disability",
    ),
    "course": ("wishes_side", "in_psychiatric_course", "days_since_discharge", "in_substance_treatment"),
}
# One plain example of each step of a ladder, so that two people who have never met tick the same.
EXAMPLES: dict[str, dict[str, Any]] = {
    "substance_use": {
        "none": _("Drinks a glass now and then, or nothing at all"),
        "experimental": _("Has tried cannabis at a party a few times"),
        "regular": _("Drinks or smokes most weekends, and the rest of life goes well"),
        "misuse": _("Misses work or school because of it, or quarrels at home over it"),
        "dependence": _("Feels ill without it, and has tried to stop in vain"),
    },
    "mental_state": {
        "none": _("Sleeps, eats and enjoys things as usual"),
        "distress": _("Is sad or worried after a break-up, and gets through the day"),
        "mild": _("Has been low or anxious for weeks, and must pull themselves together"),
        "moderate": _("Stays at home often, and can no longer do what used to be easy"),
        "severe": _("Cannot look after themselves, hears voices, or sees no way out"),
    },
    "function": {
        "unaffected": _("Gets up, comes on time and keeps the home"),
        "affected": _("Comes late, forgets things, and needs more breaks"),
        "reduced": _("Does not open the post, does not wash, or seldom leaves home"),
    },
}
# Languages that an interpreter is asked for most often; the code is the answer.
LANGUAGES = {
    **{code: SPOKEN[code] for code in ("ar", "uk", "pl", "tr", "so", "fa")},
    "ti": _("Tigrinya"),
    "ku": _("Kurdish"),
    "ps": _("Pashto"),
    "ro": _("Romanian"),
    "es": _("Spanish"),
    "fr": _("French"),
    **{code: SPOKEN[code] for code in ("en", "de", "kl")},
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the form. `path` is its field in the match request, `name` its field in ours."""

    name: str
    path: str
    group: str
    answer: Literal["one", "many", "flag", "number", "text"]
    options: tuple[tuple[str, Texts], ...] = ()
    texts: Texts | None = None  # from the vocabulary; else `label` is ours
    label: Any = ""
    hint: Any = ""
    examples: Mapping[str, Any] = field(default_factory=dict)  # of a ladder: what each step can look like


def conversation(door: str = "") -> tuple[Group, ...]:
    """The parts of the conversation at a door: the acute ones always, then what is spoken of first there, unfolded."""
    first = SPOKEN_OF_FIRST.get(door, ())
    codes = [*first, *(code for code in HEADINGS if code not in first)]
    return (ACUTE, *(Group(code, _heading(code, door), folded=n > 0) for n, code in enumerate(codes)))


def _heading(code: str, door: str) -> Any:
    return _("School and work") if code == "work" and door in SCHOOL_DOORS else HEADINGS[code]


def questions(words: Mapping[str, Any], *, door: str = "") -> list[Question]:
    """Every question that the vocabulary allows, as they are asked within each group."""
    ladders = words["ladders"]
    asked = [
        Question("acute", "acute", "acute", "many", _options(words["acute_signs"]), label=_("Acute signs right now")),
        Question(
            "substance_use",
            "substance.use",
            "substance",
            "one",
            _options(ladders["substance_use"]),
            label=_("How much does the citizen use?"),
        ),
        Question(
            "substances",
            "substance.substances",
            "substance",
            "many",
            _options(words["substances"]),
            label=_("What does the citizen use?"),
        ),
        Question(
            "mental_state",
            "mental.state",
            "mental",
            "one",
            _options(ladders["mental_state"]),
            label=_("How hard is it mentally?"),
            hint=_("No diagnosis is needed: distress is enough"),
        ),
        Question(
            "mental_signs",
            "mental.signs",
            "mental",
            "many",
            _options(words["mental_signs"]),
            label=_("What does the citizen say, or what do you see?"),
        ),
        Question(
            "function", "function", "daily", "one", _options(ladders["function"]), label=_("How does daily life go?")
        ),
    ]
    asked = [replace(question, examples=EXAMPLES.get(question.name, {})) for question in asked]
    return asked + _topics(words["social_needs"], door=door) + _circumstances(words)


def answers(given: Iterable[tuple[Question, Any]], *, none: str) -> dict[str, Any]:
    """What was typed, as the match request writes it. Left out is not asked; an empty list is asked and denied."""
    written: dict[str, Any] = {}
    social = []
    for question, value in given:
        if question.path == "social":
            social.append((question, value))
            continue
        match question.answer:
            case "many" if value:
                _put(written, question.path, [code for code in value if code != none])
            case "flag" if value:
                _put(written, question.path, value == "yes")
            case "number" if value is not None:
                _put(written, question.path, value)
            case "one" | "text" if value:
                _put(written, question.path, value)
    return written | _social(social, none=none)


def typed(given: Mapping[str, Any], words: Mapping[str, Any], *, none: str) -> dict[str, Any]:
    """Answers as the form shows them, to be changed: the other way round than `answers`. What was not asked is empty."""
    denied, shown = set(given.get("no", ())), {}
    for question in questions(words):
        if question.path == "social":
            codes = [code for code, _texts in question.options]
            ticked = [code for code in codes if code in given.get("social", ())]
            all_denied = given.get("social") == [] or (bool(codes) and denied.issuperset(codes))
            shown[question.name] = ticked or ([none] if all_denied else [])
            continue
        holder, _dot, field = question.path.rpartition(".")
        value = (given.get(holder, {}) if holder else given).get(field)
        match question.answer:
            case "many" if value is not None:
                shown[question.name] = list(value) or [none]
            case "flag" if value is not None:
                shown[question.name] = "yes" if value else "no"  # type: ignore[assignment]
            case _ if value is not None:
                shown[question.name] = value
    return shown


def told(given: Mapping[str, Any], words: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answers in words, in both languages: what a receiver reads. Only what was answered."""
    lines = []
    for question in questions(words):
        holder, _dot, field = question.path.rpartition(".")
        value = (given.get(holder, {}) if holder else given).get(field)
        said = _said(question, value)
        if said:
            lines.append({"question": _label(question), "answers": said})
    return lines


def age_on(day: date, *, born: date) -> int:
    """Whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _social(given: list[tuple[Question, list[str]]], *, none: str) -> dict[str, Any]:
    ticked = [code for _question, value in given for code in value if code != none]
    denied = [code for question, value in given if none in value for code, _texts in question.options]
    everything = bool(given) and all(value for _question, value in given)
    written: dict[str, Any] = {"social": ticked} if ticked or everything else {}
    return written | ({"no": denied} if denied and not everything else {})


def _topics(terms: list[Mapping[str, Any]], *, door: str) -> list[Question]:
    known = {term["code"]: term for term in terms}
    found = []
    for code, (group, label, codes) in TOPICS.items():
        in_order = SCHOOL_WORDS if code == "work" and door in SCHOOL_DOORS else codes
        options = _options([known.pop(each) for each in in_order if each in known])
        found.append(Question(f"social_{code}", "social", group, "many", options, label=label))
    if known:
        options = _options(known.values())
        found.append(Question("social_other", "social", LAST_GROUP, "many", options, label=_("Other")))
    return found


def _circumstances(words: Mapping[str, Any]) -> list[Question]:
    entries = {entry["code"]: entry for entry in words["circumstances"]}
    group_of = {code: group for group, codes in CIRCUMSTANCES.items() for code in codes}
    ordered = [code for codes in CIRCUMSTANCES.values() for code in codes if code in entries]
    ordered += [code for code in entries if code not in group_of]
    sides = {side["code"]: side for side in words["sides"]}
    found = []
    for code in ordered:
        entry, path = entries[code], f"circumstances.{code}"
        group = group_of.get(code, LAST_GROUP)
        if entry["type"] in TYPES:
            found.append(Question(code, path, group, TYPES[entry["type"]], texts=_texts(entry)))
        else:
            options = _options([sides[side] for side in entry["type"].split("|")])
            found.append(Question(code, path, group, "one", options, texts=_texts(entry)))
    return found


def _options(terms: Any) -> tuple[tuple[str, Texts], ...]:
    return tuple((term["code"], _texts(term)) for term in terms)


def _texts(entry: Mapping[str, Any]) -> Texts:
    return {"da": entry["da"], "en": entry["en"]}


def _put(written: dict[str, Any], path: str, value: Any) -> None:
    section, _dot, field = path.rpartition(".")
    (written.setdefault(section, {}) if section else written)[field] = value


def _said(question: Question, value: Any) -> list[Texts]:
    options = dict(question.options)
    match question.answer:
        case "many" if isinstance(value, list):
            chosen = [options[code] for code in value if code in options]
            return chosen or ([_both(_("Asked: none of these"))] if question.path != "social" else [])
        case "one" if value in options:
            return [options[value]]
        case "flag" if value is not None:
            return [_both(_("Yes") if value else _("No"))]
        case "number" if value is not None:
            return [_both(value)]
        case "text" if value is not None:
            return [_both(LANGUAGES.get(value, value))]
    return []


def _label(question: Question) -> Texts:
    return question.texts or _both(question.label)


def _both(text: Any) -> Texts:
    """One of our own texts in both languages, to be frozen."""
    pair = {}
    for language in ("da", "en"):
        with translation.override(language):
            pair[language] = str(text)
    return pair
