"""A chart as numbers to draw: bars of one figure, for a template that writes them as SVG. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from referrals.figures import Figure, Line

MOST = 16  # bars that can be told apart; the table has the rest
STEP, NAME_AT, BAR_AT = 52, 16, 24  # pixels: from bar to bar, down to the foot of its name, down to the bar
LONGEST_NAME = 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the figure. `width` is of a hundred, written so that no language puts a comma in it; `short` is what of
    the name there is room for on a phone."""

    line: Line
    short: str
    width: str
    name_at: int
    bar_at: int


@dataclass(frozen=True, slots=True)
class Chart:
    bars: Sequence[Bar]
    height: int
    is_cut: bool


def chart(figure: Figure, lines: Sequence[Line]) -> Chart:
    """In the order of the lines; where there is no room for all, those with most."""
    is_cut = len(lines) > MOST
    shown = list(lines)
    if is_cut:
        most = sorted(lines, key=lambda line: line.value.among, reverse=True)[:MOST]
        shown = [line for line in lines if line in most]
    top = 100.0 if figure.counted else max((line.value.number or 0 for line in shown), default=0) or 1
    bars = [
        Bar(
            line,
            line.name if len(line.name) <= LONGEST_NAME else f"{line.name[: LONGEST_NAME - 1]}…",
            f"{(line.value.number or 0) * 100 / top:.1f}",
            n * STEP + NAME_AT,
            n * STEP + BAR_AT,
        )
        for n, line in enumerate(shown)
    ]
    return Chart(bars, len(bars) * STEP, is_cut)
