"""Small numbers that leave the unit. Pure.

Somebody could be known by being one of few. So a line is masked whole where what is counted, or what is left over, is one
to four; and as many further lines with it as it takes that nobody can work it out from the sum.
"""

from __future__ import annotations

from collections.abc import Sequence

FEWEST = 5


def is_small(number: int) -> bool:
    """Nobody is nobody; five may be anybody."""
    return 0 < number < FEWEST


def masked(lines: Sequence[tuple[int, int]]) -> tuple[frozenset[int], bool]:
    """Of lines with how many were counted among how many: the numbers of those to be masked, and whether their sum is."""
    hidden = {n for n, line in enumerate(lines) if _is_telling(line)}
    while hidden and _gives_away([lines[n] for n in hidden]):
        rest = [n for n in range(len(lines)) if n not in hidden and lines[n][1]]
        if not rest:
            return frozenset(range(len(lines))), True
        hidden.add(min(rest, key=lambda n: (lines[n][1], n)))
    return frozenset(hidden), _is_telling(_sum(lines))


def _is_telling(line: tuple[int, int]) -> bool:
    counted, among = line
    return is_small(counted) or is_small(among - counted) or is_small(among)


def _gives_away(hidden: Sequence[tuple[int, int]]) -> bool:
    """The sum less what is shown is one line alone, or several that are few together."""
    return len(hidden) < 2 or _is_telling(_sum(hidden))


def _sum(lines: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(counted for counted, _among in lines), sum(among for _counted, among in lines)
