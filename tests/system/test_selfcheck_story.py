"""Somebody seeks help in a browser: alone, with the keys, without JavaScript, on a small telephone, with a helper."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from tests.system.conftest import axe

SMALLEST = {"width": 320, "height": 700}
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def choose(page: Page, *answers: str) -> None:
    """Ticks what is named, by the words on the page, and goes on; a button is pressed by itself."""
    for answer in answers:
        button = page.get_by_role("button", name=answer, exact=True)
        if button.count():
            button.click()
            return
        page.get_by_label(answer, exact=True).check(force=True)
    page.get_by_role("button", name="Videre").click()


def write(page: Page, text: str) -> None:
    page.locator("#answer").fill(text)
    page.get_by_role("button", name="Videre").click()


def finish(page: Page, *known: str) -> None:
    """To the result: says what is known where it is asked, and else that it is not known."""
    while "/result/" not in page.url:
        named = [each for each in known if page.get_by_label(each, exact=True).count()]
        choose(page, *named, "Videre") if named else choose(page, "Ved ikke")


def press(page: Page) -> None:
    """Enter, where it leads to another page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def reach(page: Page, target: Locator) -> None:
    """With the Tab key, as somebody without a mouse."""
    for _ in range(60):
        if target.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {target}")


def test_for_myself_with_the_keys_alone(desks: Any) -> None:
    # Given somebody at the start, without a mouse
    page: Page = desks("alice").page
    page.goto("/check/")
    expect(page.get_by_role("heading", name="Hvilken dør skal jeg vælge?")).to_be_visible()
    reach(page, page.get_by_role("button", name="Til mig selv"))
    press(page)

    # When they answer with keys only
    expect(page.get_by_role("heading", name="Er det akut lige nu?")).to_be_visible()
    reach(page, page.get_by_role("button", name="Intet af det"))
    press(page)
    for told in ("34", "århus"):
        reach(page, page.locator("#answer"))
        page.keyboard.type(told)
        press(page)
    reach(page, page.locator("#answer-debt"))
    page.keyboard.press("Space")
    reach(page, page.get_by_role("button", name="Videre"))
    press(page)
    while "/result/" not in page.url:
        no = page.locator("#answer-none, #answer-no")
        if no.count():
            reach(page, page.locator("input[name=reply]").first)  # the arrows go on from there
            while not no.is_checked():
                page.keyboard.press("ArrowDown")
            press(page)
        else:
            reach(page, page.get_by_role("button", name="Intet af det"))
            press(page)

    # Then the door stands there, why, and a way without a computer
    expect(page.get_by_role("heading", level=1)).to_have_text("En samtale hos kommunen om penge og bolig")
    expect(page.get_by_text("Der er gæld, som ikke kan betales")).to_be_visible()
    expect(page.get_by_text("Ring til rådhuset, eller gå derind.").first).to_be_visible()
    assert axe(page) == []

    # And going back loses nothing
    page.go_back()
    page.go_back()
    expect(page.get_by_role("button", name="Videre")).to_be_visible()
    page.goto("/check/questions/life/")
    expect(page.locator("#answer-debt")).to_be_checked()

    # And the next at this machine finds nothing
    page.get_by_role("button", name="Glem mine svar").click()
    expect(page.get_by_role("heading", name="Dine svar er væk")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Hvilken dør skal jeg vælge?")).to_be_visible()


def test_a_parent_a_friend_and_whoever_knows_a_young_person(desks: Any) -> None:
    page: Page = desks("alice").page
    readers = (
        ("Til mit barn", "Hvor gammel er dit barn?", "8", "Dit barn kommer ofte ikke i skole"),
        ("Til en, jeg holder af", "Hvor gammel er hun eller han?", "40", "Hun eller han er meget alene"),
        ("Til en ung, jeg kender", "Hvor gammel er den unge?", "16", "Den unge kommer ofte ikke i skole"),
    )
    for entry, how_old, age, hard in readers:
        page.goto("/check/")
        page.get_by_role("button", name=entry).click()
        choose(page, "Intet af det")
        expect(page.get_by_role("heading", name=how_old)).to_be_visible()
        write(page, age)
        write(page, "Aarhus")
        choose(page, hard, "Videre")
        finish(page)
        expect(page.get_by_text("Støtte til dem, der er tæt på").first).to_be_visible()
        expect(page.get_by_text("»Du« er på denne side den, der skal have hjælpen.")).to_be_visible()
        assert axe(page) == []


def test_urgent_on_the_smallest_screen_and_without_javascript(desks: Any) -> None:
    # Given a telephone of 320 pixels whose browser runs no script
    page: Page = desks("alice", javascript=False, viewport=SMALLEST).page
    page.goto("/check/")
    page.get_by_role("button", name="Til mig selv").click()

    # When it is urgent
    choose(page, "Jeg har tanker om at tage mit liv", "Videre")

    # Then whom to call stands above all else from now on, and the question goes on beneath
    for told in ("29", "Aarhus"):
        urgent = page.get_by_label("Hjælp nu", exact=True)
        expect(urgent.get_by_role("link", name="Livslinien 70 201 201")).to_be_visible()
        write(page, told)
    assert page.locator("#municipalities").count() == 0
    finish(page, "Jeg er ked af det eller bekymret, men dagen går")

    # And the ordinary door is there too, beneath the acute help
    acute = page.get_by_role("heading", name="Hjælp nu, der hvor du bor").bounding_box()
    door = page.get_by_role("heading", name="Åbne samtaler for voksne").bounding_box()
    assert acute and door and acute["y"] < door["y"]
    assert page.get_by_role("link", name="Alarmcentralen 112").first.get_attribute("href") == "tel:112"
    assert page.locator("body").bounding_box()["width"] <= 320  # type: ignore[index]


def test_together_with_somebody_who_helps(desks: Any) -> None:
    # Given easy reading with a helper
    page: Page = desks("alice", viewport=SMALLEST).page
    page.goto("/check/")
    page.get_by_role("button", name="Let at læse, med billeder").click()
    expect(page.get_by_text("Du skriver ikke dit navn.")).to_be_visible()
    page.get_by_role("button", name="En sidder hos mig og hjælper").click()
    page.get_by_role("button", name="Til mig selv").click()

    # Then each page has a picture, the helper's lines and buttons as wide as the page
    expect(page.locator("img.check-picture")).to_be_visible()
    expect(page.get_by_role("heading", name="Til dig, der hjælper")).to_be_visible()
    box = page.get_by_role("button", name="Intet af det").bounding_box()
    assert box and box["height"] >= 48 and box["width"] >= 280

    # And after each part one stops and looks at what was said
    choose(page, "Intet af det")
    expect(page.get_by_role("heading", name="Det har du svaret")).to_be_visible()
    page.get_by_role("link", name="Fortsæt").click()
    write(page, "51")
    expect(page.get_by_text("Du svarede: 51")).to_be_visible()
    write(page, "Aarhus")
    expect(page.get_by_text("Er de rigtige?")).to_be_visible()
    assert axe(page) == [] and not page.evaluate(SIDEWAYS)


def test_a_door_is_taken_along(desks: Any) -> None:
    page: Page = desks("alice").page
    page.goto("/check/")
    page.get_by_role("button", name="Til mig selv").click()
    choose(page, "Intet af det")
    write(page, "70")
    choose(page, "Vil ikke svare")
    expect(page.get_by_role("heading", name="Begynd hos kommunen")).to_be_visible()
    page.goto("/check/questions/where/")
    write(page, "Aarhus")
    finish(page)
    link = page.get_by_role("link", name="Print den på ét ark (PDF)")
    answer = page.request.get(str(link.get_attribute("href")))
    assert answer.ok and answer.body().startswith(b"%PDF")
    door = str(link.get_attribute("href")).removesuffix("sheet/")
    page.goto(door)
    expect(page.get_by_role("img", name="En kode med adressen på dørens side")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Send døren til min egen e-mail")).to_be_hidden()


@pytest.fixture
def a_language_from_the_right(settings: Any) -> str:
    """Only for tests: Danish texts, as if Danish were written from the right."""
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "From the right")]
    return "ar"


def test_from_the_right(desks: Any, a_language_from_the_right: str) -> None:
    desk = desks("alice", viewport=SMALLEST)
    page: Page = desk.page
    cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": a_language_from_the_right, "url": desk.address}
    desk.context.add_cookies([cookie])
    page.goto("/check/")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.get_by_role("button", name="Til mig selv").click()
    box, text = page.locator(".check-option input").first.bounding_box(), page.locator(".check-option label").first
    assert box and box["x"] > 200, "the box stands where a line begins: at the right"
    assert text.evaluate("each => getComputedStyle(each).textAlign") in ("start", "right")
    choose(page, "Der er sket noget, og jeg kan ikke klare det lige nu", "Videre")
    seen = [page.evaluate(SIDEWAYS)]
    for told in ("45", "Aarhus"):
        write(page, told)
        seen.append(page.evaluate(SIDEWAYS))
    finish(page)
    seen.append(page.evaluate(SIDEWAYS))
    assert not any(seen) and axe(page) == []
    page.goto("/accessibility/")
    assert not page.evaluate(SIDEWAYS) and axe(page) == []
