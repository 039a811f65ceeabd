"""What people read: complete in Danish and English, from the catalogue and from nowhere else, and easy to read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils import translation
from django.utils.translation import template as templates

from navigator.web.management.commands import texts
from pathways.selfcheck.check import VOICES
from pathways.selfcheck.words import document
from referrals.consent_texts import ASKED
from referrals.delivery import texts as messages
from tests.helpers.lix import lix, report, words

TEMPLATES = sorted(Path("templates").rglob("*.html"))
CATALOGUE = Path("fixtures/catalogue")

# Where Danish and English are one word, and why.
THE_SAME = {
    "Vejviser": "the product's name",
    "Administrator": "one word in both languages",
    "E-mail": "one word in both languages",
    "Find": "one word in both languages",
    "SMS": "one word in both languages",
    "score": "one word in both languages",
    "Farsi": "a language's name",
    "Pashto": "a language's name",
    "Somali": "a language's name",
    "Tigrinya": "a language's name",
    "Urdu": "a language's name",
}
# Where bare text is meant.
BARE = {
    "500.html": "stands when nothing else does, the translations neither: it says it in both languages",
    "503.html": "the same",
}
# The name of a language is written in that language, and some names are names.
NAMES = {"English", "Dansk"}

CITIZEN, STAFF = 35, 45
ALONE = 10  # words: a text that long is measured by itself, shorter ones are read together with the rest of their page
# Texts that are harder, and why they stand.
EXCEPTIONS: dict[str, str] = {
    "Behandler problematisk rusmiddelbrug og psykisk lidelse samlet, i ét forløb.": "the model's own words for its level 4",
}


def catalogue() -> dict[str, tuple[str, ...]]:
    """Each text in English, in Danish: one, or one and many."""
    with Path("locale/da/LC_MESSAGES/django.po").open("rb") as file:
        entries = [message for message in read_po(file, locale="da") if message.id]
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            (message.string,) if isinstance(message.string, str) else tuple(message.string)
        )
        for message in entries
    }


def test_danish_and_english_differ() -> None:
    same = {english for english, danish in catalogue().items() if english in danish}
    assert same == set(THE_SAME), "translate it, or list it with the reason"


# Attributes that are read out or shown.
SPOKEN = re.compile(r"""\b(?:placeholder|aria-label|title|alt|label)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
TAG = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)


def bare(source: str) -> list[str]:
    """Text of a template that no translation reaches: between the tags, or in an attribute that people hear or see."""
    kept, inside = [], False
    for token in Lexer(source).tokenize():
        name = token.contents.split(" ", 1)[0] if token.token_type == TokenType.BLOCK else ""
        if name in ("blocktranslate", "comment", "verbatim"):
            inside = True
        elif name in ("endblocktranslate", "endcomment", "endverbatim"):
            inside = False
        elif token.token_type == TokenType.TEXT and not inside:
            kept.append(token.contents)
        elif token.token_type in (TokenType.VAR, TokenType.BLOCK):
            kept.append("\n" if token.token_type == TokenType.BLOCK else " ")  # what it becomes is somebody else's text
    html = "".join(kept)
    said = [first or second for first, second in SPOKEN.findall(html)]
    said += re.split(r"\s{2,}|\n", TAG.sub("\n", html))
    return [text.strip() for text in said if re.search(r"[^\W\d_]{2,}", re.sub(r"&\w+;", "", text))]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>{% translate 'Sign in' %}</p>", []),
        ("<p>Log ind</p>", ["Log ind"]),
        ('<input placeholder="Søg">', ["Søg"]),
        ('<input placeholder="{% translate "Search" %}">', []),
        ("{% blocktranslate %}{{ n }} cases{% endblocktranslate %}", []),
        ("{% comment %}Why{% endcomment %}{# so #}<!-- and so --><b>{{ name }}</b> · &nbsp; 1", []),
        ("<a href=\"{% url 'x' %}\" title='Tilbage'>{{ y }}</a>", ["Tilbage"]),
        ("<p>{% if a > b %}Ja{% else %}Nej{% endif %}</p>", ["Ja", "Nej"]),
    ],
)
def test_bare_text_is_found(source: str, found: list[str]) -> None:
    assert bare(source) == found


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_no_template_has_bare_text(path: Path) -> None:
    if path.relative_to("templates").as_posix() not in BARE:
        assert set(bare(path.read_text())) - NAMES == set(), "put it in {% translate %}"


