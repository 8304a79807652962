"""JPEG files beyond what Pillow reads: broken notes, and a last part that is missing.

After ITU-T T.81. Where the coded pixels end too early, libjpeg fills the rest with grey and does not say
where it began. So the file is decoded with two different ends: what comes out the same does not depend on
what is missing.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image

from engine.images.errors import RefusedDataError
from engine.images.partial import refuse_if_too_little, share_after_first_difference

_END: Final = b"\xff\xd9"
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
"""Markers of what libjpeg decodes by Huffman codes: baseline, extended, progressive."""
_NOTES_DROPPED: Final = frozenset({*range(0xE2, 0xEE), 0xEF, 0xFE})
"""Markers of application data and comments, but for JFIF, EXIF and Adobe's colour transform."""
_NEXT_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
_BYTES_OF_NOISE: Final = 4096
_FINE_BIT: Final = 1
"""The bit up to which a coefficient may lack precision: nobody misses the last refinement of a progressive
file."""


@dataclass(frozen=True)
class _Segment:
    """A marker with its content; after a start of scan also the coded pixels up to the next marker."""

    marker: int
    body: bytes
    start: int
    end: int


def without_notes(data: bytes) -> bytes:
    """The same picture without colour profile, comments and what other programs have left in it."""
    parts, at = [data[:2]], 2
    for segment in _segments(data):
        if segment.marker == 0xDA:
            break
        if segment.marker not in _NOTES_DROPPED:
            parts.append(data[segment.start : segment.end])
        at = segment.end
    return b"".join(parts) + data[at:]


def mended(data: bytes) -> tuple[bytes, float]:
    """A cut file, or one that ends in zeros as a broken download does, with an end mark, and the share of
    its pixels that is missing.

    Raises `RefusedDataError`: truncated, if that is too much, or cannot be determined.
    """
    cut = data.rstrip(b"\0").rstrip(b"\xff")
    whole = cut + _END
    if not _needs_last_scan(cut):
        return whole, 0.0
    noise = random.Random(0).randbytes(_BYTES_OF_NOISE).replace(b"\xff", b"\xfe")
    try:
        with (
            Image.open(io.BytesIO(whole), formats=("JPEG",)) as one,
            Image.open(io.BytesIO(cut + noise + _END), formats=("JPEG",)) as other,
        ):
            one.load()
            other.load()
            missing = share_after_first_difference(one, other, _block_size(cut))
    except OSError as error:
        raise RefusedDataError("truncated") from error
    refuse_if_too_little(missing)
    return whole, missing


def _segments(data: bytes) -> Iterator[_Segment]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF or marker in (0x01, *range(0xD0, 0xD9)):
            at += 1 if marker == 0xFF else 2
            continue
        if marker == 0xD9:
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : end]
        if marker == 0xDA:
            following = _NEXT_MARKER.search(data, min(end, len(data)))
            end = following.start() if following else len(data)
        yield _Segment(marker, body, at, end)
        at = end


def _needs_last_scan(data: bytes) -> bool:
    """Whether pixels are missing without the last scan. Raises `RefusedDataError` if they are even with
    it."""
    components: list[int] = []
    wanted: set[tuple[int, int]] = set()
    last: set[tuple[int, int]] = set()
    scans = 0
    for segment in _segments(data):
        if segment.marker in _FRAMES and len(segment.body) > 6:
            components = list(segment.body[6 : 6 + 3 * segment.body[5] : 3])
            wanted = {(component, k) for component in components for k in range(64)}
        elif segment.marker == 0xDA and segment.body:
            scans += 1
            wanted -= last
            count = segment.body[0]
            spectrum = segment.body[1 + 2 * count : 4 + 2 * count]
            if len(spectrum) < 3:
                raise RefusedDataError("truncated")
            first, final, low_bit = spectrum[0], spectrum[1], spectrum[2] & 15
            scanned = segment.body[1 : 1 + 2 * count : 2]
            is_precise = low_bit <= _FINE_BIT
            last = {(c, k) for c in scanned for k in range(first, final + 1) if is_precise}
    if not scans or wanted - last:
        raise RefusedDataError("truncated")
    return bool(wanted)


def _block_size(data: bytes) -> tuple[int, int]:
    """Width and height, in pixels, of the units in which pixels are coded."""
    for segment in _segments(data):
        if segment.marker in _FRAMES and len(segment.body) > 6:
            sampling = segment.body[7 : 7 + 3 * segment.body[5] : 3] or b"\x11"
            return 8 * max(max(s >> 4 for s in sampling), 1), 8 * max(max(s & 15 for s in sampling), 1)
    return 8, 8
