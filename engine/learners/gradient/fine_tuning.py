"""Fine-tuning: the common practice without meta-learning, with its common choices.

It is the "Baseline" of Chen et al. 2019 (arXiv:1904.04232), optimised with AdamW (Loshchilov & Hutter 2019):
a new last layer is trained, and if wanted the network below it, from the top down, as ULMFiT does (Howard &
Ruder 2018, arXiv:1801.06146, §3.3: gradual unfreezing, and a lower rate for each layer below).
"""

from __future__ import annotations

import re
from typing import Any

from torch import Tensor, nn
from torch.func import functional_call

from engine.backbones.base import Backbone
from engine.backbones.normalization import POPULATION, TaskBatchNorm2d
from engine.episodes import LabeledSet
from engine.learners.base import Features, LearnerFacts, Option
from engine.learners.frozen import frozen
from engine.learners.gradient.adamw import AdamW
from engine.learners.gradient.base import GradientLearner, Parameters, Prediction
from engine.learners.gradient.network import HEAD, directions
from engine.learners.metric.prototypical import prototypes

SHARPNESS = 10.0
FROZEN = "It has no effect where the backbone is frozen."


class FineTuning(GradientLearner):
    """A linear head on unit vectors from the centre of the support, and the layers below that may change.

    Layers are the blocks of a backbone's task network, from the pixels up, and the head. Blocks normalise
    by the moments that they were trained with, so a block that does not change is the backbone's own. A
    backbone without a task network has one layer, the head, and its embeddings are cached.
    """

    facts = LearnerFacts(
        name="fine-tuning",
        title="Fine-tuning",
        family="gradient",
        paper="Chen et al. 2019, arXiv:1904.04232",
        summary="Starts from the average of each class and trains the last layer, or more if you like.",
        limits="From one example a class it gains little over the averages; training deeper layers is slow.",
        meta_training="none",
    )
    options = (
        Option("steps", "Steps", "How many times all examples are learnt from.", 1, 1000),
        Option("learning_rate", "Learning rate", "How far the last layer moves in a step.", 1e-4, 0.1),
        Option(
            "reset_head",
            "New last layer",
            "On: it starts from nothing; off: from the averages of the classes.",
        ),
        Option(
            "frozen_layers",
            "Frozen layers",
            f"How many layers, from the lowest, never change; 4 is all but the last layer. {FROZEN}",
            0,
            4,
        ),
        Option(
            "layer_decay",
            "Layer decay",
            f"Each layer learns so many times as fast as the one above it; 1: all alike. {FROZEN}",
        ),
        Option(
            "unfreeze_every",
            "Unfreeze every … steps",
            f"After each so many steps one more layer from the top learns; 0: all do at once. {FROZEN}",
            0,
            1000,
        ),
    )
    steps = training_steps = 100
    learning_rate = 0.01
    reset_head = False
    frozen_layers = 4
    layer_decay = 0.1
    unfreeze_every = 20
    second_order = False
    adamw = AdamW()

    @classmethod
    def takes(cls, backbone: Backbone) -> Features:
        """Images where the backbone offers a network to adapt."""
        return "embeddings" if backbone.task_network is None else "images"

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.dimension = backbone.dimension
        self.network = frozen((backbone.task_network or _NoLayers)())
        names = [name for name, _ in self.network.named_buffers() if not name.endswith(POPULATION)]
        self._blocks = {name: _block(name) for name in names}
        self._height = len(set(self._blocks.values()))

    @property
    def _is_frozen(self) -> bool:
        return self.frozen_layers >= self._height

    def represent(self, features: Tensor) -> Tensor:
        """The whole network, where none of its layers ever changes."""
        return self._forward({}, features) if self._is_frozen else features

    def _embed(self, parameters: Parameters, features: Tensor) -> Tensor:
        """Embeddings [n, d] of what is represented."""
        return features if self._is_frozen else self._forward(parameters, features)

    def _forward(self, parameters: Parameters, features: Tensor) -> Tensor:
        """Through the network with the weights that are in `parameters`, and else its own."""
        body = {name: value for name, value in parameters.items() if not name.startswith(HEAD)}
        norms = [norm for norm in self.network.modules() if isinstance(norm, TaskBatchNorm2d)]
        moments = [(norm.population_mean, norm.population_log_variance.exp()) for norm in norms]
        embedding: Tensor = functional_call(self.network, body, (features, moments))[0]
        return embedding

    def initial_parameters(self, support: LabeledSet) -> Parameters:
        """The backbone's weights, unless none of them ever changes, and a head of zeros or of class means."""
        names = [] if self._is_frozen else self._blocks
        body = {name: self.network.get_buffer(name).detach() for name in names}
        if self.reset_head:
            weight = support.features.new_zeros(support.n_way, self.dimension)
            bias = support.features.new_zeros(support.n_way)
        else:
            embedding = self._embed(body, support.features)
            unit = directions(embedding, embedding.mean(dim=0))
            means = prototypes(LabeledSet(unit, support.labels, support.class_names))
            weight, bias = SHARPNESS * means, -SHARPNESS * means.square().sum(dim=1) / 2
        parameters = {**body, f"{HEAD}weight": weight, f"{HEAD}bias": bias}
        return {name: value.requires_grad_() for name, value in parameters.items()}

    def adapts(self, name: str, step: int) -> bool:
        """The head always; a block when its turn has come."""
        if name.startswith(HEAD):
            return True
        thawed = step >= self.unfreeze_every * self._below_head(name)
        return thawed and self._blocks[name] >= self.frozen_layers

    def predict(self, parameters: Parameters, features: Tensor, context: Any = None) -> Prediction:
        """`context` is the centre of the support.

        The embedding is the unit vectors stretched along the head's directions: plain before the first
        step, drawn apart as the head learns what matters. They are stretched by the logarithm of the head's
        size, so that the rest can still be seen beside it.
        """
        embedding = self._embed(parameters, features)
        centre = embedding.mean(dim=0) if context is None else context
        unit = directions(embedding, centre)
        weight = parameters[f"{HEAD}weight"]
        size = weight.norm()
        towards = weight / size.clamp_min(1e-12)
        stretched = unit + (unit @ towards.T) @ towards * size.log1p()
        return Prediction(unit @ weight.T + parameters[f"{HEAD}bias"], stretched, centre)

    def update(
        self, parameters: Parameters, gradients: Parameters, loss: Tensor, state: Any
    ) -> tuple[Parameters, Any]:
        """AdamW, at a lower rate for each layer below the head."""
        rates = {name: self.learning_rate * self.layer_decay ** self._below_head(name) for name in parameters}
        return self.adamw.step(parameters, gradients, rates, state)

    def _below_head(self, name: str) -> int:
        return 0 if name.startswith(HEAD) else self._height - self._blocks[name]


class _NoLayers(nn.Module):
    """The task network of a backbone that has none: its features are embeddings."""

    def forward(self, features: Tensor, moments: object) -> tuple[Tensor, object]:
        return features, moments


def _block(name: str) -> int:
    """The block that a parameter belongs to: the number in its name, such as 3 in `convolutions.3.weight`."""
    number = re.search(r"\d+", name)
    assert number is not None, name
    return int(number.group())


LEARNER = FineTuning
