"""Looks up the positions of ids in a list, for very many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MOST_ROOM = 8
"""A table of places has so many times the room of what there is, at most: then it answers a hundred times
faster than a search. Ids have gaps where pictures were removed, and a project may come from anybody."""
_ROOM_FOR_FEW = 100_000


class PositionIndex:
    """The position of each of `numbers`, int64 [n], distinct, none negative, in any order."""

    def __init__(self, numbers: NDArray[np.int64]) -> None:
        end = int(numbers.max(initial=-1)) + 1
        self._table: NDArray[np.int64] | None = None
        if end <= max(_MOST_ROOM * len(numbers), _ROOM_FOR_FEW):
            self._table = np.full(end + 1, -1, np.int64)
            self._table[numbers] = np.arange(len(numbers))
        else:
            self._order = np.argsort(numbers, kind="stable")
            self._sorted = numbers[self._order]

    def of(self, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
        """The positions of the `wanted` numbers, int64 [k]; -1 where one is missing."""
        if self._table is not None:
            # At the end of the table is what is never there.
            end = len(self._table) - 1
            return self._table[np.where((wanted >= 0) & (wanted < end), wanted, end)]
        places = np.minimum(np.searchsorted(self._sorted, wanted), len(self._sorted) - 1)
        return np.where(self._sorted[places] == wanted, self._order[places], -1)

    def of_one(self, number: int) -> int:
        """The same for one number; called for each painted cell."""
        if self._table is not None:
            return int(self._table.item(number)) if 0 <= number < len(self._table) else -1
        return int(self.of(np.array([number]))[0])
