"""A rule set: the referral rules as data, checked against the vocabulary and compiled once.

The document, field by field:

    version, about       which rules these are
    defaults             {"role": …}: what a question not answered is taken to be
    ranking              {"language": question, "anonymous": question}: what the order of services looks at
    ranks                {"S": {"ladder": question, "raise": [{"to": n, "when": …, texts}]}}: ladders as numbers
    counts               {"name": {"of": list, "except": [codes]}}: how many codes of a list were named
    definitions          {"name": condition}: words of the rules; a later one may use the earlier
    families             {"name": [kinds]}: the first kind whose age range holds the citizen
    choices              {"name": rule}: a list of lines of which the first that applies is taken
    groups               [{"group", "mode": "first" | "all", "rules": [rule]}], in the order they are read
    rule                 {"rule": number, "source", "strength", "as_of" and "verify" where it is law, "when", "lines",
                         "also": lines that come along when one of its lines was taken (groups of mode first)}
    line                 {"when", "level", "side", "offer": {role: [kind | family | choice]}, "oblige": [obligations],
                         "rights": [rights these carry], "reason_da", "reason_en"}; in a choice the role is "door"
    substitutes          a rule whose lines say {"for": [kinds], "roles": […], "by": [kind | family | choice]}
    texts                [{"rule", "reason_da", "reason_en", …}]: rules that inform and decide nothing
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .conditions import ROLES, Condition, InvalidRuleSet, Scope, compile_condition
from .vocabulary import LANGUAGES, OLDEST, Kind, Vocabulary

STRENGTHS = ("law", "guideline", "policy")
MODES = ("first", "all")
ACUTE, PRIMARY, PARALLEL, SUPPORT, FALLBACK = range(len(ROLES))
DOOR = -1  # in a choice: the role of whoever asked for it
AGES = range(OLDEST + 1)


@dataclass(frozen=True, slots=True)
class Choice:
    """Lines of which the first that applies names the door; `also` comes along with it."""

    name: str
    rule: "Rule"


@dataclass(frozen=True, slots=True)
class Offer:
    """A door to open in some role: a kind for each age, or a choice still to be made."""

    role: int
    name: str
    kinds: tuple[Kind, ...]
    by_age: tuple[Kind | None, ...]  # index: age in whole years
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a rule. `id` is the number of the rule and of the line in it, stable within a version."""

    id: str
    rule: str
    where: str
    when: Condition | None
    source: str
    strength: str
    as_of: str | None
    verify: bool
    texts: Mapping[str, str]
    level: int | None = None
    side: str | None = None
    offers: tuple[Offer, ...] = ()
    kinds: tuple[str, ...] = ()  # every kind it can offer by itself
    leads: tuple[bool, ...] = ()  # index: age; whether its strongest doors take somebody of that age
    obliges: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    number: str
    when: Condition | None
    lines: tuple[Line, ...]
    also: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    first: bool
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Raise:
    """Lifts a rank to at least `to`."""

    to: int
    line: Line


@dataclass(frozen=True, slots=True)
class Rank:
    name: str
    question: str
    steps: Mapping[str, int]  # what was said → number
    raises: tuple[Raise, ...]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Substitution:
    """What stands in for a kind, or for any kind in these roles, where it does not exist."""

    roles: frozenset[int]
    by: tuple[Offer, ...]
    line: Line


