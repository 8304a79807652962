"""Siamese networks (Koch, Zemel & Salakhutdinov 2015): learn whether two pictures show the same thing."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.episodes import Episode, LabeledSet
from engine.learners.base import LearnerFacts
from engine.learners.metric.base import MetricLearner, log_mean_exp_by_class
from engine.learners.recipe import Recipe

UNITS = 256
WEIGHT = 0.25
BIAS = 8.0


class SiameseNetwork(MetricLearner):
    """p(same) = σ(Σ_j α_j |t_j(x) − t_j(x')| + β), with t the sigmoid units on which the twins end (§3.1).

    α_j = −|a_j| of a learnt a: a difference can only speak against being the same. A class's odds are the
    mean of the odds p / (1 − p) that its examples give, and its logit their logarithm. It lies between the
    mean of the scores, which one unlike example pulls down, and the best, which favours classes with many.
    """

    facts = LearnerFacts(
        name="siamese",
        title="Siamese networks",
        family="metric",
        paper="Koch, Zemel & Salakhutdinov 2015, ICML Deep Learning Workshop",
        summary="Judges, pair by pair, whether two pictures show the same thing.",
        limits="Was trained on pairs, never on a whole task; others gain more from further examples.",
        meta_training="required",
    )
    recipe = Recipe(steps=2000)

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone)
        self.units = nn.Linear(backbone.dimension, UNITS)
        # Before training, an L1 distance of embeddings seen from random directions.
        nn.init.orthogonal_(self.units.weight)
        nn.init.zeros_(self.units.bias)
        self.weight = nn.Parameter(torch.full((UNITS,), WEIGHT))
        self.bias = nn.Parameter(torch.tensor(BIAS))

    def scores(self, query: Tensor, examples: Tensor) -> Tensor:
        """The pre-sigmoid scores [n_query, n_examples] of all pairs."""
        # |a| |t − t'| = |at − at'|: a plain L1 distance, which never makes a tensor of all differences.
        return self.bias - torch.cdist(self._twin(query), self._twin(examples), p=1)

    def _twin(self, embedded: Tensor) -> Tensor:
        return self.weight * torch.sigmoid(self.units(embedded))

    def compare(self, support: LabeledSet, query: Tensor) -> Tensor:
        """The logarithms [n_query, way] of the classes' odds."""
        return log_mean_exp_by_class(self.scores(query, support.features), support)

    def meta_loss(self, episode: Episode) -> Tensor:
        """The cross-entropy of same or different over all pairs of a query and an example (equation 1).

        There are n_way − 1 times as many different pairs as same ones, so each kind is averaged by itself.
        """
        embedded = self.embed_episode(episode)
        scores = self.scores(embedded.query.features, embedded.support.features)
        same = embedded.query.labels[:, None] == embedded.support.labels
        return 0.5 * (F.softplus(-scores[same]).mean() + F.softplus(scores[~same]).mean())


LEARNER = SiameseNetwork
