"""Conditions: a small tree in the rule data, compiled once into functions.

A compiled condition is called with the State of a match and gives back None when it is met, else the Failure that
says which part failed and whether it was denied or never asked. So a match is explained by being made.

    all, any, not      over further conditions; `not` of something not asked holds, for nothing said never blocks
    has                "field.code", "field.*" or a list of those (one is enough), or {"field": {property: value}}
    only               "field.code": exactly this of the list and nothing else
    at_least, at_most, equals, between
                       {"age": 18}, over age, ranks, level, counts and questions answered by a number
    side               the side that was decided, or a list of sides
    offered            {"roles": [...], "access": [...]} or {"roles": [...], "right": ...}: a door that already stands
    is                 the name of a definition
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .vocabulary import Kind, Vocabulary


class Verdict(Enum):
    """Whether a condition holds. UNKNOWN is not asked, which is never a no."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


NOT_MET, UNKNOWN = Verdict.NOT_MET, Verdict.UNKNOWN  # looking a member up costs more than most conditions


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a condition is not met: its place in the rule data, its operator and what it looked for."""

    where: str
    verdict: Verdict
    operator: str
    operands: tuple[Any, ...] = ()


class InvalidRuleSet(ValueError):
    """The rule data cannot be used. The message begins with the place, such as `groups[1].rules[0].when.has`."""

    def __init__(self, where: str, message: str, allowed: Iterable[object] = ()) -> None:
        self.where = where
        choices = ", ".join(str(code) for code in allowed)
        super().__init__(f"{where}: {message}" + (f"; allowed: {choices}" if choices else ""))


class Door:
    """A kind that stands in the answer so far."""

    __slots__ = ("kind", "lines", "replaces", "role", "services")

    def __init__(self, kind: Kind, role: int, services: tuple[Any, ...], replaces: str | None) -> None:
        self.kind = kind
        self.role = role  # index in ROLES: lower is stronger
        self.services = services
        self.replaces = replaces
        self.lines: dict[str, None] = {}  # the rule lines that put it there, in order


class State:
    """Where a match has come to: what was said, what has been derived from it, which doors stand."""

    __slots__ = ("asked", "doors", "numbers", "open", "said", "side")

    def __init__(self, *, said: frozenset[str], asked: frozenset[str], numbers: dict[str, int]) -> None:
        self.said = said
        self.asked = asked
        self.numbers = numbers
        self.open: set[str] = set()  # numbers, and "side", that an answer not yet given could still move
        self.side = ""
        self.doors: dict[str, Door] = {}


Condition = Callable[[State], Failure | None]

ROLES = ("acute", "primary", "parallel", "support", "fallback")  # strongest first


@dataclass(slots=True)
class Scope:
    """What a condition may speak of at its place in the rule data."""

    vocabulary: Vocabulary
    numbers: set[str]
    counts: Mapping[str, tuple[str, ...]]
    definitions: dict[str, Condition]


def compile_condition(data: Any, where: str, scope: Scope) -> Condition:
    """Check a condition against the vocabulary and turn it into a function. Raises InvalidRuleSet with the place."""
    if not isinstance(data, dict) or len(data) != 1:
        raise InvalidRuleSet(where, "a condition is an object with one operator", OPERATORS)
    ((operator, operand),) = data.items()
    if operator not in OPERATORS:
        raise InvalidRuleSet(where, f'unknown operator "{operator}"', OPERATORS)
    return OPERATORS[operator](operand, f"{where}.{operator}", scope)


def _parts(data: Any, where: str, scope: Scope) -> tuple[Condition, ...]:
    if not isinstance(data, list) or not data:
        raise InvalidRuleSet(where, "must be a list of conditions, and not empty")
    return tuple(compile_condition(part, f"{where}[{n}]", scope) for n, part in enumerate(data))


def _all(data: Any, where: str, scope: Scope) -> Condition:
    parts = _parts(data, where, scope)

    def every(state: State) -> Failure | None:
        """A denied part decides; a part not asked is kept in mind while the others are looked at."""
        unasked = None
        for part in parts:
            failure = part(state)
            if failure is not None:
                if failure.verdict is NOT_MET:
                    return failure
                unasked = unasked or failure
        return unasked

    if len(parts) != 2:
        return every
    one, another = parts

    def both(state: State) -> Failure | None:
        """The same for two parts, as most are: worth having, for it is asked more than any other."""
        failure = one(state)
        if failure is None:
            return another(state)
        if failure.verdict is NOT_MET:
            return failure
        second = another(state)
        return second if second is not None and second.verdict is NOT_MET else failure

    return both


def _any(data: Any, where: str, scope: Scope) -> Condition:
    parts = _parts(data, where, scope)

    def some(state: State) -> Failure | None:
        first = unasked = None
        for part in parts:
            failure = part(state)
            if failure is None:
                return None
            first = first or failure
            if failure.verdict is UNKNOWN:
                unasked = unasked or failure
        return unasked or first

    return some


def _not(data: Any, where: str, scope: Scope) -> Condition:
    part = compile_condition(data, where, scope)
    failed = Failure(where, NOT_MET, "not", (data,))
    return lambda state: failed if part(state) is None else None


def _has(data: Any, where: str, scope: Scope) -> Condition:
    atoms = _atoms(data, where, scope)
    no, unasked = _failures(where, "has", *atoms)
    if len(atoms) == 1:
        atom = atoms[0]
        question = _question(atom, scope)

        def said(state: State) -> Failure | None:
            if atom in state.said:
                return None
            return no if question in state.asked or atom in state.asked else unasked

        return said

    wanted, fields = frozenset(atoms), tuple((atom, _question(atom, scope)) for atom in atoms)
    questions = {question for _, question in fields}

    def some_said(state: State) -> Failure | None:
        if not state.said.isdisjoint(wanted):
            return None
        asked = state.asked
        if asked.issuperset(questions):
            return no
        return no if all(question in asked or atom in asked for atom, question in fields) else unasked

    return some_said


def _only(data: Any, where: str, scope: Scope) -> Condition:
    (atom,) = _atoms([data], where, scope)
    question = scope.vocabulary.question_of(atom)
    if question is None or question.answer != "many":
        raise InvalidRuleSet(where, "must name a code of a list")
    rest, path = frozenset(question.atoms()) - {atom}, question.path
    no, unasked = _failures(where, "only", atom)

    def alone(state: State) -> Failure | None:
        if atom in state.said and state.said.isdisjoint(rest):
            return None
        return no if path in state.asked else unasked

    return alone


def _number(operator: str) -> Callable[[Any, str, Scope], Condition]:
    def compile_number(data: Any, where: str, scope: Scope) -> Condition:
        if not isinstance(data, dict) or len(data) != 1:
            raise InvalidRuleSet(where, 'must be an object such as {"age": 18}')
        ((name, value),) = data.items()
        low, high = _bounds(operator, value, f"{where}.{name}")
        if name in scope.counts:
            return _counted(name, low, high, f"{where}.{name}", scope)
        if name not in scope.numbers:
            raise InvalidRuleSet(
                f"{where}.{name}", f'unknown number "{name}"', sorted(scope.numbers | scope.counts.keys())
            )
        no, unasked = _failures(where, operator, name, low, high)

        def within(state: State) -> Failure | None:
            number = state.numbers.get(name)
            if number is None:
                return unasked
            if low <= number <= high:
                return None
            return unasked if number < low and name in state.open else no

        return within

    return compile_number


NO_UPPER_BOUND = 10**9


def _bounds(operator: str, value: Any, where: str) -> tuple[int, int]:
    numbers = value if operator == "between" and isinstance(value, list) and len(value) == 2 else [value]
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        raise InvalidRuleSet(where, "must be two whole numbers" if operator == "between" else "must be a whole number")
    if operator == "between" and len(numbers) != 2:
        raise InvalidRuleSet(where, "must be two whole numbers")
    low = 0 if operator == "at_most" else numbers[0]
    high = NO_UPPER_BOUND if operator == "at_least" else numbers[-1]
    if low > high:
        raise InvalidRuleSet(where, "the first number must not be the greater")
    return low, high


def _counted(name: str, low: int, high: int, where: str, scope: Scope) -> Condition:
    """How many codes of a list were named. Stops counting when the answer is certain."""
    if low < 1 or high != NO_UPPER_BOUND:
        raise InvalidRuleSet(where, "a count can only be asked for by at_least, from 1")
    atoms = scope.counts[name]
    question = _question(atoms[0], scope)
    no, unasked = _failures(where, "at_least", name, low, high)

    def enough(state: State) -> Failure | None:
        missing = low
        for atom in atoms:
            if atom in state.said:
                missing -= 1
                if not missing:
                    return None
        return no if question in state.asked else unasked

    return enough


def _side(data: Any, where: str, scope: Scope) -> Condition:
    sides = frozenset([data] if isinstance(data, str) else _strings(data, where))
    for side in sorted(sides - scope.vocabulary.sides):
        raise InvalidRuleSet(where, f'unknown side "{side}"', sorted(scope.vocabulary.sides))
    no, unasked = _failures(where, "side", *sorted(sides))

    def decided(state: State) -> Failure | None:
        if state.side in sides:
            return None
        return unasked if "side" in state.open else no

    return decided


def _offered(data: Any, where: str, scope: Scope) -> Condition:
    if not isinstance(data, dict) or set(data) not in ({"roles", "access"}, {"roles", "right"}):
        raise InvalidRuleSet(where, "must hold roles, and access or right")
    names = _strings(data["roles"], f"{where}.roles")
    for name in names:
        if name not in ROLES:
            raise InvalidRuleSet(f"{where}.roles", f'unknown role "{name}"', ROLES)
    roles = frozenset(ROLES.index(name) for name in names)
    if "access" in data:
        known = frozenset().union(*(kind.access for kind in scope.vocabulary.kinds.values()))
        wanted, field = _strings(data["access"], f"{where}.access"), "access"
    else:
        known, wanted, field = scope.vocabulary.rights, [data["right"]], "right"
    for word in wanted:
        if word not in known:
            raise InvalidRuleSet(f"{where}.{field}", f'unknown code "{word}"', sorted(known))
    wide = frozenset(
        code
        for code, kind in scope.vocabulary.kinds.items()
        if not (kind.access if field == "access" else frozenset(kind.rights)).isdisjoint(wanted)
    )
    no = Failure(where, NOT_MET, "offered", tuple(wanted))

    def stands(state: State) -> Failure | None:
        for code, door in state.doors.items():
            if door.role in roles and code in wide:
                return None
        return no

    return stands


def _is(data: Any, where: str, scope: Scope) -> Condition:
    if not isinstance(data, str) or data not in scope.definitions:
        raise InvalidRuleSet(where, f'unknown definition "{data}"', sorted(scope.definitions))
    return scope.definitions[data]


OPERATORS: Mapping[str, Callable[[Any, str, Scope], Condition]] = {
    "all": _all,
    "any": _any,
    "not": _not,
    "has": _has,
    "only": _only,
    "at_least": _number("at_least"),
    "at_most": _number("at_most"),
    "equals": _number("equals"),
    "between": _number("between"),
    "side": _side,
    "offered": _offered,
    "is": _is,
}


def _atoms(data: Any, where: str, scope: Scope) -> tuple[str, ...]:
    """Spell out what `has` looks for, in the order of the vocabulary."""
    if isinstance(data, dict):
        return _with_property(data, where, scope)
    atoms: dict[str, None] = {}
    for name in [data] if isinstance(data, str) else _strings(data, where):
        path, _, code = name.rpartition(".")
        question = scope.vocabulary.questions.get(path)
        if scope.vocabulary.questions.get(name) and scope.vocabulary.questions[name].answer == "flag":
            atoms[name] = None
        elif question is None or not question.codes:
            fields = [p for p, q in scope.vocabulary.questions.items() if q.codes or q.answer == "flag"]
            raise InvalidRuleSet(where, f'unknown question in "{name}"', fields)
        elif code == "*":
            atoms |= dict.fromkeys(question.atoms())
        elif code in question.codes:
            atoms[name] = None
        else:
            raise InvalidRuleSet(where, f'unknown code "{code}" in {path}', question.codes)
    if not atoms:
        raise InvalidRuleSet(where, "must not be empty")
    return tuple(atoms)


def _with_property(data: Mapping[str, Any], where: str, scope: Scope) -> tuple[str, ...]:
    """{"field": {"property": value}}: the codes whose vocabulary entry says so."""
    atoms = []
    for path, properties in data.items():
        question = scope.vocabulary.questions.get(path)
        if question is None or not question.codes or not isinstance(properties, dict):
            raise InvalidRuleSet(where, f'unknown question "{path}"', scope.vocabulary.questions)
        atoms += [
            f"{path}.{code}"
            for code, entry in question.codes.items()
            if all(key in entry and entry[key] == value for key, value in properties.items())
        ]
    if not atoms:
        raise InvalidRuleSet(where, "no code of the vocabulary has these properties")
    return tuple(atoms)


def _question(atom: str, scope: Scope) -> str:
    question = scope.vocabulary.question_of(atom)
    assert question is not None, atom  # _atoms() has made sure
    return question.path


def _strings(data: Any, where: str) -> list[str]:
    if not isinstance(data, list) or not all(isinstance(item, str) for item in data):
        raise InvalidRuleSet(where, "must be a list of strings")
    return data


def _failures(where: str, operator: str, *operands: object) -> tuple[Failure, Failure]:
    """The two ways this condition can fail, made once: denied, and not asked."""
    return Failure(where, NOT_MET, operator, operands), Failure(where, UNKNOWN, operator, operands)
