"""Finding services: who they are for, and in which order."""

import uuid

from pathways.engine import Directory, ServiceEntry
from tests.pathways.engine.world import ELSEWHERE, HERE


def entry(n, **changes):
    values = {"id": uuid.UUID(int=n), "kind": "k", "municipalities": frozenset({HERE})}
    return ServiceEntry(**values | changes)


def found(entries, age=30, place=HERE, **wishes):
    return [e.id.int for e in Directory(entries, version="1").find("k", place, age, **wishes)]


def test_only_what_covers_the_place_and_the_age():
    entries = [entry(1, min_age=18), entry(2, max_age=17), entry(3, municipalities=frozenset({ELSEWHERE}))]
    assert found(entries) == [1]
    assert found(entries, age=17) == [2]
    assert found(entries, age=18) == [1]
    assert found(entries, place=ELSEWHERE) == [3]
    assert found(entries, place="9999") == []


def test_shorter_wait_first_unknown_wait_last_then_id():
    entries = [entry(4), entry(3, wait_days=9), entry(2, wait_days=9), entry(1, wait_days=14), entry(5, wait_days=0)]
    assert found(entries) == [5, 2, 3, 1, 4]
    assert found(entries[::-1]) == [5, 2, 3, 1, 4]


def test_of_the_same_fit_and_wait_whoever_leaves_many_unanswered_comes_last():
    entries = [entry(1, wait_days=9, leaves_unanswered=True), entry(2, wait_days=9), entry(3, wait_days=10)]
    assert found(entries) == [2, 1, 3]
    assert found([entry(1, min_age=18, max_age=35, leaves_unanswered=True), entry(2)]) == [1, 2]


def test_fit_goes_before_wait():
    assert found([entry(1, wait_days=1), entry(2, min_age=18, max_age=35, wait_days=20)]) == [2, 1]


def test_language_asked_for_goes_before_fit():
    entries = [entry(1, min_age=18, max_age=35), entry(2, languages=frozenset({"ar"}))]
    assert found(entries) == [1, 2]
    assert found(entries, language="ar") == [2, 1]
    assert found(entries, language="pl") == [1, 2]


def test_anonymity_wished_for_goes_before_wait():
    entries = [entry(1, wait_days=1), entry(2, wait_days=20, anonymous=True), entry(3, anonymous=False, wait_days=0)]
    assert found(entries, anonymous=True) == [2, 3, 1]
    assert found(entries) == [3, 1, 2]
