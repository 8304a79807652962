"""How an algorithm is meta-trained. No torch: a window shows it before torch is loaded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """How an algorithm is meta-trained by default.

    An episode draws its number of classes and of examples evenly from the inclusive ranges `ways` and
    `shots`, and `query` further pictures of each class. `meta_batch` episodes make a step of Adam at
    `learning_rate`; there are `steps` of them.
    """

    ways: tuple[int, int] = (2, 20)
    shots: tuple[int, int] = (1, 5)
    query: int = 5
    meta_batch: int = 4
    learning_rate: float = 1e-3
    steps: int = 4000

    @property
    def min_pictures(self) -> int:
        """A class with fewer is of no use."""
        return self.shots[0] + self.query
