"""Pictures whose file ends too early: how much of one is there, found out by decoding it twice.

What Pillow writes into memory that was white and into memory that was black differs where it wrote nothing.
A picture that lacks no more than `MOST_MISSING` of its pixels is used, any other is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from engine.images.errors import RefusedDataError

MOST_MISSING: Final = 0.05
"""Share of the pixels that a picture may lack."""

_SMOOTHED: Final = 4
"""Pixels before the edge of a block that decoders change by what follows it."""

_MEASURED: Final = frozenset({"PNG", "GIF", "BMP", "PPM", "TIFF"})
"""Formats that Pillow decodes row by row into memory that one may prepare."""


def load_measured(
    image: ImageFile.ImageFile, reopened: Callable[[], ImageFile.ImageFile]
) -> tuple[Image.Image, float]:
    """The opened picture with its pixels loaded, and the share of them that is missing.

    `reopened` opens it again, if need be. Raises `RefusedDataError`: truncated, if too many are missing; and
    whatever Pillow raises if the file is not cut, or is of a format that says nothing about it.
    """
    try:
        image.load()
        return image, 0.0
    except OSError as error:
        is_cut = "truncated" in str(error) or image.format == "TIFF"
        is_measured = image.format in _MEASURED and not (
            image.format == "GIF" and "transparency" in image.info
        )
        if not (is_cut and is_measured):
            raise
    on_black, on_white = (_loaded_over(reopened(), shade) for shade in (0, 255))
    missing = share_that_differs(on_black, on_white)
    refuse_if_too_little(missing)
    return on_black, missing


def refuse_if_too_little(missing: float) -> None:
    """Raise `RefusedDataError` if this share of a picture is too much to miss."""
    if missing > MOST_MISSING:
        raise RefusedDataError("truncated")


def share_that_differs(one: Image.Image, other: Image.Image) -> float:
    """The share of the pixels in which two pictures of a size and mode differ."""
    first, second = np.asarray(one), np.asarray(other)
    differs = first != second
    if differs.ndim == 3:
        differs = differs.any(axis=2)
    return float(differs.mean())


def share_after_first_difference(one: Image.Image, other: Image.Image, block: tuple[int, int]) -> float:
    """The share of the pixels from the first block (width, height) that differs on, in the order of coding.

    The last pixels of a block do not count: smoothing carries differences back over the edges between blocks.
    """
    first, second = np.asarray(one), np.asarray(other)
    differs = (first != second).reshape(*first.shape[:2], -1).any(axis=2)
    height, width = differs.shape
    block_width, block_height = block
    differs &= _counts(height, block_height)[:, None] & _counts(width, block_width)
    rows = np.flatnonzero(differs.any(axis=1))
    if not len(rows):
        return 0.0
    top = int(rows[0]) // block_height * block_height
    bottom = min(top + block_height, height)
    left = int(np.flatnonzero(differs[top:bottom].any(axis=0))[0]) // block_width * block_width
    return float(((height - bottom) * width + (width - left) * (bottom - top)) / (height * width))


def _counts(length: int, block: int) -> NDArray[np.bool_]:
    """For each pixel along a side, whether it is none of the last of its block."""
    return np.arange(length) % block < max(block - _SMOOTHED, 1)


def _loaded_over(image: ImageFile.ImageFile, shade: int) -> Image.Image:
    """What there is of the picture, over pixels of one `shade`."""
    bands = len(image.getbands())
    size = getattr(image, "_tile_size", image.size)  # of a TIFF page that is to be turned, as it is stored
    image.im = Image.new(image.mode, size, (shade,) * bands if bands > 1 else shade).im
    try:
        image.load()
    except OSError:
        image.tile = []  # what is loaded is all there is
        with suppress(Exception):
            image.load_end()
    return image
