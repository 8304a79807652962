"""The closed-form family: the best linear head for the examples is computed, not searched for."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from torch import Tensor

from engine.episodes import LabeledSet
from engine.learners.embedding import EmbeddingLearner


@dataclass(frozen=True, eq=False)
class LinearHead:
    """Embedded pictures [n, d] → logits [n, way], by `weight` [way, d] and `bias` [way]."""

    weight: Tensor
    bias: Tensor

    def __call__(self, embedded: Tensor) -> Tensor:
        return embedded @ self.weight.T + self.bias


class ClosedFormLearner(EmbeddingLearner):
    """A learner whose head on the embeddings has a formula; a subclass writes only `solve`."""

    @abstractmethod
    def solve(self, support: LabeledSet) -> LinearHead:
        """The head for the embedded `support`, differentiable in its features."""

    def fit_head(self, support: LabeledSet) -> LinearHead:
        """The head is the rule."""
        return self.solve(support)
