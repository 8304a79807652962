"""Builds the maps of a run for the scatter plot: the examples and the pictures, or an even sample of them."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.embeddings.pipeline import EncodedBatch
from engine.episodes import LabeledSet
from engine.learners.base import AdaptedClassifier
from engine.runs.events import EmbeddingMap, RunRequest, picture_ids
from engine.runs.session import Session
from engine.runs.stable_plane import Components, StablePlane

MAP_POINTS = 100_000
MAP_POINTS_FROM_PIXELS = 5000
"""Where the learner takes images, embedding a picture for the map costs as much as classifying it."""
SETTLED_AT = 1000
SECONDS_BETWEEN = 0.25


class MapBuilder:
    """Collects embeddings during a run and makes an `EmbeddingMap` of them.

    `support` is what the run adapts to, `ids` int64 [n] its picture ids. The plane of the map is found
    anew for each map until `SETTLED_AT` pictures are on it; later ones are only placed on it, so that
    drawing does not cost the run what it needs for embedding.
    """

    def __init__(
        self, session: Session, support: LabeledSet, ids: NDArray[np.int64], request: RunRequest
    ) -> None:
        self.support = support
        self._session, self._request, self._support_ids = session, request, ids
        self._projection = StablePlane()
        self._shown = -math.inf
        from_pixels = session.takes == "images"
        most = MAP_POINTS_FROM_PIXELS if from_pixels else MAP_POINTS
        self._stride = math.ceil(len(request.queries) / most)
        self._preview: tuple[NDArray[np.int64], Tensor] | None = None
        self._classifier: AdaptedClassifier | None = None
        self._ids: list[NDArray[np.int64]] = []
        self._points: list[NDArray[np.float32]] = []
        self._components: Components | None = None
        self._settled: list[NDArray[np.float32]] = []
        self._classes: list[NDArray[np.int16]] = []

    @property
    def has_only_support(self) -> bool:
        """Whether there are only examples; a map of those alone would replace a fuller one."""
        return self._preview is None

    def should_emit(self) -> bool:
        """Whether the last map is old enough to emit the next."""
        return time.monotonic() - self._shown >= SECONDS_BETWEEN

    def show_preview(self, batches: Sequence[EncodedBatch]) -> None:
        """Show these pictures, not yet classified, while adapting."""
        batches = [batch for batch in batches if len(batch.positions)]
        if batches:
            positions = np.concatenate([batch.positions for batch in batches])
            ids = picture_ids(self._request.queries, positions)
            self._preview = ids, self._session.tensor(np.concatenate([b.features for b in batches]))

    def adapting(self, classifier: AdaptedClassifier) -> EmbeddingMap:
        """The examples and the preview as `classifier` sees them now."""
        ids, points, classes = self._examples(classifier)
        if self._preview is not None:
            preview_ids, features = self._preview
            ids.append(preview_ids)
            points.append(_points(classifier, features.to(self.support.features.device)))
            classes.append(np.full(len(preview_ids), -1, dtype=np.int16))
        all_ids = np.concatenate(ids)
        xy = self._projection.frame(all_ids, np.concatenate(points))
        return self._map(all_ids, xy, np.concatenate(classes))

    def start_classifying(self, classifier: AdaptedClassifier) -> None:
        """Embed the pictures with this classifier from now on."""
        self._classifier = classifier
        self._ids, self._points, self._classes = self._examples(classifier)
        self._components, self._settled = None, []
        # The preview comes back first, batch by batch: no map before it is complete again.
        self._shown = time.monotonic()

    def add(
        self,
        positions: NDArray[np.int64],
        ids: NDArray[np.int64],
        features: Tensor,
        probabilities: NDArray[np.float32],
    ) -> None:
        """Add the sampled ones of some classified pictures."""
        assert self._classifier is not None
        sampled = positions % self._stride == 0
        if sampled.any():
            self._ids.append(ids[sampled])
            points = _points(self._classifier, features[np.flatnonzero(sampled)])
            if self._components is not None:
                self._settled.append(self._projection.place(points))
                points = self._components.of(points)
            self._points.append(points)
            self._classes.append(probabilities[sampled].argmax(axis=1).astype(np.int16))

    def classifying(self) -> EmbeddingMap:
        """Everything added so far."""
        # Kept in one piece, so that the next map has few pieces to put together.
        self._ids, self._classes = [np.concatenate(self._ids)], [np.concatenate(self._classes)]
        ids = self._ids[0]
        if self._components is None:
            points = np.concatenate(self._points)
            xy = self._projection.frame(ids, points)
            if len(ids) >= SETTLED_AT:
                self._settle(points)
                self._settled = [xy]
        else:
            self._settled = [np.concatenate(self._settled)]
            xy = self._settled[0]
        return self._map(ids, xy, self._classes[0])

    def complete(self) -> EmbeddingMap:
        """The last map of the run, with the points for other projections."""
        last = self.classifying()
        if self._components is None:
            self._settle(np.concatenate(self._points))
        return replace(last, points=np.concatenate(self._points))

    def _settle(self, points: NDArray[np.float32]) -> None:
        """From now on keep the components of the points in place of the points."""
        self._components = Components(points)
        self._points = [self._components.of(points)]

    def _examples(
        self, classifier: AdaptedClassifier
    ) -> tuple[list[NDArray[np.int64]], list[NDArray[np.float32]], list[NDArray[np.int16]]]:
        points = _points(classifier, self.support.features)
        return [self._support_ids], [points], [self.support.labels.cpu().numpy().astype(np.int16)]

    def _map(
        self, ids: NDArray[np.int64], xy: NDArray[np.float32], classes: NDArray[np.int16]
    ) -> EmbeddingMap:
        self._shown = time.monotonic()
        return EmbeddingMap(
            self._request.run_id,
            ids,
            xy,
            classes,
            np.arange(len(ids)) < len(self._support_ids),
            len(self._request.queries) + len(self._support_ids),
        )


def _points(classifier: AdaptedClassifier, features: Tensor) -> NDArray[np.float32]:
    # A plane cannot be found for what is not finite; that the run fails of it is for the session to say.
    points = classifier.embed(features).float().nan_to_num(0.0, 0.0, 0.0)
    found: NDArray[np.float32] = points.cpu().numpy()
    return found
