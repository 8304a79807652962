"""Texts of a project as they are shown, whatever a file holds: on one line, and not endless."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from engine.messages import Message, Parameter

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


@lru_cache(maxsize=1000)  # of many pictures that cannot be read, the reasons are few
def kept_message(text: str) -> Message:
    """The message that a file holds as JSON or, as earlier formats have it, as plain text; each text in it as
    it is `shown`."""
    return _shown_message(Message.from_json(text))


def _shown_message(message: Message) -> Message:
    parameters: dict[str, Parameter] = {}
    for name, value in message.parameters:
        match value:
            case Message():
                parameters[name] = _shown_message(value)
            case str():
                parameters[name] = _readable(value)
            case _:
                parameters[name] = value
    return Message(_readable(message.template), **parameters)


def _readable(text: str) -> str:
    """As `shown`, without halves of characters, which JSON can spell and no window can draw."""
    return shown(text.encode("utf-8", "replace").decode())
