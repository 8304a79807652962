"""t-SNE: neighbours stay neighbours, distances between groups say nothing (van der Maaten & Hinton 2008).

Found for the examples and an even sample of the other pictures; each of the rest then goes to the middle
of its nearest in the sample. Started from the principal components, so that the layout is always the same
and keeps as much of the whole as it can (Kobak & Berens 2019, arXiv:1812.00286).
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.projections import pca
from engine.projections.base import Frame, Points, Projection, scaled
from engine.projections.neighbours import nearest

FIT_ON = 5000
PERPLEXITY = 30
EARLY, LATE = 250, 500
EXAGGERATION = 12
STEPS = 5
"""Steps between two frames."""
NEAREST = 5
SMALLEST = 20
"""Fewer points have no neighbourhoods to speak of."""

_START = 1e-4
_SHARE_OF_FIT = 0.8
_FOR_FFT = 3000


def frames(points: Points) -> Iterator[Frame]:
    rows = _sample(points.is_example)
    start = next(pca.frames(points)).xy
    if len(rows) < SMALLEST:
        yield Frame(np.arange(len(start)), start, 1.0)
        return
    yield Frame(rows, scaled(start[rows]), 0.0)
    xy = start[rows].astype(np.float64)
    for xy, done in _fit(points.embeddings[rows], start[rows]):
        share = _SHARE_OF_FIT if len(rows) < len(start) else 1.0
        yield Frame(rows, scaled(xy), share * done)
    yield from _place_rest(points.embeddings, rows, xy)


def _sample(is_example: NDArray[np.bool_]) -> NDArray[np.int64]:
    """All examples, unless they are too many, and an even sample of the others, in ascending order."""
    examples, others = np.flatnonzero(is_example), np.flatnonzero(~is_example)
    examples = examples[:: max(1, math.ceil(len(examples) / (FIT_ON // 2)))]
    others = others[:: max(1, math.ceil(len(others) / (FIT_ON - len(examples))))]
    return np.sort(np.concatenate([examples, others]))


def _fit(
    embeddings: NDArray[np.float32], start: NDArray[np.float32]
) -> Iterator[tuple[NDArray[np.float64], float]]:
    """Every few steps, where the points are and the share of the steps done."""
    # Here, since it takes a second or two, and with it scipy and scikit-learn.
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    count = len(embeddings)
    perplexity = min(PERPLEXITY, (count - 1) / 3)
    found = []
    for block in nearest(embeddings, embeddings, min(count - 1, int(3 * perplexity)), skip_first=True):
        found.append(block)
        yield start.astype(np.float64), 0.0
    places, distances = (np.concatenate(part) for part in zip(*found, strict=True))
    threads = max(1, (os.cpu_count() or 1) - 1)
    affinities = PerplexityBasedNN(
        perplexity=perplexity,
        knn_index=PrecomputedNeighbors(places, distances.astype(np.float64)),
        n_jobs=threads,
    )
    embedding = TSNEEmbedding(
        scaled(start).astype(np.float64) * _START,
        affinities,
        negative_gradient_method="fft" if count > _FOR_FFT else "bh",
        n_jobs=threads,
        random_state=0,
    )
    for step in range(0, EARLY + LATE, STEPS):
        early = step < EARLY
        embedding.optimize(
            STEPS,
            exaggeration=EXAGGERATION if early else None,
            momentum=0.5 if early else 0.8,
            inplace=True,
        )
        yield np.array(embedding), (step + STEPS) / (EARLY + LATE)


def _place_rest(
    embeddings: NDArray[np.float32], rows: NDArray[np.int64], xy: NDArray[np.float64]
) -> Iterator[Frame]:
    """The others, more and more of them, each in the middle (the median) of its nearest of `rows`."""
    is_placed = np.zeros(len(embeddings), np.bool_)
    is_placed[rows] = True
    rest = np.flatnonzero(~is_placed)
    if not len(rest):
        return
    placed = np.empty((len(embeddings), 2), np.float32)
    placed[rows] = xy
    begun = 0
    for places, _ in nearest(embeddings[rest], embeddings[rows], min(NEAREST, len(rows))):
        block = rest[begun : begun + len(places)]
        begun += len(places)
        placed[block] = np.median(xy[places], axis=1)
        is_placed[block] = True
        shown = np.flatnonzero(is_placed)
        yield Frame(shown, scaled(placed[shown]), _SHARE_OF_FIT + (1 - _SHARE_OF_FIT) * begun / len(rest))


PROJECTION = Projection(
    "tsne",
    "t-SNE",
    "Keeps neighbours together; distances between groups mean nothing. Takes half a minute.",
    frames,
)
