"""LIX (Björnsson): how hard a running text is to read. Up to 24 very easy, 34 easy, 44 middling, 54 hard, then very hard.

Words a sentence, and long words (of more than six letters) a hundred words. Danish puts words together, so that a name
such as 'rusmiddelbehandlingen' counts as long however well the reader knows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LONG = 7  # letters
# A dot that ends no sentence.
ABBREVIATED = re.compile(
    r"\b(?:f\.eks|bl\.a|m\.fl|m\.m|m\.v|mv|o\.l|o\.lign|osv|dvs|d\.v\.s|ca|kl|nr|stk|evt|inkl|ekskl|jf|tlf|pga|fx|cpr)\.",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?<=\d)[.,:](?=\d)|(?<=\d)\.(?=\s+[a-zæøå])")  # 1.000, 10.30, 7. januar
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\{.*?\}\}|https?://\S+|<[^>]*>")
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d+")
END = re.compile(r"[.!?:…]+(?=[\s«»”\"')]|$)|\n+")


def sentences(text: str) -> list[str]:
    """The sentences of a running text, in order. A colon ends one, as does the end of the line."""
    plain = PLACEHOLDER.sub("x", text)
    plain = ABBREVIATED.sub(lambda found: found.group().replace(".", ""), plain)
    plain = NUMBER.sub("", plain)
    return [part.strip() for part in END.split(plain) if WORD.search(part)]


def words(text: str) -> list[str]:
    return WORD.findall(text)


def is_long(word: str) -> bool:
    """More than six letters. A number is never long."""
    return not word.isdigit() and len(word.replace("-", "")) >= LONG


def lix(texts: str | Iterable[str]) -> float:
    """Of one text, or of several read one after the other. Raises ValueError where there is nothing to read."""
    parts = [texts] if isinstance(texts, str) else list(texts)
    found = [sentence for part in parts for sentence in sentences(part)]
    spoken = [word for sentence in found for word in words(sentence)]
    if not spoken:
        raise ValueError("nothing to read")
    return len(spoken) / len(found) + 100 * sum(map(is_long, spoken)) / len(spoken)


def report(texts: Iterable[str]) -> str:
    """The sentences, the hardest first, each with its own LIX."""
    found = [(lix(sentence), sentence) for text in texts for sentence in sentences(text)]
    return "\n".join(f"{number:5.0f}  {sentence}" for number, sentence in sorted(found, reverse=True))
