"""The metric family: embed, then compare. Nothing is fitted; a task is its support set."""

from __future__ import annotations

import functools
import math
from abc import abstractmethod

from torch import Tensor

from engine.episodes import LabeledSet
from engine.learners.embedding import EmbeddingLearner, Head


class MetricLearner(EmbeddingLearner):
    """A learner that classifies by comparing embeddings; a subclass writes only `compare`."""

    @abstractmethod
    def compare(self, support: LabeledSet, query: Tensor) -> Tensor:
        """Logits [n_query, way] of embedded `query` [n_query, d] given the embedded `support`."""

    def fit_head(self, support: LabeledSet) -> Head:
        """Compare with the support."""
        return functools.partial(self.compare, support)


def log_mean_exp_by_class(scores: Tensor, support: LabeledSet) -> Tensor:
    """log of the mean of exp(scores) over the examples of each class: [n, n_support] → [n, way].

    Between the mean and the best of a class's scores, and unlike their sum no larger for a larger class.
    """
    labels, one_hot = support.labels, support.one_hot()
    known = scores.detach()
    best = known.new_full((len(scores), support.n_way), -math.inf)
    best = best.scatter_reduce(1, labels.expand_as(scores), known, "amax")
    sums = (scores - best[:, labels]).exp() @ one_hot
    return best + sums.log() - one_hot.sum(dim=0).log()
