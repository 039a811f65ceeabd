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
from navigator.accounts.models import Membership
from navigator.web.models import JOBS, beat
from referrals import sweeps
from referrals.acting import By
from tests.conftest import OWNER, WORKER, play_for_a_while
from tests.helpers.world import World
from tests.system.scenes import NARROW, WIDE, prepare, scenes

FOLDER = Path("screens")
LANGUAGE = os.environ.get("NAVIGATOR_SCREENS_LANGUAGE", "da")


@pytest.fixture
def demo(transactional_db: None) -> World:
    """The demo's people in the parts of the tests' people, and what the clock has to say of them."""
    with play_for_a_while(OWNER):
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
    return World(**{part: _at_work(key) for part, key in parts.items()})


def _at_work(key: str) -> By:
    membership = Membership.objects.filter(user__email=f"{key}@demo.example").select_related("user", "unit")[0]
    return By(user=membership.user, unit=membership.unit)


def test_pictures(browser: Browser, live_server: Any, demo: World) -> None:
    stage = prepare(demo, now=clock.now())
    pages: dict[str, Page] = {}
    FOLDER.mkdir(exist_ok=True)
    for scene in scenes():
        if scene.who not in pages:
            context = stage.open(browser, live_server.url, who=scene.who, language=LANGUAGE, viewport=WIDE)
            pages[scene.who] = context.new_page()
        page = pages[scene.who]
        page.set_viewport_size(WIDE)
        page.goto(scene.address(stage))
        if scene.do:
            try:
                scene.do(page)
            except playwright.Error as error:
                print(f"{scene.name}: {error.message.splitlines()[0]}")
        for width, viewport in (("wide", WIDE), ("narrow", NARROW)):
            page.set_viewport_size(viewport)
            page.screenshot(path=FOLDER / f"{scene.name}-{width}-{LANGUAGE}.png", full_page=True, timeout=60_000)
        print(scene.name, flush=True)
    for page in pages.values():
        page.context.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.absolute()}")
