"""Which pictures to label next so that the labelled ones cover all: greedy k-centre.

The core-set of Sener & Savarese (2018, arXiv:1708.00489): always the picture that is farthest from every
picture labelled or chosen before. Chosen so, k pictures leave none farther from its nearest than twice
what the best k could.

A pick compares one picture with all others. At 1,280 dimensions that reads 256 MB for 100,000 pictures;
on sketches of 64 it reads 26. Distances are then off by some 9 % (see `vectors.sketch`), the same for
pictures alike: a picture at no distance from a chosen one is never taken for a new one.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.generators import mapped
from engine.review.vectors import sketch

PIECE = 25
"""Picks handed over at a time."""

CENTRES = 256
ROWS = 8192


def by_diversity(
    unlabelled: NDArray[np.generic], labelled: NDArray[np.generic]
) -> Iterator[NDArray[np.int64]]:
    """Yield the positions of all `unlabelled` embeddings [n, d], given `labelled` ones [m, d], in pieces.

    Together the pieces are int64 [n], each position once; empty ones come while the search is being
    prepared. Stop iterating and the work stops. Where nothing is labelled, the first picture is the most
    typical one, that nearest to the mean. Ties go by position.
    """
    points = yield from _pausing(sketch(unlabelled))
    centres = yield from _pausing(sketch(labelled))
    squares = points.square().sum(dim=1)
    nearest = torch.full_like(squares, torch.finfo(torch.float32).max)
    for start in range(0, len(centres), CENTRES):
        _approach(nearest, points, squares, centres[start : start + CENTRES])
        yield _NO_PICK
    if len(points) and not len(centres):
        nearest[_distances(points, squares, points.mean(dim=0)).argmin()] = torch.inf
    for start in range(0, len(points), PIECE):
        piece = np.empty(min(PIECE, len(points) - start), np.int64)
        for place in range(len(piece)):
            pick = int(nearest.numpy().argmax())  # numpy's promises the first of equals
            torch.minimum(nearest, _distances(points, squares, points[pick]), out=nearest)
            nearest[pick] = -1  # never again
            piece[place] = pick
        yield piece


_NO_PICK = np.empty(0, np.int64)


def _pausing(preparation: Generator[None, None, Tensor]) -> Generator[NDArray[np.int64], None, Tensor]:
    """The same work, with an empty piece at each of its pauses."""
    return mapped(preparation, lambda _: _NO_PICK)


def _distances(points: Tensor, squares: Tensor, centre: Tensor) -> Tensor:
    """Squared distances [n] from `points` [n, k], of squared lengths `squares` [n], to `centre` [k]."""
    return torch.addmv(squares, points, centre, alpha=-2).add_(centre @ centre).clamp_min_(0)


def _approach(nearest: Tensor, points: Tensor, squares: Tensor, centres: Tensor) -> None:
    """Lower `nearest` [n] where one of `centres` [m, k] is nearer, a bounded number of rows at a time."""
    offset = centres.square().sum(dim=1)
    for start in range(0, len(points), ROWS):
        rows = slice(start, start + ROWS)
        away = torch.addmm(offset, points[rows], centres.T, alpha=-2).amin(dim=1)
        torch.minimum(nearest[rows], away.add_(squares[rows]).clamp_min_(0), out=nearest[rows])
