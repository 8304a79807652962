"""Why a picture cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from engine.errors import FewshotError

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
- `truncated`: the file ends before the picture does.
- `damaged`: begins like a picture, but cannot be decoded; or the disk failed while reading.
- `not a picture`: no format this program knows.
- `unsupported format`: HEIC photo or video.
- `too large`: more bytes or pixels than `engine.images.decode` allows, or than memory holds.
- `not a file`: folder, pipe, socket or device.
- `not found`: does not exist (any more), or is a link to nowhere.
- `no permission`: the operating system refuses to open it.
"""

REASONS: Final[tuple[Reason, ...]] = get_args(Reason)


class UnreadablePicture(FewshotError):  # noqa: N818 – says what it is about
    """A picture that cannot be used, with its `path` and a `reason` fit for a table cell."""

    def __init__(self, path: Path, reason: Reason) -> None:
        super().__init__(f"The picture '{path}' cannot be read: {reason}.")
        self.path = path
        self.reason = reason
