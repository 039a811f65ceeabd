"""Every scene holds what axe can see and what it cannot, wide and narrow, and no console complains.

One browser for all, one sign-in a person, one visit a scene: what is wrong anywhere is said at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright import sync_api as playwright
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from navigator import clock
from navigator.web.models import JOBS, beat
from tests.helpers.world import World
from tests.system.conftest import AXE
from tests.system.scenes import FROM_THE_RIGHT, NARROW, NOT_AT_WORK, WIDE, Scene, Stage, prepare, scenes

LOOKED_AT = Path(__file__).parent / "looked_at.js"
SMALLEST = {"width": 320, "height": 740}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

PARTS = 2  # so that two processes can walk; each has people of its own to prepare


@pytest.fixture
def stage(committed_world: World) -> Stage:
    for job in JOBS:
        beat(job, now=clock.now(), did={})
    return prepare(committed_world, now=clock.now())


@pytest.fixture
def walk(browser: Browser, live_server: Any, stage: Stage) -> Iterator[Walk]:
    walk = Walk(browser, live_server.url, stage)
    yield walk
    for page in walk.pages.values():
        page.context.close()


class Walk:
    """Goes through the scenes, and keeps what each has to say."""

    def __init__(self, browser: Browser, address: str, stage: Stage) -> None:
        self.browser, self.address, self.stage = browser, address, stage
        self.pages: dict[str, Page] = {}
        self.wrong: dict[str, list[str]] = defaultdict(list)
        self.scene, self.language = "", "da"

    def page(self, who: str) -> Page:
        """This person's browser; opened once."""
        if who not in self.pages:
            context = self.stage.open(self.browser, self.address, who=who, language=self.language, viewport=WIDE)
            context.add_init_script(AXE.read_text())
            context.add_init_script(path=LOOKED_AT)
            page = self.pages[who] = context.new_page()
            page.on("console", self._hear)
            page.on("pageerror", lambda error: self.wrong[self.scene].append(f"pageerror: {error}"))
        return self.pages[who]

    def scenes(self, part: int) -> Iterator[tuple[Scene, Page]]:
        """Each scene of a part with its page; one that cannot be reached is a fault of its own and hides no others."""
        yield from self.through(list(scenes())[part::PARTS])

    def through(self, found: Iterable[Scene]) -> Iterator[tuple[Scene, Page]]:
        """The same of those scenes."""
        for scene in found:
            self.scene = scene.name
            page = self.page(scene.who)
            page.set_viewport_size(WIDE)
            try:
                page.goto(scene.address(self.stage))
                if scene.do:
                    scene.do(page)
            except playwright.Error as error:
                self.wrong[scene.name].append(f"cannot be reached: {error.message}")
                continue
            yield scene, page

    def ask(self, page: Page, *names: str) -> None:
        """Asks checks of looked_at.js by name."""
        for name in names:
            self.wrong[self.scene] += [f"{name}: {said}" for said in page.evaluate(f"lookedAt.{name}()")]

    def axe(self, page: Page) -> None:
        found = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", RULES)
        self.wrong[self.scene] += [
            f"axe {each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"]
        ]

    def said(self) -> str:
        """What is wrong, scene by scene, a line each."""
        return "\n".join(f"{scene}: {each}" for scene, wrong in self.wrong.items() for each in dict.fromkeys(wrong))

    def _hear(self, message: ConsoleMessage) -> None:
        refused = message.text.startswith("Failed to load resource") and "/static/" not in message.location["url"]
        if message.type in ("error", "warning") and not refused:  # a page that says no is no fault
            self.wrong[self.scene].append(f"{message.type}: {message.text}")


@pytest.mark.parametrize(
    "part", [pytest.param(part, marks=pytest.mark.xdist_group(f"scenes {part}")) for part in range(PARTS)]
)
def test_every_scene_holds(walk: Walk, part: int) -> None:
    helps = set()
    for scene, page in walk.scenes(part):
        if scene.wrong:
            walk.ask(page, "summary")
        walk.axe(page)
        walk.ask(page, "overflow", "targets", "order", "helpIsFirst")
        helps.add(page.evaluate("lookedAt.help()"))
        page.keyboard.press("Tab")  # from now on the browser takes its reader for one with a keyboard
        walk.ask(page, "focus", "larger")
        as_its_reader_has_chosen(walk, page)
        page.set_viewport_size(NARROW)
        walk.axe(page)
        walk.ask(page, "overflow", "targets", "focus")
        page.set_viewport_size(SMALLEST)
        walk.ask(page, "overflow")
    assert not walk.said(), f"\n{walk.said()}"
    assert len(helps) == 1, "the help block is the same everywhere"


def as_its_reader_has_chosen(walk: Walk, page: Page) -> None:
    """With less motion, in the reader's own colours, and on paper."""
    page.emulate_media(reduced_motion="reduce")
    walk.ask(page, "still")
    page.emulate_media(forced_colors="active")
    walk.ask(page, "edges", "focus")
    page.emulate_media(forced_colors="none", media="print")
    walk.ask(page, "printed")
    page.emulate_media(media="screen", reduced_motion="no-preference")


def test_pages_for_citizens_hold_from_the_right(walk: Walk, settings: Any) -> None:
    """In a language that is written so nothing sticks out, on the smallest screen either, and nothing is covered."""
    settings.LANGUAGES = [*settings.LANGUAGES, (FROM_THE_RIGHT, "From the right")]
    walk.language = FROM_THE_RIGHT
    found = [scene for scene in scenes() if scene.who in NOT_AT_WORK and not scene.wrong]
    for _scene, page in walk.through(found):
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        walk.ask(page, "overflow", "order", "helpIsFirst")
        page.set_viewport_size(SMALLEST)
        walk.ask(page, "overflow", "targets")
    assert not walk.said(), f"\n{walk.said()}"


def test_the_skip_link_is_reached_first_and_leads_to_the_content(desks: Any) -> None:
    page = desks("alice").sign_in()
    page.reload()  # the button of the sign-in page has had the focus
    page.keyboard.press("Tab")
    expect(page.locator(".skipnav")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main-content")).to_be_focused()
