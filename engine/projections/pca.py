"""Principal components: the plane in which the points spread most."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.projections.base import Frame, Points, Projection, leading_axes, scaled

FIT_ON = 10_000


def frames(points: Points) -> Iterator[Frame]:
    centred = points.embeddings - points.embeddings.mean(axis=0)
    sample = centred[:: max(1, len(centred) // FIT_ON)]
    yield Frame(np.arange(len(centred)), scaled(centred @ leading_axes(sample, 2)), 1.0)


PROJECTION = Projection("pca", "PCA", "The plane in which the pictures differ most; at once.", frames)
