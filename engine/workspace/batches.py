"""Predictions as a project file keeps them, batch by batch, and put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.workspace.places import Places

_LARGEST = 1.001
"""Probabilities are computed with 32 bits."""


def probable(probabilities: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which rows of float32 [n, way] are probabilities, bool [n]: an earlier program kept whatever a network
    said, also what is no number."""
    within: NDArray[np.bool_] = (probabilities >= 0) & (probabilities <= _LARGEST)
    probable: NDArray[np.bool_] = within.all(axis=1)
    return probable


@dataclass(frozen=True)
class PredictionBatches:
    """What a run has said: bytes of int64 ids and float32 [n, way], the newest batch first.

    Reading them from the file takes its thread; putting them together can be done on any.
    """

    class_ids: tuple[int, ...]
    batches: tuple[tuple[bytes, bytes], ...]

    @property
    def picture_ids(self) -> NDArray[np.int64]:
        """Of all batches, the newest first, int64 [n]; a picture may be in several. Read only."""
        return np.frombuffer(b"".join(batch[0] for batch in self.batches), "<i8")

    def one_by_one(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Ids, int64 [n], and probabilities, float32 [n, way], batch by batch, the oldest first; read only.

        A later batch overrules an earlier one.
        """
        for ids, probabilities in reversed(self.batches):
            yield (
                np.frombuffer(ids, "<i8"),
                np.frombuffer(probabilities, "<f4").reshape(-1, len(self.class_ids)),
            )

    def together(self, present: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Picture ids, int64 [n] and ascending, and float32 [n, way]; only of pictures in `present` [m], also
        ascending.

        A later batch overrules an earlier one.
        """
        ids = self.picture_ids
        probabilities = np.frombuffer(b"".join(batch[1] for batch in self.batches), "<f4")
        # Newest batch first, so the last word is what comes first: it is written last.
        place = Places(present).of(ids)
        row = np.full(len(present), -1, np.int64)
        known = np.flatnonzero(place >= 0)[::-1]
        row[place[known]] = known
        alive = row >= 0
        rows = probabilities.reshape(-1, len(self.class_ids))[row[alive]]
        return present[alive], rows.astype(np.float32, copy=False)
