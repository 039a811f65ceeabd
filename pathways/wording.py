"""Why a kind of help was ruled out, in a sentence. Pure: the words come from the vocabulary and the rule set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pathways import engine
from pathways.engine import Verdict
from pathways.rulebook import Rulebook

SENTENCES = {
    "da": {
        "age": "For alderen {youngest}-{eldest} år.",
        "instead": "Et andet tilbud går forud.",
        "has": "Ikke tilfældet: {what}.",
        "only": "Ikke det eneste: {what}.",
        "number": "Kræver {what}: {numbers}.",
        "side": "Kun når indgangen er: {what}.",
        "offered": "En af de andre indgange dækker det.",
        "not": "Det, der er sagt, taler imod.",
        "unasked": "Ikke spurgt: {what}.",
        "depends": " Ikke alt, det afhænger af, er spurgt.",
        "or": " eller ",
        "at_least": "mindst {low}",
        "at_most": "højst {high}",
        "between": "{low}-{high}",
    },
    "en": {
        "age": "For the ages {youngest}-{eldest}.",
        "instead": "Another kind of help comes first.",
        "has": "Not the case: {what}.",
        "only": "Not the only one: {what}.",
        "number": "Needs {what}: {numbers}.",
        "side": "Only when the entry is: {what}.",
        "offered": "One of the other doors covers it.",
        "not": "What was said speaks against it.",
        "unasked": "Not asked: {what}.",
        "depends": " Not all it depends on was asked.",
        "or": " or ",
        "at_least": "at least {low}",
        "at_most": "at most {high}",
        "between": "{low}-{high}",
    },
}
NUMBERS = ("at_least", "at_most", "equals", "between")


def why_not(ruled_out: engine.NotMatched, book: Rulebook, language: str) -> str:
    """One sentence: the age it is for, that other help comes first, or the first condition that failed."""
    say = SENTENCES[language]
    if ruled_out.age is not None:
        return say["age"].format(youngest=ruled_out.age[0], eldest=ruled_out.age[1])
    if ruled_out.instead is not None:
        return say["instead"]
    failure = ruled_out.failure
    if failure is None:
        return ""
    unknown = failure.verdict is Verdict.UNKNOWN
    if failure.operator in NUMBERS:
        name, low, high = failure.operands
        what = _name(name, book, language)
        if unknown and name in book.catalogue.vocabulary.questions:
            return say["unasked"].format(what=what)
        numbers = str(low) if failure.operator == "equals" else say[failure.operator].format(low=low, high=high)
        return say["number"].format(what=what, numbers=numbers) + (say["depends"] if unknown else "")
    what = say["or"].join(_labels(failure.operands, book, language))
    if failure.operator == "side":
        return say["side"].format(what=what) + (say["depends"] if unknown else "")
    return say["unasked" if unknown else failure.operator].format(what=what)


def _name(name: str, book: Rulebook, language: str) -> str:
    """The reader's word for a number of the rules."""
    own = {rank.name: rank.texts[language] for rank in book.rule_set.ranks}
    words = {
        "age": {"da": "alder", "en": "age"},
        "level": {"da": "niveau", "en": "level"},
        "social_needs": {"da": "antal sociale behov", "en": "number of social needs"},
    }
    labels = book.catalogue.vocabulary.labels
    return own.get(name) or words.get(name, {}).get(language) or labels.get(name, {}).get(language) or name


def _labels(codes: Iterable[Any], book: Rulebook, language: str) -> list[str]:
    labels = book.catalogue.vocabulary.labels
    sides = {side["code"]: side for side in book.catalogue.words["sides"]}
    return [labels.get(code, sides.get(code, {})).get(language) or str(code) for code in codes if isinstance(code, str)]
