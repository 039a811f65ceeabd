"""How fast is a fully explained match, does it grow with the directory, and how do general rule engines compare?

    bin/bench match

The general engines are only given what is easiest for them: ranks, level, side, counts and the doors that already
stand are worked out beforehand, and all that is asked back is whether each line's condition is met. Ours reads the
same facts, works all of that out, finds and ranks the services, and explains what was given and what was ruled out.
"""

import gc
import json
import platform
import random
import statistics
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
django.setup()

from pathways.actions.catalogue_rows import catalogue  # noqa: E402
from pathways.engine import Directory, Facts, RuleSet, ServiceEntry, Verdict, Vocabulary, judge, match  # noqa: E402

DATA = json.loads((ROOT / "fixtures/catalogue/rule_sets/2026.1.json").read_text())
WORDS = json.loads((ROOT / "fixtures/catalogue/vocabulary.json").read_text())
VOCABULARY = Vocabulary.from_data(WORDS)
RULES = RuleSet.from_data(DATA, VOCABULARY)
PLACES = sorted(
    row["code"] for row in json.loads((ROOT / "fixtures/catalogue/municipalities.json").read_text())["municipalities"]
)
ROUNDS, RANDOM_PROFILES = 12, 400


# The directory: the national baseline, and ten services in each place where it has one


def directory(*, times: int) -> Directory:
    rows = catalogue(ROOT / "fixtures/catalogue")
    region_of = {row["municipality_id"]: row["region_id"] for row in rows.memberships if row["valid_to"] is None}
    region_of = {row["municipality_id"]: row["region_id"] for row in rows.memberships} | region_of
    covered: dict[uuid.UUID, set[str]] = defaultdict(set)
    for area in rows.areas:
        everywhere = area["municipality_id"] is None and area["region_id"] is None
        covered[area["service_id"]] |= {
            place
            for place, region in region_of.items()
            if everywhere or place == area["municipality_id"] or region == area["region_id"]
        }
    chance = random.Random(2026)
    return Directory(
        [
            ServiceEntry(
                id=uuid.UUID(int=chance.getrandbits(128)),
                kind=row["kind_id"],
                municipalities=frozenset(covered[row["id"]]),
                min_age=row["minimum_age"],
                max_age=row["maximum_age"],
                languages=frozenset(row["languages"]),
                wait_days=row["wait_days"],
                anonymous="anonymous" in row["access"],
            )
            for row in rows.services
            for _ in range(times)
        ],
        version=f"x{times}",
    )


def profiles() -> list[Facts]:
    """The worked cases, and as many again as chance gives."""
    cases = json.loads((ROOT / "tests/pathways/vignettes.json").read_text())["vignettes"]
    found = [Facts.from_answers(VOCABULARY, case["profile"]) for case in cases]
    chance = random.Random(1)
    for _ in range(RANDOM_PROFILES):
        said: set[str] = set()
        asked: set[str] = set()
        for question in VOCABULARY.questions.values():
            if chance.random() < 0.3 or question.answer in ("number", "text"):
                continue
            asked.add(question.path)
            if question.answer == "one":
                said.add(chance.choice(question.atoms()))
            else:
                said |= {atom for atom in question.atoms() if chance.random() < 0.12}
        found.append(Facts(chance.choice(PLACES), chance.randrange(96), frozenset(said), frozenset(asked)))
    return found


# The same conditions for the others


def flat(name: str) -> str:
    return name.replace(".", "_")


def atoms(operand: Any) -> list[str]:
    if isinstance(operand, dict):
        ((path, properties),) = operand.items()
        codes = VOCABULARY.questions[path].codes.items()
        return [f"{path}.{code}" for code, entry in codes if all(entry.get(k) == v for k, v in properties.items())]
    found = []
    for name in [operand] if isinstance(operand, str) else operand:
        found += VOCABULARY.questions[name[:-2]].atoms() if name.endswith(".*") else [name]
    return found


def bounds(operator: str, value: Any) -> list[tuple[str, int]]:
    compare = {"at_least": [">="], "at_most": ["<="], "equals": ["=="], "between": [">=", "<="]}[operator]
    return list(zip(compare, value if isinstance(value, list) else [value], strict=True))


