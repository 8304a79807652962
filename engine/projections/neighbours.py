"""The nearest points, block by block, so that the caller can stop it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

BLOCK = 512


def nearest(
    asking: NDArray[np.float32], points: NDArray[np.float32], count: int, skip_first: bool = False
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """For each block of `asking` [m, d] the `count` nearest of `points` [n, d], nearest first.

    Yields positions int64 [b, count] and distances float32 [b, count]. With `skip_first`, `asking` are the
    `points` themselves and none is its own neighbour.
    """
    squares = (points**2).sum(axis=1)
    for start in range(0, len(asking), BLOCK):
        block = asking[start : start + BLOCK]
        rows = np.arange(len(block))
        away = squares - 2 * (block @ points.T)
        if skip_first:
            away[rows, start + rows] = np.inf
        found = np.argpartition(away, count - 1, axis=1)[:, :count]
        among = np.take_along_axis(away, found, axis=1)
        order = among.argsort(axis=1, kind="stable")
        places = np.take_along_axis(found, order, axis=1)
        squared = np.take_along_axis(among, order, axis=1) + (block**2).sum(axis=1, keepdims=True)
        yield places.astype(np.int64), np.sqrt(np.maximum(squared, 0))
