"""Classes with too few examples to learn from, or to check the labels of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

FEWEST = 5
SHARE = 0.25


@dataclass(frozen=True)
class Scarce:
    """A class, by position, that has `examples` and should have at least `wanted`."""

    position: int
    examples: int
    wanted: int


def find_scarce(counts: Sequence[int]) -> list[Scarce]:
    """Classes with fewer than `FEWEST` examples or `SHARE` of the median class, the fewest first.

    `counts` are the examples of each class; ties go by position.
    """
    wanted = max(FEWEST, int(SHARE * median(counts))) if counts else FEWEST
    scarce = [Scarce(position, count, wanted) for position, count in enumerate(counts) if count < wanted]
    return sorted(scarce, key=lambda found: found.examples)
