"""Numbers of any kind → grey levels of 8 bits.

A file states how bright its numbers may be, or it does not: cameras put 10 or 12 bits into 16, and many
programs write 0..255 as 32-bit numbers. Then the numbers tell, by the smallest depth that holds them. A
picture is never stretched to its own brightest value where a depth explains it: a dark one stays dark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

DEPTHS: Final = (8, 9, 10, 12, 14, 16)
"""Bits that sensors and converters have."""

_STORAGE: Final = (8, 16, 32, 64)
"""Bits that numbers are stored in whatever their depth; any other number of bits is meant as the depth."""


@dataclass(frozen=True)
class Levels:
    """Grey levels uint8, of the shape of the numbers. Where fewer bits are used than stored, `bits_used`."""

    values: NDArray[np.uint8]
    bits_used: int | None = None


def grey_levels(
    numbers: NDArray[Any],
    bits: int,
    brightest_stated: int = 0,
    stated_range: tuple[float, float] | None = None,
    depth_is_stated: bool = False,
) -> Levels:
    """The levels of `numbers`, integers or floats of any shape; NaN becomes black.

    Integers keep their most significant 8 of the bits in use. Floats from 0 to 1 keep their brightness;
    whole numbers count as integers. All else goes from the picture's own darkest to its brightest value.

    Args:
        numbers: all that share a range, so that colours keep their balance.
        bits: stored for each number.
        brightest_stated: the largest value that the file announces, 0 if it does not.
        stated_range: black and white, where the file states them for floats.
        depth_is_stated: whether the file says that all its bits are used.
    """
    if numbers.dtype.kind == "f":
        return _float_levels(numbers, stated_range)
    if numbers.size == 0:
        return Levels(numbers.astype(np.uint8))
    low, high = int(numbers.min()), int(numbers.max())
    high = max(high, brightest_stated if brightest_stated < 2**bits else 0)
    if low < 0 or (high >= 2**16 and bits in _STORAGE):
        return Levels(_between(numbers.astype(np.float64), low, high))
    depth = bits
    if bits in _STORAGE and not depth_is_stated:
        depth = next(depth for depth in DEPTHS if high < 2**depth or depth == bits)
        if depth < bits and _is_widened(numbers):
            depth = bits
    return Levels(shifted(numbers, depth), depth if depth < bits else None)


def shifted(numbers: NDArray[Any], depth: int) -> NDArray[np.uint8]:
    """Integers of `depth` bits by their upper 8 bits; fewer are spread over 0..255."""
    if depth >= 8:
        return _as_bytes(np.minimum(numbers >> (depth - 8), 255))
    return _as_bytes(numbers.astype(np.uint16) * 255 // (2**depth - 1))


def _is_widened(numbers: NDArray[Any]) -> bool:
    """Whether 8 bits were widened to 16, by a shift or by repetition: then a dark picture is just dark."""
    return any(not (numbers % step).any() for step in (256, 257))


def _float_levels(numbers: NDArray[Any], stated: tuple[float, float] | None) -> Levels:
    values = numbers.astype(np.float32 if numbers.dtype.itemsize <= 4 else np.float64)
    finite = np.isfinite(values)
    low = float(values.min(where=finite, initial=np.inf))
    high = float(values.max(where=finite, initial=-np.inf))
    if stated is not None and stated[0] <= low <= high <= stated[1]:
        return Levels(_between(values, *stated))
    if low >= 0 and high <= 1:
        return Levels(_between(values, 0.0, 1.0))
    if low >= 0 and high < 2**16 and finite.all() and not (values % 1).any():
        return Levels(grey_levels(values.astype(np.uint16), 16).values)
    return Levels(_between(values, low, high))


def _between(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    """`values`, which may be changed, from `low` (black) to `high` (white)."""
    scale = 255 / (high - low) if high > low else 0.0
    with np.errstate(all="ignore"):  # infinities and the like are clipped
        values *= scale
        values -= low * scale
        return _as_bytes(np.nan_to_num(values, copy=False).clip(0, 255, out=values))


def _as_bytes(values: NDArray[Any]) -> NDArray[np.uint8]:
    return values.astype(np.uint8, copy=False)
