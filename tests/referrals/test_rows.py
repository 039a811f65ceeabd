"""The buttons of rows: what people wrote stands in them as text, and their addresses are those of the pages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.template import Context, Template
from django.urls import reverse

from navigator.web.addresses import address
from referrals.views.rows import Act, Link

TASK = SimpleNamespace(pk=uuid4())
ODD = "<b>\"'&{{ 1 }}"
SHOWN = "&lt;b&gt;&quot;&#x27;&amp;{{ 1 }}"
SHOWS = {
    "chooses": "{% chooses task True odd %}",
    "menu": "{% menu links task about=odd %}",
    "a step that asks": "{% step asks task about=odd %}",
    "a step at once": "{% step at_once task about=odd %}",
    "steps": "{% steps acts task about=odd may_snooze=True %}",
    "elsewhere": "{% steps none task about=odd elsewhere=odd %}",
    "opens": "{% opens task.pk about=odd %}",
    "shows_name": "{% shows_name task.pk about=odd %}",
}


def written(tag: str, **context: Any) -> str:
    acts = [Act("accept_referral", ODD), Act("book_time", ODD, asks=True)]
    known = {"task": TASK, "odd": ODD, "at_once": acts[0], "asks": acts[1], "acts": acts, "none": [], "back": ODD}
    links = [Link(ODD, ODD, in_row=False), Link(address("snooze", TASK.pk), ODD)]
    found = Context(known | {"csrf_token": ODD, "links": links} | context)
    return Template("{% load row_buttons %}" + tag).render(found)


@pytest.mark.parametrize("name", SHOWS)
def test_whatever_is_written_is_text(name: str) -> None:
    html = written(SHOWS[name])
    assert "<b>" not in html
    assert SHOWN in html
    assert ODD not in html


def test_the_way_back_is_one_value_of_the_address() -> None:
    html = written("{% step asks task about='x' %}", back="/follow-ups/?tab=late&at=2026")
    to = f"{reverse('in_place', args=[TASK.pk, 'book_time'])}?back=%2Ffollow-ups%2F%3Ftab%3Dlate%26at%3D2026"
    assert f'href="{to}" hx-get="{to}" hx-target="#row-{TASK.pk}"' in html


@pytest.mark.parametrize(
    ("name", "rest"), [("case", ()), ("snooze", ()), ("board_name", ()), ("in_place", ("accept_referral",))]
)
def test_an_address_is_the_one_that_django_gives(name: str, rest: tuple[str, ...]) -> None:
    for key in (uuid4(), uuid4()):
        assert address(name, key, *rest) == reverse(name, args=[key, *rest])
