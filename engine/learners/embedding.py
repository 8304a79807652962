"""Learners for which a task is solved at once: embed the examples, and the rule that classifies follows.

The metric and the closed-form families differ in what the rule is. What they share is here: the embedding,
which meta-training shapes, and a single step of adaptation, judged by leaving examples out.
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
from engine.learners.held_out import HeldOut, held_out_logits, in_pieces, join

LEAVE_ONE_OUT_FOLDS = 32
FOLDS_OF_MANY, MANY = 5, 320
"""Of more examples than `MANY` each fold takes long, and one of five says what all of them would."""

JUDGED = 1000
"""Examples that the loss is measured on, at most, where none can be left out: evenly spread over more."""

Rule: TypeAlias = Callable[[Tensor], Tensor]
"""Embedded pictures [n, d] → logits [n, way], each row from its own picture alone."""


class EmbeddingLearner(MetaLearner):
    """A learner that derives a `rule` from embedded examples.

    `embedding` maps features to the space in which classes are told apart: a small head on frozen
    embeddings, or a whole network on images where the backbone itself is being trained.
    """

    def __init__(self, backbone: Backbone, embedding: nn.Module | None = None) -> None:
        super().__init__()
        self.embedding = embedding if embedding is not None else FeatureHead(backbone.dimension)

    def begin(self, features: Tensor) -> None:
        """A head on embeddings centres them."""
        if isinstance(self.embedding, FeatureHead):
            self.embedding.begin(features)

    @abstractmethod
    def rule(self, support: LabeledSet) -> Rule:
        """How the classes of the embedded `support` are told apart."""

    def adapt(self, support: LabeledSet) -> Adaptation:
        """Embed the support set. One step, whose loss is leave-one-out where a class has two examples."""
        support.require_every_class()
        with torch.no_grad():
            embedded = LabeledSet(self.embedding(support.features), support.labels, support.class_names)
            rule = self.rule(embedded)
            held_out = self._held_out(embedded)
            kind: LossKind = "leave-one-out" if len(held_out.labels) else "support"
            if kind == "support":  # one example of each class: none can be left out
                some = slice(None, None, math.ceil(len(embedded) / JUDGED))
                held_out = HeldOut(rule(embedded.features[some]), embedded.labels[some])
            loss = F.cross_entropy(held_out.logits, held_out.labels).item()
        correct = accuracy(held_out.logits, held_out.labels)
        classifier = _RuleClassifier(self.embedding, rule, support.class_names)
        yield AdaptationStep(1, 1, loss, correct, kind, classifier)
        return classifier

    def _held_out(self, embedded: LabeledSet) -> HeldOut:
        if len(embedded) <= MANY:
            return join(list(held_out_logits(embedded, self._classify, LEAVE_ONE_OUT_FOLDS)), embedded)
        return join(list(islice(held_out_logits(embedded, self._classify, FOLDS_OF_MANY), 1)), embedded)

    def _classify(self, support: LabeledSet, query: Tensor) -> Tensor:
        return in_pieces(self.rule(support), query, len(support))

    def embed_to_learn(self, features: Tensor) -> Tensor:
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
        embedded = self.embed_to_learn(torch.cat([support.features, query.features]))
        return Episode(
            LabeledSet(embedded[: len(support)], support.labels, episode.class_names),
            LabeledSet(embedded[len(support) :], query.labels, episode.class_names),
        )

    def query_logits(self, episode: Episode) -> Tensor:
        """Logits of the query under the support's rule."""
        embedded = self.embed_episode(episode)
        return self.rule(embedded.support)(embedded.query.features)


@dataclass(frozen=True, eq=False)
class _RuleClassifier(AdaptedClassifier):
    embedding: nn.Module
    rule: Rule
    class_names: tuple[str, ...]

    def _logits(self, features: Tensor) -> Tensor:
        return self.rule(self.embed(features))

    def embed(self, features: Tensor) -> Tensor:
        with torch.no_grad():
            embedded: Tensor = self.embedding(features)
            return embedded
