"""Where numbers are in a sorted list of numbers, for very many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MOST_ROOM = 8
"""A table of places has so many times the room of what there is, at most: then it answers a hundred times
faster than a search. Ids have gaps where pictures were removed, and a project may come from anybody."""
_ROOM_FOR_FEW = 100_000


class Places:
    """The place of each of `numbers`, int64 [n], distinct and ascending, none negative."""

    def __init__(self, numbers: NDArray[np.int64]) -> None:
        self._numbers = numbers
        self._table: NDArray[np.int64] | None = None
        end = int(numbers[-1]) + 1 if len(numbers) else 0
        if end <= max(_MOST_ROOM * len(numbers), _ROOM_FOR_FEW):
            self._table = np.full(end + 1, -1, np.int64)
            self._table[numbers] = np.arange(len(numbers))

    def of(self, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
        """The places of the `wanted` numbers, int64 [k]; -1 where one is not there."""
        if self._table is not None:
            # Beyond the end is the last one, which is never there.
            inside = np.minimum(wanted, len(self._table) - 1)
            return np.where(inside >= 0, self._table[inside], -1)
        places = np.minimum(np.searchsorted(self._numbers, wanted), len(self._numbers) - 1)
        return np.where(self._numbers[places] == wanted, places, -1)
