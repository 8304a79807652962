"""Linear discriminants: the plane in which the examples of different classes lie farthest apart, measured
by how far those of one class do (Fisher 1936; Rao 1948).

With fewer examples than dimensions their scatter says nothing about most directions. It is mixed with
what it would be if all directions were alike; how much of it is the oracle approximating shrinkage of
Chen, Wiesel, Eldar & Hero (2010, arXiv:0907.4698), which needs no parameter.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.projections.base import Frame, Points, Projection, leading_axes, scaled

_LEAST_SPREAD = 1e-6


def frames(points: Points) -> Iterator[Frame]:
    examples = points.embeddings[points.is_example].astype(np.float64)
    axes = discriminants(examples, points.class_index[points.is_example], points.embeddings)
    yield Frame(np.arange(len(points.embeddings)), scaled(points.embeddings @ axes.astype(np.float32)), 1.0)


def discriminants(
    examples: NDArray[np.float64], labels: NDArray[np.integer], points: NDArray[np.float32]
) -> NDArray[np.float64]:
    """The two axes [d, 2] that tell the classes of `examples` [m, d] apart best.

    Where two classes leave but one such direction, the other is that of the largest spread of all
    `points` [n, d] across it.
    """
    classes, index = np.unique(labels, return_inverse=True)
    means = np.stack([examples[index == number].mean(axis=0) for number in range(len(classes))])
    whitening = _whitening(examples - means[index], len(examples) - len(classes))
    apart = (means - means.mean(axis=0)) @ whitening
    _, strength, directions = np.linalg.svd(apart, full_matrices=False)
    kept = directions[:2][strength[:2] > 1e-9 * max(1.0, float(strength.max(initial=0)))]
    if len(kept) < 2:
        rest = (points - points.mean(axis=0)) @ whitening
        rest -= rest @ kept.T @ kept
        kept = np.concatenate([kept, leading_axes(rest, 2 - len(kept)).T])
    axes: NDArray[np.float64] = whitening @ kept.T
    return axes


def _whitening(within: NDArray[np.float64], freedom: int) -> NDArray[np.float64]:
    """What [d, d] makes the shrunk scatter of `within` [m, d], with `freedom` degrees of it, the same in all
    directions."""
    dimension = within.shape[1]
    scatter = within.T @ within / max(freedom, 1)
    trace, square = float(np.trace(scatter)), float((scatter**2).sum())
    if trace <= 0:  # one example a class
        return np.eye(dimension)
    excess = (freedom + 1 - 2 / dimension) * (square - trace**2 / dimension)
    mixed = ((1 - 2 / dimension) * square + trace**2) / excess if excess > 0 else 1.0
    share = min(max(mixed, 0.0), 1.0)
    level = trace / dimension
    values, vectors = np.linalg.eigh((1 - share) * scatter + share * level * np.eye(dimension))
    whitening: NDArray[np.float64] = vectors / np.sqrt(np.maximum(values, _LEAST_SPREAD * level))
    return whitening


PROJECTION = Projection(
    "lda",
    "LDA",
    "The plane that separates the examples best, so they look tidier in it than the rest; at once.",
    frames,
)
