"""The self-check's ground without a database: the rules of the catalogue and a directory where every kind exists."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from pathways.rulebook import Catalogue, Rulebook
from tests.pathways.engine.world import HERE, VOCABULARY, VOCABULARY_DATA, directory_of, published_rule_set

TODAY = date(2026, 11, 2)


def book(*, absent: Collection[str] = ()) -> Rulebook:
    catalogue = Catalogue(
        on=TODAY,
        version=1,
        vocabulary=VOCABULARY,
        words=VOCABULARY_DATA,
        municipalities={HERE: HERE},
        municipality_names={HERE: HERE},
        services={},
        directory=directory_of(absent=absent),
        closed={},
    )
    return Rulebook(published_rule_set(), None, catalogue)
