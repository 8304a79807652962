"""Relation networks (Sung et al. 2018): a network learns how to compare."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.episodes import Episode, LabeledSet
from engine.learners.base import LearnerFacts
from engine.learners.metric.base import MetricLearner
from engine.learners.metric.prototypical import prototypes

HIDDEN = 64
MAX_HIDDEN_VALUES = 2**24
"""How many numbers the first hidden layer may hold at a time: 64 MiB of them. Of more the classes take turns,
not the pictures: how a picture is computed must not depend on how many come with it."""


class RelationNetwork(MetricLearner):
    """relation(c, q) = σ(g([c, q, (c − q)²])), in 0 … 1, for class feature c and query q (equation 1).

    The paper's g convolves two maps laid on each other and so can compare them place by place. A
    perceptron on two vectors cannot, unless their coordinates have met; hence the squared differences. As
    they are products, its first layer needs no row for each pair (see `compare`). c is the mean
    of the examples, not the paper's sum, so that classes may have unequally many.
    """

    facts = LearnerFacts(
        name="relation",
        title="Relation networks",
        family="metric",
        paper="Sung et al. 2018, arXiv:1711.06025",
        summary="A small network has learnt how to compare a picture with a class.",
        limits="What it has learnt of comparing may not hold for pictures unlike those it was trained on.",
        meta_training="required",
    )

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone)
        self.first = nn.Linear(3 * backbone.dimension, HIDDEN)
        self.rest = nn.Sequential(nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1))

    def compare(self, support: LabeledSet, query: Tensor) -> Tensor:
        """The scores [n_query, way] before σ.

        With A, B and D the first layer's weights of c, q and (c − q)², that layer is
        (Ac + Dc²) + (Bq + Dq²) − 2 (D∘c) q: a part of the class, a part of the query, and one matrix product.
        """
        classes = prototypes(support)
        a, b, d = self.first.weight.chunk(3, dim=1)
        of_class = F.linear(classes, a, self.first.bias) + F.linear(classes.square(), d)
        of_query = F.linear(query, b) + F.linear(query.square(), d)
        of_both = -2 * d * classes[:, None]
        at_a_time = max(1, MAX_HIDDEN_VALUES // (HIDDEN * max(1, len(query))))
        scores = []
        for some, both in zip(torch.split(of_class, at_a_time), torch.split(of_both, at_a_time), strict=True):
            met = F.linear(query, both.flatten(0, 1)).view(-1, *some.shape)
            scores.append(self.rest(some + of_query[:, None] + met).squeeze(2))
        return torch.cat(scores, dim=1)

    def meta_loss(self, episode: Episode) -> Tensor:
        """The mean squared error of relations that should be 1 with the own class and 0 else (equation 2)."""
        return F.mse_loss(self.query_logits(episode).sigmoid(), episode.query.one_hot())


LEARNER = RelationNetwork
