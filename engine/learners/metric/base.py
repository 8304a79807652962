"""The metric family: embed, then compare. Nothing is fitted; a task is its support set."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.episodes import Episode, LabeledSet
from engine.learners.base import (
    Adaptation,
    AdaptationStep,
    AdaptedClassifier,
    LossKind,
    MetaLearner,
    accuracy,
)
from engine.learners.held_out import HeldOut, held_out_logits, join

LEAVE_ONE_OUT_FOLDS = 32


class MetricLearner(MetaLearner):
    """A learner that classifies by comparing embeddings; a subclass writes only `compare`.

    `embedding` maps features to the space of comparison. It is the identity on frozen embeddings,
    and the network being trained in meta-training.
    """

    def __init__(self, backbone: Backbone, embedding: nn.Module | None = None) -> None:
        super().__init__()
        self.embedding = embedding if embedding is not None else nn.Identity()

    @abstractmethod
    def compare(self, support: LabeledSet, query: Tensor) -> Tensor:
        """Logits [n_query, way] of embedded `query` [n_query, d] given the embedded `support`."""

    def adapt(self, support: LabeledSet) -> Adaptation:
        """Embed the support set. One step, whose loss is leave-one-out where a class has two examples."""
        support.require_every_class()
        with torch.no_grad():
            embedded = LabeledSet(self.embedding(support.features), support.labels, support.class_names)
            classifier = _ComparingClassifier(self, embedded)
            held_out = join(list(held_out_logits(embedded, self.compare, LEAVE_ONE_OUT_FOLDS)), embedded)
            kind: LossKind = "leave-one-out" if len(held_out.labels) else "support"
            if kind == "support":  # one example of each class: none can be left out
                held_out = HeldOut(self.compare(embedded, embedded.features), embedded.labels)
            loss = F.cross_entropy(held_out.logits, held_out.labels).item()
        correct = accuracy(held_out.logits, held_out.labels)
        yield AdaptationStep(1, 1, loss, correct, kind, classifier)
        return classifier

    def query_logits(self, episode: Episode) -> Tensor:
        """Support and query go through the embedding in one batch (fewer, larger convolutions)."""
        n_support = len(episode.support)
        embedded = self.embedding(torch.cat([episode.support.features, episode.query.features]))
        support = LabeledSet(embedded[:n_support], episode.support.labels, episode.class_names)
        return self.compare(support, embedded[n_support:])


@dataclass(frozen=True, eq=False)
class _ComparingClassifier(AdaptedClassifier):
    learner: MetricLearner
    support: LabeledSet

    @property
    def class_names(self) -> tuple[str, ...]:  # type: ignore[override]
        return self.support.class_names

    def logits(self, features: Tensor) -> Tensor:
        with torch.no_grad():
            return self.learner.compare(self.support, self.embed(features))

    def embed(self, features: Tensor) -> Tensor:
        with torch.no_grad():
            embedded: Tensor = self.learner.embedding(features)
            return embedded
