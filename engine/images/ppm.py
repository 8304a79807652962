"""Binary PGM and PPM files whose numbers do not go to 255: by numpy, since Pillow reads them one by one in
Python.

After the Netpbm specifications. The header states the largest number, which may be that of the storage only.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from engine.images.errors import RefusedDataError
from engine.images.levels import Levels, grey_levels
from engine.images.limits import check_pixels
from engine.images.partial import refuse_if_too_little

_GAP: Final = rb"\s+(?:#[^\n]*\n\s*)*"
_HEADER: Final = re.compile(rb"P([56])" + 3 * (_GAP + rb"(\d{1,9})") + rb"\s")


def has_own_range(data: bytes) -> bool:
    """Whether this is a binary PGM or PPM whose largest number is not 255."""
    header = _HEADER.match(data[:1000])
    return header is not None and int(header[4]) != 255


def read_levels(data: bytes) -> tuple[Levels, float]:
    """The levels [h, w] or [h, w, 3], and the share of the pixels that is missing.

    Raises `RefusedDataError`: damaged, too large, or truncated.
    """
    header = _HEADER.match(data[:1000])
    if header is None:
        raise RefusedDataError("damaged")
    width, height, largest = (int(header[place]) for place in (2, 3, 4))
    bands = 3 if header[1] == b"6" else 1
    if not (width and height and 0 < largest < 2**16):
        raise RefusedDataError("damaged")
    check_pixels(width * height, len(data))
    kind = np.dtype(">u2" if largest > 255 else "u1")
    wanted = width * height * bands
    there = min(wanted, (len(data) - header.end()) // kind.itemsize)
    missing = 1 - there / wanted
    refuse_if_too_little(missing)
    numbers = np.zeros(wanted, kind.newbyteorder("="))
    numbers[:there] = np.frombuffer(data, kind, there, header.end())
    numbers = numbers.reshape((height, width, bands) if bands > 1 else (height, width))
    bits = largest.bit_length()
    if largest == 2**bits - 1:
        return grey_levels(numbers, bits, depth_is_stated=largest != 2**16 - 1), missing
    scaled = np.minimum(numbers.astype(np.uint32) * 255 // largest, 255).astype(np.uint8)
    return Levels(scaled), missing
