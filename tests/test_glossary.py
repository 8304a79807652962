"""The glossary's words to avoid are found where they are, and only there."""

from __future__ import annotations

import pytest

from tests.glossary import GLOSSARY, avoided, offences

ENTRIES = avoided(
    """
**Suggestion**, prediction:
What a run finds.
_Avoid_: guess, `last word`
_Avoid in the window_: `told`
"""
)


def test_words_in_backticks_are_avoided_in_the_folders_of_their_line() -> None:
    assert [(entry.words, entry.term, entry.folders) for entry in ENTRIES] == [
        (("last", "word"), "Suggestion", ("engine", "fewshot_gui")),
        (("told",), "Suggestion", ("fewshot_gui",)),
    ]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("x = store.last_word(1)", [1]),
        ("class LastWord: pass", [1]),
        ('"""One line.\n\nThe last\nword on it."""', [3]),
        ("x = 1\n# It is told\n", [2]),
        ("def f():\n    'Told.'\n", [2]),
    ],
)
def test_identifiers_docstrings_and_comments_are_searched(source: str, lines: list[int]) -> None:
    assert [line for line, _ in offences(source, ENTRIES)] == lines


@pytest.mark.parametrize(
    "source",
    ["x = last.word", "untold = 1", "x = f(\n    'He told us.'\n)", "print('told')", "last, word = 1, 2"],
)
def test_texts_and_other_words_are_not(source: str) -> None:
    assert not list(offences(source, ENTRIES))


def test_the_glossary_has_words_to_check() -> None:
    assert len(avoided(GLOSSARY.read_text(encoding="utf-8"))) > 20
