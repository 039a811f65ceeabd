"""The measure itself: what is a sentence, what is a word, and when is it long."""

from __future__ import annotations

import pytest

from tests.helpers.lix import lix, report, sentences, words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Ring til borgeren.", 1),
        ("Ring til borgeren. Aftal en tid! Kom de?", 3),
        ("Det gælder f.eks. bl.a. kl. 10.30 den 7. januar og ca. 1.000 kr.", 1),
        ("Noteret: Borgeren er kommet.", 2),
        ("En linje\nog en til", 2),
        ("Læs mere på https://navigator.example/link/abc.def/ eller ring.", 1),
        ("…", 0),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_words() -> None:
    assert words("CPR-nummeret har 10 cifre, ikke?") == ["CPR-nummeret", "har", "10", "cifre", "ikke"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vi ses i morgen.", 4.0),  # four words, one sentence, none long
        ("Borgeren er kommet.", 3 + 100 / 3),  # one of three is long
        ("Kom nu. Borgeren venter.", 2 + 100 / 4),  # 'venter' has six letters: not long
        ("Sagen har nummer 1234567.", 4.0),  # a number is not long
        ("Der mangler %(n)s forsøg.", 4 + 100 / 4),
        ("Send <strong>nu</strong> til %(service)s.", 4.0),  # what stands in for something is a short word
    ],
)
def test_lix(text: str, expected: float) -> None:
    assert lix(text) == pytest.approx(expected)


def test_several_texts_are_read_one_after_the_other() -> None:
    assert lix(["Kom nu.", "Borgeren venter."]) == lix("Kom nu. Borgeren venter.")


def test_nothing_to_read() -> None:
    with pytest.raises(ValueError, match="nothing to read"):
        lix("%")


def test_the_report_says_the_hardest_sentence_first() -> None:
    assert report(["Kom nu. Rusmiddelbehandlingen koordinerer."]).splitlines() == [
        "  102  Rusmiddelbehandlingen koordinerer",
        "    2  Kom nu",
    ]
