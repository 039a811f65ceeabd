"""Where anybody can turn here and now: the same lines in the same order at the foot of every page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HelpLine:
    """`is_checked`: somebody has called it and asked when it answers. Until then the page says that nobody has."""

    number: str
    name: str
    for_da: str
    for_en: str
    is_checked: bool = False


HELP_LINES = (
    HelpLine("112", "Alarmcentralen", "Fare for liv", "A life in danger", is_checked=True),
    HelpLine("70 201 201", "Livslinien", "Tanker om selvmord", "Thoughts of suicide"),
    HelpLine("116 111", "BørneTelefonen", "Børn og unge", "Children and young people"),
    HelpLine("1888", "Lev Uden Vold", "Vold i hjemmet", "Violence at home"),
)
