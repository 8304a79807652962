"""Predictions as a project file keeps them, batch by batch, and put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.workspace.positions import PositionIndex

_AT_A_TIME = 200
"""Batches: to work through many at once takes a tenth of the time."""
_LARGEST = 1.001
"""Probabilities are computed with 32 bits."""


@dataclass(frozen=True)
class PredictionBatches:
    """The predictions of a run: bytes of int64 ids and float32 [n, way], the newest batch first.

    Reading them from the file takes its thread; putting them together can be done on any. What is no
    probability is left out: an earlier version stored every output of a network, also NaN.
    """

    class_ids: tuple[int, ...]
    batches: tuple[tuple[bytes, bytes], ...]

    @property
    def picture_ids(self) -> NDArray[np.int64]:
        """Of all batches, int64 [n]; a picture may be in several."""
        ids = np.frombuffer(b"".join(batch[0] for batch in self.batches), "<i8")
        return ids[ids >= 0]

    def iter_chunks(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Ids, int64 [n], and probabilities, float32 [n, way], of some batches at a time, oldest first; read
        only.

        A later row overrules an earlier one of the same picture.
        """
        oldest_first = self.batches[::-1]
        for first in range(0, len(oldest_first), _AT_A_TIME):
            yield self._rows(oldest_first[first : first + _AT_A_TIME])

    def combined(self, present: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Picture ids, int64 [n] and ascending, and float32 [n, way]; only of pictures in `present` [m], also
        ascending.

        A later batch overrules an earlier one.
        """
        ids, probabilities = self._rows(self.batches[::-1])
        place = PositionIndex(present).of(ids)
        row = np.full(len(present), -1, np.int64)
        known = np.flatnonzero(place >= 0)
        row[place[known]] = known  # the latest prediction is written last
        alive = row >= 0
        return present[alive], probabilities[row[alive]].astype(np.float32, copy=False)

    def _rows(self, batches: Sequence[tuple[bytes, bytes]]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        ids = np.frombuffer(b"".join(batch[0] for batch in batches), "<i8")
        probabilities = np.frombuffer(b"".join(batch[1] for batch in batches), "<f4").reshape(
            -1, len(self.class_ids)
        )
        kept = (ids >= 0) & probable(probabilities)
        return (ids, probabilities) if kept.all() else (ids[kept], probabilities[kept])


def probable(probabilities: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which rows of float32 [n, way] are probabilities, bool [n]."""
    within: NDArray[np.bool_] = (probabilities >= 0) & (probabilities <= _LARGEST)
    return np.asarray(within.all(axis=1))
