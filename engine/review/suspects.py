"""Labels that the other examples contradict: confident learning (Northcutt et al. 2021, arXiv:1911.00068).

How sure a classifier is of a class when it is right differs from class to class. So each class has a
threshold of its own: the mean probability that its own examples have of it. An example reaches a class
whose threshold its probability attains; if the most probable class it reaches is not its own, its label
is in doubt.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Suspects:
    """Examples with doubtful labels, the most doubtful first.

    Rows are aligned: `positions` int64 [k] among the examples, the `suggested` class int64 [k], and the
    probabilities (0..1) that held-out judgement gave `own`, the label, and `other`, the suggestion, both
    float32 [k]. Ordered by the margin `other - own`.
    """

    positions: NDArray[np.int64]
    suggested: NDArray[np.int64]
    own: NDArray[np.float32]
    other: NDArray[np.float32]


def find_suspects(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> Suspects:
    """Judge `labels` int64 [n] by `probabilities` [n, way] of classifiers that had not seen the row.

    A class none of whose examples was held out has no mean of its own; its threshold is that of all. A
    suggestion is always more probable than the label: a rare class that is merely less improbable than
    usual is no reason for doubt.
    """
    rows = np.arange(len(labels))
    own = probabilities[rows, labels]
    counts = np.bincount(labels, minlength=probabilities.shape[1])
    sums = np.bincount(labels, weights=own, minlength=probabilities.shape[1])
    overall = own.mean() if len(own) else 1.0
    thresholds = np.where(counts > 0, sums / np.maximum(counts, 1), overall)
    # Without rounding, a class with one mean probability for all its examples would be out of their reach.
    reached = np.where(probabilities >= thresholds - 1e-6, probabilities, -1.0)
    suggested = reached.argmax(axis=1) if len(rows) else rows
    other = probabilities[rows, suggested]
    doubtful = (reached[rows, suggested] >= 0) & (other > own)
    order = np.argsort((own - other)[doubtful], kind="stable")
    positions = np.flatnonzero(doubtful)[order]
    return Suspects(positions, suggested[positions], own[positions], other[positions])
