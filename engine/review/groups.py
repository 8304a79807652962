"""Groups of items, joined pair by pair."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Groups:
    """A partition of 0 … n-1 that only grows coarser: union-find for whole arrays of pairs.

    `root` int64 [n] is the lowest member of each one's group.
    """

    def __init__(self, count: int) -> None:
        self.root = np.arange(count)

    def join(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> None:
        """Put `left[i]` and `right[i]` into one group, for all i."""
        while True:
            a, b = self.root[left], self.root[right]
            if (a == b).all():
                return
            # A root goes under the lowest it meets; what else it meets, the next round brings together.
            np.minimum.at(self.root, np.maximum(a, b), np.minimum(a, b))
            while (self.root != (above := self.root[self.root])).any():
                self.root = above

    def members(self) -> list[NDArray[np.int64]]:
        """The groups of two or more, each in ascending order, by their lowest members."""
        order = np.argsort(self.root, kind="stable")
        starts = np.flatnonzero(np.diff(self.root[order])) + 1
        return [group for group in np.split(order, starts) if len(group) > 1]
