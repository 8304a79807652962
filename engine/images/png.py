"""PNG files beyond what Pillow reads: broken notes, and colours of 16 bits.

After the PNG specification (W3C, third edition). Pixels are in the critical chunks, and tRNS; a note may be
too large, cut short or have a wrong checksum without a pixel being missing.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from PIL import Image, ImageFile

from engine.images.levels import Levels, grey_levels, shifted

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PIXELS: Final = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
_NOTES_KEPT: Final = {
    b"tRNS": range(1, 257),
    b"eXIf": range(8, 2**16),
    b"gAMA": range(4, 5),
    b"cHRM": range(32, 33),
    b"sRGB": range(1, 2),
    b"sBIT": range(1, 5),
    b"iCCP": range(4, 2**20),
}
"""Notes that change how the picture looks, and how many bytes they may have."""
_MOST_PROFILE: Final = 2**20
_LOWER_BYTE: Final = {"RGB;16B": "RGB;16L", "RGBA;16B": "RGBA;16L", "LA;16B": "RGBA"}
"""Pillow's layouts of numbers of 16 bits -> the layout of their lower bytes; of the last, of all four."""
_ALL_BITS_USED: Final = 64
"""The upper byte from which a number has more than 14 bits."""


def without_broken_notes(data: bytes) -> bytes:
    """The same picture with no notes but those that are sound and matter; animations become still.

    The checksums of the pixel data are made anew where the data itself, which has a checksum of its own, is
    whole.
    """
    chunks = list(_chunks(data))
    packed = b"".join(body for kind, body, _ in chunks if kind == b"IDAT")
    is_whole = _is_whole(packed)
    parts = [SIGNATURE]
    written_pixels = False
    for kind, body, is_sound in chunks:
        if kind == b"IDAT":
            if is_whole and not written_pixels:
                parts.append(_chunk(b"IDAT", packed))
            elif not is_whole:
                parts.append(_chunk(kind, body) if is_sound else _with_wrong_checksum(kind, body))
            written_pixels = True
        elif kind in _PIXELS:
            parts.append(_chunk(kind, body) if is_sound else _with_wrong_checksum(kind, body))
        elif is_sound and len(body) in _NOTES_KEPT.get(kind, ()) and (kind != b"iCCP" or _unpacks(body)):
            parts.append(_chunk(kind, body))
    if is_whole and chunks[-1][0] != b"IEND":
        parts.append(_chunk(b"IEND", b""))
    return b"".join(parts)


def significant_bits(data: bytes) -> int:
    """What the note sBIT says of how many bits are meant, the most of all channels; 0 if it says nothing."""
    at = data.find(b"sBIT", 0, 4096)
    if at < 4:
        return 0
    length = int.from_bytes(data[at - 4 : at], "big")
    return max(data[at + 4 : at + 4 + min(length, 4)], default=0)


def deep_levels(
    opened: Callable[[], ImageFile.ImageFile], upper: Image.Image, stated_bits: int
) -> Levels | None:
    """The levels [h, w, channels] of a PNG with colours of 16 bits of which only some are used, else `None`.

    Pillow keeps the `upper` byte of each number. Where that is too small, decoding again by a layout whose
    upper byte is our lower gives the other. `stated_bits` is what the file itself says of how many are
    used, or 0.
    """
    image = opened()
    layout = str(image.tile[0].args) if image.tile else ""
    if layout not in _LOWER_BYTE or max(high for _, high in _colour_extrema(upper)) >= _ALL_BITS_USED:
        return None
    image.tile = [tile._replace(args=_LOWER_BYTE[layout]) for tile in image.tile]
    image.load()
    bytes_each = np.asarray(image).astype(np.uint16)
    if layout == "LA;16B":
        numbers = bytes_each[:, :, ::2] << 8 | bytes_each[:, :, 1::2]
    else:
        numbers = np.asarray(upper).astype(np.uint16) << 8 | bytes_each
    colours = numbers.shape[2] - (layout != "RGB;16B")
    levels = grey_levels(numbers[:, :, :colours], 16, 2 ** (stated_bits or 1) - 1)
    opacity = shifted(numbers[:, :, colours:], levels.bits_used or 16)
    return Levels(np.concatenate([levels.values, opacity], axis=2), levels.bits_used)


def _colour_extrema(upper: Image.Image) -> list[tuple[int, int]]:
    extrema = upper.getextrema()
    return [band for band in extrema[:3] if isinstance(band, tuple)]


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """Kind, content and soundness of each chunk; the last may be cut short."""
    at = len(SIGNATURE)
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        checksum = data[at + 8 + length : at + 12 + length]
        yield kind, body, checksum == struct.pack(">I", zlib.crc32(kind + body))
        if kind == b"IEND":
            return
        at += 12 + length


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _with_wrong_checksum(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body) ^ 1)


def _is_whole(packed: bytes) -> bool:
    """Whether a zlib stream ends with the right checksum. Unpacked in pieces, so that none fills the
    memory.
    """
    unpacker, rest = zlib.decompressobj(), packed
    try:
        while rest and not unpacker.eof:
            unpacker.decompress(rest, 2**20)
            rest = unpacker.unconsumed_tail
    except zlib.error:
        return False
    return unpacker.eof


def _unpacks(profile_chunk: bytes) -> bool:
    """Whether the colour profile in an iCCP chunk is sound and of a sensible size."""
    name, separator, packed = profile_chunk.partition(b"\0")
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(packed[1:], _MOST_PROFILE)
    except zlib.error:
        return False
    return bool(name and separator and packed[:1] == b"\0") and unpacker.eof
