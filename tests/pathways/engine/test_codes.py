"""Codes live in data: the engine's source holds none, and no code of the vocabulary is idle."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from pathways.engine.vocabulary import FORM
from tests.pathways.engine.test_every_rule_counts import WRITTEN
from tests.pathways.engine.world import ROOT, RULES_TEXT, VOCABULARY, VOCABULARY_DATA, rules

ENGINE = sorted((ROOT / "pathways/engine").glob("*.py"))
FIELDS_OF_THE_REQUEST = {word for path in FORM for word in path.split(".")}  # public form; two are also names of sides


def every_code() -> set[str]:
    def codes(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            if isinstance(node.get("code"), str):
                yield node["code"]
            for value in node.values():
                yield from codes(value)
        elif isinstance(node, list):
            for value in node:
                yield from codes(value)

    return set(codes(VOCABULARY_DATA))


def words_of_the_source(source: str) -> set[str]:
    """Every word of names and strings; docstrings and comments are prose."""
    tree = ast.parse(source)
    prose = {
        (node.value.lineno, node.value.col_offset)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }
    words: set[str] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME or (token.type == tokenize.STRING and token.start not in prose):
            words |= set(re.findall(r"\w+", token.string))
    return words


def test_the_source_of_the_engine_holds_no_code_and_no_rule_number():
    assert len(ENGINE) >= 7
    forbidden = (every_code() | set(WRITTEN)) - FIELDS_OF_THE_REQUEST
    for path in ENGINE:
        assert not words_of_the_source(path.read_text()) & forbidden, path.name


def test_that_test_would_notice():
    assert words_of_the_source('x = "social.homeless" if homeless else 1') & every_code() >= {"homeless"}
    assert not words_of_the_source('"""homeless"""  # homeless') & {"homeless"}


# Codes that no rule names, and where they are used instead.
USED_ELSEWHERE = {
    "the form shows it to the professional; it changes no door": {
        "circumstances.in_substance_treatment",
        "circumstances.placed_formerly",
    },
    "the form asks with it; only the third step decides": {"function.unaffected", "function.affected"},
}


def test_no_code_is_idle():
    """Every answer is read by a rule, a rank or the ranking; every kind, obligation, right and reason is given."""
    data = rules()
    text = RULES_TEXT
    ladders = {
        f"{rank['ladder']}.{code}"
        for rank in data["ranks"].values()
        for code in VOCABULARY.questions[rank["ladder"]].codes
    }
    whole_lists = {atom for path in re.findall(r'"([\w.]+)\.\*"', text) for atom in VOCABULARY.questions[path].atoms()}
    counted = {atom for count in data["counts"].values() for atom in VOCABULARY.questions[count["of"]].atoms()}
    doors = set(VOCABULARY.questions["door"].atoms())  # read by whether they may refer, and shown in letters
    elsewhere = set().union(*USED_ELSEWHERE.values())
    for question in VOCABULARY.questions.values():
        for atom in question.atoms() or (question.path,):
            named = f'"{atom}"' in text
            assert named or atom in ladders | whole_lists | counted | doors | elsewhere, atom
    for code in VOCABULARY.kinds:
        assert f'"{code}"' in text, code
    for code in VOCABULARY.obligations | VOCABULARY.decline_reasons | VOCABULARY.sides:
        assert f'"{code}"' in text, code
    carried = {right for kind in VOCABULARY.kinds.values() for right in kind.rights}
    for code in VOCABULARY.rights:
        assert code in carried or f'"{code}"' in text, code


def test_what_is_used_elsewhere_is_named_by_no_rule():
    known = {atom for question in VOCABULARY.questions.values() for atom in question.atoms()}
    assert set().union(*USED_ELSEWHERE.values()) <= known
    assert not any(f'"{atom}"' in RULES_TEXT for atoms in USED_ELSEWHERE.values() for atom in atoms)
