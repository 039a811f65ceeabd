"""The words that leave the house. Neutral by construction: nothing about the case is ever given to this file."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

LANGUAGES = ("da", "en")  # in which we write


def to_colleague(*, language: str, link: str, urgent: bool) -> tuple[str, str]:
    """Subject and text for somebody who works here."""
    with translation.override(_written(language)):
        if urgent:
            subject, sentence = _("Urgent: something waits for you"), _("Something urgent waits for you. Sign in now:")
        else:
            subject, sentence = _("Something waits for you"), _("There is news for you. Sign in to read it:")
        return subject, f"{sentence}\n{link}\n"


def digest(*, language: str, link: str, count: int) -> tuple[str, str]:
    """The one message a day."""
    with translation.override(_written(language)):
        sentence = ngettext(
            "There is %(count)s piece of news for you since your last message. Sign in to read it:",
            "There are %(count)s pieces of news for you since your last message. Sign in to read them:",
            count,
        )
        return _("News of the day"), f"{sentence % {'count': count}}\n{link}\n"


def to_citizen(*, language: str, link: str) -> tuple[str, str]:
    """Kind and short. In a language that we do not write: Danish and English, so that somebody can help to read it."""
    texts = [_to_citizen(each, link) for each in ([language] if language in LANGUAGES else LANGUAGES)]
    return texts[0][0], "\n".join(text for _subject, text in texts)


def to_service(*, language: str, link: str) -> tuple[str, str]:
    """The way in for a service that has no account here."""
    with translation.override(_written(language)):
        sentence = _(
            "A referral waits for your answer. Open the link, and ask there for a code: it is sent to the telephone or "
            "the second address that is registered for you. The link works for 14 days."
        )
        return _("A referral waits for your answer"), f"{sentence}\n{link}\n"


def code_to_service(*, language: str, code: str) -> tuple[str, str]:
    """The code that goes with a link, by another way than the link."""
    with translation.override(_written(language)):
        return _("Your code"), _("Your code is %(code)s. It works for 15 minutes. Give it to nobody.") % {"code": code}


def to_invited(*, link: str, days: int) -> tuple[str, str]:
    """To somebody who is asked to work here. In Danish and English: nobody knows yet what they read."""
    texts = []
    for language in LANGUAGES:
        with translation.override(language):
            sentence = _(
                "You are invited to work in Vejviser. The link opens once, within %(days)s days. Do you not know what this "
                "is about? Then do nothing."
            )
            texts.append((_("An invitation to Vejviser"), f"{sentence % {'days': days}}\n{link}\n"))
    return texts[0][0], "\n".join(text for _subject, text in texts)


def _to_citizen(language: str, link: str) -> tuple[str, str]:
    with translation.override(language):
        sentence = _(
            "Hello. This is a friendly reminder of what you have agreed. Open the link, and say whether you are coming. "
            "If you are in doubt, call the person you agreed it with."
        )
        return _("A reminder for you"), f"{sentence}\n{link}\n"


def _written(language: str) -> str:
    return language if language in LANGUAGES else "da"
