"""The picture formats this program reads, and those it knows by sight, as data."""

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

_BEGINNINGS: Final = (
    (b"8BPS", "Photoshop"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"%PDF-", "PDF"),
    (b"v/1\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"FUJIFILMCCD-RAW", "camera raw"),
    (b"IIRO", "camera raw"),
    (b"IIU\0", "camera raw"),
    (b"II\xbc", "JPEG XR"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"SIMPLE  =", "FITS"),
    (b"gimp xcf", "GIMP"),
    (b"\x1aE\xdf\xa3", "video"),
)
"""How files begin that are pictures, though none that are read here."""

_BRANDS: Final = (
    ((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), "HEIC"),
    ((b"crx ",), "camera raw"),
)
"""Brands of ISO media files (ISO/IEC 14496-12); all others are videos."""


def unsupported_kind(data: bytes) -> str | None:
    """The name of the kind of picture or video that `data` begins as, if it is one that is not read here."""
    if data[4:8] == b"ftyp":
        return next((name for brands, name in _BRANDS if data[8:12] in brands), "video")
    if data[128:132] == b"DICM":
        return "DICOM"
    return next((name for beginning, name in _BEGINNINGS if data.startswith(beginning)), None)
