"""Why a picture cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from engine.errors import FewshotError
from engine.messages import Message

Reason: TypeAlias = Literal[
    "empty file",
    "truncated",
    "damaged",
    "not a picture",
    "unsupported format",
    "too large",
    "not a file",
    "not found",
    "no permission",
]
"""
- `empty file`: 0 bytes.
- `truncated`: the file ends before 95 % of the pixels.
- `damaged`: begins like a picture, but pixels cannot be decoded; or the disk failed while reading.
- `not a picture`: no format this program knows.
- `unsupported format`: a picture or video of a known kind that this program does not decode.
- `too large`: more bytes or pixels than `MAX_BYTES` and `MAX_PIXELS` allow, or than memory holds.
- `not a file`: folder, pipe, socket or device.
- `not found`: does not exist (any more), or is a link to nowhere.
- `no permission`: the operating system refuses to open it.
"""

REASONS: Final[tuple[Reason, ...]] = get_args(Reason)


class UnreadablePictureError(FewshotError):
    """A picture that cannot be used, with its `path` and a `reason`.

    `kind` is what an `unsupported format` holds, where that is known. `explanation` is both, fit for a table
    cell: "unsupported format: TIFF with complex numbers".
    """

    def __init__(self, path: Path, reason: Reason, kind: Message | None = None) -> None:
        self.path = path
        self.reason = reason
        self.kind = kind
        self.explanation = unsupported(kind) if kind else Message(reason)
        words = Message("The picture '{path}' cannot be read: {reason}.", path=path, reason=self.explanation)
        super().__init__(words)


class RefusedDataError(Exception):
    """The reason why a reader refuses the bytes of a picture; it becomes an `UnreadablePictureError`."""

    def __init__(self, reason: Reason, kind: Message | None = None) -> None:
        super().__init__(reason, kind)
        self.reason = reason
        self.kind = kind


def unsupported(kind: Message) -> Message:
    """That a format is known but not read."""
    return Message("unsupported format: {kind}", kind=kind)
