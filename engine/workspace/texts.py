"""Texts of a project as they are shown, whatever a file holds: on one line, and not endless."""

from __future__ import annotations

import unicodedata

_LONGEST = 1000
_CONTROLS = ("Cc", "Zl", "Zp")
"""Categories of what cannot be seen but does something: ends a line, rings a bell."""


def one_line(text: str) -> str:
    """The text with spaces for line breaks and other control characters."""
    if text.isprintable():
        return text
    controls = {ord(one): " " for one in set(text) if unicodedata.category(one) in _CONTROLS}
    return " ".join(text.translate(controls).split()) if controls else text


def shown(text: str) -> str:
    """The same, cut where it is far too long."""
    return one_line(text if len(text) <= _LONGEST else text[:_LONGEST] + "…")