# Readability -----------------------------------------------------------------------------------------------------


def on(*names: str) -> list[str]:
    """The running texts of these templates, in Danish."""
    danish = catalogue()
    found = []
    for name in names:
        path = Path("templates") / name
        for call in texts.CALL.findall(templates.templatize(path.read_text(), origin=str(path))):
            for english in texts._from_python(f"{call})".encode()):
                found += danish[english if isinstance(english, str) else english[0]]
    return running(found)


def running(found: list[str]) -> list[str]:
    """Sentences. Labels, buttons and headings are no running text."""
    return list(dict.fromkeys(text for text in found if len(words(text)) >= 3 and re.search(r"[.!?:]$", text.strip())))


def sent_to_citizens() -> list[str]:
    return [messages.to_citizen(language="da", link="")[1]]


def sent_to_services() -> list[str]:
    with translation.override("da"):
        return [messages.to_service(language="da", link="")[1], messages.code_to_service(language="da", code="1")[1]]


def of_the_last_resort() -> list[str]:
    pages = (Path("templates/500.html").read_text(), Path("templates/503.html").read_text())
    return [re.sub(r"<[^>]+>", "", re.search(r"<p>(.*?)</p>", page, re.DOTALL).group(1)) for page in pages]  # type: ignore[union-attr]


def on_pages(folder: str) -> list[str]:
    return on(*(path.relative_to("templates").as_posix() for path in sorted(Path("templates", folder).glob("*.html"))))


def of_code(*paths: str) -> list[str]:
    danish = catalogue()
    found = [text for path in paths for text in texts._from_python(Path(path).read_bytes())]
    return running([each for english in found for each in danish[english]])


def of_the_self_check(name: str) -> list[str]:
    """Questions, hints, answers and doors as each reader has them."""
    found = []
    for voice in VOICES:
        names = document("questions")["voices"][voice]["da"]
        names |= {key.capitalize(): text.capitalize() for key, text in names.items()}
        for text in danish_of(document(name)):
            found += (
                [line.format(date="3. maj", **names) for line in text.split("\n")]
                if voice != "me" or "{" not in text
                else []
            )
    return running(list(dict.fromkeys(found)))


def danish_of(part: Any) -> Iterator[str]:
    """Every Danish text of a file, in both of its forms."""
    if isinstance(part, list):
        for each in part:
            yield from danish_of(each)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == "da" and not isinstance(value, dict):
                yield from [value] if isinstance(value, str) else value
            elif key != "voices":
                yield from danish_of(value)


