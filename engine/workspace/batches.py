"""Predictions as a project file keeps them, batch by batch, and put together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class PredictionBatches:
    """What a run has said: bytes of int64 ids and float32 [n, way], the newest batch first.

    Reading them from the file takes its thread; putting them together can be done on any.
    """

    class_ids: tuple[int, ...]
    batches: tuple[tuple[bytes, bytes], ...]

    def together(self, present: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Picture ids, int64 [n] and ascending, and float32 [n, way]; only of pictures in `present` [m].

        A later batch overrules an earlier one.
        """
        ids = np.frombuffer(b"".join(batch[0] for batch in self.batches), "<i8")
        probabilities = np.frombuffer(b"".join(batch[1] for batch in self.batches), "<f4")
        # Newest batch first, so the first occurrence that `unique` finds is the last word.
        ids, first = np.unique(ids, return_index=True)
        alive = np.isin(ids, present)
        rows = probabilities.reshape(-1, len(self.class_ids))[first[alive]]
        return ids[alive].astype(np.int64), rows.astype(np.float32)
