"""Words in which no line can be broken, such as names of files: a window would be as wide as they are."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 60
_HEAD: Final = 38
_TAIL: Final = 20
_TOO_LONG: Final = re.compile(rf"[^\s/\\]{{{_LONGEST + 1},}}")


def with_short_words(text: str) -> str:
    """The same, but with dots in the middle of each word, or part of a path, of more than 60 characters."""
    return _TOO_LONG.sub(lambda word: f"{word[0][:_HEAD]}…{word[0][-_TAIL:]}", text)
