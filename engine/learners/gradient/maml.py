"""MAML (Finn, Abbeel & Levine 2017): an initialisation from which a few gradient steps solve a task.

Two departures, both so that a labeller can use it. The paper's network has one output row per class,
fixed at meta-training; here one shared, meta-learned row initialises every class, as in UNICORN-MAML
(Ye & Chao 2022), so a task may have any number of classes and their order cannot matter. And the
query is normalised with the support's batch-norm moments, so a picture's label depends on it alone.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from engine.backbones.base import Backbone
from engine.episodes import LabeledSet
from engine.learners.base import LearnerFacts
from engine.learners.gradient.base import GradientLearner, Parameters, Prediction


class MAML(GradientLearner):
    """θ' = θ − α ∇θ L(support; θ), repeated; meta-training descends L(query; θ') through all of it."""

    facts = LearnerFacts(
        name="maml",
        title="MAML",
        family="gradient",
        paper="Finn, Abbeel & Levine 2017, arXiv:1703.03400",
        summary="Starts from weights made to be adapted and takes a few gradient steps of the whole network.",
        takes="images",
        needs_checkpoint=True,
    )
    # Twice as many steps in use as in training, as in the paper's appendix A.1.
    steps = 10
    training_steps = 5
    learning_rate = 0.1

    @classmethod
    def supports(cls, backbone: Backbone) -> str | None:
        """MAML adapts every weight, so the backbone must have a task network."""
        if backbone.task_network is None:
            return f"MAML adapts the whole network, which {backbone.title} does not offer; use conv4."
        return None

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        if backbone.task_network is None:
            raise ValueError(f"{backbone.name} has no task network")
        self.network = backbone.task_network()
        self.head_weight = nn.Parameter(torch.randn(1, backbone.dimension) * 0.01)
        self.head_bias = nn.Parameter(torch.zeros(1))

    def initial_parameters(self, support: LabeledSet) -> Parameters:
        """The meta-learned network, and its one head row repeated for each class."""
        return {
            **dict(self.network.named_parameters()),
            "head.weight": self.head_weight.expand(support.n_way, -1),
            "head.bias": self.head_bias.expand(support.n_way),
        }

    def predict(self, parameters: Parameters, features: Tensor, context: Any = None) -> Prediction:
        """`context` is the list of the support's moments per block."""
        body = {name: tensor for name, tensor in parameters.items() if not name.startswith("head.")}
        embedding, moments = functional_call(self.network, body, (features, context))
        logits = embedding @ parameters["head.weight"].T + parameters["head.bias"]
        return Prediction(logits, embedding, moments)

    def update(self, parameters: Parameters, gradients: Parameters, state: Any) -> tuple[Parameters, Any]:
        """Plain gradient descent with the fixed rate α."""
        return {n: p - self.learning_rate * gradients[n] for n, p in parameters.items()}, state


LEARNER = MAML
