"""Numbers as arguments: each makes what `argparse` takes as a type."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable
from contextlib import suppress


def at_least(least: int) -> Callable[[str], int]:
    """A whole number that is not smaller."""

    def number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"“{text}” is not a whole number") from None
        if value < least:
            raise argparse.ArgumentTypeError(f"{value} is less than {least}")
        return value

    return number


def range_from(least: int) -> Callable[[str], tuple[int, int]]:
    """`N-M`, or `N` for `N-N`, from `least` on."""

    def range_(text: str) -> tuple[int, int]:
        if re.fullmatch(r"\d+(-\d+)?", text) is None:
            raise argparse.ArgumentTypeError(f"“{text}” is neither N nor N-M, in whole numbers")
        low, dash, high = text.partition("-")
        first = at_least(least)(low)
        return first, at_least(first)(high) if dash else first

    return range_


def positive(text: str) -> float:
    """A number above zero."""
    with suppress(ValueError):
        if 0 < (value := float(text)) < math.inf:
            return value
    raise argparse.ArgumentTypeError(f"“{text}” is not a number above zero")
