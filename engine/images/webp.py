"""WebP files beyond what Pillow reads: broken notes, and a last part that is missing.

After Google's container specification (RIFF). Lossy and lossless pixels are coded from the top on, so that
a cut file is measured as a cut JPEG is: with two different ends.
"""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Iterator
from typing import Final

from PIL import Image

from engine.images.errors import RefusedDataError
from engine.images.partial import refuse_if_too_little, share_after_first_difference

_PIXELS: Final = (b"VP8 ", b"VP8L", b"ALPH", b"VP8X", b"ANIM", b"ANMF")
_KEPT_FLAGS: Final = 0x12
"""Of the extended header: transparency and animation. Profile, EXIF and XMP are dropped."""
_SPARE: Final = 2**16
_BLOCK: Final = {b"VP8 ": (16, 16), b"VP8L": (1, 1)}


def is_cut(data: bytes) -> bool:
    """Whether the file is shorter than its header says."""
    return int.from_bytes(data[4:8], "little") + 8 > len(data)


def without_notes(data: bytes) -> bytes:
    """The same picture without profile, EXIF and XMP."""
    return _written((kind, body) for kind, body, _ in _chunks(data))


def mended(data: bytes) -> tuple[bytes, float]:
    """A cut still picture filled up to its length, and the share of its pixels that is missing.

    Raises `RefusedDataError`: truncated, if that is too much.
    """
    chunks = list(_chunks(data))
    kind, body, length = chunks[-1] if chunks else (b"", b"", 0)
    # A length is only a claim, and noise of that size is made below. More than half is never missed.
    if kind not in _BLOCK or length > 2 * len(body):
        raise RefusedDataError("truncated")
    lacking = max(length - len(body), 0) + len(body) + _SPARE  # noise takes up more than pixels do
    noise = random.Random(0).randbytes(lacking)
    ends = [
        _written([*((k, b) for k, b, _ in chunks[:-1]), (kind, body + end)])
        for end in (bytes(lacking), noise)
    ]
    try:
        one, other = (Image.open(io.BytesIO(end), formats=("WEBP",)).convert("RGBA") for end in ends)
    except Exception as error:  # whatever Pillow's reader lets through
        raise RefusedDataError("truncated") from error
    missing = share_after_first_difference(one, other, _BLOCK[kind])
    refuse_if_too_little(missing)
    return ends[0], missing


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Kind, content and announced length of each chunk; the content of the last may be cut short."""
    at = 12
    while at + 8 <= len(data):
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if kind in _PIXELS:
            yield kind, data[at + 8 : at + 8 + length], length
        at += 8 + length + length % 2


def _written(chunks: Iterator[tuple[bytes, bytes]] | list[tuple[bytes, bytes]]) -> bytes:
    parts = []
    for kind, body in chunks:
        if kind == b"VP8X" and body:
            body = bytes([body[0] & _KEPT_FLAGS]) + body[1:]
        parts.append(kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2))
    content = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(content)) + content
