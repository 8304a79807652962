"""What the MAML family adapts: a network with a classifying row per class on top.

Two departures from the papers, both so that a labeller can use it. Their networks have one meta-learned
output row per class, which fixes the number of classes; here all rows start equal, so a task may have any
number of classes and their order cannot matter. They start at zero, as in Meta-Dataset (Triantafillou et
al. 2020), and lose nothing by it: softmax ignores what all rows share, so a meta-learned row shared by all
classes, as in UNICORN-MAML (Ye & Chao 2022), adapts in exactly the same way.
And the query is normalised with the moments of the support, so a picture's label depends on it alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from engine.backbones.base import Backbone
from engine.backbones.normalization import POPULATION
from engine.episodes import LabeledSet
from engine.learners.base import Features
from engine.learners.feature_head import FeatureHead
from engine.learners.gradient.base import GradientLearner, Parameters, Prediction
from engine.learners.recipe import Recipe

HEAD = "head."
LENGTH = 5.0
EPISODES_ON_IMAGES = 600


class NetworkLearner(GradientLearner):
    """Adapts a backbone's task network from images where it has one, else a head on its embeddings.

    By default every parameter takes part, and `update` is plain gradient descent at `learning_rate`.
    """

    learning_rate: float = 0.2

    @classmethod
    def takes(cls, backbone: Backbone) -> Features:
        """Images where the backbone offers a network to adapt."""
        return "embeddings" if backbone.task_network is None else "images"

    @classmethod
    def recipe_on(cls, backbone: Backbone) -> Recipe:
        """On images with as many episodes as the bundled checkpoints had at most: each takes a second."""
        if cls.takes(backbone) == "embeddings":
            return cls.recipe
        steps = min(cls.recipe.steps, EPISODES_ON_IMAGES // cls.recipe.meta_batch)
        return replace(cls.recipe, steps=steps)

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        takes_images = self.takes(backbone) == "images"
        build = backbone.task_network if takes_images else None
        self.network: nn.Module = FeatureHead(backbone.dimension) if build is None else build()
        self.dimension = backbone.dimension

    def init_statistics(self, features: Tensor) -> None:
        """A head on embeddings centres them."""
        if isinstance(self.network, FeatureHead):
            self.network.init_statistics(features)

    def adapts(self, name: str, step: int) -> bool:
        """All but the moments of the population, which are no weights."""
        return not name.endswith(POPULATION)

    def initial_parameters(self, support: LabeledSet) -> Parameters:
        """The meta-learned network, and a head of zeros."""
        return {**dict(self.network.named_parameters()), **self.head(support)}

    def head(self, support: LabeledSet) -> Parameters:
        """The weight [way, d] and bias [way] from which the head starts."""
        shape = (support.n_way, self.dimension)
        return {
            f"{HEAD}weight": support.features.new_zeros(shape, requires_grad=True),
            f"{HEAD}bias": support.features.new_zeros(shape[:1], requires_grad=True),
        }

    def predict(self, parameters: Parameters, features: Tensor, context: Any = None) -> Prediction:
        """The head on the embedding."""
        embedding, context = self.embed(parameters, features, context)
        logits = embedding @ parameters[f"{HEAD}weight"].T + parameters[f"{HEAD}bias"]
        return Prediction(logits, embedding, context)

    def embed(self, parameters: Parameters, features: Tensor, context: Any = None) -> tuple[Tensor, Any]:
        """The embedding [n, d], of one length, and its context: the moments of the body, and the centre."""
        moments, centre = context or (None, None)
        embedding, moments = self.body(parameters, features, moments)
        centre = embedding.mean(dim=0) if centre is None else centre
        return LENGTH * directions(embedding, centre), (moments, centre)

    def body(self, parameters: Parameters, features: Tensor, moments: Any = None) -> tuple[Tensor, Any]:
        """What is under the head: embeddings [n, d], and the moments of its blocks, if it has any."""
        body = {name: tensor for name, tensor in parameters.items() if not name.startswith(HEAD)}
        if isinstance(self.network, FeatureHead):
            return functional_call(self.network, body, (features,)), None
        embedding, moments = functional_call(self.network, body, (features, moments))
        return embedding, moments

    def update(
        self, parameters: Parameters, gradients: Parameters, loss: Tensor, state: Any
    ) -> tuple[Parameters, Any]:
        """Plain gradient descent with the fixed rate α (Finn et al. 2017, equation 1)."""
        steps = per_class(gradients)
        return {n: p - self.learning_rate * steps[n] for n, p in parameters.items()}, state


def directions(embedding: Tensor, centre: Tensor) -> Tensor:
    """Where embeddings [n, d] lie as seen from `centre` [d]: unit vectors [n, d], or zero at the centre."""
    return F.normalize(embedding - centre, dim=1, eps=1e-3)


def per_class(gradients: Parameters) -> Parameters:
    """The same gradients, but those of the head times the number of classes.

    The loss is a mean over all examples, so the gradient of a class's row shrinks with the number of classes.
    """
    way = len(gradients[f"{HEAD}bias"])
    return {name: g * way if name.startswith(HEAD) else g for name, g in gradients.items()}


class HeadLearner(NetworkLearner):
    """Adapts the last layer alone; the body under it is meta-learnt and the same for every task.

    So the body can be a head on frozen embeddings for every backbone, and its output is computed once.
    """

    @classmethod
    def takes(cls, backbone: Backbone) -> Features:
        """Embeddings: nothing below the last layer changes."""
        return "embeddings"

    def represent(self, features: Tensor) -> Tensor:
        """The body, meta-learnt."""
        represented: Tensor = self.network(features)
        return represented

    def initial_parameters(self, support: LabeledSet) -> Parameters:
        """The head alone."""
        return self.head(support)

    def body(self, parameters: Parameters, features: Tensor, moments: Any = None) -> tuple[Tensor, Any]:
        """The features are what the body made already."""
        return features, None
