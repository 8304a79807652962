"""Fine-tuning: a new last layer trained on frozen embeddings, the common practice without meta-learning.

It is the "Baseline" of Chen et al. 2019 (arXiv:1904.04232), optimised with AdamW (Loshchilov &
Hutter 2019, algorithm 2). Embeddings are first centred on the mean of the support set and scaled to
unit length, since a frozen network's embeddings share a large common part that carries no class.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.base import Backbone
from engine.episodes import LabeledSet
from engine.learners.base import LearnerFacts
from engine.learners.gradient.base import GradientLearner, Parameters, Prediction


class FineTuning(GradientLearner):
    """A linear head, zero at first, descended for 100 steps with all examples in each step."""

    facts = LearnerFacts(
        name="fine-tuning",
        title="Fine-tuning (last layer)",
        family="gradient",
        paper="Chen et al. 2019, arXiv:1904.04232",
        summary="Trains a new last layer on your examples; the more examples, the better it gets.",
        takes="embeddings",
        needs_checkpoint=False,
    )
    steps = training_steps = 100
    learning_rate = 0.01
    weight_decay = 0.01
    betas = (0.9, 0.999)
    eps = 1e-8

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()

    def initial_parameters(self, support: LabeledSet) -> Parameters:
        """The head, zero, and the centre of the support set, which does not adapt."""
        features = support.features
        return {
            "weight": features.new_zeros(support.n_way, features.shape[1], requires_grad=True),
            "bias": features.new_zeros(support.n_way, requires_grad=True),
            "centre": features.mean(dim=0),
        }

    def adapts(self, name: str) -> bool:
        """Only the head; the centre is a fact of the support set."""
        return name != "centre"

    def predict(self, parameters: Parameters, features: Tensor, context: Any = None) -> Prediction:
        """Inductive without context.

        The embedding is the features stretched along the head's directions: the plain features before
        the first step, drawn apart as the head learns what matters. They are stretched by the logarithm
        of the head's size, so that the rest can still be seen beside it.
        """
        directions = F.normalize(features - parameters["centre"], dim=1)
        weight = parameters["weight"]
        size = weight.norm()
        unit = weight / size.clamp_min(1e-12)
        stretched = directions + (directions @ unit.T) @ unit * size.log1p()
        return Prediction(directions @ weight.T + parameters["bias"], stretched, None)

    def update(self, parameters: Parameters, gradients: Parameters, state: Any) -> tuple[Parameters, Any]:
        """AdamW; `state` is the step count and the two running moments of each parameter's gradient."""
        zeros = {name: torch.zeros_like(value) for name, value in parameters.items()}
        step, first, second = state or (0, zeros, zeros)
        step += 1
        beta1, beta2 = self.betas
        first = {name: torch.lerp(g, first[name], beta1) for name, g in gradients.items()}
        second = {name: torch.lerp(g.square(), second[name], beta2) for name, g in gradients.items()}
        changed = {}
        for name, value in parameters.items():
            mean = first[name] / (1 - beta1**step)
            spread = (second[name] / (1 - beta2**step)).sqrt() + self.eps
            changed[name] = value * (1 - self.learning_rate * self.weight_decay)
            changed[name] = changed[name] - self.learning_rate * mean / spread
        return changed, (step, first, second)


LEARNER = FineTuning
