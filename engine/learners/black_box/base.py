"""The black-box family: a network reads the support set into a task state.

The support is read once into a state, so classifying 10,000 pictures does not replay it 10,000 times.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.base import Backbone
from engine.episodes import Episode, LabeledSet
from engine.learners.base import Adaptation, AdaptationStep, AdaptedClassifier, MetaLearner, accuracy
from engine.learners.black_box.feature_encoder import FeatureEncoder

MAX_EVALUATED = 1000
"""Examples that the loss is measured on, at most: evenly spread over more. Some learners compare each with
every example, which of 20,000 would take a minute and gigabytes."""


class BlackBoxLearner(MetaLearner):
    """A learner that conditions a predictor on what it read; a subclass writes `read` and `answer`.

    It reads and answers with encodings of the pictures (`self.encoder`).
    """

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.encoder = FeatureEncoder(backbone.dimension)

    def init_statistics(self, features: Tensor) -> None:
        """Fit the encoder to the features it will see."""
        self.encoder.init_statistics(features)

    @abstractmethod
    def read(self, support: LabeledSet) -> Any:
        """The task state φ = {h, θ}: whatever `answer` needs to know of the support set."""

    @abstractmethod
    def answer(self, state: Any, query: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [n, way] and embeddings [n, d] of `query`, each row from its own picture alone."""

    def adapt(self, support: LabeledSet) -> Adaptation:
        """Read the support. One step, whose loss is the support's own under the state just read."""
        support.require_every_class()
        with torch.no_grad():
            state = self.read(support)
            every = math.ceil(len(support) / MAX_EVALUATED)
            logits, labels = self.answer(state, support.features[::every])[0], support.labels[::every]
            loss = F.cross_entropy(logits, labels).item()
        classifier = _ConditionedClassifier(self, state, support.class_names)
        yield AdaptationStep(1, 1, loss, accuracy(logits, labels), "support", classifier)
        return classifier

    def query_logits(self, episode: Episode) -> Tensor:
        """Read and answer, with a graph back to the network."""
        return self.answer(self.read(episode.support), episode.query.features)[0]


@dataclass(frozen=True, eq=False)
class _ConditionedClassifier(AdaptedClassifier):
    learner: BlackBoxLearner
    state: Any
    class_names: tuple[str, ...]

    def _logits(self, features: Tensor) -> Tensor:
        return self.learner.answer(self.state, features)[0]

    def embed(self, features: Tensor) -> Tensor:
        with torch.no_grad():
            return self.learner.answer(self.state, features)[1]
