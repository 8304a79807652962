"""The picture formats this program reads, as data."""

from __future__ import annotations

from typing import Final

FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "TIFF": (".tif", ".tiff"),
    "BMP": (".bmp",),
    "AVIF": (".avif",),
    "JPEG2000": (".jp2", ".j2k", ".jpx"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
}
"""Pillow's name of a format -> its file suffixes, lower case.

What is not listed is not opened: some of Pillow's other readers start programs (EPS, WMF) or
take any bytes for a picture (TGA).
"""

READABLE_SUFFIXES: Final = tuple(suffix for suffixes in FORMATS.values() for suffix in suffixes)
"""For file dialogs."""

PICTURE_SUFFIXES: Final = (*READABLE_SUFFIXES, ".heic", ".heif")
"""What a scan of a folder takes for a picture.

Photos from iPhones are found, although they cannot be decoded, so that a person sees why they
are not labelled instead of an empty window.
"""
