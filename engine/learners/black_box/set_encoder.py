"""The plain black box: a network reads each class into a vector and writes the classifier's weights."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.episodes import LabeledSet
from engine.learners.base import LearnerFacts
from engine.learners.black_box.base import BlackBoxLearner
from engine.learners.recipe import Recipe

STATISTIC = 64
HIDDEN = 256


class LinearClassifier(NamedTuple):
    """What was read: `weight` [way, width] and `bias` [way], one row for each class."""

    weight: Tensor
    bias: Tensor


class SetEncoder(BlackBoxLearner):
    """φ = {h, θ}: h_c, the mean of the example codes of class c, writes the weights of its classifier.

    The code of an example is its encoding e beside a few channels learnt for the purpose, averaged
    over the class as in neural processes (Garnelo et al. 2018, equation 2). A hypernetwork maps
    (h_c, the mean of h over the classes, the logarithm of the shots) to a weight vector and a bias, class
    by class as in VERSA (Gordon et al. 2019, section 3). It adds to the weights of a prototype, with nothing
    to add at first.
    """

    facts = LearnerFacts(
        name="set-encoder",
        title="Set encoder",
        family="black box",
        paper="Garnelo et al. 2018, arXiv:1807.01613; Gordon et al. 2019, arXiv:1805.09921",
        summary="A network reads each class into a short vector and writes a classifier from it. Instant.",
        limits="It gains little from the tenth example of a class: all it keeps is one vector.",
        meta_training="required",
    )
    recipe = Recipe()

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone)
        width = self.encoder.width
        self.code = nn.Sequential(nn.Linear(width, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, STATISTIC))
        self.hypernetwork = nn.Sequential(
            nn.Linear(2 * (width + STATISTIC) + 1, HIDDEN), nn.ReLU(), zero(nn.Linear(HIDDEN, width + 1))
        )
        self.view = nn.Sequential(nn.Linear(width, HIDDEN), nn.ReLU(), zero(nn.Linear(HIDDEN, width)))
        self.scale = nn.Parameter(torch.tensor(0.3))

    def read(self, support: LabeledSet) -> LinearClassifier:
        """The weights and biases that the hypernetwork writes for the classes."""
        encoded = self.encoder(support.features)
        one_hot = support.one_hot()
        shots = one_hot.sum(dim=0)[:, None]
        statistic = one_hot.T @ torch.cat([encoded, self.code(encoded)], dim=1) / shots
        context = statistic.mean(dim=0).expand_as(statistic)
        correction = self.hypernetwork(torch.cat([statistic, context, shots.log()], dim=1))
        prototype = statistic[:, : self.encoder.width]
        return LinearClassifier(
            self.scale * (2 * prototype + correction[:, :-1]),
            self.scale * (correction[:, -1] - prototype.square().sum(dim=1)),
        )

    def answer(self, state: LinearClassifier, query: Tensor) -> tuple[Tensor, Tensor]:
        """Linear logits in the shared view of the query."""
        encoded = self.encoder(query)
        seen = encoded + self.view(encoded)
        return seen @ state.weight.T + state.bias, seen


def zero(layer: nn.Linear) -> nn.Linear:
    """The layer, with weights and biases of zero."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


LEARNER = SetEncoder
