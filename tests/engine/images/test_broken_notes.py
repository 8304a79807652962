"""What is wrong beside the pixels costs no pixel."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from engine.images import decode, describe
from tests.broken_pictures import HEIGHT, WIDTH, encoded, flag

SOMEWHERE = Path("some.png")


def chunk(kind: bytes, body: bytes, *, right: bool = True) -> bytes:
    return (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body) ^ (not right))
    )


def flag_png(*before: bytes, after: bytes = b"") -> bytes:
    """A flag with chunks after its header, and `after` its pixels."""
    data = encoded(flag(), "PNG")
    return data[:33] + b"".join(before) + data[33:-12] + after + data[-12:]


LARGE = zlib.compress(bytes(3 * 2**20))
NOTES = {
    "packed text of 3 MB": chunk(b"zTXt", b"Comment\0\0" + LARGE),
    "international text of 3 MB": chunk(b"iTXt", b"Comment\0\1\0\0\0" + LARGE),
    "broken packed text": chunk(b"zTXt", b"Comment\0\0no zlib"),
    "text packed in an unknown way": chunk(b"zTXt", b"Comment\0\7" + LARGE),
    "profile of 3 MB": chunk(b"iCCP", b"name\0\0" + LARGE),
    "broken profile": chunk(b"iCCP", b"name\0\0no zlib"),
    "profile packed in an unknown way": chunk(b"iCCP", b"name\0\7" + LARGE),
    "empty profile": chunk(b"iCCP", b""),
    "note with a wrong checksum": chunk(b"tEXt", b"Comment\0words", right=False),
    "density cut short": chunk(b"pHYs", b"\0\0\1"),
    "gamma cut short": chunk(b"gAMA", b"\0"),
    "colours cut short": chunk(b"cHRM", b"\0\0"),
    "intent cut short": chunk(b"sRGB", b""),
    "gamma of nothing": chunk(b"gAMA", bytes(4)),
    "colours of nothing": chunk(b"gAMA", struct.pack(">I", 99_999)) + chunk(b"cHRM", bytes(32)),
    "broken exif": chunk(b"eXIf", b"II*\0\xff\xff\xff\xff"),
    "unknown note with a wrong checksum": chunk(b"abCd", b"words", right=False),
}


@pytest.mark.parametrize("name", NOTES)
def test_a_broken_note_of_a_png_is_dropped(name: str) -> None:
    for data in (flag_png(NOTES[name]), flag_png(after=NOTES[name])):
        assert np.array_equal(np.asarray(decode(data, SOMEWHERE)), np.asarray(flag()))
        facts = describe(data, SOMEWHERE)
        assert (facts.format, facts.width, facts.height) == ("PNG", WIDTH, HEIGHT)


@pytest.mark.parametrize("tail", [b"", b"\0" * 100, b"more words", encoded(flag(), "JPEG")])
def test_what_follows_the_end_of_a_png_is_nothing(tail: bytes) -> None:
    assert np.array_equal(np.asarray(decode(flag_png() + tail, SOMEWHERE)), np.asarray(flag()))
    without_end = flag_png()[:-12]
    assert np.array_equal(np.asarray(decode(without_end, SOMEWHERE)), np.asarray(flag()))


def test_the_notes_that_matter_stay_when_a_broken_one_is_dropped() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    stored = encoded(flag().transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif)
    data = stored[:33] + NOTES["note with a wrong checksum"] + stored[33:]
    assert np.array_equal(np.asarray(decode(data, SOMEWHERE)), np.asarray(flag()))
    glass = encoded(flag().convert("P"), "PNG", transparency=0)
    broken = glass[:33] + NOTES["packed text of 3 MB"] + glass[33:]
    assert decode(broken, SOMEWHERE).tobytes() == decode(glass, SOMEWHERE).tobytes()


@pytest.mark.parametrize("marker", [0xE1, 0xE2, 0xED, 0xEE, 0xFE])
@pytest.mark.parametrize(
    "body",
    [b"", b"Exif\0\0junk", b"ICC_PROFILE\0\1\5junk", b"Photoshop 3.0\0" + b"8BIM" * 3, b"MPF\0II*\0junk"],
)
def test_a_broken_note_of_a_jpeg_is_dropped(marker: int, body: bytes) -> None:
    data = encoded(flag(), "JPEG", quality=95)
    note = bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body
    assert decode(data[:2] + note + data[2:], SOMEWHERE).tobytes() == decode(data, SOMEWHERE).tobytes()


@pytest.mark.parametrize("profile", [b"no profile", bytes(200)])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_broken_profile_is_dropped(file_format: str, profile: bytes) -> None:
    options = {"lossless": True} if file_format == "WEBP" else {}
    plain = encoded(flag(), file_format, **options)
    with_profile = encoded(flag(), file_format, icc_profile=profile, **options)
    assert decode(with_profile, SOMEWHERE).tobytes() == decode(plain, SOMEWHERE).tobytes()


def test_a_webp_whose_notes_are_cut_is_whole() -> None:
    whole = encoded(flag(), "WEBP", lossless=True)
    noted = encoded(flag(), "WEBP", lossless=True, exif=b"Exif\0\0II*\0" + bytes(300), xmp=b"<x/>" * 50)
    for lost in (1, 100, 300):
        assert decode(noted[:-lost], SOMEWHERE).tobytes() == decode(whole, SOMEWHERE).tobytes()