# No name of an illness is put on whoever asks: neither by a question nor by a door.
DIAGNOSES = re.compile(
    r"diagnos|depression|angst|psykose|psykotisk|bipolar|skizofren|adhd|autis|borderline|personlighed|ptsd|traume|misbrug|narkoman"
    r"|lidelse|spiseforstyrr|udviklingshæm|patient|sindslid",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", ["questions", "doors"])
def test_no_illness_is_named_to_whoever_asks(name: str) -> None:
    assert [text for text in danish_of(document(name)) if DIAGNOSES.search(text)] == []


PAGES_THAT_SAY_NO = ("400.html", "403.html", "403_csrf.html", "404.html", "413.html", "415.html", "429.html")

# What a citizen may have before their eyes. A page for citizens joins here with its templates.
CITIZENS_READ: dict[str, Callable[[], list[str]]] = {
    "messages to citizens": sent_to_citizens,
    "messages to services without an account": sent_to_services,
    "the pages of a link": lambda: on("referrals/link_code.html", "referrals/link.html"),
    "pages that say no": lambda: on(*PAGES_THAT_SAY_NO, "_refused.html", "_components/error_number.html"),
    "the words of consent": lambda: [words_of["da"].format(receivers="Rusmiddelcenter") for words_of in ASKED.values()],
    "what can no longer be read": lambda: on("referrals/not_any_more.html", "referrals/link_ended.html"),
    "the page when nothing works": of_the_last_resort,
    "my way": lambda: on(
        "referrals/my_way.html", "referrals/_my_next.html", "referrals/my_way_code.html", "_components/typed.html"
    ),
    "a reminder": lambda: on(
        "referrals/reminder.html", "referrals/reminder_over.html", "referrals/reminder_answered.html"
    ),
    "privacy notices": lambda: on("account/privacy.html", "account/privacy_of.html", "selfcheck/_privacy.html"),
    "the self-check": lambda: on_pages("selfcheck"),
    "asking to be contacted": lambda: on("referrals/ask_for_contact.html", "referrals/contact_asked.html"),
    "how a wrong answer is refused": lambda: of_code(
        "pathways/selfcheck/answers.py", "navigator/web/barriers.py", "referrals/asking_forms.py"
    ),
    "its questions": lambda: of_the_self_check("questions"),
    "its doors": lambda: of_the_self_check("doors"),
    "letters to citizens": lambda: on(
        *(f"letters/{name}.html" for name in ("appointment", "door_card", "consent_form", "plan"))
    ),
    "the citizen's copy": lambda: on("referrals/export.html", "referrals/_export_case.html"),
    "accessibility": lambda: on("web/accessibility.html"),
    "head and foot": lambda: on(*(f"_components/{name}.html" for name in ("header", "help", "footer", "help_lines"))),
}


@pytest.mark.parametrize("name", CITIZENS_READ)
def test_what_a_citizen_reads_is_easy(name: str) -> None:
    found = CITIZENS_READ[name]()
    together = [(name, found)] + [(text, [text]) for text in found if len(words(text)) >= ALONE]
    hard = [f"LIX {lix(each):.0f}: {what}\n{report(each)}" for what, each in together if lix(each) > CITIZEN]
    assert not hard, "\n".join(["", *hard])


def of_the_pages() -> list[str]:
    """Hints, leads, help texts, refusals: all that we say in sentences."""
    return running([text for found in catalogue().values() for text in found])


def of_fixture(name: str) -> list[str]:
    """What the vocabulary and the rules say of services, rights, duties and reasons."""

    def danish(part: Any) -> Iterator[str]:
        if isinstance(part, list):
            for each in part:
                yield from danish(each)
        elif isinstance(part, dict):
            for key, value in part.items():
                if isinstance(value, str) and (key == "da" or key.endswith("_da")):
                    yield value
                else:
                    yield from danish(value)

    return running(list(danish(json.loads((CATALOGUE / name).read_text()))))


STAFF_READ: dict[str, Callable[[], list[str]]] = {
    "pages": of_the_pages,
    "vocabulary": lambda: of_fixture("vocabulary.json"),
    "rules": lambda: of_fixture("rule_sets/2026.1.json"),
}
PUBLISHED = {"rules"}  # frozen with their version: the next version is the place to mend a sentence


@pytest.mark.parametrize("name", STAFF_READ)
def test_what_staff_read_is_no_work(name: str) -> None:
    found = STAFF_READ[name]()
    assert lix(found) <= STAFF, report(found)
    alone = [] if name in PUBLISHED else [text for text in found if len(words(text)) >= ALONE]
    hard = {text for text in alone if lix(text) > STAFF} - set(EXCEPTIONS)
    assert not hard, f"\n{report(hard)}"


def test_the_lists_of_exceptions_hold_nothing_that_is_none() -> None:
    assert all(lix(text) > STAFF for text in EXCEPTIONS)
    assert all((Path("templates") / name).exists() for name in BARE)
    assert settings.LANGUAGE_CODE == "da"
