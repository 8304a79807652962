"""The picture on a TIFF page, by Pillow where it knows the kind of page, else by its samples."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import ExifTags, Image, TiffImagePlugin

from engine.images import tiff_pages as tags
from engine.images.errors import RefusedDataError
from engine.images.levels import Levels
from engine.images.limits import check_pixels
from engine.images.partial import load_measured
from engine.images.tiff_pages import Page, starting_at
from engine.images.tiff_samples import is_for_pillow, kind_of, read_samples


@dataclass(frozen=True)
class PagePicture:
    """A page decoded in its own colours, not upright yet, and the share of it that is
    missing; if it was made of `levels`, each number had `bits_stored`."""

    image: Image.Image
    missing: float
    levels: Levels | None = None
    bits_stored: int = 0


def read_page(data: bytes, page: Page) -> PagePicture:
    """The picture on a page.

    Raises `RefusedDataError`: too large, unsupported format, truncated, or damaged; and what Pillow raises.
    """
    check_pixels(page.pixels, len(data), page.pixel_bytes)
    file = starting_at(data, page)

    def opened() -> TiffImagePlugin.TiffImageFile:
        return TiffImagePlugin.TiffImageFile(io.BytesIO(file))

    if is_for_pillow(page):
        try:
            image = opened()
        except SyntaxError:  # no mode of Pillow's; or notes that it stumbles over
            return _from_samples(data, page)
        check_pixels(image.width * image.height, len(data))
        loaded, missing = load_measured(image, opened)
        return PagePicture(loaded, missing)
    return _from_samples(data, page)


def mode_of(data: bytes, page: Page) -> str:
    """Pillow's name for what a page consists of, or the nearest that it has."""
    if is_for_pillow(page):
        try:
            return TiffImagePlugin.TiffImageFile(io.BytesIO(starting_at(data, page))).mode
        except Exception:  # whatever Pillow's reader lets through
            pass
    bands, bits = page.number(tags.SAMPLES, 1), page.number(tags.BITS, 1)
    if bands >= 3:
        return "RGB"
    if page.number(tags.SAMPLE_FORMAT, 1) == 3:
        return "F"
    return "L" if bits <= 8 else "I;16" if bits <= 16 else "I"


def _from_samples(data: bytes, page: Page) -> PagePicture:
    try:
        image, levels, missing = read_samples(data, page)
    except SyntaxError as error:
        raise RefusedDataError("unsupported format", kind_of(page)) from error
    image.getexif()[ExifTags.Base.Orientation] = page.number(tags.ORIENTATION, 1)
    if profile := page.numbers(tags.ICC_PROFILE):
        image.info["icc_profile"] = bytes(value & 255 for value in profile)
    return PagePicture(image, missing, levels, page.number(tags.BITS, 1))