@dataclass(frozen=True, slots=True)
class Text:
    """A rule that informs: pages and letters quote it."""

    rule: str
    source: str
    strength: str
    as_of: str | None
    verify: bool
    texts: Mapping[str, str]
    decline_reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A rule set ready to match with. `lines` finds every line by its id, `texts` the rules that only inform."""

    version: str
    vocabulary: Vocabulary
    defaults: Mapping[str, str]  # question → what is said where it was not answered
    language: str  # the question that names the language to rank by
    anonymous: str  # the question that asks for anonymity
    ranks: tuple[Rank, ...]
    groups: tuple[Group, ...]
    groups_deciding_primary: tuple[Group, ...]  # those that decide the level or can open a primary door
    substitutions: Mapping[str, tuple[Substitution, ...]]  # by kind; the lines for any kind come last in each
    any_substitutions: tuple[Substitution, ...]
    rules: tuple[Rule, ...]  # those of every group and choice
    lines: Mapping[str, Line]
    texts: Mapping[str, Text]
    thresholds: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # of questions answered by a number

    @classmethod
    def from_data(cls, data: Mapping[str, Any], vocabulary: Vocabulary) -> "RuleSet":
        """Check and compile the document. Raises InvalidRuleSet, whose message begins with the place of the fault."""
        return _Compiler(vocabulary).compile(data)

    def numbers(self) -> tuple[str, ...]:
        """The number of every rule, also of those that only inform, in the order they are written."""
        return tuple(dict.fromkeys([line.rule for line in self.lines.values()] + list(self.texts)))


class _Compiler:
    """Walks the document once. Every complaint carries the place in the document."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.lines: dict[str, Line] = {}
        self.families: dict[str, tuple[Kind, ...]] = {}
        self.choices: dict[str, Choice] = {}
        self.taken: set[str] = set()
        self.scope = Scope(vocabulary=vocabulary, numbers=set(), counts={}, definitions={})

    def compile(self, data: Any) -> RuleSet:
        _fields(
            data,
            "$",
            needs=("version", "defaults", "ranking", "ranks", "groups", "substitutes"),
            may=("about", "counts", "definitions", "families", "choices", "texts"),
        )
        self.scope = Scope(vocabulary=self.vocabulary, numbers=self.number_names(data), counts={}, definitions={})
        self.scope.counts = {name: self.count(name, of) for name, of in data.get("counts", {}).items()}
        for name, condition in data.get("definitions", {}).items():
            self.scope.definitions[name] = compile_condition(condition, f"definitions.{name}", self.scope)
        self.families = {n: self.family(kinds, f"families.{n}") for n, kinds in data.get("families", {}).items()}
        for name, rule in data.get("choices", {}).items():
            self.choices[name] = self.choice(name, rule)
        ranks = tuple(self.rank(name, rank) for name, rank in data["ranks"].items())
        groups = tuple(self.group(group, f"groups[{n}]") for n, group in enumerate(_items(data["groups"], "groups")))
        self.check_levels(groups)
        self.check_no_wrong_door(groups)
        by_kind, for_any = self.substitutions(data["substitutes"])
        texts = [self.text(text, f"texts[{n}]") for n, text in enumerate(data.get("texts", []))]
        return RuleSet(
            version=_string(data["version"], "version"),
            vocabulary=self.vocabulary,
            defaults=self.defaults(data["defaults"]),
            language=self.ranking(data["ranking"], "language", "text"),
            anonymous=self.ranking(data["ranking"], "anonymous", "flag"),
            ranks=ranks,
            groups=groups,
            groups_deciding_primary=tuple(group for group in groups if _decides_primary(group)),
            substitutions=by_kind,
            any_substitutions=for_any,
            rules=(
                *(rule for group in groups for rule in group.rules),
                *(choice.rule for choice in self.choices.values()),
            ),
            lines=self.lines,
            texts={text.rule: text for text in texts},
            thresholds=_thresholds(data, self.vocabulary),
        )

    # What the conditions may speak of

    def number_names(self, data: Mapping[str, Any]) -> set[str]:
        asked = {path for path, question in self.vocabulary.questions.items() if question.answer == "number"}
        return {"age", "level"} | asked | set(_object(data["ranks"], "ranks"))

    def count(self, name: str, data: Any) -> tuple[str, ...]:
        where = f"counts.{name}"
        _fields(data, where, needs=("of",), may=("except",))
        question = self.vocabulary.questions.get(data["of"])
        if question is None or question.answer != "many":
            lists = [path for path, q in self.vocabulary.questions.items() if q.answer == "many"]
            raise InvalidRuleSet(f"{where}.of", f'unknown list "{data["of"]}"', lists)
        left_out = _codes(data.get("except", []), f"{where}.except", question.codes)
        return tuple(f"{question.path}.{code}" for code in question.codes if code not in left_out)

    def rank(self, name: str, data: Any) -> Rank:
        where = f"ranks.{name}"
        _fields(data, where, needs=("ladder", *LANGUAGES), may=("raise",))
        question = self.vocabulary.questions.get(data["ladder"])
        if question is None or not question.codes or not all("rank" in step for step in question.codes.values()):
            raise InvalidRuleSet(f"{where}.ladder", f'"{data["ladder"]}" is not a question with ranks')
        steps = {f"{question.path}.{code}": step["rank"] for code, step in question.codes.items()}
        raises = []
        for n, entry in enumerate(_items(data.get("raise", []), f"{where}.raise")):
            place = f"{where}.raise[{n}]"
            _fields(entry, place, needs=("to", "when", "reason_da", "reason_en"))
            if entry["to"] not in steps.values():
                raise InvalidRuleSet(f"{place}.to", "must be a rank of the ladder", sorted(steps.values()))
            own = {key: value for key, value in entry.items() if key != "to"}
            raises.append(
                Raise(entry["to"], self.line(own, place, {"rule": name, "source": "", "strength": "policy"}, n))
            )
        texts = {language: _string(data[language], f"{where}.{language}") for language in LANGUAGES}
        return Rank(name=name, question=question.path, steps=steps, raises=tuple(raises), texts=texts)

    def defaults(self, data: Any) -> dict[str, str]:
        said = {}
        for path, code in _object(data, "defaults").items():
            question = self.vocabulary.questions.get(path)
            if question is None or question.answer != "one":
                raise InvalidRuleSet(f"defaults.{path}", "must be a question with one answer")
            _codes([code], f"defaults.{path}", question.codes)
            said[path] = f"{path}.{code}"
        return said

    def ranking(self, data: Any, wish: str, answer: str) -> str:
        _fields(data, "ranking", needs=("language", "anonymous"))
        question = self.vocabulary.questions.get(data[wish])
        if question is None or question.answer != answer:
            allowed = [path for path, q in self.vocabulary.questions.items() if q.answer == answer]
            raise InvalidRuleSet(f"ranking.{wish}", f'"{data[wish]}" cannot be ranked by', allowed)
        return question.path

    # Doors

    def family(self, data: Any, where: str) -> tuple[Kind, ...]:
        codes = _codes(data, where, self.vocabulary.kinds)
        return tuple(self.vocabulary.kinds[code] for code in codes)

    def choice(self, name: str, data: Any) -> Choice:
        where = f"choices.{name}"
        rule = self.rule(data, where, first=True, in_choice=True)
        self.check_last((rule,), f"{where}.lines", every_age=False)
        return Choice(name=name, rule=rule)

    def offer(self, name: Any, role: int, where: str) -> Offer:
        if not isinstance(name, str):
            raise InvalidRuleSet(where, "must be the code of a kind, or the name of a family or choice")
        if name in self.choices:
            return Offer(role=role, name=name, kinds=(), by_age=(), choice=self.choices[name])
        kinds = self.families.get(name) or tuple(filter(None, [self.vocabulary.kinds.get(name)]))
        if not kinds:
            allowed = [*self.vocabulary.kinds, *self.families, *self.choices]
            raise InvalidRuleSet(where, f'unknown kind "{name}"', allowed)
        for kind in kinds:
            if kind.digital and role in (DOOR, ACUTE, PRIMARY):
                raise InvalidRuleSet(where, f'"{kind.code}" is digital and can never be the door itself')
        by_age = tuple(next((kind for kind in kinds if kind.fits(age)), None) for age in AGES)
        return Offer(role=role, name=name, kinds=kinds, by_age=by_age)

    def offers(self, data: Any, where: str, *, in_choice: bool) -> tuple[Offer, ...]:
        offers = []
        roles = ("door", *ROLES) if in_choice else ROLES
        for role, names in _object(data, where).items():
            if role not in roles:
                raise InvalidRuleSet(where, f'unknown role "{role}"', roles)
            index = DOOR if role == "door" else ROLES.index(role)
            place = f"{where}.{role}"
            offers += [self.offer(name, index, f"{place}[{n}]") for n, name in enumerate(_items(names, place))]
        return tuple(sorted(offers, key=lambda offer: offer.role))

    # Rules

    def group(self, data: Any, where: str) -> Group:
        _fields(data, where, needs=("group", "mode", "rules"))
        if data["mode"] not in MODES:
            raise InvalidRuleSet(f"{where}.mode", f'unknown mode "{data["mode"]}"', MODES)
        first = data["mode"] == "first"
        rules = tuple(
            self.rule(rule, f"{where}.rules[{n}]", first=first)
            for n, rule in enumerate(_items(data["rules"], f"{where}.rules"))
        )
        if first:
            self.check_last(rules, f"{where}.rules", every_age=True)
        return Group(name=_string(data["group"], f"{where}.group"), first=first, rules=rules)

    def rule(self, data: Any, where: str, *, first: bool, in_choice: bool = False) -> Rule:
        _fields(data, where, needs=("rule", "source", "strength", "lines"), may=("when", "also", "as_of", "verify"))
        if "also" in data and not first:
            raise InvalidRuleSet(
                f"{where}.also", "only comes along where the first line is taken; write a line instead"
            )
        head = self.head(data, where, own_number=not in_choice)
        lines, also = _items(data["lines"], f"{where}.lines"), _items(data.get("also", []), f"{where}.also")
        return Rule(
            number=data["rule"],
            when=self.when(data, where),
            lines=tuple(
                self.line(line, f"{where}.lines[{n}]", head, n, in_choice=in_choice) for n, line in enumerate(lines)
            ),
            also=tuple(self.line(line, f"{where}.also[{n}]", head, len(lines) + n) for n, line in enumerate(also)),
        )

    def line(self, data: Any, where: str, head: Mapping[str, Any], n: int, *, in_choice: bool = False) -> Line:
        _fields(
            data,
            where,
            needs=tuple(f"reason_{language}" for language in LANGUAGES),
            may=("when", "level", "side", "offer", "oblige", "rights"),
        )
        if "level" in data and data["level"] not in self.vocabulary.levels:
            raise InvalidRuleSet(f"{where}.level", "unknown level", sorted(self.vocabulary.levels))
        if "side" in data and data["side"] not in self.vocabulary.sides:
            raise InvalidRuleSet(f"{where}.side", f'unknown side "{data["side"]}"', sorted(self.vocabulary.sides))
        offers = self.offers(data.get("offer", {}), f"{where}.offer", in_choice=in_choice)
        strongest = [offer for offer in offers if offer.role == offers[0].role]
        line = Line(
            id=self.line_id(head["rule"], n),
            rule=head["rule"],
            where=where,
            when=self.when(data, where),
            source=head["source"],
            strength=head["strength"],
            as_of=head.get("as_of"),
            verify=head.get("verify", False),
            texts=_reasons(data, where),
            level=data.get("level"),
            side=data.get("side"),
            offers=offers,
            kinds=tuple(kind.code for offer in offers for kind in offer.kinds),
            leads=tuple(not offers or any(o.choice or o.by_age[age] for o in strongest) for age in AGES),
            obliges=_codes(data.get("oblige", []), f"{where}.oblige", self.vocabulary.obligations),
            rights=_codes(data.get("rights", []), f"{where}.rights", self.vocabulary.rights),
        )
        self.lines[line.id] = line
        return line

    def line_id(self, number: str, n: int) -> str:
        """C6.2; where two rules of the document carry the same number the count goes on."""
        while f"{number}.{n + 1}" in self.lines:
            n += 1
        return f"{number}.{n + 1}"

    def when(self, data: Mapping[str, Any], where: str) -> Condition | None:
        return compile_condition(data["when"], f"{where}.when", self.scope) if "when" in data else None

    def head(self, data: Mapping[str, Any], where: str, *, own_number: bool = True) -> Mapping[str, Any]:
        """Number, source and strength: nothing is passed off as law that is not."""
        number = _string(data["rule"], f"{where}.rule")
        if own_number and number in self.taken:
            raise InvalidRuleSet(f"{where}.rule", f'"{number}" stands twice')
        self.taken |= {number} if own_number else set()
        _string(data["source"], f"{where}.source")
        if data["strength"] not in STRENGTHS:
            raise InvalidRuleSet(f"{where}.strength", f'unknown strength "{data["strength"]}"', STRENGTHS)
        if data["strength"] == "law" and not ("as_of" in data and isinstance(data.get("verify"), bool)):
            raise InvalidRuleSet(where, "law must say as_of which year it is stated, and verify true or false")
        return data

    def substitutions(self, data: Any) -> tuple[dict[str, tuple[Substitution, ...]], tuple[Substitution, ...]]:
        _fields(data, "substitutes", needs=("rule", "source", "strength", "lines"), may=("as_of", "verify"))
        head = self.head(data, "substitutes")
        named: dict[str, list[Substitution]] = {}
        for_any: list[Substitution] = []
        for n, entry in enumerate(_items(data["lines"], "substitutes.lines")):
            where = f"substitutes.lines[{n}]"
            own = {key: value for key, value in _object(entry, where).items() if key not in ("for", "roles", "by")}
            roles = entry.get("roles", ["primary", "parallel"])
            substitution = Substitution(
                roles=frozenset(ROLES.index(role) for role in _codes(roles, f"{where}.roles", ROLES)),
                by=tuple(
                    self.offer(name, PRIMARY, f"{where}.by[{m}]")
                    for m, name in enumerate(_items(entry.get("by"), f"{where}.by"))
                ),
                line=self.line(own, where, head, n),
            )
            for code in _codes(entry.get("for", []), f"{where}.for", self.vocabulary.kinds):
                named.setdefault(code, []).append(substitution)
            if "for" not in entry:
                for_any.append(substitution)
        anything = tuple(for_any)
        return {code: (*lines, *anything) for code, lines in named.items()}, anything

    def text(self, data: Any, where: str) -> Text:
        _fields(
            data,
            where,
            needs=("rule", "source", "strength", "reason_da", "reason_en"),
            may=("as_of", "verify", "decline_reasons"),
        )
        head = self.head(data, where)
        return Text(
            rule=head["rule"],
            source=head["source"],
            strength=head["strength"],
            as_of=head.get("as_of"),
            verify=head.get("verify", False),
            texts=_reasons(data, where),
            decline_reasons=_codes(
                data.get("decline_reasons", []), f"{where}.decline_reasons", self.vocabulary.decline_reasons
            ),
        )

    # What must hold for nobody to be left without a door

    def check_levels(self, groups: Sequence[Group]) -> None:
        decides = [line for rule in groups[0].rules for line in rule.lines] if groups else []
        if not decides or not groups[0].first or any(line.level is None or line.side is None for line in decides):
            raise InvalidRuleSet(
                "groups[0]", "the first group decides level and side, and takes the first that applies"
            )

    def check_last(self, rules: Sequence[Rule], where: str, *, every_age: bool) -> None:
        """Where only the first line is taken, the last must apply to everybody."""
        line = rules[-1].lines[-1] if rules and rules[-1].lines else None
        if line is None or rules[-1].when or line.when:
            raise InvalidRuleSet(where, "the last line must apply to everybody, so it has no condition")
        if every_age and not all(line.leads):
            age = line.leads.index(False)
            raise InvalidRuleSet(line.where, f"the last line must apply to everybody, but it leaves out age {age}")

    def check_no_wrong_door(self, groups: Sequence[Group]) -> None:
        last_lines = [group.rules[-1].lines[-1] for group in groups if group.first]
        if not any(offer.role == PRIMARY for line in last_lines for offer in line.offers):
            raise InvalidRuleSet("groups", "nobody may be left without a door: one group must end in a primary offer")


