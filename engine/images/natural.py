"""The order in which people count: `2.png` before `10.png`, whatever the case."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_NUMBER = re.compile(r"\d+")
_BLOCK = 4_000
"""Names that are made ready in some milliseconds."""


def natural_order(names: Sequence[str]) -> NDArray[np.int64]:
    """The places of file names in natural order, int64 [n]; those that differ only in case by code point.

    A window can go on meanwhile, however many there are: Python's lock is never held for long.
    """
    if not names:
        return np.empty(0, np.int64)
    blocks = [names[first : first + _BLOCK] for first in range(0, len(names), _BLOCK)]
    keys = np.concatenate([natural_keys(block) for block in blocks])
    return np.lexsort((np.concatenate([_as_bytes("\0".join(block)) for block in blocks]), keys))


def natural_keys(names: Sequence[str]) -> NDArray[np.bytes_]:
    """For each file name, of which there is at least one, bytes by which it sorts in natural order.

    Bytes of one length, made in one go, because names are sorted by the million while a window is to go on:
    general keys, tuples of texts and numbers, take four times as long to make, and cannot be compared but
    under Python's lock.
    """
    # No file name has a zero byte.
    return _as_bytes(_NUMBER.sub(_key_of_number, "\0".join(names).casefold()))


def _as_bytes(joined: str) -> NDArray[np.bytes_]:
    # UTF-8 sorts as its code points do; a name that is not valid text has some that it does not encode.
    return np.array(joined.encode("utf-8", "surrogatepass").split(b"\0"))


def _key_of_number(number: re.Match[str]) -> str:
    """The digits after how many there are: of two numbers, the one with fewer is the smaller."""
    digits = number[0].lstrip("0")
    return chr(ord("0") + len(digits)) + digits
