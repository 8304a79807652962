"""A 2-D view of an embedding space that is stable from frame to frame.

The view is the plane of the two largest principal components. Computed anew each time, such a plane
may flip, turn and rescale between frames although nothing of interest moved. So the plane is found by
orthogonal iteration started from the last one, and its points are turned onto where the same pictures
were before (orthogonal Procrustes, Schönemann 1966).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ITERATIONS = 8
FIT_ON = 1000
COMPONENTS = 64


class StablePlane:
    """Projects embeddings [n, d] to [n, 2]; remembers its last view. Not thread-safe."""

    def __init__(self) -> None:
        self._plane: NDArray[np.float64] | None = None
        self._last: dict[int, NDArray[np.float64]] = {}
        self._centre: NDArray[np.float64] = np.zeros(1)
        self._axes: NDArray[np.float64] = np.zeros((1, 2))

    def frame(self, ids: NDArray[np.int64], embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        """A new view, found for `embeddings` [n, d] of the pictures `ids` [n]: float32 [n, 2].

        Scaled so that the root mean square distance from the centre is 1; all zero where the
        embeddings do not differ.
        """
        stride = max(1, len(embeddings) // FIT_ON)
        sample = embeddings[::stride].astype(np.float64)
        self._centre = sample.mean(axis=0)
        self._axes = self._fit(sample - self._centre)
        xy = (embeddings - self._centre) @ self._axes
        spread = np.sqrt((xy**2).sum(axis=1).mean())
        if spread > 1e-9:
            self._axes = self._axes @ self._turn(ids, xy / spread) / spread
            xy = (embeddings - self._centre) @ self._axes
        self._last = dict(zip(ids.tolist(), xy, strict=True))
        view: NDArray[np.float32] = xy.astype(np.float32)
        return view

    def place(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        """More `embeddings` [n, d] in the last view, float32 [n, 2]."""
        view: NDArray[np.float32] = ((embeddings - self._centre) @ self._axes).astype(np.float32)
        return view

    def _fit(self, centred: NDArray[np.float64]) -> NDArray[np.float64]:
        """The plane [d, 2] of largest spread."""
        before = self._plane
        if before is None or len(before) != centred.shape[1]:
            before = _any_axes(centred.shape[1], 2)
        self._plane = _iterated(centred, before, ITERATIONS)
        return self._plane

    def _turn(self, ids: NDArray[np.int64], xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """The rotation [2, 2] that brings the pictures seen before closest to where they were."""
        shared = [row for row, picture in enumerate(ids.tolist()) if picture in self._last]
        if len(shared) < 2:
            return np.eye(2)
        before = np.stack([self._last[picture] for picture in ids[shared].tolist()])
        left, _, right = np.linalg.svd(xy[shared].T @ before)
        turn: NDArray[np.float64] = left @ right
        return turn


class Components:
    """The `COMPONENTS` principal components, or fewer, of some embeddings [n, d], to place others along.

    What distinguishes pictures is in these; a hundred thousand embeddings of 1,280 dimensions would take
    half a gigabyte.
    """

    def __init__(self, embeddings: NDArray[np.float32]) -> None:
        sample = embeddings[:: max(1, len(embeddings) // FIT_ON)].astype(np.float64)
        self._centre = sample.mean(axis=0)
        dimension = sample.shape[1]
        start = _any_axes(dimension, min(COMPONENTS, dimension))
        # What they span together matters, not which is which: that settles sooner.
        self._axes = _iterated(sample - self._centre, start, ITERATIONS // 4).astype(np.float32)

    def of(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 [n, ≤ `COMPONENTS`]."""
        points: NDArray[np.float32] = (embeddings - self._centre.astype(np.float32)) @ self._axes
        return points


def _any_axes(dimension: int, count: int) -> NDArray[np.float64]:
    """Orthonormal axes [dimension, count], always the same."""
    return np.linalg.qr(np.random.default_rng(0).standard_normal((dimension, count)))[0]


def _iterated(centred: NDArray[np.float64], axes: NDArray[np.float64], times: int) -> NDArray[np.float64]:
    """`axes` [d, count] turned towards the largest spread (Golub & Van Loan, Matrix Computations, §8.2.4)."""
    for _ in range(times):
        axes = np.linalg.qr(centred.T @ (centred @ axes))[0]
    return axes
