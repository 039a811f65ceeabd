"""A browser on a live server that runs as the app, row-level security and all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from navigator import clock
from navigator.web.models import JOBS, beat
from referrals.acting import By
from tests.helpers.world import PASSWORD, World

# Playwright runs a loop of its own in this thread; what the tests read from the database they read beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's own Chromium; in a container it runs as root and needs no sandbox."""
    return browser_type_launch_args | {
        "executable_path": "/usr/bin/chromium",
        "args": ["--no-sandbox", "--disable-gpu"],
    }


class Desk:
    """One worker at a browser of their own. Whatever the console says is kept."""

    def __init__(self, browser: Browser, address: str, *, by: By, javascript: bool, viewport: dict[str, int]) -> None:
        self.by, self.address, self.said = by, address, list[str]()
        self.context: BrowserContext = browser.new_context(
            locale="da-DK",
            java_script_enabled=javascript,
            viewport=viewport,
            base_url=address,  # type: ignore[arg-type]
        )
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.said.append(f"pageerror: {error}"))

    def sign_in(self) -> Page:
        self.page.goto("/")
        self.page.get_by_label("E-mailadresse").fill(self.by.user.email)
        self.page.get_by_label("Adgangskode").fill(PASSWORD)
        self.page.get_by_role("main").get_by_role("button", name="Log ind", exact=True).click()
        return self.page

    def _hear(self, message: ConsoleMessage) -> None:
        refused = message.text.startswith("Failed to load resource") and "/static/" not in message.location["url"]
        if message.type in ("error", "warning") and not refused:  # a page that says no is no fault
            self.said.append(f"{message.type}: {message.text}")


@pytest.fixture
def desks(browser: Browser, live_server: Any, committed_world: World) -> Iterator[Any]:
    """`desks("alice")` is Alice at her desk, signed out. At the end nobody's console may have complained."""
    opened: list[Desk] = []
    for job in JOBS:
        beat(job, now=clock.now(), did={})

    def open_desk(name: str, *, javascript: bool = True, viewport: dict[str, int] = WIDE) -> Desk:
        by = getattr(committed_world, name)
        opened.append(Desk(browser, live_server.url, by=by, javascript=javascript, viewport=viewport))
        return opened[-1]

    yield open_desk
    complaints = [said for desk in opened for said in desk.said]
    for desk in opened:
        desk.context.close()
    assert complaints == []


def looked_at(page: Page, name: str, *, javascript: bool = True) -> None:
    """The page holds what axe can see, wide and narrow, and nothing sticks out of it."""
    if not javascript:
        return
    for viewport in (NARROW, WIDE):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        holds(page, name)


def holds(page: Page, name: str) -> None:
    """The same, as wide as it is."""
    assert axe(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, name


def axe(page: Page) -> list[str]:
    """What axe-core finds wrong with the page as it stands: WCAG 2.2 A and AA."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(
        """() => axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})"""
    )
    return [f"{each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"]]
