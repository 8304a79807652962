"""The picture formats this program reads, and those that it knows by name only, as data."""

from __future__ import annotations

import re
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

UNREADABLE_FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "HEIC": (".heic", ".heif", ".hif", ".heics", ".heifs"),
    "RAW": (
        ".3fr", ".ari", ".arw", ".bay", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff", ".gpr",
        ".iiq", ".k25", ".kdc", ".mdc", ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf",
        ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
    ),
    "JPEG XL": (".jxl",),
    "DICOM": (".dcm", ".dicom", ".ima"),
    "NIfTI": (".nii", ".nii.gz"),
    "FITS": (".fits", ".fit", ".fts"),
    "Photoshop": (".psd", ".psb"),
    "SVG": (".svg", ".svgz"),
    "EPS": (".eps", ".ps", ".ai"),
    "OpenEXR": (".exr",),
    "Radiance HDR": (".hdr",),
    "JPEG XR": (".jxr", ".wdp", ".hdp"),
    "TGA": (".tga",),
    "PCX": (".pcx", ".dcx"),
    "ICO": (".ico", ".cur"),
    "DDS": (".dds",),
    "GIMP": (".xcf",),
    "DjVu": (".djvu", ".djv"),
    "slide": (".svs", ".ndpi", ".mrxs", ".scn", ".vms", ".czi", ".lif"),
    "video": (
        ".3gp", ".avi", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".webm", ".wmv",
    ),
}  # fmt: skip
"""Pictures that are known and cannot be read: what people call their format -> its suffixes, lower case.

Many RAW files and slides begin as TIFF files do, and Pillow would read the thumbnail in them.
"""

_DOCUMENTS: Final = (
    ".csv", ".doc", ".docx", ".htm", ".html", ".ini", ".json", ".jsonl", ".log", ".md", ".mp3", ".npy",
    ".npz", ".pdf", ".pptx", ".pt", ".pth", ".py", ".rst", ".safetensors", ".toml", ".tsv", ".txt", ".wav",
    ".xlsx", ".xml", ".xmp", ".yaml", ".yml", ".zip",
    # Databases: who opens and closes one ends the locks that this process has on it (SQLite, "How To Corrupt
    # An SQLite Database File", 2.2).
    ".db", ".sqlite", ".sqlite3", ".fewshot", "-wal", "-shm", "-journal",
)  # fmt: skip

# ISO base media files: "ftyp" and the brand that they are of.
_BRANDS: Final = {
    b"avif": "AVIF", b"avis": "AVIF", b"heic": "HEIC", b"heix": "HEIC", b"hevc": "HEIC", b"heim": "HEIC",
    b"heis": "HEIC", b"mif1": "HEIC", b"msf1": "HEIC", b"crx ": "RAW", b"jxl ": "JPEG XL",
}  # fmt: skip

# How files of a format begin, by their specifications; for two of them that is too short to be sure without
# what follows (BMP: length of the header; PPM: the width).
_BEGINNINGS: Final = tuple(
    (name, re.compile(pattern, re.DOTALL))
    for name, pattern in (
        ("JPEG", rb"\xff\xd8\xff"),
        ("PNG", rb"\x89PNG\r\n\x1a\n"),
        ("WEBP", rb"RIFF....WEBP"),
        ("GIF", rb"GIF8[79]a"),
        ("RAW", rb"II\x2a\x00....CR|FUJIFILMCCD-RAW|FOVb|IIRO|IIRS|IIU\x00|\x00MRM"),
        ("TIFF", rb"II\x2a\x00|MM\x00\x2a|II\x2b\x00|MM\x00\x2b"),
        ("BMP", rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\x00\x00\x00"),
        ("JPEG2000", rb"\xff\x4f\xff\x51|\x00\x00\x00\x0cjP  \r\n\x87\n"),
        ("PPM", rb"P[1-6]\s+[0-9#]"),
        ("JPEG XL", rb"\xff\x0a|\x00\x00\x00\x0cJXL \r\n\x87\n"),
        ("DICOM", rb".{128}DICM"),
        ("FITS", rb"SIMPLE  ="),
        ("EPS", rb"%!PS|\xc5\xd0\xd3\xc6"),
        ("Photoshop", rb"8BPS"),
        ("OpenEXR", rb"\x76\x2f\x31\x01"),
        ("Radiance HDR", rb"#\?RADIANCE|#\?RGBE"),
        ("JPEG XR", rb"II\xbc"),
        ("PCX", rb"\x0a[\x00\x02-\x05]\x01[\x01\x02\x04\x08]"),
        ("DDS", rb"DDS \x7c"),
        ("GIMP", rb"gimp xcf "),
        ("DjVu", rb"AT&TFORM"),
        ("video", rb"RIFF....AVI |\x1a\x45\xdf\xa3"),
    )
)

BEGINNING_BYTES: Final = 132
"""How much of a file `format_by_content` needs."""

_BY_SUFFIX: Final = {
    **{suffix: name for name, suffixes in UNREADABLE_FORMATS.items() for suffix in suffixes},
    **{suffix: name for name, suffixes in FORMATS.items() for suffix in suffixes},
}
_LONGEST_SUFFIX: Final = max(map(len, _BY_SUFFIX))


def format_by_name(name: str) -> str | None:
    """The format that a file's name ends like: a key of `FORMATS` or `UNREADABLE_FORMATS`, or `None`."""
    lower = name.lower()
    if lower.endswith(".nii.gz"):
        return "NIfTI"
    dot = lower.rfind(".", -_LONGEST_SUFFIX)
    return _BY_SUFFIX.get(lower[dot:]) if dot >= 0 else None


def is_document(name: str) -> bool:
    """Whether a file is named like a text, a table, a database and the like, which are no pictures.

    Nobody misses them among pictures, and to look into each would be slow where every picture has a text
    beside it.
    """
    return name.lower().endswith(_DOCUMENTS)


def format_by_content(beginning: bytes) -> str | None:
    """The format of a file that begins so, of `BEGINNING_BYTES` or all that it has: a key of `FORMATS` or
    `UNREADABLE_FORMATS`, or `None`."""
    if beginning[4:8] == b"ftyp":
        # Many pictures are of a general brand, and say further on which other brands they are of.
        return "AVIF" if b"avif" in beginning[16:] else _BRANDS.get(beginning[8:12], "video")
    return next((name for name, pattern in _BEGINNINGS if pattern.match(beginning)), None)


def unsupported_kind(data: bytes) -> str | None:
    """The key of `UNREADABLE_FORMATS` that a file which begins like `data` is of, if it is of one."""
    found = format_by_content(data[:BEGINNING_BYTES])
    return None if found in FORMATS else found
