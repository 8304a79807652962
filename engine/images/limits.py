"""How much a picture may hold. Passed by hand to every reader, since Pillow's own limits are process-wide."""

from __future__ import annotations

from typing import Final

from engine.images.errors import RefusedDataError

MAX_PIXELS: Final = 2**28
"""Largest picture that is decoded: 268 megapixels, 1 GiB as Pillow keeps RGB. Phones make 200."""

BIG_PIXELS: Final = 2**25
"""From 34 megapixels on pictures are decoded one at a time, since each may take gigabytes on the way."""

_ALWAYS_ALLOWED: Final = 2**24
"""Bytes of pixels that the smallest file may claim."""


def check_pixels(pixels: int, file_size: int, pixel_bytes: int = 1) -> None:
    """Refuse a file of `file_size` bytes that claims more pixels, of `pixel_bytes` bytes each, than it can
    honestly hold.

    Fax compression gets 16,000 blank pixels into a byte, and no drawing comes near. What claims
    more, and is not small anyhow, is a trap: a few bytes that would fill the memory.

    Raises `RefusedDataError`: too large.
    """
    if pixels > MAX_PIXELS or pixels * pixel_bytes > max(_ALWAYS_ALLOWED, 20_000 * file_size):
        raise RefusedDataError("too large")
