"""Learners that solve a task in one step: embed the examples, then compute the head that classifies.

The metric and the closed-form families differ in their heads. They share the embedding, which meta-training
shapes, and a single step of adaptation, whose loss is measured by leaving examples out.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.devices import mixed_precision
from engine.episodes import Episode, LabeledSet
from engine.learners.base import (
    Adaptation,
    AdaptationStep,
    AdaptedClassifier,
    LossKind,
    MetaLearner,
    accuracy,
)
from engine.learners.feature_head import FeatureHead
from engine.learners.held_out import HeldOut, concatenate, held_out_logits, in_chunks

LEAVE_ONE_OUT_FOLDS = 32
FOLDS_OF_MANY, MANY = 5, 320
"""With more than `MANY` examples a fold takes long, and one of five is enough to measure the loss."""

MAX_EVALUATED = 1000
"""At most so many examples measure the loss where none can be left out. They are spread evenly over all."""

Head: TypeAlias = Callable[[Tensor], Tensor]
"""Embedded pictures [n, d] → logits [n, way], each row from its own picture alone."""


class EmbeddingLearner(MetaLearner):
    """A learner that computes a head from embedded examples (`fit_head`).

    `embedding` maps features to the space in which classes are separated: a small head on frozen
    embeddings, or a whole network on images where the backbone itself is being trained.
    """

    def __init__(self, backbone: Backbone, embedding: nn.Module | None = None) -> None:
        super().__init__()
        self.embedding = embedding if embedding is not None else FeatureHead(backbone.dimension)

    def init_statistics(self, features: Tensor) -> None:
        """Let a head on embeddings take their mean as its centre."""
        if isinstance(self.embedding, FeatureHead):
            self.embedding.init_statistics(features)

    @abstractmethod
    def fit_head(self, support: LabeledSet) -> Head:
        """The head that classifies, computed from the embedded `support`."""

    def adapt(self, support: LabeledSet) -> Adaptation:
        """Embed the support set. One step, whose loss is leave-one-out where a class has two examples."""
        support.require_every_class()
        with torch.no_grad():
            embedded = LabeledSet(self.embedding(support.features), support.labels, support.class_names)
            head = self.fit_head(embedded)
            held_out = self._held_out(embedded)
            kind: LossKind = "leave-one-out" if len(held_out.labels) else "support"
            if kind == "support":  # one example of each class: none can be left out
                some = slice(None, None, math.ceil(len(embedded) / MAX_EVALUATED))
                held_out = HeldOut(head(embedded.features[some]), embedded.labels[some])
            loss = F.cross_entropy(held_out.logits, held_out.labels).item()
        correct = accuracy(held_out.logits, held_out.labels)
        classifier = _HeadClassifier(self.embedding, head, support.class_names)
        yield AdaptationStep(1, 1, loss, correct, kind, classifier)
        return classifier

    @torch.no_grad()
    def answers(self, support: LabeledSet, features: Tensor) -> Tensor:
        """The labels [n] of `features` [n, …] by the head of `support`, without measuring anything."""
        embedded = LabeledSet(self.embedding(support.features), support.labels, support.class_names)
        return self._classify(embedded, self.embedding(features)).argmax(dim=1)

    def _held_out(self, embedded: LabeledSet) -> HeldOut:
        if len(embedded) <= MANY:
            parts = list(held_out_logits(embedded, self._classify, LEAVE_ONE_OUT_FOLDS))
        else:
            parts = list(islice(held_out_logits(embedded, self._classify, FOLDS_OF_MANY), 1))
        return concatenate(parts, embedded)

    def _classify(self, support: LabeledSet, query: Tensor) -> Tensor:
        return in_chunks(self.fit_head(support), query, len(support))

    def embed_for_training(self, features: Tensor) -> Tensor:
        """The embedding [n, d], with a graph.

        While a network on images is being trained, it computes in the layout and the precision in which
        convolutions are quickest; the embedding is float32 nevertheless.
        """
        if features.dim() != 4 or not self.training:
            embedded: Tensor = self.embedding(features)
            return embedded
        with mixed_precision(features.device):
            embedded = self.embedding(features.contiguous(memory_format=torch.channels_last))
        return embedded.float()

    def embed_episode(self, episode: Episode) -> Episode:
        """Support and query go through the embedding in one batch (fewer, larger convolutions)."""
        support, query = episode.support, episode.query
        embedded = self.embed_for_training(torch.cat([support.features, query.features]))
        return Episode(
            LabeledSet(embedded[: len(support)], support.labels, episode.class_names),
            LabeledSet(embedded[len(support) :], query.labels, episode.class_names),
        )

    def query_logits(self, episode: Episode) -> Tensor:
        """Logits of the query under the head of the support."""
        embedded = self.embed_episode(episode)
        return self.fit_head(embedded.support)(embedded.query.features)


@dataclass(frozen=True, eq=False)
class _HeadClassifier(AdaptedClassifier):
    embedding: nn.Module
    head: Head
    class_names: tuple[str, ...]

    def _logits(self, features: Tensor) -> Tensor:
        return self.head(self.embed(features))

    def embed(self, features: Tensor) -> Tensor:
        with torch.no_grad():
            embedded: Tensor = self.embedding(features)
            return embedded
