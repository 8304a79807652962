"""Proto-MAML (Triantafillou et al. 2020): MAML whose last layer starts as a prototypical network."""

from __future__ import annotations

import math

import torch
from torch import nn

from engine.backbones.base import Backbone
from engine.episodes import LabeledSet
from engine.learners.base import LearnerFacts
from engine.learners.gradient.base import Parameters
from engine.learners.gradient.network import HEAD, NetworkLearner
from engine.learners.metric.prototypical import prototypes
from engine.learners.recipe import Recipe

SCALE = 0.05
"""Of squared distances, at first: the loss of the support then starts between 0.1 and 1."""


class ProtoMAML(NetworkLearner):
    """With prototypes c_k, −‖f − c_k‖² = 2c_k·f − ‖c_k‖² − ‖f‖²: a linear layer, up to ‖f‖² which all share.

    The inner loop descends from there (Triantafillou et al. 2020, §3.2), and meta-training goes through the
    prototypes as well. Distances are multiplied by a meta-learnt scale: between embeddings of length 5 they
    are so large that the prototypes would be all but certain of the support, and leave nothing to descend.
    """

    facts = LearnerFacts(
        name="proto-maml",
        title="Proto-MAML",
        family="gradient",
        paper="Triantafillou et al. 2020, arXiv:1903.03096",
        summary="Starts from the average of each class, then improves everything by a few gradient steps.",
        limits="Slower than the prototypes it starts from; with one example a class it hardly leaves them.",
        meta_training="required",
    )
    recipe = Recipe(ways=(3, 10), shots=(1, 5), query=3, meta_batch=4, learning_rate=1e-3, steps=3000)
    steps = 10
    training_steps = 5

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone)
        self.log_scale = nn.Parameter(torch.tensor(math.log(SCALE)))

    def head(self, support: LabeledSet) -> Parameters:
        """Rows 2τc_k and biases −τ‖c_k‖², as functions of the initial network and the scale τ."""
        embedding, _ = self.embed(dict(self.network.named_parameters()), support.features)
        centres = prototypes(LabeledSet(embedding, support.labels, support.class_names))
        scale = self.log_scale.exp()
        return {f"{HEAD}weight": 2 * scale * centres, f"{HEAD}bias": -scale * centres.square().sum(dim=1)}


LEARNER = ProtoMAML
