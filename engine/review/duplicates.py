"""Pictures that are there twice: the same file again, or nearly the same picture.

All pairs of 100,000 pictures are five thousand million. They are compared on sketches of 64 dimensions,
tile by tile; only pairs that look close there are compared in full, so what is found is right. Of the
pairs right at the threshold one in ten million is missed, of closer ones fewer.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engine.generators import mapped
from engine.review.groups import Groups
from engine.review.vectors import SKETCH, sketch, unit

TILE = 1024

SLACK = 2.2
"""Pairs up to this times the squared distance are looked at in full: P(χ²(64) > 2.2 × 64) = 1.1e-7."""

ROUNDING = 1e-5


@dataclass(frozen=True)
class Duplicates:
    """A group of like pictures: `positions` int64 [k ≥ 2], ascending. `same_content`: all are the same file.

    Similarity is transitive here: two of a group may be like a third without being as like each other.
    """

    positions: NDArray[np.int64]
    same_content: bool


def find_duplicates(
    embeddings: NDArray[np.generic], digests: Sequence[bytes | None], threshold: float
) -> Generator[float, None, list[Duplicates]]:
    """Find pictures whose content is the same or whose `embeddings` [n, d] have a cosine of at least
    `threshold`, in 0..1.

    `digests` [n] name the contents; `None` where that is not known. Yields the share of the work done,
    0..1, at least every tenth of a second or so; returns the groups by their first positions. Needs
    n × 64 numbers beside the embeddings, and room for one tile, however many duplicates there are.
    """
    first: dict[bytes | int, int] = {}
    copy_of = np.array(
        [first.setdefault(number if name is None else name, number) for number, name in enumerate(digests)],
        dtype=np.int64,
    )
    groups = Groups(len(digests))
    groups.join(copy_of, np.arange(len(digests)))
    yield from _join_near(embeddings, np.unique(copy_of), threshold, groups)
    return [
        Duplicates(positions, bool((copy_of[positions] == copy_of[positions[0]]).all()))
        for positions in groups.members()
    ]


def _join_near(
    embeddings: NDArray[np.generic], distinct: NDArray[np.int64], threshold: float, groups: Groups
) -> Generator[float, None, None]:
    """Join those of the positions `distinct` that are near each other."""
    sketched = yield from mapped(sketch(embeddings), lambda _: 0.0)
    points = sketched[torch.from_numpy(distinct)]
    slack = SLACK if embeddings.shape[1] > SKETCH else 1.0
    limit = slack * (2 - 2 * threshold) + ROUNDING
    # |a - b|² ≤ limit where a·b - |a|²/2 - |b|²/2 ≥ -limit/2: one product and one comparison a tile.
    halves = points.square().sum(dim=1, keepdim=True) / -2
    ones = torch.ones_like(halves)
    rows, columns = torch.cat([points, halves, ones], dim=1), torch.cat([points, ones, halves], dim=1)
    starts = range(0, len(points), TILE)
    tiles = [(top, left) for top in starts for left in starts[top // TILE :]]
    for number, (top, left) in enumerate(tiles):
        product = rows[top : top + TILE] @ columns[left : left + TILE].T
        if product.amax() >= -limit / 2:
            above, beside = distinct[top : top + TILE], distinct[left : left + TILE]
            close = (product >= -limit / 2).numpy()
            close &= groups.root[above, np.newaxis] != groups.root[beside]
            _join_close(embeddings, above, beside, close, threshold, groups)
        yield (number + 1) / len(tiles)


def _join_close(
    embeddings: NDArray[np.generic],
    above: NDArray[np.int64],
    beside: NDArray[np.int64],
    close: NDArray[np.bool_],
    threshold: float,
    groups: Groups,
) -> None:
    """Join what of a tile is near indeed: `close` [a, b] marks pairs of `above` [a] and `beside` [b]."""
    above, beside = above[close.any(axis=1)], beside[close.any(axis=0)]
    left, right = (unit(torch.from_numpy(embeddings[positions])) for positions in (above, beside))
    row, column = (left @ right.T >= threshold - ROUNDING).numpy().nonzero()
    groups.join(above[row], beside[column])
