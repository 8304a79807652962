"""The engine's texts in the language of the window.

The engine writes English and knows no Qt. Its messages are templates with parameters, and its declarations
(titles, summaries, limits) are plain texts; both are translated in the window. A text without a translation
stays English.
"""

from __future__ import annotations

from typing import Final, overload

from engine.messages import Message
from fewshot_gui.shell.languages import translate

CONTEXT: Final = "engine"


@overload
def translated(message: Message | str) -> str: ...
@overload
def translated(message: None) -> None: ...
def translated(message: Message | str | None) -> str | None:
    """The sentence in the language of the window; a `str` is a template without parameters."""
    if isinstance(message, Message):
        return message.render(_translate)
    return message and _translate(message)


def _translate(template: str) -> str:
    return translate(CONTEXT, template) if template else ""  # an empty text is the header of a .qm