def offered_name(operand: Any) -> str:
    return "offered_" + "_".join([*operand["roles"], *operand.get("access", [operand.get("right")])])


def zen_text(node: Any) -> str:
    ((operator, operand),) = node.items()
    match operator:
        case "all":
            return "(" + " and ".join(map(zen_text, operand)) + ")"
        case "any":
            return "(" + " or ".join(map(zen_text, operand)) + ")"
        case "not":
            return f"(not {zen_text(operand)})"
        case "has":
            return "(" + " or ".join(f"f.{flat(atom)}" for atom in atoms(operand)) + ")"
        case "only":
            rest = [atom for atom in VOCABULARY.questions[operand.rpartition(".")[0]].atoms() if atom != operand]
            return f"(f.{flat(operand)} and not ({' or '.join(f'f.{flat(atom)}' for atom in rest)}))"
        case "side":
            return (
                "("
                + " or ".join(f"side == '{side}'" for side in ([operand] if isinstance(operand, str) else operand))
                + ")"
            )
        case "offered":
            return f"f.{offered_name(operand)}"
        case "is":
            return zen_text(DATA["definitions"][operand])
    ((name, value),) = operand.items()
    return "(" + " and ".join(f"n.{flat(name)} {compare} {number}" for compare, number in bounds(operator, value)) + ")"


def json_logic_tree(node: Any) -> Any:
    ((operator, operand),) = node.items()
    match operator:
        case "all" | "any":
            return {"and" if operator == "all" else "or": [json_logic_tree(part) for part in operand]}
        case "not":
            return {"!": [json_logic_tree(operand)]}
        case "has":
            return {"or": [{"var": f"f.{flat(atom)}"} for atom in atoms(operand)]}
        case "only":
            rest = [atom for atom in VOCABULARY.questions[operand.rpartition(".")[0]].atoms() if atom != operand]
            others = {"or": [{"var": f"f.{flat(atom)}"} for atom in rest]}
            return {"and": [{"var": f"f.{flat(operand)}"}, {"!": [others]}]}
        case "side":
            return {"in": [{"var": "side"}, [operand] if isinstance(operand, str) else operand]}
        case "offered":
            return {"var": f"f.{offered_name(operand)}"}
        case "is":
            return json_logic_tree(DATA["definitions"][operand])
    ((name, value),) = operand.items()
    return {"and": [{compare: [{"var": f"n.{flat(name)}"}, number]} for compare, number in bounds(operator, value)]}


def conditions() -> dict[str, Any]:
    """Line id → its whole condition, in the order in which the rule set was compiled."""
    found: dict[str, Any] = {}
    groups = [rule for group in DATA["groups"] for rule in group["rules"]]
    for compiled, rule in zip(RULES.rules, [*groups, *DATA["choices"].values()], strict=True):
        shared = [rule["when"]] if "when" in rule else []
        for line, data in zip(compiled.lines, rule["lines"], strict=True):
            parts = [*shared, *([data["when"]] if "when" in data else [])]
            if parts:
                found[line.id] = parts[0] if len(parts) == 1 else {"all": parts}
        for line, data in zip(compiled.also, rule.get("also", []), strict=True):
            if "when" in data:
                found[line.id] = data["when"]
    return found


def context(decision: Any, facts: Facts) -> dict[str, Any]:
    """What the others are told: everything said, and all that has to be worked out first, worked out."""
    said = facts.said if "role" in facts.asked else facts.said | {"role.professional"}
    flags = {flat(atom): atom in said for q in VOCABULARY.questions.values() for atom in q.atoms()}
    for operand in offers(DATA):
        kinds = [m.kind for m in decision.matches if m.role in operand["roles"]]
        words = set(operand.get("access", [operand.get("right")]))
        flags[offered_name(operand)] = any(
            words & (VOCABULARY.kinds[k].access | set(VOCABULARY.kinds[k].rights)) for k in kinds
        )
    numbers = {"age": facts.age, "level": decision.level, "circumstances_days_since_discharge": 10_000}
    numbers |= {flat(name): value for name, value in facts.numbers}
    numbers |= {rank.name: rank.value for rank in decision.ranks}
    for name, count in DATA["counts"].items():
        counted = [
            f"{count['of']}.{code}" for code in VOCABULARY.questions[count["of"]].codes if code not in count["except"]
        ]
        numbers[name] = sum(atom in said for atom in counted)
    return {"f": flags, "n": numbers, "side": decision.side}


