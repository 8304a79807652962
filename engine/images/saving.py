"""Pictures that have no file yet, from a clipboard or a network: each gets one, named by its content."""

from __future__ import annotations

from pathlib import Path

from engine.errors import FewshotError, reason_of
from engine.files import write_atomically
from engine.images.content import content_hash
from engine.images.decode import decode
from engine.images.describe import describe
from engine.images.formats import FORMATS


def save_picture(data: bytes, folder: Path, name: str) -> Path:
    """Write a picture into `folder`, which is made if need be; the same content is the same file.

    `name` is where the picture came from, for the sentence that says why it cannot be had.

    Raises:
        UnreadablePicture: `data` cannot be decoded.
        FewshotError: the file cannot be written.
    """
    decode(data, Path(name))
    suffix = FORMATS.get(describe(data, Path(name)).format, (".jpg",))[0]  # MPO, say, is a JPEG of several
    path = folder / f"{content_hash(data).hex()}{suffix}"
    try:
        if not path.exists():
            write_atomically(path, data)
    except OSError as error:
        raise FewshotError(
            "The picture could not be kept in {path}: {reason}. Check that you may write there and "
            "that the disk is not full.",
            path=folder,
            reason=reason_of(error),
        ) from error
    return path
