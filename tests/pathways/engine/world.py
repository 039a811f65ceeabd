"""The engine tests' ground: the vocabulary and rules of the catalogue, and a directory where every kind exists."""

import functools
import json
import uuid
from collections.abc import Collection
from pathlib import Path
from typing import Any

from pathways.engine import Decision, Directory, RuleSet, ServiceEntry, Vocabulary

ROOT = Path(__file__).parents[3]
HERE, ELSEWHERE = "0751", "0101"
VOCABULARY_DATA: dict[str, Any] = json.loads((ROOT / "fixtures/catalogue/vocabulary.json").read_text())
VOCABULARY = Vocabulary.from_data(VOCABULARY_DATA)
RULES_TEXT = (ROOT / "fixtures/catalogue/rule_sets/2026.1.json").read_text()
VIGNETTES: list[dict[str, Any]] = json.loads((ROOT / "tests/pathways/vignettes.json").read_text())["vignettes"]


def rules() -> dict[str, Any]:
    """A copy of the rule data, to change at will."""
    copy: dict[str, Any] = json.loads(RULES_TEXT)
    return copy


@functools.cache
def published_rule_set() -> RuleSet:
    return RuleSet.from_data(rules(), VOCABULARY)


def directory_of(*, absent: Collection[str] = ()) -> Directory:
    """One service of every kind in one municipality, but for the absent ones."""
    return _directory(frozenset(absent))


@functools.cache
def _directory(absent: frozenset[str]) -> Directory:
    return Directory((service(kind) for kind in VOCABULARY.kinds if kind not in absent), version="test")


def service(kind: str, name: str = "", **changes: Any) -> ServiceEntry:
    known = VOCABULARY.kinds[kind]
    values: dict[str, Any] = {
        "id": uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {name}"),
        "kind": kind,
        "municipalities": frozenset({HERE}),
        "min_age": known.min_age,
        "max_age": known.max_age,
    }
    return ServiceEntry(**values | changes)


def answer_at_kind_level(decision: Decision) -> dict[str, Any]:
    """Level, side, kinds by role and obligations: what a vignette expects, sorted."""
    return {
        "level": decision.level,
        "side": decision.side,
        "roles": {role: sorted(decision.kinds(role)) for role in ("acute", "primary", "parallel", "support")},
        "obligations": sorted(obligation.code for obligation in decision.obligations),
    }
