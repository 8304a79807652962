"""Shortens words in which no line can break, such as file names: they would make a window as wide as they
are."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 60
_HEAD: Final = 38
_TAIL: Final = 20
_TOO_LONG: Final = re.compile(rf"[^\s/\\]{{{_LONGEST + 1},}}")


def with_short_words(text: str) -> str:
    """The text with an ellipsis in the middle of each word, or part of a path, of more than 60 characters."""
    return _TOO_LONG.sub(lambda word: f"{word[0][:_HEAD]}…{word[0][-_TAIL:]}", text)
