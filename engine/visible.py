"""Text from elsewhere, made safe to show: names of files and classes, cards, what a server answers.

A control character can move a terminal's cursor, clear it or rename it; a bidirectional one (Unicode
Standard Annex 9) lets a name read otherwise than it is. Neither has anything to say to a person.
"""

from __future__ import annotations

from itertools import chain
from typing import Final

_CONTROLS: Final = chain(
    range(0x20),  # C0
    range(0x7F, 0xA0),  # DEL and C1
    (0x061C, 0x200E, 0x200F),  # marks of direction
    (0x2028, 0x2029),  # line and paragraph separators
    range(0x202A, 0x202F),  # embeddings and overrides
    range(0x2066, 0x206A),  # isolates
)
_NAMES: Final = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def _escaped(code: int) -> str:
    return _NAMES.get(chr(code)) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


_ESCAPES: Final = {code: _escaped(code) for code in _CONTROLS}


def visible(text: str) -> str:
    r"""The same on one line, with `\x1b`, `\n` or `\u202e` in place of such characters."""
    return text.translate(_ESCAPES)
