"""The match as a page shows it: doors by role, with services, reasons, rights with their dates, duties and gaps. Pure.

It reads an explanation (the answer of a match in both languages), live or frozen years ago, in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pathways.rulebook import ServiceOnDate
from referrals import needs
from referrals.tracks import Door

HEADINGS = {
    "acute": _("Right now, before all else"),
    "primary": _("Fits best"),
    "parallel": _("At the same time"),
    "support": _("May be offered: the citizen chooses"),
    "fallback": _("If in doubt"),
}
STRENGTHS = {"law": _("law"), "guideline": _("guideline"), "policy": _("policy")}
# What a rule rests on, by the letter that its source begins with; the lines of the text are for the editors of the rules.
SOURCES = {
    "K": _("survey of drug treatment, 2015"),
    "P": _("proposal for a ten-year plan for psychiatry, 2022"),
    "R": _("municipal guideline, 2016"),
    "S": _("SIND’s policy, 2021"),
    "U": _("guideline on intellectual disability, 2023"),
    "t": _("the navigator’s own proposal"),
}
# Their clocks run from the first contact at whatever door (rule F1); all others are shown without a date.
FROM_FIRST_CONTACT = frozenset({"treatment_14_days_social", "treatment_14_days_medical", "treatment_14_days_alcohol"})


@dataclass(frozen=True, slots=True)
class ShownDoor:
    """One kind of help."""

    kind: str
    role: str
    title: str
    note: str
    instead_of: str
    services: Sequence[Mapping[str, Any]]
    reasons: Sequence[Mapping[str, Any]]
    rights: Sequence[Mapping[str, Any]]
    closed: Sequence[Mapping[str, Any]] = ()  # services that take nobody for a time, each with who stands in for it


@dataclass(frozen=True, slots=True)
class ShownMatch:
    """The whole answer, in the reader's language."""

    level: int
    level_title: str
    level_means: str
    side: str
    side_code: str
    roles: Sequence[tuple[str, Any, Sequence[ShownDoor]]]
    obligations: Sequence[Mapping[str, Any]]
    gaps: Sequence[str]
    ask_next: Sequence[tuple[str, str]]  # (id of the question on the page, its text)
    not_asked: Sequence[str]
    ruled_out: Sequence[tuple[Sequence[str], Sequence[Mapping[str, Any]]]]  # kinds of help, and what was against them
    still_open: Sequence[str]  # kinds of help that an answer not yet given could still bring
    version: str
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def door_count(self) -> int:
        """How many doors are meant: what is acute, the doors themselves and what begins at the same time."""
        return sum(len(doors) for role, _heading, doors in self.roles if role in ("acute", "primary", "parallel"))

    @property
    def ruled_out_count(self) -> int:
        """How many kinds of help were ruled out."""
        return sum(len(kinds) for kinds, _reasons in self.ruled_out)


def shown(
    explanation: Mapping[str, Any],
    *,
    words: Mapping[str, Any],
    services: Mapping[UUID, ServiceOnDate],
    language: str,
    first_contact_on: date,
) -> ShownMatch:
    """An explanation in one language, with how its services answer today."""
    said = explanation[language]
    kinds = {kind["code"]: kind for kind in words["service_kinds"]}
    titles = {code: kind[language] for code, kind in kinds.items()}
    rights = {right["code"]: right[language] for right in words["rights"]}
    level = next(each for each in words["levels"] if each["level"] == said["level"])
    questions = {question.path: question for question in needs.questions(words)}
    labels = {path: (q.texts or {}).get(language) or str(q.label) for path, q in questions.items()}
    given_up = _given_up(said, titles)
    every = [_door(match, titles, rights, kinds, services, language, first_contact_on) for match in said["matches"]]
    return ShownMatch(
        level=said["level"],
        level_title=level[language],
        level_means=level[f"means_{language}"],
        side=next((side[language] for side in words["sides"] if side["code"] == said["side"]), said["side"]),
        side_code=said["side"],
        roles=[
            (role, heading, doors)
            for role, heading in HEADINGS.items()
            if (doors := [door for door in every if door.role == role])
        ],
        obligations=[
            {**duty, "rests_on": f"{STRENGTHS.get(duty['strength'], '')}, {_rule(duty)}"}
            for duty in said["obligations"]
        ],
        gaps=[titles.get(gap["kind"], gap["kind"]) for gap in said["gaps"]],
        ask_next=[(f"id_{questions[path].name}", labels[path]) for path in said["undecided"] if path in questions],
        not_asked=[labels[path] for path in explanation.get("not_asked", ()) if path in labels],
        ruled_out=_together((kind, reasons) for kind, reasons in given_up if not _open(reasons)),
        still_open=[kind for kind, reasons in given_up if _open(reasons)],
        version=said["rule_set"]["version"],
        titles=titles,
    )


