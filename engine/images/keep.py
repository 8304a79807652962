"""Pictures that have no file yet, from a clipboard or a network: each gets one, named by its content."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from engine.errors import FewshotError
from engine.files import write_atomically
from engine.images.decode import content_hash, decode
from engine.images.formats import FORMATS


def keep_picture(data: bytes, folder: Path, name: str) -> Path:
    """Write a picture into `folder`, which is made if need be; the same content is the same file.

    `name` is where the picture came from, for the sentence that says why it cannot be had.

    Raises:
        UnreadablePicture: `data` cannot be decoded.
        FewshotError: the file cannot be written.
    """
    decode(data, Path(name))
    with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as picture:
        suffix = FORMATS.get(picture.format or "", (".jpg",))[0]  # MPO, say, is a JPEG of several
    path = folder / f"{content_hash(data).hex()}{suffix}"
    try:
        if not path.exists():
            write_atomically(path, data)
    except OSError as error:
        raise FewshotError(
            f"The picture could not be kept in {folder}: {error.strerror}. "
            "Check that you may write there and that the disk is not full."
        ) from error
    return path
