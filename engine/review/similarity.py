"""Pictures in the order of their likeness to some of them: "more like these"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engine.review.vectors import unit, unit_blocks


@dataclass(frozen=True)
class Similarity:
    """`order` int64 [n]: positions, the most similar first, ties by position. `cosine` float32 [n]: the
    similarity of each picture, by position, in -1..1."""

    order: NDArray[np.int64]
    cosine: NDArray[np.float32]


def by_similarity(embeddings: NDArray[np.generic], selection: NDArray[np.int64]) -> Similarity:
    """All pictures by the cosine between their `embeddings` [n, d] and the mean of those at `selection`
    int64 [k], k ≥ 1.

    Each selected picture has the same weight, whatever the length of its embedding: the mean is that of unit
    lengths, and the order is that of the mean cosine to the selected pictures.
    """
    if not len(selection):
        raise ValueError("similar to what? the selection is empty")
    middle = unit(unit(torch.from_numpy(embeddings[selection])).mean(dim=0, keepdim=True))[0]
    cosine = torch.empty(len(embeddings))
    for place, rows in unit_blocks(embeddings):
        torch.mv(rows, middle, out=cosine[place])
    likeness = cosine.clamp_(-1, 1).numpy()
    return Similarity(np.argsort(-likeness, kind="stable"), likeness)