def doors(explanation: Mapping[str, Any], *, words: Mapping[str, Any]) -> dict[str, Door]:
    """Every matched kind with what decides which tracks it serves, by its code."""
    kinds = {kind["code"]: kind for kind in words["service_kinds"]}
    found = {}
    for match in explanation["da"]["matches"]:
        kind = kinds[match["kind"]]
        found[match["kind"]] = Door(match["kind"], match["role"], kind["side"], frozenset(kind["levels"]))
    return found


def matched_service(explanation: Mapping[str, Any], service_id: str) -> Mapping[str, Any] | None:
    """The match that a service was offered in, or None when it was not."""
    for match in explanation["da"]["matches"]:
        if any(service["id"] == service_id for service in match["services"]):
            return match
    return None


def _given_up(said: Mapping[str, Any], titles: Mapping[str, str]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The kinds of help that were considered and given up, with every reason; matches frozen long ago may say none."""
    offered = {match["kind"] for match in said["matches"]}
    found: dict[str, list[Mapping[str, Any]]] = {}
    for each in said.get("not_matched", ()):
        reasons = found.setdefault(each["kind"], [])
        if each["kind"] not in offered and each["text"] not in [reason["text"] for reason in reasons]:
            reasons.append({**each, "rests_on": _rule(each)})
    return [(titles.get(kind, kind), reasons) for kind, reasons in found.items() if reasons]


def _together(
    given_up: Iterable[tuple[str, list[Mapping[str, Any]]]],
) -> list[tuple[list[str], list[Mapping[str, Any]]]]:
    """Kinds of help that the same reasons speak against, said once."""
    found: dict[tuple[str, ...], tuple[list[str], list[Mapping[str, Any]]]] = {}
    for kind, reasons in given_up:
        found.setdefault(tuple(each["text"] for each in reasons), ([], reasons))[0].append(kind)
    return list(found.values())


def _open(reasons: Sequence[Mapping[str, Any]]) -> bool:
    """Something that was not asked is behind it: not asked is never a no."""
    return any(reason["verdict"] == "unknown" for reason in reasons)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a new match has changed, in codes. Level and side are pairs of before and after, or None."""

    level: tuple[int, int] | None
    side: tuple[str, str] | None
    new_doors: tuple[str, ...]
    gone_doors: tuple[str, ...]
    new_rights: tuple[str, ...]
    gone_rights: tuple[str, ...]
    new_duties: tuple[str, ...]
    gone_duties: tuple[str, ...]

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """What differs between two explanations, however long ago they were frozen."""
    old, new = before["da"], after["da"]
    found: dict[str, tuple[str, ...]] = {}
    for name, codes in (("doors", _kinds), ("rights", _rights), ("duties", _duties)):
        had, has = codes(old), codes(new)
        found[f"new_{name}"] = tuple(code for code in has if code not in had)
        found[f"gone_{name}"] = tuple(code for code in had if code not in has)
    return Difference(
        level=None if old["level"] == new["level"] else (old["level"], new["level"]),
        side=None if old["side"] == new["side"] else (old["side"], new["side"]),
        **found,
    )


def said(difference: Difference, *, words: Mapping[str, Any], language: str) -> list[tuple[Any, str]]:
    """A difference in words, line by line: what has changed, and to what."""
    texts = {
        name: {each["code"]: each[language] for each in words[name]}
        for name in ("service_kinds", "rights", "obligations", "sides")
    }
    lines: list[tuple[Any, str]] = []
    if difference.level:
        lines.append((_("Level"), " → ".join(str(level) for level in difference.level)))
    if difference.side:
        lines.append((_("Side"), " → ".join(texts["sides"].get(side, side) for side in difference.side)))
    for heading, codes, name in (
        (_("New doors"), difference.new_doors, "service_kinds"),
        (_("Doors that are no longer suggested"), difference.gone_doors, "service_kinds"),
        (_("New rights"), difference.new_rights, "rights"),
        (_("Rights that are no longer named"), difference.gone_rights, "rights"),
        (_("New duties"), difference.new_duties, "obligations"),
        (_("Duties that are no longer named"), difference.gone_duties, "obligations"),
    ):
        if codes:
            lines.append((heading, " · ".join(texts[name].get(code, code) for code in codes)))
    return lines


def _sources(written: str) -> list[Any]:
    """What a reason rests on, in words: 'K L2080-2112; S' names two sources."""
    return [SOURCES.get(part.strip()[:1], part.strip()) for part in written.split(";") if part.strip()]


def _kinds(said: Mapping[str, Any]) -> list[str]:
    return [match["kind"] for match in said["matches"]]


def _rights(said: Mapping[str, Any]) -> list[str]:
    of_doors = [right["code"] for match in said["matches"] for right in match["rights"]]
    of_duties = [right["code"] for duty in said["obligations"] for right in duty.get("rights", ())]
    return list(dict.fromkeys([*of_doors, *of_duties]))


def _duties(said: Mapping[str, Any]) -> list[str]:
    return [duty["code"] for duty in said["obligations"]]


def _door(
    match: Mapping[str, Any],
    titles: Mapping[str, str],
    rights: Mapping[str, str],
    kinds: Mapping[str, Any],
    known: Mapping[UUID, ServiceOnDate],
    language: str,
    first_contact_on: date,
) -> ShownDoor:
    return ShownDoor(
        kind=match["kind"],
        role=match["role"],
        title=titles.get(match["kind"], match["kind"]),
        note=kinds.get(match["kind"], {}).get(f"note_{language}", ""),
        instead_of=titles.get(match["substitute_for"], "") if match["substitute_for"] else "",
        services=[
            {
                **service,
                "by_telephone": set(service["access"]) == {"emergency"},
                "answers": known[UUID(service["id"])].answering if UUID(service["id"]) in known else None,
            }
            for service in match["services"]
        ],
        reasons=[{**why, "rests_on": _rests_on(why)} for why in match["reasons"]],
        rights=[
            {
                **right,
                "title": rights.get(right["code"], right["code"]),
                "due_on": first_contact_on + timedelta(days=right["days"])
                if right["days"] and right["code"] in FROM_FIRST_CONTACT
                else None,
            }
            for right in match["rights"]
        ],
        closed=_closed(match),
    )


def _rests_on(why: Mapping[str, Any]) -> str:
    """How strong a reason is, what it comes from, and by which rule."""
    strength, sources = STRENGTHS.get(why.get("strength", "")), "; ".join(map(str, _sources(why.get("source", ""))))
    said = f"{strength}: {sources}" if strength and sources else str(strength or "")
    return "; ".join(filter(None, (said, _rule(why))))


def _rule(why: Mapping[str, Any]) -> str:
    return gettext("rule %(rule)s") % why if why.get("rule") else ""


def _closed(match: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The closed services of a match, each with the name of the one that takes its citizens."""
    names = {service["id"]: service["name"] for service in match["services"]}
    return [{**each, "substitute": names.get(each["substitute"], "")} for each in match.get("closed", ())]
