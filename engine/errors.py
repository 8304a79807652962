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


def reason_of(error: BaseException) -> Message:
    """Why something failed: what the system or a library says is a template of its own."""
    if isinstance(error, FewshotError):
        return error.message
    return Message(getattr(error, "strerror", None) or str(error))


def bug(error: BaseException) -> Message:
    """What a person reads of an error that is none of theirs; its traceback goes into a report."""
    return Message("{kind}: {error}", kind=type(error).__name__, error=str(error))
