"""The one kind of error that is not a bug.

`FewshotError` is raised for everything the world can do wrong: a missing folder, a broken file, a full disk,
a name that is not in the menu. Its message is one sentence that says what happened, where, and what to do.
Any other exception is a bug and deserves a traceback.
"""

from __future__ import annotations

from engine.messages import Message, Parameter


class FewshotError(Exception):
    """Something the user can understand and act on.

    `FewshotError("{path} is empty: choose another.", path=path)`, or a `Message` that is already made.
    `message` is what to show, and `str(error)` the same in English.
    """

    def __init__(self, message: str | Message, /, **parameters: Parameter) -> None:
        self.message = message if isinstance(message, Message) else Message(message, **parameters)
        super().__init__(self.message)
