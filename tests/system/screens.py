"""bin/screens: every scene among the demo's people, as pictures in both widths. No test: to be looked at by people."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright import sync_api as playwright
from playwright.sync_api import Browser, Page

from navigator import clock
from navigator.accounts.models import CoordinatorCover, Membership
from navigator.web.models import JOBS, beat
from referrals import sweeps
from referrals.acting import By
from tests.conftest import OWNER, WORKER, play_for_a_while
from tests.helpers.world import PASSWORD, World
from tests.system.scenes import FROM_THE_RIGHT, NARROW, NOT_AT_WORK, WIDE, Scene, Stage, prepare, scenes

FOLDER = Path("screens")
LANGUAGES = os.environ.get("NAVIGATOR_SCREENS_LANGUAGE", "da,en").split(",")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser itself speaks Danish, as theirs do: its date fields are its own."""
    return browser_type_launch_args | {"env": {**os.environ, "LANGUAGE": "da"}}


@pytest.fixture
def languages(settings: Any) -> list[str]:
    """Those that were asked for; `rtl` is Danish as if it were written from the right, of the pages for citizens."""
    settings.LANGUAGES = [*settings.LANGUAGES, (FROM_THE_RIGHT, "From the right")]
    return LANGUAGES


@pytest.fixture
def demo(transactional_db: None) -> World:
    """The demo's people in the parts of the tests' people, and what the clock has to say of them."""
    with play_for_a_while(OWNER):
        CoordinatorCover.objects.all().delete()  # the tests' own: the demo has one there
        call_command("load_demo")
    for job in JOBS:
        beat(job, now=clock.now(), did={})
    with play_for_a_while(WORKER):
        sweeps.sweep(now=clock.now())
    parts = {
        "alice": "jobcentre",
        "bo": "substance-centre",
        "carla": "psychiatry",
        "dorte": "coordination",
        "erik": "gp",
    }
    sender = _at_work("jobcentre")
    sender.user.set_password(PASSWORD)  # what a scene types where the password is asked for once more
    sender.user.save(update_fields=["password"])
    return World(**{part: _at_work(key) for part, key in parts.items()})


def _at_work(key: str) -> By:
    membership = Membership.objects.filter(user__email=f"{key}@demo.example").select_related("user", "unit")[0]
    return By(user=membership.user, unit=membership.unit)


def test_pictures(browser: Browser, live_server: Any, demo: World, languages: list[str]) -> None:
    stage = prepare(demo, now=clock.now())
    FOLDER.mkdir(exist_ok=True)
    for language in languages:
        pages: dict[str, Page] = {}
        code = FROM_THE_RIGHT if language == "rtl" else language
        for scene in scenes():
            if language == "rtl" and scene.who not in NOT_AT_WORK:
                continue
            if scene.who not in pages:
                context = stage.open(browser, live_server.url, who=scene.who, language=code, viewport=WIDE)
                pages[scene.who] = context.new_page()
            _play(scene, pages[scene.who], stage)
            for width, viewport in (("wide", WIDE), ("narrow", NARROW)):
                pages[scene.who].set_viewport_size(viewport)
                _take(pages[scene.who], f"{scene.name}-{width}-{language}.png")
            print(f"{scene.name} ({language})", flush=True)
        for page in pages.values():
            page.context.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.absolute()}")


def _play(scene: Scene, page: Page, stage: Stage) -> None:
    """Goes to the page and does what the scene does. What cannot be done there is named, and the page shown as it stands."""
    page.set_viewport_size(WIDE)
    page.goto(scene.address(stage))
    if scene.do:
        try:
            scene.do(page)
        except playwright.Error as error:
            print(f"{scene.name}: {error.message.splitlines()[0]}")
    page.evaluate("window.scrollTo(0, 0)")


def _take(page: Page, name: str) -> None:
    """A picture of the whole page. One that a busy machine does not get done is tried once more, and then named."""
    for _attempt in range(2):
        try:
            page.screenshot(path=FOLDER / name, full_page=True, animations="disabled", timeout=60_000)
            return
        except playwright.TimeoutError:
            continue
    print(f"{name}: no picture", flush=True)
