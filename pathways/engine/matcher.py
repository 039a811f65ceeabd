"""match(): which doors a need opens where somebody lives, and why. Same input, same output: no clock, no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .conditions import NOT_MET, ROLES, UNKNOWN, Door, Failure, State, Verdict
from .directory import Directory, ServiceEntry
from .facts import Facts
from .rule_set import ACUTE, DOOR, FALLBACK, PARALLEL, PRIMARY, SUPPORT, Choice, Group, Line, Offer, RuleSet
from .vocabulary import Kind


class NoDoor(LookupError):
    """The directory holds no help at all for this municipality and age, not even what stands in for all else."""


class RankFound(NamedTuple):
    """A ladder as a number, and the lines that raised it. `stated` is None where the ladder was not asked."""

    name: str
    value: int
    stated: int | None
    raised_by: tuple[str, ...]


class Match(NamedTuple):
    """A kind of help in its strongest role, with the services to choose among, best first.

    `reasons` are ids of rule lines. `substitute_for` is the kind that was wanted and does not exist there.
    `rights` are shown with their clocks for primary and parallel kinds, and empty for all others.
    """

    role: str
    kind: str
    services: tuple[ServiceEntry, ...]
    substitute_for: str | None
    reasons: tuple[str, ...]
    rights: tuple[str, ...]


class Obligation(NamedTuple):
    """What whoever has the citizen in front of them must do. `rights` are those it carries."""

    code: str
    reasons: tuple[str, ...]
    rights: tuple[str, ...]


class Gap(NamedTuple):
    """A kind that was called for and does not exist there, and what stands in for it (nothing, for support)."""

    kind: str
    municipality: str
    substitutes: tuple[str, ...]


class NotMatched(NamedTuple):
    """A kind that was considered and ruled out, and by what.

    `line` considered it. Either `failure` is the first condition that failed, or `age` is the age range it is for,
    or `instead` is the line that applied before it.
    """

    kind: str
    line: str
    failure: Failure | None = None
    age: tuple[int, int] | None = None
    instead: str | None = None

    @property
    def verdict(self) -> Verdict:
        """UNKNOWN where an answer not yet given decided it."""
        return self.failure.verdict if self.failure else NOT_MET


@dataclass(frozen=True, slots=True)
class Decision:
    """The whole answer. Matches are sorted by role, and within a role by the order of the rules."""

    version: str
    level: int
    side: str
    ranks: tuple[RankFound, ...]
    reasons: tuple[str, ...]  # the lines that decided level and side
    notes: tuple[str, ...]  # lines that only tell something, such as a wish that could not be followed
    matches: tuple[Match, ...]
    obligations: tuple[Obligation, ...]
    gaps: tuple[Gap, ...]
    not_matched: tuple[NotMatched, ...]

    def kinds(self, role: str) -> tuple[str, ...]:
        return tuple(match.kind for match in self.matches if match.role == role)


def match(rule_set: RuleSet, directory: Directory, facts: Facts) -> Decision:
    """Match one need. Raises NoDoor where the directory has nothing at all for the municipality and age."""
    matching = _Matching(rule_set, directory, facts)
    matching.derive()
    for group in rule_set.groups:
        matching.read(group)
    matching.leave_nobody_without_a_door()
    return matching.decision()


def primary_kinds(rule_set: RuleSet, directory: Directory, facts: Facts) -> tuple[str, ...]:
    """Only the primary doors, sorted by code: what undecided() asks again and again."""
    doors = _primary_doors(rule_set, directory, facts, rule_set.groups_deciding_primary)
    if any(door.replaces is not None for door in doors):
        # What stands in for a missing door must not be the acute help already given: here the acute rules matter.
        doors = _primary_doors(rule_set, directory, facts, rule_set.groups)
    return tuple(sorted(door.kind.code for door in doors))


def judge(rule_set: RuleSet, directory: Directory, facts: Facts) -> dict[str, Verdict]:
    """The verdict of every line of every group and choice by itself, also where an earlier line was taken.

    For those who edit rules: it shows what a line makes of a case, by the line's id. Raises NoDoor, as match() does.
    """
    matching = _Matching(rule_set, directory, facts)
    matching.derive()
    for group in rule_set.groups:
        matching.read(group)
    matching.leave_nobody_without_a_door()
    verdicts: dict[str, Verdict] = {}
    for rule in rule_set.rules:
        shared = rule.when(matching.state) if rule.when else None
        for line in rule.lines:
            verdicts[line.id] = _verdict(shared, line.when(matching.state) if line.when else None)
        for line in rule.also:
            verdicts[line.id] = _verdict(line.when(matching.state) if line.when else None)
    return verdicts


def _verdict(*failures: Failure | None) -> Verdict:
    found = {failure.verdict for failure in failures if failure is not None}
    return next((verdict for verdict in (NOT_MET, UNKNOWN) if verdict in found), Verdict.MET)


def _primary_doors(rule_set: RuleSet, directory: Directory, facts: Facts, groups: Iterable[Group]) -> list[Door]:
    matching = _Matching(rule_set, directory, facts)
    matching.derive()
    for group in groups:
        matching.read(group)
    matching.leave_nobody_without_a_door()
    return [door for door in matching.state.doors.values() if door.role == PRIMARY]


class _Matching:
    """One match under way."""

    def __init__(self, rule_set: RuleSet, directory: Directory, facts: Facts) -> None:
        self.rule_set = rule_set
        self.directory = directory
        self.municipality = facts.municipality
        self.age = facts.age
        usual = frozenset(atom for question, atom in rule_set.defaults.items() if question not in facts.asked)
        self.state = State(
            said=facts.said | usual, asked=facts.asked, numbers={**dict(facts.numbers), "age": facts.age}
        )
        self.language = dict(facts.texts).get(rule_set.language)
        self.anonymous = rule_set.anonymous in facts.said
        self.ranks: list[RankFound] = []
        self.deciding: list[str] = []
        self.notes: list[str] = []
        self.obligations: dict[str, list[Line]] = {}
        self.gaps: dict[str, dict[str, None]] = {}
        self.missed: list[tuple[Sequence[Line], Failure | None, str | None]] = []
        self.aged_out: list[tuple[Line, Offer]] = []

    def derive(self) -> None:
        """Turn the ladders into ranks, raised by what else was said."""
        state = self.state
        for rank in self.rule_set.ranks:
            stated = next((step for atom, step in rank.steps.items() if atom in state.said), None)
            value = state.numbers[rank.name] = stated or 0
            still_open = stated is None
            raised_by: list[str] = []
            for entry in rank.raises:
                failure = entry.line.when(state) if entry.line.when else None
                if failure is not None:
                    still_open = still_open or failure.verdict is UNKNOWN
                elif entry.to > value:
                    value = state.numbers[rank.name] = entry.to
                    raised_by.append(entry.line.id)
            if still_open:
                state.open.add(rank.name)
            self.ranks.append(RankFound(rank.name, value, stated, tuple(raised_by)))

    def read(self, group: Group) -> None:
        if group.first:
            self.read_first(group)
        else:
            self.read_all(group)

    def read_all(self, group: Group) -> None:
        state, missed = self.state, self.missed
        for rule in group.rules:
            if rule.when is not None and (failure := rule.when(state)) is not None:
                missed.append((rule.lines, failure, None))
                continue
            for line in rule.lines:
                if line.when is not None and (failure := line.when(state)) is not None:
                    if line.kinds:
                        missed.append(((line,), failure, None))
                else:
                    self.apply(line)

    def read_first(self, group: Group) -> None:
        """Take the first line that applies and takes somebody of this age; keep why the others were passed over."""
        state, missed = self.state, self.missed
        taken: str | None = None
        unsure = False
        for rule in group.rules:
            if taken is not None:
                missed.append((rule.lines, None, taken))
                continue
            if rule.when is not None and (failure := rule.when(state)) is not None:
                missed.append((rule.lines, failure, None))
                unsure = unsure or failure.verdict is UNKNOWN
                continue
            for line in rule.lines:
                if taken is not None:
                    missed.append(((line,), None, taken))
                elif line.when is not None and (failure := line.when(state)) is not None:
                    if line.kinds:
                        missed.append(((line,), failure, None))
                    unsure = unsure or failure.verdict is UNKNOWN
                elif not line.leads[self.age]:
                    self.aged_out += [(line, offer) for offer in line.offers]
                else:
                    taken = line.id
                    self.decide(line, unsure=unsure)
                    self.apply(line)
            if taken is not None:
                self.also(rule.also)

    def also(self, lines: Iterable[Line], reasons: tuple[str, ...] = ()) -> None:
        for line in lines:
            if line.when is not None and (failure := line.when(self.state)) is not None:
                self.missed.append(((line,), failure, None))
            elif line.offers or line.obliges:
                self.apply(line, reasons=reasons)
            else:
                self.notes.append(line.id)

    def decide(self, line: Line, *, unsure: bool) -> None:
        if line.level is None or line.side is None:
            return
        self.state.numbers["level"] = line.level
        self.state.side = line.side
        self.deciding.append(line.id)
        if unsure:
            self.state.open |= {"level", "side"}

    def apply(
        self, line: Line, *, role: int = DOOR, replaces: str | None = None, reasons: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        """Open the doors of a line and note what it obliges to.

        Where a choice asks, `role` is that of its door. Gives the kinds that now stand for that door.
        """
        why = (*reasons, line.id)
        stand: tuple[str, ...] = ()
        for offer in line.offers:
            if offer.role == DOOR:
                stand += self.open(offer, role, line, why, replaces)
            else:
                self.open(offer, offer.role, line, why, None)
        for code in line.obliges:
            self.obligations.setdefault(code, []).append(line)
        return stand

    def open(self, offer: Offer, role: int, line: Line, why: tuple[str, ...], replaces: str | None) -> tuple[str, ...]:
        if offer.choice is not None:
            return self.choose(offer.choice, role, why, replaces)
        kind = offer.by_age[self.age]
        if kind is None:
            self.aged_out.append((line, offer))
            return ()
        return self.place(kind, role, why, replaces, frozenset())

    def choose(self, choice: Choice, role: int, reasons: tuple[str, ...], replaces: str | None) -> tuple[str, ...]:
        """Take the first line of a choice that applies. What runs beside its door comes along, in its own role."""
        state = self.state
        taken: str | None = None
        stand: tuple[str, ...] = ()
        for line in choice.rule.lines:
            if taken is not None:
                self.missed.append(((line,), None, taken))
            elif line.when is not None and (failure := line.when(state)) is not None:
                self.missed.append(((line,), failure, None))
            elif line.leads[self.age]:
                taken = line.id
                stand = self.apply(line, role=role, replaces=replaces, reasons=reasons)
        self.also(choice.rule.also, reasons)
        return stand

    def place(
        self, kind: Kind, role: int, why: tuple[str, ...], replaces: str | None, tried: frozenset[str]
    ) -> tuple[str, ...]:
        """Let a kind stand in a role, or what stands in for it. Gives the kinds that now stand."""
        services = self.directory.find(kind.code, self.municipality, self.age, self.language, anonymous=self.anonymous)
        if not services:
            return self.substitute(kind, role, why, tried | {kind.code})
        door = self.state.doors.get(kind.code)
        if door is None:
            door = self.state.doors[kind.code] = Door(kind, role, services, replaces)
        elif role == PRIMARY and door.role == ACUTE and replaces is not None:
            return ()  # the acute help already given is not the ordinary door beneath it
        elif role < door.role:
            door.role, door.replaces = role, replaces
        elif role == door.role and replaces is None:
            door.replaces = None
        for line_id in why:
            door.lines[line_id] = None
        return (kind.code,)

    def substitute(self, kind: Kind, role: int, why: tuple[str, ...], tried: frozenset[str]) -> tuple[str, ...]:
        """Section G of the rules: the first line that finds something takes the role of what is missing."""
        stand: tuple[str, ...] = ()
        if role not in (SUPPORT, FALLBACK):
            lines = self.rule_set.substitutions.get(kind.code, self.rule_set.any_substitutions)
            for substitution in lines:
                line = substitution.line
                if role not in substitution.roles or (line.when is not None and line.when(self.state) is not None):
                    continue
                for offer in substitution.by:
                    stand += self.stand_in(offer, role, kind, (*why, line.id), tried)
                if stand:
                    self.apply(line)
                    break
        self.gaps.setdefault(kind.code, {}).update(dict.fromkeys(stand))
        return stand

    def stand_in(
        self, offer: Offer, role: int, kind: Kind, why: tuple[str, ...], tried: frozenset[str]
    ) -> tuple[str, ...]:
        if offer.choice is not None:
            return self.choose(offer.choice, role, why, kind.code)
        candidate = offer.by_age[self.age]
        if candidate is None or candidate.code in tried:
            return ()
        return self.place(candidate, role, why, kind.code, tried)

    def leave_nobody_without_a_door(self) -> None:
        """There is always a primary door. The rules see to it; this stands behind them."""
        if any(door.role == PRIMARY for door in self.state.doors.values()):
            return
        for substitution in self.rule_set.any_substitutions:
            if PRIMARY in substitution.roles:
                for offer in substitution.by:
                    if self.stand_in(offer, PRIMARY, next(iter(offer.kinds)), (substitution.line.id,), frozenset()):
                        return
        raise NoDoor(f"no door at all in municipality {self.municipality} at age {self.age}")

    def decision(self) -> Decision:
        doors = self.state.doors
        ordered = sorted(doors.values(), key=lambda door: door.role)
        return Decision(
            version=self.rule_set.version,
            level=self.state.numbers["level"],
            side=self.state.side,
            ranks=tuple(self.ranks),
            reasons=tuple(self.deciding),
            notes=tuple(self.notes),
            matches=tuple(
                [
                    Match(
                        ROLES[door.role],
                        door.kind.code,
                        door.services,
                        door.replaces,
                        tuple(door.lines),
                        door.kind.rights if door.role in (PRIMARY, PARALLEL) else (),
                    )
                    for door in ordered
                ]
            ),
            obligations=tuple(
                [
                    Obligation(
                        code,
                        tuple([line.id for line in lines]),
                        tuple(dict.fromkeys(r for line in lines for r in line.rights)),
                    )
                    for code, lines in self.obligations.items()
                ]
            ),
            gaps=tuple([Gap(kind, self.municipality, tuple(standing)) for kind, standing in self.gaps.items()]),
            not_matched=self.not_matched(),
        )

    def not_matched(self) -> tuple[NotMatched, ...]:
        """Each kind once: a condition that failed says more than an age range, and that more than an earlier line.

        A kind that stands, or is a gap, was not ruled out.
        """
        seen = self.state.doors.keys() | self.gaps.keys()
        ruled_out: list[NotMatched] = []
        passed_over: list[tuple[Line, str]] = []
        for lines, failure, instead in self.missed:
            for line in lines:
                if instead is not None:
                    passed_over.append((line, instead))
                    continue
                for code in line.kinds:
                    if code not in seen:
                        seen.add(code)
                        ruled_out.append(NotMatched(code, line.id, failure))
        for line, offer in self.aged_out:
            for kind in offer.kinds:
                if kind.code not in seen:
                    seen.add(kind.code)
                    ruled_out.append(NotMatched(kind.code, line.id, age=(kind.min_age, kind.max_age)))
        for line, instead in passed_over:
            for code in line.kinds:
                if code not in seen:
                    seen.add(code)
                    ruled_out.append(NotMatched(code, line.id, instead=instead))
        return tuple(ruled_out)
