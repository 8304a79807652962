"""Baseline++ (Chen et al. 2019): fine-tuning whose last layer compares directions and ignores lengths."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor

from engine.backbones.base import Backbone
from engine.episodes import LabeledSet
from engine.learners.base import LearnerFacts
from engine.learners.gradient.adamw import AdamW
from engine.learners.gradient.base import GradientLearner, Parameters, Prediction
from engine.learners.gradient.network import directions
from engine.learners.metric.prototypical import prototypes


class CosineClassifier(GradientLearner):
    """logit_c(x) = s cos(w_c, u), u the direction of x from the centre of the support (§3.2, Baseline++).

    The class vectors w_c start as the mean directions of their classes and descend the loss of the support
    with all examples in each step. Like the paper's baseline it meta-learns nothing.
    """

    facts = LearnerFacts(
        name="cosine",
        title="Cosine classifier (Baseline++)",
        family="gradient",
        paper="Chen et al. 2019, arXiv:1904.04232",
        summary="Starts from the average direction of each class and turns it to tell your classes apart.",
        limits="With a single example a class, training improves nothing on the average it starts from.",
        meta_training="none",
    )
    steps = training_steps = 50
    second_order = False
    learning_rate = 0.003
    scale = 10.0
    adamw = AdamW(weight_decay=0.0)  # decay shrinks class vectors, of which only the directions count

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()

    def initial_parameters(self, support: LabeledSet) -> Parameters:
        """The mean directions, of length one, so that one rate suits them all."""
        unit = directions(support.features, support.features.mean(dim=0))
        means = prototypes(LabeledSet(unit, support.labels, support.class_names))
        return {"weight": F.normalize(means, dim=1).requires_grad_()}

    def predict(self, parameters: Parameters, features: Tensor, context: Any = None) -> Prediction:
        """`context` is the centre of the support; the embedding is the directions from it."""
        centre = features.mean(dim=0) if context is None else context
        unit = directions(features, centre)
        cosines = unit @ F.normalize(parameters["weight"], dim=1).T
        return Prediction(self.scale * cosines, unit, centre)

    def update(
        self, parameters: Parameters, gradients: Parameters, loss: Tensor, state: Any
    ) -> tuple[Parameters, Any]:
        """Adam on the class vectors."""
        return self.adamw.step(parameters, gradients, {"weight": self.learning_rate}, state)


LEARNER = CosineClassifier
