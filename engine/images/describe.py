"""Describes the picture in a file without decoding its pixels."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from PIL import ExifTags

from engine.images import tiff
from engine.images import tiff_pages as tags
from engine.images.errors import RefusedDataError
from engine.images.facts import PictureFacts
from engine.images.guarded import PictureFile, read_guarded
from engine.images.tiff_pages import full_pages, pages_in

_TURNED_SIDEWAYS = (5, 6, 7, 8)
"""Orientations (EXIF) whose upright picture is as wide as the stored one is high."""


def describe(data: bytes, path: Path) -> PictureFacts:
    """What `data` says of itself. `path` is for the error only.

    A PNG file that notes its orientation behind its pixels is described as if it had not.

    Raises:
        UnreadablePicture: where not even that is possible.
    """
    return read_guarded(data, path, lambda file: _of_tiff(file) if file.kind == "TIFF" else _of_others(file))


def _of_tiff(file: PictureFile) -> PictureFacts:
    pages = pages_in(file.data)
    places = full_pages(pages)
    if not places:
        raise RefusedDataError("damaged")
    page = pages[places[0]]
    width, height = page.number(tags.WIDTH), page.number(tags.HEIGHT)
    if page.number(tags.ORIENTATION) in _TURNED_SIDEWAYS:
        width, height = height, width
    return PictureFacts("TIFF", tiff.mode_of(file.data, page), width, height, len(pages), places[0] + 1)


def _of_others(file: PictureFile) -> PictureFacts:
    with file.opened() as image:
        width, height = image.size
        # Of a PNG file Pillow would decode all to look for notes at its end.
        if image.format != "PNG" or "exif" in image.info:
            with suppress(Exception):
                if image.getexif().get(ExifTags.Base.Orientation) in _TURNED_SIDEWAYS:
                    width, height = height, width
        frames = 1
        with suppress(Exception):
            frames = getattr(image, "n_frames", 1)
        return PictureFacts(image.format or "", image.mode, width, height, frames)
