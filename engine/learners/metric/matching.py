"""Matching networks (Vinyals et al. 2016): attention over the examples is the classifier."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.episodes import Episode, LabeledSet
from engine.learners.base import LearnerFacts, Option
from engine.learners.embedding import Head
from engine.learners.metric.base import MetricLearner, log_mean_exp_by_class
from engine.learners.metric.full_context import FullContext

SHARPNESS = 10.0


class MatchingNetwork(MetricLearner):
    """p(c | x) = Σ_i a(x, x_i) over the examples x_i of c, a = softmax of cosines (equation 1).

    The paper's cosine is sharpened by a learnt factor, since a softmax of numbers in −1 … 1 is almost flat.
    And the examples of a class share what one example would get, so that a class does not win by having
    more of them; where all have equally many, that changes nothing.
    """

    facts = LearnerFacts(
        name="matching",
        title="Matching networks",
        family="metric",
        paper="Vinyals et al. 2016, arXiv:1606.04080",
        summary="Each example votes for its class, the louder the more it resembles the picture.",
        limits="A misleading example keeps its full vote; nothing is averaged out.",
        meta_training="optional",
    )
    options = (
        Option(
            "full_context",
            "Full context embeddings",
            "See every example and picture in the light of all examples instead of each by itself.",
        ),
    )
    full_context = False

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone)
        self.log_sharpness = nn.Parameter(torch.tensor(math.log(SHARPNESS)))
        self.context = FullContext(backbone.dimension)

    def compare(self, support: LabeledSet, query: Tensor) -> Tensor:
        """The logarithms [n_query, way] of the classes' shares of attention."""
        cosines = F.normalize(query, dim=1) @ F.normalize(support.features, dim=1).T
        return log_mean_exp_by_class(self.log_sharpness.exp() * cosines, support).log_softmax(dim=1)

    def compare_in_context(self, support: LabeledSet) -> Head:
        """`compare` between f(x, S) and g(x_i, S); the examples are read once."""
        examples, memory = self.context.of_examples(support.features)
        seen = LabeledSet(examples, support.labels, support.class_names)
        return lambda query: self.compare(seen, self.context.of_queries(query, memory))

    def fit_head(self, support: LabeledSet) -> Head:
        """With full context or without, as the option says now."""
        return self.compare_in_context(support) if self.full_context else super().fit_head(support)

    def meta_loss(self, episode: Episode) -> Tensor:
        """The mean cross-entropy without and with full context, so that either choice has been trained."""
        embedded = self.embed_episode(episode)
        support, query = embedded.support, embedded.query
        plain = F.cross_entropy(self.compare(support, query.features), query.labels)
        context = F.cross_entropy(self.compare_in_context(support)(query.features), query.labels)
        return 0.5 * (plain + context)


LEARNER = MatchingNetwork
