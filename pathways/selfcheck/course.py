"""Which question comes next: the engine says which answers can still change the door, and nothing else is asked."""

from __future__ import annotations

from datetime import date
from typing import Any

from pathways import matching
from pathways.matching import Matched
from pathways.rulebook import Rulebook
from pathways.selfcheck import words
from pathways.selfcheck.check import FIRST, Check, request_of


def matched(check: Check, *, on: date, book: Rulebook) -> Matched | None:
    """The match of what has been said; None where age or municipality stays unsaid.

    Raises InvalidAnswers where the vocabulary has changed since the answers were given.
    """
    request = answers(check)
    return matching.match(request, on=on, book=book) if request else None


def answers(check: Check) -> dict[str, Any] | None:
    """What the match is told: what has been said, and what follows from it. None as above."""
    return request_of(check, words.implied(check))


def next_question(check: Check, *, on: date, book: Rulebook) -> str | None:
    """The field to ask for next: those of everybody, then what can change the door, most useful first. None: the result.

    Without an age or a municipality nothing can be matched, so nothing more is asked. An answer that says nothing was
    an answer: it is not asked for again.
    """
    for path in FIRST:
        if path not in check.said:
            return path
    found = matched(check, on=on, book=book)
    onward = found.undecided if found else ()
    return next((path for path in onward if path not in check.said and path in words.entries()), None)


def before(path: str, check: Check) -> str | None:
    """The question that was put before this one: where the way back leads."""
    put = list(check.said)
    at = put.index(path) if path in put else len(put)
    return put[at - 1] if at else None
