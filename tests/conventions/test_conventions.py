"""A convention without a test is a wish."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

from navigator.accounts.permissions import ACCESS, access_to
from navigator.celery import app as celery_app
from tests.helpers.urls import urls

OURS = ("navigator", "pathways", "referrals")
SOURCES = sorted(path for app in OURS for path in Path(app).rglob("*.py") if "migrations" not in path.parts)


def test_every_url_is_declared_in_the_permission_table_and_nothing_else_is() -> None:
    """A whole namespace may be declared at once."""
    names = {name for name, _holds in urls()}
    whole = {f"{name.rpartition(':')[0]}:*" for name in names} & set(ACCESS)
    assert {name for name in names if access_to(name) is None} == set()
    assert set(ACCESS) - whole <= names
    assert sorted(name for name, _holds in urls() if name in ACCESS) == sorted(set(ACCESS) - whole), (
        "a name is used twice"
    )


def test_beat_names_real_tasks() -> None:
    celery_app.loader.import_default_modules()
    assert {entry["task"] for entry in celery_app.conf.beat_schedule.values()} <= set(celery_app.tasks)


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_a_source_file_keeps_the_house_rules(path: Path) -> None:
    text = path.read_text()
    assert path.name != "utils.py"
    assert "django.dispatch" not in text and "@receiver" not in text, "no signals"
    assert not re.search(r"\bdef save\(", text), "no save() overrides"
    assert not re.search(r"select_for_update\((?![^)]*of=)", text), "a lock names what it locks: of="
    if path.parts[:2] == ("referrals", "views"):
        assert ".objects" not in text, "views read through selectors and change through actions"
    if "models" in path.parts:
        assert len(text.splitlines()) <= 300, "a model family has its own file: split it"


def test_no_template_of_the_catalogue_knows_of_referrals() -> None:
    for path in Path("templates/pathways").rglob("*.html"):
        assert "referrals" not in path.read_text()


def test_every_template_is_used() -> None:
    words = "\n".join(path.read_text() for path in [*SOURCES, *Path("templates").rglob("*.html")])
    by_django_or_allauth = re.compile(r"^(4\d\d|50\d|admin/|account/|socialaccount/|mfa/|allauth/)")
    for path in Path("templates").rglob("*.html"):
        name = path.relative_to("templates").as_posix()
        assert name in words or by_django_or_allauth.match(name), f"{name} is not used"


def test_no_template_has_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
    for path in Path("templates").rglob("*.html"):
        assert not inline.search(path.read_text()), path


def table_of(text: str) -> str:
    """What stands in the tables of a template that lose their headings on a phone, and in the templates of their rows."""
    tables = re.findall(r"<table[^>]*table--responsive-headers.*?</table>", text, re.DOTALL)
    rows = [Path("templates", name).read_text() for table in tables for name in re.findall(r'include "([^"]+)"', table)]
    return "\n".join([*tables, *rows])


def test_a_cell_that_loses_its_heading_on_a_phone_says_it_itself() -> None:
    """By `data-title`; an empty one is for what says itself what it is: a box to tick, buttons."""
    for path in Path("templates").rglob("*.html"):
        cells = re.findall(r"<td\b[^>]*>", table_of(path.read_text()))
        assert [cell for cell in cells if "data-title=" not in cell] == [], path


def test_what_htmx_does_stands_where_it_is_asked_for() -> None:
    """Ready for htmx 4, which inherits nothing: whoever asks says what is swapped, and nothing is written in JavaScript."""
    written = [*Path("templates").rglob("*.html"), *(path for path in SOURCES if "templatetags" in path.parts)]
    for path in written:
        asks = re.findall(r"<[a-z]+\b(?:[^<>]|\{%.*?%\}|\{\{.*?\}\})*?hx-(?:get|post)=[^<]*", path.read_text())
        assert [each for each in asks if "hx-target=" not in each and "_takes_place_of" not in each] == [], path
        assert not re.search(r"hx-on|hx-vals=.?js:|hx-boost|js:", path.read_text()), path


def test_foreign_keys_to_people_protect() -> None:
    for model in apps.get_app_config("referrals").get_models():
        for field in model._meta.get_fields():
            if field.many_to_one and field.concrete and field.name != "person":
                assert field.remote_field.on_delete.__name__ == "PROTECT", field
