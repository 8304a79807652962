"""The LSTM meta-learner (Ravi & Larochelle 2017): the update itself is learnt."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.episodes import LabeledSet
from engine.learners.base import LearnerFacts
from engine.learners.gradient.base import Parameters
from engine.learners.gradient.network import HEAD, HeadLearner, per_class
from engine.learners.recipe import Recipe

SIGNIFICANT = 10.0


class MetaLSTM(HeadLearner):
    """The cell state of an LSTM is the parameters it trains: c_t = f_t ⊙ c_{t−1} + i_t ⊙ (−∇L).

    Its gates are f_t = σ(W_F [∇L, L, c_{t−1}, f_{t−1}] + b_F) and i_t likewise with i_{t−1} (Ravi &
    Larochelle 2017, §3.1), with the same weights for every coordinate. Gradients and losses are constants
    to meta-training. All rows of the head start from one meta-learnt row c_0.
    """

    facts = LearnerFacts(
        name="meta-lstm",
        title="LSTM meta-learner",
        family="gradient",
        paper="Ravi & Larochelle 2017, “Optimization as a model for few-shot learning”",
        summary="Has learnt a rule of its own for training the last layer, in place of gradient descent.",
        limits="The rule is made for a handful of steps and examples like those of its meta-training.",
        meta_training="required",
    )
    recipe = Recipe(ways=(2, 20), shots=(1, 5), query=5, meta_batch=4, learning_rate=1e-3, steps=4000)
    steps = training_steps = 12  # as the paper for one example a class
    second_order = False

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone)
        self.weight = nn.Parameter(torch.randn(1, backbone.dimension) * 0.01)
        self.bias = nn.Parameter(torch.zeros(1))
        self.forget_gate, self.input_gate = nn.Linear(6, 1), nn.Linear(6, 1)
        for gate, lowest, highest in ((self.forget_gate, 4.0, 6.0), (self.input_gate, -5.0, -4.0)):
            nn.init.uniform_(gate.weight, -0.01, 0.01)
            nn.init.uniform_(gate.bias, lowest, highest)  # so it starts as descent in small steps

    def head(self, support: LabeledSet) -> Parameters:
        """The cell state c_0: the one row and bias, for each class."""
        return {
            f"{HEAD}weight": self.weight.expand(support.n_way, -1),
            f"{HEAD}bias": self.bias.expand(support.n_way),
        }

    def update(
        self, parameters: Parameters, gradients: Parameters, loss: Tensor, state: Any
    ) -> tuple[Parameters, Any]:
        """One step of the LSTM; `state` is the gates of the last, by parameter."""
        gates: dict[str, tuple[Tensor, Tensor]] = state or {}
        gradients = per_class(gradients)
        changed, opened = {}, {}
        for name, cell in parameters.items():
            gradient, zeros = gradients[name], torch.zeros_like(cell)
            forgot, took = gates.get(name, (zeros, zeros))
            seen = (*preprocessed(gradient), *(part.expand_as(cell) for part in preprocessed(loss)), cell)
            forget = self.forget_gate(torch.stack([*seen, forgot], dim=-1)).squeeze(-1).sigmoid()
            take = self.input_gate(torch.stack([*seen, took], dim=-1)).squeeze(-1).sigmoid()
            changed[name] = forget * cell - take * gradient
            opened[name] = forget, take
        return changed, opened


def preprocessed(x: Tensor) -> tuple[Tensor, Tensor]:
    """Size and sign, so that numbers of all magnitudes can be read by a network.

    (log|x| / p, sgn x) where |x| ≥ e^−p, else (−1, e^p x), with p = 10 (Andrychowicz et al. 2016,
    arXiv:1606.04474, appendix A; Ravi & Larochelle 2017, §3.2).
    """
    least = math.exp(-SIGNIFICANT)
    large = x.abs() >= least
    size = torch.where(large, x.abs().clamp_min(least).log() / SIGNIFICANT, -1.0)
    return size, torch.where(large, x.sign(), x / least)


LEARNER = MetaLSTM