def _decides_primary(group: Group) -> bool:
    lines = [line for rule in group.rules for line in (*rule.lines, *rule.also)]
    return any(line.level is not None or any(offer.role == PRIMARY for offer in line.offers) for line in lines)


def _thresholds(data: Any, vocabulary: Vocabulary) -> dict[str, tuple[int, ...]]:
    """Every number that a question answered by a number is compared with, wherever in the document."""
    found: dict[str, set[int]] = {p: set() for p, q in vocabulary.questions.items() if q.answer == "number"}

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                if key in found:
                    found[key] |= {n for n in (value if isinstance(value, list) else [value]) if isinstance(n, int)}
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(data)
    return {path: tuple(sorted(numbers)) for path, numbers in found.items()}


def _fields(data: Any, where: str, *, needs: Iterable[str], may: Iterable[str] = ()) -> None:
    given = _object(data, where)
    for name in needs:
        if name not in given:
            raise InvalidRuleSet(where, f'"{name}" is missing')
    allowed = (*needs, *may)
    for name in given:
        if name not in allowed:
            raise InvalidRuleSet(where, f'unknown field "{name}"', allowed)


def _object(data: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise InvalidRuleSet(where, "must be an object")
    return data


def _items(data: Any, where: str) -> list[Any]:
    if not isinstance(data, list):
        raise InvalidRuleSet(where, "must be a list")
    return data


def _string(data: Any, where: str) -> str:
    if not isinstance(data, str) or (not data.strip() and not where.endswith("source")):
        raise InvalidRuleSet(where, "must be a text, and not empty")
    return data


def _reasons(data: Mapping[str, Any], where: str) -> dict[str, str]:
    return {name: _string(data[f"reason_{name}"], f"{where}.reason_{name}") for name in LANGUAGES}


def _codes(data: Any, where: str, allowed: Iterable[str]) -> tuple[str, ...]:
    known = tuple(allowed)
    for n, code in enumerate(_items(data, where)):
        if code not in known:
            raise InvalidRuleSet(f"{where}[{n}]", f'unknown code "{code}"', sorted(known))
    return tuple(data)