def offers(node: Any) -> list[Any]:
    if isinstance(node, dict):
        own = [node["offered"]] if isinstance(node.get("offered"), dict) else []
        return own + [found for value in node.values() for found in offers(value)]
    return [found for value in node for found in offers(value)] if isinstance(node, list) else []


def zen_engine(trees: dict[str, Any]) -> Callable[[Any], dict[str, bool]]:
    import zen

    expressions = [{"id": key, "key": flat(key), "value": zen_text(tree)} for key, tree in trees.items()]
    graph = {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "x", "name": "x", "type": "expressionNode", "content": {"expressions": expressions}},
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "x", "type": "edge"},
            {"id": "2", "sourceId": "x", "targetId": "out", "type": "edge"},
        ],
    }
    decision = zen.ZenEngine().create_decision(json.dumps(graph))
    return lambda told: decision.evaluate(told)["result"]


def json_logic_engine(trees: dict[str, Any]) -> Callable[[Any], dict[str, bool]]:
    from json_logic import jsonLogic

    logic = {flat(key): json_logic_tree(tree) for key, tree in trees.items()}
    return lambda told: {key: bool(jsonLogic(tree, told)) for key, tree in logic.items()}


# Measuring


def measure(calls: list[tuple[Callable[[Any], Any], list[Any]]]) -> list[list[float]]:
    """Microseconds for each call and argument. The calls take turns, and the best of several rounds counts, so that
    what else the machine does weighs little and falls on all alike."""
    best = [[float("inf")] * len(arguments) for _, arguments in calls]
    gc.collect()
    gc.disable()
    for _ in range(ROUNDS):
        for (call, arguments), times in zip(calls, best, strict=True):
            for n, argument in enumerate(arguments):
                began = time.perf_counter()
                call(argument)
                times[n] = min(times[n], (time.perf_counter() - began) * 1e6)
    gc.enable()
    return best


def told(name: str, times: list[float]) -> None:
    cuts = statistics.quantiles(times, n=100)
    print(f"| {name} | {1e6 / statistics.mean(times):,.0f} | {cuts[49]:.0f} | {cuts[98]:.0f} |")


def agree(name: str, engine: Callable[[Any], dict[str, bool]], asked: list[Any], verdicts: list[Any]) -> None:
    for verdict, one in zip(verdicts, asked, strict=True):
        answer = engine(one)
        for key, own in verdict.items():
            if flat(key) in answer and bool(answer[flat(key)]) != (own is Verdict.MET):
                raise SystemExit(f"{name} disagrees on {key}: {one}")


def main() -> None:
    facts, small, large, trees = profiles(), directory(times=1), directory(times=10), conditions()
    asked = [context(match(RULES, small, one), one) for one in facts]
    verdicts = [judge(RULES, small, one) for one in facts]
    others = {"zen-engine, verdicts only": zen_engine(trees), "JSON logic, verdicts only": json_logic_engine(trees)}
    for name, engine in others.items():
        agree(name, engine, asked, verdicts)
    ours, ten, *rest = measure(
        [
            (lambda one: match(RULES, small, one), facts),
            (lambda one: match(RULES, large, one), facts),
            *((engine, asked) for engine in others.values()),
        ]
    )
    print(f"{len(facts)} profiles, {len(trees)} conditions, {len(PLACES)} municipalities, ", end="")
    print(f"Python {platform.python_version()}\n\n| | a second | p50 µs | p99 µs |\n|---|---|---|---|")
    told("ours, fully explained", ours)
    told("ours, a directory ten times larger", ten)
    for name, times in zip(others, rest, strict=True):
        told(name, times)
    print(f"\nGrowth: {statistics.median(ten) / statistics.median(ours):.2f}. ", end="")
    faster = min(statistics.median(times) for times in rest) / statistics.median(ours)
    print(f"Faster than the faster of the two: {faster:.1f} times.")


if __name__ == "__main__":
    main()
