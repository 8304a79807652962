"""Meta-SGD (Li et al. 2017): MAML that meta-learns, for each parameter, which way and how far to go."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.learners.base import LearnerFacts
from engine.learners.gradient.base import Parameters
from engine.learners.gradient.network import HEAD, NetworkLearner, per_class
from engine.learners.recipe import Recipe


class MetaSGD(NetworkLearner):
    """θ' = θ − α ⊙ ∇θ L(support; θ) with a meta-learned α of θ's shape (Li et al. 2017, equation 2).

    All rows of the head share one row of rates, as they share where they start.
    """

    facts = LearnerFacts(
        name="meta-sgd",
        title="Meta-SGD",
        family="gradient",
        paper="Li, Zhou, Chen & Li 2017, arXiv:1707.09835",
        summary="MAML that has also learnt how far each weight should move.",
        limits="Twice as much to meta-train as MAML, so it needs more varied training tasks.",
        meta_training="required",
    )
    recipe = Recipe(ways=(3, 10), shots=(1, 3), query=3, meta_batch=4, learning_rate=1e-3, steps=3000)
    steps = training_steps = 5

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone)
        shapes = {
            **{name: p.shape for name, p in self.network.named_parameters() if self.adapts(name, 0)},
            f"{HEAD}weight": torch.Size([1, self.dimension]),
            f"{HEAD}bias": torch.Size([1]),
        }
        self._adapting = tuple(shapes)
        self.rates = nn.ParameterList(torch.full(shape, self.learning_rate) for shape in shapes.values())

    def update(
        self, parameters: Parameters, gradients: Parameters, loss: Tensor, state: Any
    ) -> tuple[Parameters, Any]:
        """A step of the learnt length in each coordinate."""
        rates = dict(zip(self._adapting, self.rates, strict=True))
        steps = per_class(gradients)
        return {name: p - rates[name] * steps[name] for name, p in parameters.items()}, state


LEARNER = MetaSGD
